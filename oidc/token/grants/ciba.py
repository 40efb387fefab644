"""The CIBA grant: OpenID Connect Client-Initiated Backchannel Authentication Core 1.0 §10.1 and §11."""

from __future__ import annotations

from typing import Any

from oidc.decoupled.models import CIBA
from oidc.errors import InvalidRequest
from oidc.token.grants import TokenContext, TokenRequest
from oidc.token.grants.decoupled import exchange_decoupled


def exchange_ciba(context: TokenContext, asked: TokenRequest) -> dict[str, Any]:
    """Exchange an auth_req_id for tokens, once the person has allowed it; until then say so."""
    auth_req_id = asked.parameters.get("auth_req_id")
    if auth_req_id is None:
        raise InvalidRequest("auth_req_id is required.")
    return exchange_decoupled(context, asked, CIBA, auth_req_id)
