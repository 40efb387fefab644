"""One module a grant type; each exports one function with the signature of `Exchange`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from oidc.interfaces import Events, GrantStore
from oidc.models import Client, Confirmation, Grant, token_type
from oidc.parts import Parts
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

    @classmethod
    def of(cls, parts: Parts) -> TokenContext:
        return cls(
            grants=parts.stores.grants,
            handles=parts.handles,
            id_tokens=IdTokens(parts),
            events=parts.events,
            access_token_lifetime_seconds=parts.config.access_token_lifetime_seconds,
            refresh_reuse_grace_seconds=parts.config.refresh_reuse_grace_seconds,
        )


class TokenRequest(NamedTuple):
    """A request of an authenticated client; `now` is in epoch seconds.

    `confirmation` is what the issued tokens are to be bound to, None for bearer tokens.
    """

    client: Client
    parameters: Mapping[str, str]
    now: int
    confirmation: Confirmation | None = None


Exchange = Callable[[TokenContext, TokenRequest], dict[str, Any]]


def token_response(
    context: TokenContext, asked: TokenRequest, grant: Grant, scope: str, *, id_token: bool = True
) -> dict[str, Any]:
    """Build the successful answer of RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3."""
    client, now = asked.client, asked.now
    lifetime = context.access_token_lifetime_seconds
    confirmation = asked.confirmation
    access_token = issue_access_token(context.handles, grant, scope, now, lifetime, confirmation)
    answer: dict[str, Any] = {
        "access_token": access_token,
        "token_type": token_type(confirmation),
        "expires_in": min(lifetime, grant.expires_at - now),
        "scope": scope,
    }
    if "refresh_token" in client.grant_types:
        # RFC 9449 §5 and RFC 8705 §7.1: a confidential client's is bound to its authentication already
        bound_to = confirmation if client.is_public else None
        answer["refresh_token"] = issue_refresh_token(context.handles, grant, bound_to)
    if id_token:
        answer["id_token"] = context.id_tokens.issue(client, grant, access_token, now)
    return answer
