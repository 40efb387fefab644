"""What the provider tells of people's data: security event tokens (RFC 8417), pushed as RFC 8935 says, and
the answer to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import requests

from examples.relying_party.configuration import Configuration
from examples.relying_party.signed import SECONDS, ProvidersWord

INVALID_REQUEST = 400
# OpenID Connect Core §2 holds a `sub` to as many; nothing that we are sent has a reason for more
MOST_CHARACTERS = 255


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
        self._word = ProvidersWord(configuration)

    def read(self, client_id: str, token: bytes) -> Told | None:
        """Return what the token says; None for one that isn't the provider's, or not for this client.

        Raises requests.RequestException where the provider's keys can't be had: then nobody can tell.
        """
        # RFC 8417 §4.5: the type alone says that this is no ID token
        claims = self._word.read(client_id, token, "secevent+jwt")
        try:
            return _read(claims, self._word.issuer) if claims is not None else None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def answer(self, client_id: str, jti: str, outcome: str, reason: str = "") -> bool:
        """Tell the provider what was done; say whether that is over: it took the answer, or never will."""
        credentials = self._configuration.get_credentials(client_id)
        form = {"jti": jti, "outcome": outcome, **({"reason": reason} if reason else {})}
        try:
            answer = requests.post(
                self._word.metadata()["security_event_answer_endpoint"],
                data=form,
                auth=(credentials.client_id, credentials.client_secret or ""),
                timeout=SECONDS,
            )
        except requests.RequestException:
            return False
        return bool(answer.ok) or answer.status_code == INVALID_REQUEST


def _read(claims: Mapping[str, Any], issuer: str) -> Told | None:
    # RFC 9493 §3.2.3: whom it is about, as this provider knows them
    about, subject = claims["events"], claims["sub_id"]
    if len(about) != 1 or (subject["format"], subject["iss"]) != ("iss_sub", issuer):
        return None
    kind, details = next(iter(about.items()))
    names = details.get("claims", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    jti, sub, at = claims["jti"], subject["sub"], claims["toe"]
    if not (isinstance(jti, str) and isinstance(sub, str) and isinstance(at, int)):
        return None
    if not 0 < len(jti) <= MOST_CHARACTERS or not 0 < len(sub) <= MOST_CHARACTERS:
        return None
    return Told(jti, sub, at, kind, tuple(names))
