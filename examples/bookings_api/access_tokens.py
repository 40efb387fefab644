"""What an access token is worth here: a JWT as RFC 9068 §4 has it checked, without asking the provider.

Only for what can't be undone the provider is asked, too: a JWT that was revoked is good until it expires.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import requests
from flask import request
from joserfc import jws, jwt
from joserfc.errors import JoseError

from examples.bookings_api.challenges import Challenge
from examples.bookings_api.provider import Provider
from examples.relying_party.configuration import NotRegistered

ALGORITHMS = ["RS256", "ES256"]
ACR_VALUES = ("LoA1", "LoA2")
LEEWAY_SECONDS = 30
MAX_CHARACTERS = 8192

Claims = Mapping[str, Any]


class AccessTokens:
    """Checks the token of the current request; each method raises Challenge."""

    def __init__(self, provider: Provider, resource: str) -> None:
        self._provider = provider
        self._resource = resource

    def check(self, scope: str, *, acr: str = "LoA1", max_age: int | None = None) -> Claims:
        """Return the claims of a token that covers the scope, of a sign-in strong and recent enough."""
        claims = self._read(bearer_token())
        if scope not in str(claims.get("scope", "")).split():
            raise Challenge("insufficient_scope", {"scope": scope})
        check_authentication(claims, acr, max_age)
        return claims

    def check_sign_in(self, scope: str, *, acr: str, max_age: int) -> None:
        """Look at the sign-in before the scope, which the challenge names, too: RFC 9470 §3."""
        try:
            check_authentication(self._read(bearer_token()), acr, max_age)
        except Challenge as challenge:
            if challenge.error == "insufficient_user_authentication":
                raise Challenge(challenge.error, {**challenge.more, "scope": scope}) from None
            raise

    def check_live(self) -> None:
        """Ask the provider whether the token that was checked is still good: RFC 7662."""
        try:
            described = self._provider.introspect(bearer_token())
        except (requests.RequestException, NotRegistered, ValueError) as error:
            raise Challenge("temporarily_unavailable") from error
        if described.get("active") is not True or described.get("aud") != self._resource:
            raise Challenge("invalid_token")

    def _read(self, token: str) -> Claims:
        try:
            header = jws.extract_compact(token.encode("ascii")).headers()
            # RFC 9068 §4: an ID token, or any other JWT of the provider's, is no access token
            if str(header.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
                raise Challenge("invalid_token")
            keys = self._provider.find_keys(header.get("kid"))
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except requests.RequestException as error:
            raise Challenge("temporarily_unavailable") from error
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Challenge("invalid_token") from error
        self._check_claims(claims)
        return claims

    def _check_claims(self, claims: Claims) -> None:
        """RFC 9068 §4: from our provider, for this API and nobody else, and not over."""
        is_good = (
            claims.get("iss") == self._provider.issuer
            and claims.get("aud") == self._resource
            and isinstance(claims.get("exp"), int)
            and claims["exp"] > time.time() - LEEWAY_SECONDS
            and isinstance(claims.get("sub"), str)
        )
        if not is_good:
            raise Challenge("invalid_token")


def bearer_token() -> str:
    """Return the token of the Authorization header; raise Challenge."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Challenge("token_required")
    if len(token) > MAX_CHARACTERS:
        raise Challenge("invalid_token")
    return token.strip()


def check_authentication(claims: Claims, acr: str, max_age: int | None) -> None:
    """Raise the challenge of RFC 9470 §3 where the person should sign in more strongly, or once more."""
    is_strong = claims.get("acr") in ACR_VALUES and ACR_VALUES.index(claims["acr"]) >= ACR_VALUES.index(acr)
    auth_time = claims.get("auth_time")
    is_recent = max_age is None or (isinstance(auth_time, int) and time.time() - auth_time <= max_age)
    if is_strong and is_recent:
        return
    more = {"acr_values": acr}
    if max_age is not None:
        more["max_age"] = str(max_age)
    raise Challenge("insufficient_user_authentication", more)
