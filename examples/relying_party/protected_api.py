"""An API that is opened by access tokens: found by its own metadata, called for a person, obeyed when it says
that their sign-in is too weak or too old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from werkzeug.datastructures import WWWAuthenticate

from examples.relying_party.refusals import Refusal, refuse
from examples.relying_party.sign_in import RelyingParty, SignedIn

TIMEOUT_SECONDS = 10
METADATA_PATH = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True)
class StepUp:
    """What the API wants of the next sign-in: RFC 9470 §3. `max_age` is in seconds.

    `scope` is what it wants the token to cover then, "" where it didn't say: RFC 6750 §3.
    """

    acr: str | None
    max_age: int | None
    scope: str = ""


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    document: Mapping[str, Any]


class ProtectedApi:
    """One API, at `url`; its tokens come from the provider that the relying party knows."""

    def __init__(self, relying_party: RelyingParty, url: str, issuer: str) -> None:
        self._relying_party = relying_party
        self._url = url
        self._issuer = issuer
        self._is_checked = False

    @property
    def resource(self) -> str:
        """The resource indicator by which the provider knows the API: RFC 8707 §2."""
        return self._url

    def find_problem(self) -> Refusal | None:
        """Look at what the API says of itself, once: a token meant for it mustn't go anywhere else."""
        if self._is_checked:
            return None
        try:
            metadata = requests.get(self._url + METADATA_PATH, timeout=TIMEOUT_SECONDS).json()
        except requests.RequestException as error:
            return refuse("unreachable", str(error))
        # RFC 9728 §3.3 and §7.3
        if metadata.get("resource") != self._url or self._issuer not in metadata["authorization_servers"]:
            return refuse("untrusted_answer", f"{self._url} describes itself as {metadata.get('resource')}")
        self._is_checked = True
        return None

    def call(
        self, person: SignedIn, method: str, path: str, document: Any = None
    ) -> Answer | StepUp | Refusal:
        """Call the API in the person's name."""
        token = self.find_problem() or self._relying_party.find_access_token(person, self.resource)
        if isinstance(token, Refusal):
            return token
        try:
            answer = requests.request(
                method,
                self._url + path,
                json=document,
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
            return _read(answer)
        except requests.RequestException as error:
            return refuse("unreachable", str(error))


def _read(answer: requests.Response) -> Answer | StepUp | Refusal:
    if answer.ok:
        return Answer(answer.status_code, answer.json())
    challenge = WWWAuthenticate.from_header(answer.headers.get("WWW-Authenticate"))
    asked = challenge.parameters if challenge else {}
    if asked.get("error") in ("insufficient_user_authentication", "insufficient_scope"):
        max_age = asked.get("max_age") or ""
        # RFC 9470 §3: in order of preference; the first that we know how to ask for
        acr = next(iter((asked.get("acr_values") or "").split()), None)
        return StepUp(acr, int(max_age) if max_age.isdigit() else None, asked.get("scope") or "")
    if answer.status_code == 401:
        return refuse("login_required", answer.text[:200])
    return refuse("temporarily_unavailable", answer.text[:200])
