"""The authorization code grant: RFC 6749 §4.1.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.authorization.pkce import challenge_of, check_verifier
from oidc.confirmation import JKT, Confirmation
from oidc.errors import InvalidGrant, InvalidRequest, OAuthError
from oidc.models import Client, Grant
from oidc.token.grants import (
    TokenContext,
    TokenRequest,
    check_granted,
    find_target,
    scope_of_token,
    token_response,
)
from oidc.token.handles import hash_code
from oidc.token.redemption import Redemption


def exchange_authorization_code(context: TokenContext, asked: TokenRequest) -> dict[str, Any]:
    """Exchange a code for tokens, once.

    One conditional statement consumes it where client, redirect URI, verifier and key are those it was asked
    for with. Anything else ends the grant, so that nobody gets a second guess (RFC 9700 §4.5).
    """
    parameters = asked.parameters
    code = parameters.get("code")
    if code is None:
        raise InvalidRequest("code is required.")
    target, key = find_target(context, asked), asked.confirmation
    redemption = Redemption(
        code_hash=hash_code(code),
        client_id=asked.client.client_id,
        redirect_uri=parameters.get("redirect_uri"),
        code_challenge=challenge_of(parameters.get("code_verifier")),
        dpop_jkt=key.thumbprint if key and key.method == JKT else None,
    )
    grant = context.grants.redeem(redemption, asked.now)
    if grant is None:
        raise _refuse_unredeemable(context, asked, redemption.code_hash)
    try:
        check_granted(target, grant)
        scope = scope_of_token(asked.client, grant, target, None)
    except OAuthError as error:
        context.grants.revoke(grant.id, asked.now)
        error.flow = grant.id
        raise
    return token_response(context, asked, grant, scope, target=target)


def check_belongs(grant: Grant, client: Client, parameters: Mapping[str, str]) -> None:
    """Raise InvalidGrant unless this client asked for this code, with this redirect URI and this verifier."""
    if grant.client_id != client.client_id:
        raise InvalidGrant("The code was issued to another client.")
    if parameters.get("redirect_uri") != grant.redirect_uri:
        raise InvalidGrant("redirect_uri is not the one that the code was asked for with.")
    check_verifier(parameters.get("code_verifier"), grant.code_challenge)


def check_key(grant: Grant, confirmation: Confirmation | None) -> None:
    """RFC 9449 §10: a code that was asked for with dpop_jkt is redeemed by that key alone."""
    if grant.dpop_jkt is not None and confirmation != Confirmation(JKT, grant.dpop_jkt):
        raise InvalidGrant("The code is bound to another DPoP key than the proof's.")


def _refuse_unredeemable(context: TokenContext, asked: TokenRequest, code_hash: bytes) -> OAuthError:
    """RFC 6749 §4.1.2: reuse is denied, and what was issued is revoked."""
    found = context.grants.find_by_code(code_hash)
    if found is None:
        return InvalidGrant("The code is unknown or expired.")
    if found.code_redeemed_at is not None:
        context.grants.revoke(found.id, asked.now)
        reused = InvalidGrant("The code was used before.", reason="code_reused", account_id=found.account_id)
        return _of_flow(reused, found, asked.client)
    try:
        check_belongs(found, asked.client, asked.parameters)
        check_key(found, asked.confirmation)
    except OAuthError as error:
        context.grants.revoke(found.id, asked.now)
        return _of_flow(error, found, asked.client)
    return _of_flow(InvalidGrant("The code is unknown or expired."), found, asked.client)


def _of_flow(error: OAuthError, grant: Grant, client: Client) -> OAuthError:
    """Return the error with the sign-in that its code was for, where that is this client's own."""
    if grant.client_id == client.client_id:
        error.flow, error.began_at = grant.id, grant.created_at
    return error
