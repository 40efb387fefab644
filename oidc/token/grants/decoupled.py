"""What the device grant and CIBA share at the token endpoint."""

from __future__ import annotations

from typing import Any

from oidc.errors import InvalidTarget
from oidc.models import OPENID
from oidc.token.grants import TokenContext, TokenRequest, token_response


def exchange_decoupled(
    context: TokenContext, asked: TokenRequest, grant_type: str, handle: str
) -> dict[str, Any]:
    """Redeem what was decided elsewhere and answer with tokens; raise the OAuthError that says why not."""
    if "resource" in asked.parameters:
        raise InvalidTarget("What is decided elsewhere covers no resource.")
    grant = context.decoupled.redeem(grant_type, handle, asked.client, asked.now)
    context.events.record(
        "token.issued",
        now=asked.now,
        account_id=grant.account_id,
        client_id=grant.client_id,
        details={"flow": grant.id},
    )
    return token_response(context, asked, grant, grant.shared_scope, id_token=OPENID in grant.scopes)
