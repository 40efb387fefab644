"""What the registration endpoint asks of teams: RFC 7591 with a team's token, RFC 7592 of their clients.

Whatever a program registers with a team's token is an application of that team, in the sandbox. A live client
is what was agreed with the province: no registration access token removes it, or changes what is reviewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.errors import RegistrationFull
from oidc.models import Client
from tnid.developers.acts import Acts
from tnid.developers.changes import Changes
from tnid.developers.making import Making
from tnid.developers.records import application_of
from tnid.developers.texts import ApplicationTexts
from tnid.stores.applications import ApplicationStore
from tnid.stores.team_tokens import TeamTokenStore


class TeamRegistrar:
    """Implements oidc.interfaces.Registrar."""

    def __init__(
        self,
        tokens: TeamTokenStore,
        store: ApplicationStore,
        making: Making,
        texts: ApplicationTexts,
        changes: Changes,
        acts: Acts,
    ) -> None:
        self._tokens = tokens
        self._store = store
        self._making = making
        self._texts = texts
        self._changes = changes
        self._acts = acts

    def may_register(self, token_id: str, now: int) -> bool:
        """Say whether this is a token that opens something."""
        return self._tokens.find(token_id, now) is not None

    def add(self, token_id: str, client: Client, now: int) -> bool:
        """Store a client that came with a team's token, as an application of the team; False where the token
        opens nothing (any more). Raises RegistrationFull where the team has as many applications as it
        may."""
        row = self._tokens.use(token_id, now)
        if row is None:
            return False
        if self._making.is_full(row.team_id):
            raise RegistrationFull("The team has as many applications as it may; delete or archive some.")
        return self._making.add_registered(row.team_id, client, row.made_by, now)

    def is_agreed(self, client_id: str) -> bool:
        """Say whether this is the live client of an application."""
        row = self._store.find_by_client(client_id)
        return row is not None and row.live_client_id == client_id

    def check_update(self, client: Client, metadata: Mapping[str, Any]) -> None:
        """Raise InvalidClientMetadata where a live client may not change this about itself (RFC 7592)."""
        row = None if client.is_sandbox else self._store.find_by_client(client.client_id)
        self._changes.check_update(client, row and application_of(row), metadata)

    def note_update(self, client: Client, now: int) -> None:
        """Have the application follow its client, which its own program changed."""
        application = self._texts.note_metadata(client, now)
        if application is not None:
            self._acts.record(
                "application.api_update", application.team_id, None, now,
                application_id=application.id, client_id=client.client_id,
            )  # fmt: skip

    def note_deletion(self, client_id: str, now: int) -> None:
        """Tell the team that its application's client was removed by its own program, and the application
        with it where a program registered that, too, and nobody reviewed it."""
        row = self._store.find_by_client(client_id)
        if row is None:
            return
        if self._store.remove_registered(row.id):
            name = application_of(row).name
            self._acts.record("application.remove", row.team_id, None, now, client_id=client_id, name=name)
        else:
            self._acts.record(
                "application.api_delete", row.team_id, None, now, application_id=row.id, client_id=client_id
            )
