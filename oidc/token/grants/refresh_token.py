"""The refresh token grant: RFC 6749 §6, with the rotation and reuse detection of RFC 9700 §4.14.2."""

from __future__ import annotations

from typing import Any

from oidc.errors import InvalidGrant, InvalidRequest, OAuthError
from oidc.models import FAPI2, OPENID, Client, Grant, Resource
from oidc.token.grants import (
    TokenContext,
    TokenRequest,
    check_granted,
    find_target,
    scope_of_token,
    token_response,
)
from oidc.token.handles import Handle
from oidc.token.refresh_token import read_refresh_token


def exchange_refresh_token(context: TokenContext, asked: TokenRequest) -> dict[str, Any]:
    """Exchange a refresh token for its successor and a new access token.

    One conditional statement rotates. Where it finds nothing, the token is either the last one, sent again
    because its answer was lost, which gets the same successor; or an old one, which ends the grant.
    """
    parameters = asked.parameters
    if "refresh_token" not in parameters:
        raise InvalidRequest("refresh_token is required.")
    handle = read_refresh_token(context.handles, parameters["refresh_token"])
    if handle is None:
        raise InvalidGrant("The refresh token is not one of this provider's.")
    try:
        return _exchange(context, asked, handle)
    except OAuthError as error:
        error.flow = handle.owner
        raise


def _exchange(context: TokenContext, asked: TokenRequest, handle: Handle) -> dict[str, Any]:
    client, parameters, now = asked.client, asked.parameters, asked.now
    if handle.confirmation is not None and handle.confirmation != asked.confirmation:
        # RFC 9449 §5: not spent by somebody who holds the token and not its key
        raise InvalidGrant("The refresh token is bound to another key.")
    scope, target = parameters.get("scope"), find_target(context, asked)
    if scope is not None or target is not None:
        # RFC 6749 §6: judged before the token is spent, so that a wrong scope or resource costs nothing
        check_narrower(client, target, scope, context.grants.find(handle.owner))
    if client.profile == FAPI2:
        grant: Grant | None = _find_unrotated(context, client, handle, now)
    else:
        grant = context.grants.rotate(handle.owner, handle.generation, client.client_id, now)
    if grant is None:
        grant = _repeat_or_refuse(context, client, handle, now)
    granted = scope_of_token(client, grant, target, scope)
    has_id_token = OPENID in (granted.split() if scope else grant.scopes)
    return token_response(context, asked, grant, granted, target=target, id_token=has_id_token)


def check_narrower(client: Client, target: Resource | None, scope: str | None, grant: Grant | None) -> None:
    """Raise InvalidScope or InvalidTarget where the request exceeds the grant, if there is one."""
    if grant is not None:
        check_granted(target, grant)
        scope_of_token(client, grant, target, scope)


def _find_unrotated(context: TokenContext, client: Client, handle: Handle, now: int) -> Grant:
    """FAPI 2.0 §5.3.2.1: no rotation, since the token is worth nothing without the client's own key."""
    grant = context.grants.find_live(handle.owner, now)
    if grant is None or (grant.client_id, grant.generation) != (client.client_id, handle.generation):
        raise InvalidGrant("The refresh token is expired, revoked or another client's.")
    context.events.record("token.refreshed", now=now, account_id=grant.account_id, client_id=grant.client_id)
    return grant


def _repeat_or_refuse(context: TokenContext, client: Client, handle: Handle, now: int) -> Grant:
    grant = context.grants.find_live(handle.owner, now)
    if grant is None or grant.client_id != client.client_id:
        raise InvalidGrant("The refresh token is expired, revoked or another client's.")
    is_last = handle.generation == grant.generation - 1
    if is_last and now - (grant.rotated_at or 0) <= context.refresh_reuse_grace_seconds:
        return grant
    if not context.grants.revoke(grant.id, now):
        # Another use of it came first, and has said so
        raise InvalidGrant("The refresh token is expired, revoked or another client's.")
    context.note_reuse(grant, now)
    raise InvalidGrant(
        "The refresh token was used before; what was issued from it has ended.",
        reason="refresh_token_reused",
        account_id=grant.account_id,
    )
