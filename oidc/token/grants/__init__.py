"""One module a grant type; each exports one function with the signature of `Exchange`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from oidc.interfaces import Events, GrantStore
from oidc.models import Client, Grant
from oidc.token.access_token import issue_access_token
from oidc.token.handles import Handles
from oidc.token.id_token import IdTokens
from oidc.token.refresh_token import issue_refresh_token


@dataclass(frozen=True, slots=True)
class TokenContext:
    """What every grant type needs; lifetimes are in seconds."""

    grants: GrantStore
    handles: Handles
    id_tokens: IdTokens
    events: Events
    access_token_lifetime_seconds: int
    refresh_reuse_grace_seconds: int


Exchange = Callable[[TokenContext, Client, Mapping[str, str], int], dict[str, Any]]


def token_response(
    context: TokenContext, client: Client, grant: Grant, scope: str, now: int, *, id_token: bool = True
) -> dict[str, Any]:
    """Build the successful answer of RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3."""
    lifetime = context.access_token_lifetime_seconds
    access_token = issue_access_token(context.handles, grant, scope, now, lifetime)
    answer: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": min(lifetime, grant.expires_at - now),
        "scope": scope,
    }
    if "refresh_token" in client.grant_types:
        answer["refresh_token"] = issue_refresh_token(context.handles, grant)
    if id_token:
        answer["id_token"] = context.id_tokens.issue(client, grant, access_token, now)
    return answer
