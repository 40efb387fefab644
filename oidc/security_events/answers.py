"""Where an application says what it did with the data that it may no longer use: deleted it, or kept it and
why."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from oidc.errors import InvalidClient, InvalidRequest, OAuthError
from oidc.http import Request, Response, json_response
from oidc.models import Client
from oidc.parameters import read_form
from oidc.parts import Parts
from oidc.refusal import refuse
from oidc.security_events.models import KEPT, OUTCOMES, SecurityEvent

MAX_REASON = 300


class SecurityEventAnswers:
    """Takes an application's answer to an event that it was told."""

    def __init__(self, parts: Parts) -> None:
        self._authenticator = parts.authenticator
        self._store = parts.stores.security_events
        self._events = parts.events

    def respond(self, request: Request, now: int) -> Response:
        """Record the answer; say it back. Sent again, the same answer is the same success."""
        client_id = None
        try:
            parameters = read_form(request)
            client = self._authenticator.authenticate(request, parameters, now)
            client_id = client.client_id
            if client.is_public:
                raise InvalidClient("A public client is told nothing, and answers nothing.")
            outcome, reason = read_answer(parameters)
            event = self._find(client, parameters)
            self._record(event, outcome, reason, now)
            return json_response({"jti": event.id, "outcome": outcome})
        except OAuthError as error:
            return refuse(self._events, "security_event.refused", error, now, client_id, request)

    def _find(self, client: Client, parameters: Mapping[str, str]) -> SecurityEvent:
        event = self._store.find(parameters.get("jti", ""))
        if event is None or event.client_id != client.client_id:
            raise InvalidRequest("jti names no event that this client was told.")
        return event

    def _record(self, event: SecurityEvent, outcome: str, reason: str | None, now: int) -> None:
        """Deleted is final; what was kept may still be deleted, or be kept for another reason."""
        if (event.outcome, event.reason) == (outcome, reason):
            return
        if not self._store.answer(event.id, outcome, reason, now):
            raise InvalidRequest("The data was said to be deleted already.")
        self._events.record(
            f"security_event.{outcome}", now=now, account_id=event.account_id, client_id=event.client_id
        )


def read_answer(parameters: Mapping[str, str]) -> tuple[str, str | None]:
    """Return outcome and reason; raise InvalidRequest."""
    outcome, reason = parameters.get("outcome", ""), " ".join(parameters.get("reason", "").split())
    if outcome not in OUTCOMES:
        raise InvalidRequest(f"outcome takes {' and '.join(OUTCOMES)}.")
    if outcome != KEPT:
        return outcome, None
    unprintable = any(unicodedata.category(character)[0] == "C" for character in reason)
    if not reason or len(reason) > MAX_REASON or unprintable:
        raise InvalidRequest(f"reason says in 1 to {MAX_REASON} printable characters why it is kept.")
    return outcome, reason
