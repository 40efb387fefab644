"""What the provider tells of people's data: security event tokens (RFC 8417), pushed as RFC 8935 says, and
the answer to each."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import requests
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from examples.relying_party.configuration import Configuration

SECONDS = 10
ALGORITHMS = ["RS256", "ES256"]


class Told(NamedTuple):
    """An event about one person: `sub` is whom, `at` when it happened, `claims` what it is limited to."""

    jti: str
    sub: str
    at: int
    kind: str
    claims: tuple[str, ...]


class Receiver:
    """Reads what comes in for one of this application's clients, and answers."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def read(self, client_id: str, token: bytes) -> Told | None:
        """Return what the token says; None for one that isn't the provider's, or not for this client."""
        try:
            keys = KeySet.import_key_set(self._get(self._metadata()["jwks_uri"]))
            verified = jws.deserialize_compact(token, keys, algorithms=ALGORITHMS)
            claims = json.loads(verified.payload or b"")
        except (JoseError, ValueError, TypeError, KeyError, requests.RequestException):
            return None
        # RFC 8417 §4.5: the type alone says that this is no ID token
        if verified.headers().get("typ") != "secevent+jwt":
            return None
        if (claims.get("iss"), claims.get("aud")) != (self._configuration.issuer, client_id):
            return None
        kind, about = next(iter(claims["events"].items()))
        return Told(
            claims["jti"], claims["sub_id"]["sub"], claims["toe"], kind, tuple(about.get("claims", ()))
        )

    def answer(self, client_id: str, told: Told, outcome: str, reason: str = "") -> bool:
        """Tell the provider what was done; say whether it took the answer."""
        credentials = self._configuration.get_credentials(client_id)
        form = {"jti": told.jti, "outcome": outcome, **({"reason": reason} if reason else {})}
        try:
            answer = requests.post(
                self._metadata()["security_event_answer_endpoint"],
                data=form,
                auth=(credentials.client_id, credentials.client_secret or ""),
                timeout=SECONDS,
            )
        except requests.RequestException:
            return False
        return bool(answer.ok)

    def _metadata(self) -> dict[str, Any]:
        return self._get(f"{self._configuration.issuer}/.well-known/openid-configuration")

    def _get(self, address: str) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(address, timeout=SECONDS).json()
        return found
