"""What goes wrong at a sandbox because its developer asked for it: to see what their application does then.

A fault is asked for by the parameter `sandbox_fault` of a request, or was set for the next ones by the
developer. It is looked for at sandbox clients alone: a live client's parameter is one that nobody knows.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import orjson

from oidc.errors import (
    AccessDenied,
    AccountSelectionRequired,
    ConsentRequired,
    InteractionRequired,
    InvalidGrant,
    InvalidToken,
    LoginRequired,
    OAuthError,
    ServerError,
    TemporarilyUnavailable,
    UnmetAuthenticationRequirements,
)
from oidc.http import Response
from oidc.models import AuthorizationRequest, Client, Grant

PARAMETER = "sandbox_fault"
REASON = "sandbox_fault"
HEADER = "Tnid-Sandbox-Fault"
SLOW_SECONDS = 5
NEW_KEY_SECONDS = 3
SKEW_SECONDS = 600

ERRORS: Mapping[str, type[OAuthError]] = {
    error.code: error
    for error in (
        AccessDenied,
        LoginRequired,
        InteractionRequired,
        ConsentRequired,
        AccountSelectionRequired,
        UnmetAuthenticationRequirements,
        TemporarilyUnavailable,
        ServerError,
    )
}
"""The errors that an authorization request can be made to end with."""

CODE_EXPIRED, CODE_USED = "code_expired", "code_used"
TOKEN_UNAVAILABLE, TOKEN_SLOW, TOKEN_REFUSED = "token_unavailable", "token_slow", "invalid_grant"
EXPIRED, EARLY = "id_token_expired", "id_token_early"
WRONG_ISSUER, WRONG_AUDIENCE = "id_token_wrong_issuer", "id_token_wrong_audience"
WRONG_NONCE, WRONG_SIGNATURE = "id_token_wrong_nonce", "id_token_wrong_signature"
UNKNOWN_KEY, NEW_KEY = "id_token_unknown_key", "id_token_new_key"
USERINFO_REFUSED, USERINFO_UNAVAILABLE = "userinfo_unauthorized", "userinfo_unavailable"
USERINFO_SLOW, WRONG_SUBJECT = "userinfo_slow", "userinfo_wrong_subject"

AT_AUTHORIZATION = (*ERRORS, CODE_EXPIRED, CODE_USED)
OF_ID_TOKEN = (
    EXPIRED,
    EARLY,
    WRONG_ISSUER,
    WRONG_AUDIENCE,
    WRONG_NONCE,
    WRONG_SIGNATURE,
    UNKNOWN_KEY,
    NEW_KEY,
)
AT_TOKEN = (TOKEN_UNAVAILABLE, TOKEN_SLOW, TOKEN_REFUSED, *OF_ID_TOKEN)
AT_USERINFO = (USERINFO_UNAVAILABLE, USERINFO_SLOW, USERINFO_REFUSED, WRONG_SUBJECT)
SLOW = (TOKEN_SLOW, USERINFO_SLOW)
BY_ENDPOINT = {"authorization": AT_AUTHORIZATION, "token": AT_TOKEN, "userinfo": AT_USERINFO}


class Faults(Protocol):
    """What was set for the next requests of a sandbox's client."""

    def take(self, client: Client, endpoint: str, now: int) -> str:
        """Return the fault that is due at this endpoint, and count it; "" for none."""

    def name_key(self, now: int) -> str:
        """Return a further name of our keys, which is published soon: in NEW_KEY_SECONDS at the latest."""


class NoFaults:
    """Where nobody can set any."""

    def take(self, client: Client, endpoint: str, now: int) -> str:
        return ""

    def name_key(self, now: int) -> str:
        return ""


NO_FAULTS: Faults = NoFaults()


def fault_of(client: Client, endpoint: str, asked: str | None, faults: Faults, now: int) -> str:
    """Return the fault that a request of this client meets: which it asks for, else which is set."""
    if not client.is_sandbox:
        return ""
    if asked in BY_ENDPOINT[endpoint]:
        return asked
    return faults.take(client, endpoint, now) if client.sandbox_faults else ""


