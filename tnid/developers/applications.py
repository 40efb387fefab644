"""Applications of teams: found for whoever belongs to the team, archived and taken out again.

How one is made is in tnid.developers.making, on which this builds; its words are in tnid.developers.texts.
"""

from __future__ import annotations

from typing import Protocol

from tnid.accounts.refusal import Refused
from tnid.developers import making
from tnid.developers.acts import Acts
from tnid.developers.records import Application, Standing, application_of, standing_of
from tnid.interfaces import BlindIndex
from tnid.stores.applications import ApplicationStore

NewApplication, Made = making.NewApplication, making.Made


class Clients(making.Clients, Protocol):
    """What is needed of tnid.stores.clients."""

    def disable(self, client_id: str, now: int) -> bool: ...
    def enable(self, client_id: str, now: int, *, since: int | None = None) -> bool: ...


class Applications(making.Making):
    """Each method runs in the caller's unit of work and records what it did."""

    _clients: Clients

    def __init__(self, store: ApplicationStore, clients: Clients, acts: Acts, blind: BlindIndex) -> None:
        super().__init__(store, clients, acts, blind)

    # Looking

    def find(self, application_id: str) -> Application | None:
        row = self._store.find(application_id)
        return None if row is None else application_of(row)

    def find_by_client(self, client_id: str) -> Application | None:
        """Return the application whose sandbox or live client this is, or None."""
        row = self._store.find_by_client(client_id)
        return None if row is None else application_of(row)

    def find_standing(self, application_id: str, account_id: str) -> Standing | None:
        """Return the application with this person's part in its team, None for who has none."""
        row = self._store.find_standing(application_id, account_id)
        return None if row is None else standing_of(row)

    def list_of_account(self, account_id: str) -> list[Standing]:
        """Return every application of this person's teams, archived ones too, by the teams' names."""
        return [standing_of(row) for row in self._store.list_of_account(account_id)]

    def list_of_team(self, team_id: str) -> list[Application]:
        return [application_of(row) for row in self._store.list_of_team(team_id)]

    def list_all(self) -> list[tuple[Application, str]]:
        """Return every application there is, each with its team's name."""
        return [(application_of(row), row.team_name) for row in self._store.list_all()]

    def is_under_review(self, application_id: str) -> bool:
        """Say whether the application was ever submitted for review, and not withdrawn."""
        return self._store.is_under_review(application_id)

    # The archive

    def archive(self, application: Application, by: str | None, now: int) -> Refused | None:
        """Archive an application: its sandbox client gets nothing any more. One that people sign in to for
        real can't be. Without `by` it is an operator's command, which asks no role."""
        if by is not None and self._is_live(application):
            return Refused("", "application_is_live")
        sandbox = self._clients.find_now(application.sandbox_client_id)
        is_shut = sandbox is not None and sandbox.disabled_at is not None
        # Later than whatever disabled it: taking it out of the archive gives back what the archive took
        archived_at = max(now, (sandbox.disabled_at or 0) + 1) if sandbox is not None and is_shut else now
        if not self._store.archive(application.id, by, archived_at, now):
            return Refused("", "team_changes_no_more")
        if not is_shut:
            self._clients.disable(application.sandbox_client_id, now)
        self._note_archive("application.archive", application, by, now)
        return None

    def restore(self, application: Application, by: str, now: int) -> Refused | None:
        """Take an application out of the archive, unless it isn't there, is another team's, or the team is
        full without it. A client that an operator disabled stays so."""
        self._store.hold(application.team_id)
        if self.is_full(application.team_id):
            return Refused("", "applications_too_many")
        if not self._store.restore(application.id, by, now):
            return Refused("", "team_changes_no_more")
        self._clients.enable(application.sandbox_client_id, now, since=application.archived_at or 0)
        self._note_archive("application.restore", application, by, now)
        return None

    def _is_live(self, application: Application) -> bool:
        live = self._clients.find_now(application.live_client_id) if application.live_client_id else None
        return live is not None and live.disabled_at is None

    def _note_archive(self, event: str, application: Application, by: str | None, now: int) -> None:
        self._acts.record(
            event, application.team_id, by, now,
            application_id=application.id, client_id=application.sandbox_client_id,
        )  # fmt: skip
