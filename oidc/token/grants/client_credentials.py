"""The client credentials grant: RFC 6749 §4.4. No person, no grant row, no statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.claims import SCOPE_CLAIMS
from oidc.errors import InvalidScope, UnauthorizedClient
from oidc.models import Client
from oidc.token.access_token import issue_client_access_token
from oidc.token.grants import TokenContext


def exchange_client_credentials(
    context: TokenContext, client: Client, parameters: Mapping[str, str], now: int
) -> dict[str, Any]:
    """Issue an access token to the client itself, for scopes that concern no person."""
    if client.is_public:
        # RFC 6749 §4.4: MUST only be used by confidential clients
        raise UnauthorizedClient("A public client can't use client_credentials.")
    own = [name for name in client.scope if name not in SCOPE_CLAIMS]
    asked = parameters.get("scope", "").split() or own
    if not set(asked) <= set(own):
        raise InvalidScope("scope holds what this client may not have for itself.")
    scope = " ".join(asked)
    lifetime = context.access_token_lifetime_seconds
    answer: dict[str, Any] = {
        "access_token": issue_client_access_token(context.handles, client.client_id, scope, now, lifetime),
        "token_type": "Bearer",
        "expires_in": lifetime,
    }
    if scope:
        answer["scope"] = scope
    return answer