def check_asked(request: AuthorizationRequest) -> None:
    """Raise the error that an authorization request asks for."""
    error = ERRORS.get(request.sandbox_fault) if request.sandbox_fault else None
    if error is not None:
        raise _fault(error, request.sandbox_fault)


def check_token_request(fault: str) -> None:
    """Raise what a token request meets before anything of it is done."""
    if fault == TOKEN_UNAVAILABLE:
        raise _fault(TemporarilyUnavailable, fault)
    if fault == TOKEN_REFUSED:
        raise _fault(InvalidGrant, fault)


def check_userinfo_request(fault: str) -> None:
    """Raise what a request for claims meets."""
    if fault == USERINFO_UNAVAILABLE:
        raise _fault(TemporarilyUnavailable, fault)
    if fault == USERINFO_REFUSED:
        raise _fault(InvalidToken, fault)


def _fault(error: type[OAuthError], name: str) -> OAuthError:
    return error("This is a fault of the sandbox, as it was asked for.", reason=REASON, detail=name)


def mark(answer: Response, fault: str) -> Response:
    """Say in an answer that it is as it is because somebody asked for that."""
    return answer._replace(headers=(*answer.headers, (HEADER, fault)))


def is_fault(answer: Response) -> bool:
    return any(name == HEADER for name, _value in answer.headers)


def mark_refusal(answer: Response, error: OAuthError) -> Response:
    return mark(answer, error.detail) if error.reason == REASON else answer


def spoil(grant: Grant, request: AuthorizationRequest) -> Grant:
    """Return the grant as it is where its code can't be redeemed any more, if the request asks for that."""
    now = grant.created_at
    if request.sandbox_fault == CODE_EXPIRED:
        return replace(grant, code_expires_at=now)
    if request.sandbox_fault == CODE_USED:
        # Revoked, too: nothing was issued for it, of which there would have to be a record
        return replace(grant, code_redeemed_at=now, revoked_at=now)
    return grant


def seconds_late(fault: str) -> int:
    """Return how late an answer leaves that was made in time."""
    if fault == NEW_KEY:
        return NEW_KEY_SECONDS
    return SLOW_SECONDS if fault in SLOW else 0


# What is wrong with an ID token

_CHANGES: Mapping[str, Callable[[dict[str, Any]], Mapping[str, Any]]] = {
    EXPIRED: lambda claims: _shifted(claims, claims["iat"] - claims["exp"] - SKEW_SECONDS),
    EARLY: lambda claims: _shifted(claims, SKEW_SECONDS),
    WRONG_ISSUER: lambda claims: {"iss": claims["iss"] + "/another"},
    WRONG_AUDIENCE: lambda _claims: {"aud": "another-client"},
    WRONG_NONCE: lambda _claims: {"nonce": "another-nonce"},
}


def _shifted(claims: Mapping[str, Any], seconds: int) -> Mapping[str, Any]:
    """As a provider would write it whose clock is so far off."""
    return {name: claims[name] + seconds for name in ("iat", "exp")}


def spoil_claims(claims: dict[str, Any], fault: str) -> dict[str, Any]:
    """Return an ID token's claims with what this fault makes of them."""
    change = _CHANGES.get(fault)
    return {**claims, **change(claims)} if change is not None else claims


def spoil_userinfo(claims: dict[str, Any], fault: str) -> dict[str, Any]:
    """Return what UserInfo says, of somebody else where that is the fault: OpenID Connect Core §5.3.2."""
    return {**claims, "sub": "somebody-else"} if fault == WRONG_SUBJECT else claims


def spoil_signature(token: str, fault: str) -> str:
    """Return a signed token so that its signature fails, or its key is nowhere to be found."""
    header, payload, signature = token.split(".")
    if fault == WRONG_SIGNATURE:
        # A character in the middle counts in full, where one at the end may be half padding
        middle = len(signature) // 2
        other = "A" if signature[middle] != "A" else "B"
        return f"{header}.{payload}.{signature[:middle]}{other}{signature[middle + 1 :]}"
    if fault == UNKNOWN_KEY:
        members = orjson.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
        members["kid"] = secrets.token_urlsafe(16)
        header = base64.urlsafe_b64encode(orjson.dumps(members)).rstrip(b"=").decode()
        return f"{header}.{payload}.{signature}"
    return token
