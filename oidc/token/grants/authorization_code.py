"""The authorization code grant: RFC 6749 §4.1.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.authorization.pkce import check_verifier
from oidc.errors import InvalidGrant, InvalidRequest, OAuthError
from oidc.models import JKT, Client, Confirmation, Grant
from oidc.token.grants import (
    TokenContext,
    TokenRequest,
    check_granted,
    find_target,
    scope_of_token,
    token_response,
)
from oidc.token.handles import hash_code


def exchange_authorization_code(context: TokenContext, asked: TokenRequest) -> dict[str, Any]:
    """Exchange a code for tokens, once.

    The code is consumed first, by one conditional statement, and then judged: a wrong client, redirect URI or
    verifier leaves it spent, so that nobody gets a second guess (RFC 9700 §4.5).
    """
    client, parameters, now = asked.client, asked.parameters, asked.now
    code = parameters.get("code")
    if code is None:
        raise InvalidRequest("code is required.")
    target = find_target(context, asked)
    grant = context.grants.redeem(hash_code(code), now)
    if grant is None:
        raise _refuse_unredeemable(context, code, now)
    try:
        check_belongs(grant, client, parameters)
        check_key(grant, asked.confirmation)
        check_granted(target, grant)
        scope = scope_of_token(client, grant, target, None)
    except OAuthError:
        context.grants.revoke(grant.id, now)
        raise
    context.events.record("token.issued", now=now, account_id=grant.account_id, client_id=client.client_id)
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


def _refuse_unredeemable(context: TokenContext, code: str, now: int) -> OAuthError:
    """RFC 6749 §4.1.2: reuse is denied, and what was issued is revoked."""
    spent = context.grants.find_by_code(hash_code(code))
    if spent is None or spent.code_redeemed_at is None:
        return InvalidGrant("The code is unknown or expired.")
    context.grants.revoke(spent.id, now)
    return InvalidGrant("The code was used before.", reason="code_reused", account_id=spent.account_id)
