"""Signed authentication requests: CIBA Core 1.0 §7.1.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.clients.ciba_metadata import SIGNING_ALG
from oidc.clients.signed_object import (
    BadSignedObject,
    get_algorithms,
    is_numeric_date,
    read_signed_object,
)
from oidc.errors import InvalidRequest
from oidc.models import FAPI2, Client
from oidc.parts import Parts

MAX_BYTES = 16 * 1024
MAX_SECONDS = 3600  # FAPI-CIBA §5.2.2: at most 60 minutes
LEEWAY_SECONDS = 10
PURPOSE = "ciba_request"
PARAMETERS = frozenset(
    (
        *("scope", "client_notification_token", "acr_values", "binding_message", "requested_expiry"),
        *("login_hint", "login_hint_token", "id_token_hint"),
    )
)
"""Those of §7.1 that count here; others are ignored, in a form and in a JWT alike."""

AUTHENTICATION = frozenset({"client_id", "client_secret", "client_assertion", "client_assertion_type"})


class SignedRequests:
    """Replaces the parameters of a request by those in the JWT that the client signed."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._keys = parts.client_keys
        self._replays = parts.stores.replays

    def assemble(self, parameters: Mapping[str, str], client: Client, now: int) -> Mapping[str, str]:
        """Return the parameters that count; raise InvalidRequest where the JWT doesn't hold."""
        token = parameters.get("request")
        if token is None:
            if SIGNING_ALG in client.metadata or client.profile == FAPI2:
                # FAPI-CIBA §5.2.2
                raise InvalidRequest("This client must sign its authentication requests.")
            return parameters
        if set(parameters) - AUTHENTICATION - {"request"}:
            raise InvalidRequest("Beside request come the parameters of client authentication, and no other.")
        claims = self._verify(client, token)
        self._check(client, claims, now)
        return read_parameters(claims)

    def _verify(self, client: Client, token: str) -> dict[str, Any]:
        try:
            algorithms = get_algorithms(client, SIGNING_ALG)
            signed = read_signed_object(client, token, self._keys, algorithms=algorithms, max_bytes=MAX_BYTES)
        except BadSignedObject as error:
            raise InvalidRequest(f"request {error}") from error
        return signed.claims

    def _check(self, client: Client, claims: dict[str, Any], now: int) -> None:
        """All of aud, iss, exp, iat, nbf and jti are required."""
        if claims.get("iss") != client.client_id:
            raise InvalidRequest("iss of the request must be the client_id.")
        audience = claims.get("aud")
        if self._issuer not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidRequest("aud of the request must be the issuer.")
        for name in ("exp", "iat", "nbf"):
            if not is_numeric_date(claims.get(name)):
                raise InvalidRequest(f"{name} of the request is required, a time in seconds.")
        check_times(claims, now)
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= 255:
            raise InvalidRequest("jti of the request is required.")
        if not self._replays.consume(PURPOSE, f"{client.client_id} {jti}", claims["exp"] + LEEWAY_SECONDS):
            raise InvalidRequest("This request was sent before.", reason="request_replayed")


def check_times(claims: Mapping[str, Any], now: int) -> None:
    if claims["exp"] <= now - LEEWAY_SECONDS:
        raise InvalidRequest("The request has expired.")
    if max(claims["nbf"], claims["iat"]) > now + LEEWAY_SECONDS:
        raise InvalidRequest("The request is not valid yet.")
    if claims["exp"] - claims["nbf"] > MAX_SECONDS or claims["nbf"] < now - MAX_SECONDS:
        raise InvalidRequest("The request must be valid for an hour at most, from nbf to exp.")


def read_parameters(claims: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the parameters as a form would have them; §7.1.1 lets requested_expiry be a number."""
    found: dict[str, str] = {}
    for name, value in claims.items():
        if name not in PARAMETERS or value in (None, ""):
            continue
        is_number = name == "requested_expiry" and isinstance(value, int) and not isinstance(value, bool)
        if not isinstance(value, str) and not is_number:
            raise InvalidRequest("The request holds a parameter that is no string.")
        if "\x00" in str(value):
            raise InvalidRequest("The request holds a NUL character.")
        found[name] = str(value)
    return found
