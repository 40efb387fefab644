"""What the other rooms of the portal record is told to the team, too: settings, secrets, data, reviews.

They write to the audit log, as everybody does; this stands in its place, and notes in the team's own history
what has words there (tnid.developers.words.ACTS).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.interfaces import Events
from tnid.developers.acts import Acts
from tnid.developers.texts import ApplicationTexts, Clients
from tnid.developers.words import ACTS
from tnid.stores.applications import ApplicationStore

SETTINGS = "client.change_settings"


class TeamEvents:
    """Implements oidc.interfaces.Events over the audit log."""

    def __init__(
        self,
        events: Events,
        acts: Acts,
        store: ApplicationStore,
        clients: Clients,
        texts: ApplicationTexts,
    ) -> None:
        self._events = events
        self._acts = acts
        self._store = store
        self._clients = clients
        self._texts = texts

    def record(
        self,
        event: str,
        *,
        now: int,
        outcome: str = "ok",
        reason: str | None = None,
        account_id: str | None = None,
        client_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Append the event; where it is an act of a team that was done, the team is told of it."""
        self._events.record(
            event, now=now, outcome=outcome, reason=reason, account_id=account_id, client_id=client_id,
            details=details,
        )  # fmt: skip
        if outcome != "ok" or event not in ACTS:
            return
        row = self._find(client_id, details or {})
        if row is not None:
            self._acts.tell(event, row.team_id, self._own(row, account_id), now, application_id=row.id)
        client = self._clients.find_now(client_id) if event == SETTINGS and client_id else None
        if client is not None:
            # A name that was changed among the settings is the name that people read
            self._texts.note_metadata(client, now)

    def _own(self, row: Any, account_id: str | None) -> str | None:
        """Return the account where it is a member's: who decides for the province is nobody's to know."""
        is_own = account_id is not None and self._store.find_standing(row.id, account_id) is not None
        return account_id if is_own else None

    def _find(self, client_id: str | None, details: Mapping[str, Any]) -> Any:
        """Return the application that an event is about, or None."""
        if "application" in details:
            return self._store.find(str(details["application"]))
        return self._store.find_by_client(client_id) if client_id else None
