"""The client credentials grant: RFC 6749 §4.4. No person, no grant row, no statement."""

from __future__ import annotations

from typing import Any

from oidc.claims import SCOPE_CLAIMS
from oidc.confirmation import token_type
from oidc.errors import InvalidScope, UnauthorizedClient
from oidc.models import Resource
from oidc.parameters import scopes_in
from oidc.resource.indicators import scope_for
from oidc.token.access_token import issue_client_access_token
from oidc.token.grants import TokenContext, TokenRequest, find_target
from oidc.token.jwt_access_token import Wanted


def exchange_client_credentials(context: TokenContext, asked: TokenRequest) -> dict[str, Any]:
    """Issue an access token to the client itself, for scopes that concern no person."""
    client, parameters, now = asked.client, asked.parameters, asked.now
    if client.is_public:
        # RFC 6749 §4.4: MUST only be used by confidential clients
        raise UnauthorizedClient("A public client can't use client_credentials.")
    target = find_target(context, asked)
    context.note_use(client.client_id, "machine", now)
    if target is not None:
        return _issue_for_resource(context, asked, target)
    own = [name for name in client.scope if name not in SCOPE_CLAIMS]
    wanted = scopes_in(parameters.get("scope", "")) or own
    if not set(wanted) <= set(own):
        raise InvalidScope("scope holds what this client may not have for itself.")
    scope = " ".join(wanted)
    lifetime = context.access_token_lifetime_seconds
    confirmation = asked.confirmation
    answer: dict[str, Any] = {
        "access_token": issue_client_access_token(
            context.handles, client.client_id, scope, now, lifetime, confirmation
        ),
        "token_type": token_type(confirmation),
        "expires_in": lifetime,
    }
    if scope:
        answer["scope"] = scope
    return answer


def _issue_for_resource(context: TokenContext, asked: TokenRequest, target: Resource) -> dict[str, Any]:
    """RFC 8707 §2.2: for a resource, the scopes are those that an operator allows the client there."""
    allowed = asked.client.resources[target.identifier]
    scope = scope_for(target, allowed, allowed, asked.parameters.get("scope"))
    tokens = context.resource_tokens
    ends = asked.now + tokens.lifetime_seconds
    wanted = Wanted(target, asked.client, scope, ends, asked.confirmation)
    return {
        "access_token": tokens.issue_for_client(wanted, asked.now),
        "token_type": token_type(asked.confirmation),
        "expires_in": tokens.lifetime_seconds,
        "scope": scope,
    }
