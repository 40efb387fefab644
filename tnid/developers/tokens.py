"""What programs register applications by: initial access tokens of teams (RFC 7591 §1.2), in the sandbox
alone.

And registration access tokens (RFC 7592 §3) of their sandbox clients. Both are handles: shown once, kept
nowhere.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.developers.acts import Acts
from tnid.developers.records import Application
from tnid.developers.words import is_line
from tnid.stores.team_tokens import TeamTokenStore

DAY_SECONDS = 86400
LIFETIMES_DAYS = (7, 30, 90, 365)
MOST_TOKENS = 10
MOST_NAME = 60


class Registration(Protocol):
    """What is needed of oidc.clients.registration_endpoint."""

    def team_token(self, token_id: str, now: int, expires_at: int) -> str: ...
    def registration_token(self, client_id: str, created_at: int, generation: int) -> str: ...


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def find_now(self, client_id: str) -> Any: ...
    def renew_registration(self, client_id: str) -> int | None: ...


class Token(NamedTuple):
    """An initial access token, without what opens anything."""

    id: str
    name: str
    made_by: str
    created_at: int
    expires_at: int
    last_used_at: int | None


class Tokens:
    """Each method runs in the caller's unit of work and records what it did."""

    def __init__(
        self, store: TeamTokenStore, clients: Clients, acts: Acts, registration: Registration
    ) -> None:
        self._store = store
        self._clients = clients
        self._acts = acts
        self._registration = registration

    def list_of_team(self, team_id: str, now: int) -> list[Token]:
        """Return those that open something, the oldest first."""
        return [
            Token(row.id, row.name, row.made_by, row.created_at, row.expires_at, row.last_used_at)
            for row in self._store.list_of_team(team_id, now)
        ]

    def make(self, team_id: str, name: str, days: int, by: str, now: int) -> str | Refused:
        """Make a token of the team; return it, for it is kept nowhere."""
        if not is_line(name, MOST_NAME):
            return Refused("name", "application_name")
        if days not in LIFETIMES_DAYS:
            return Refused("days", "choose_one")
        self._store.hold(team_id)
        if len(self._store.list_of_team(team_id, now)) >= MOST_TOKENS:
            return Refused("", "too_many_tokens")
        token_id, expires_at = new_identifier(), now + days * DAY_SECONDS
        if not self._store.add(
            id=token_id, team_id=team_id, name=name, made_by=by, created_at=now, expires_at=expires_at
        ):
            return Refused("", "team_changes_no_more")
        self._acts.record("team_token.make", team_id, by, now, name=name)
        return self._registration.team_token(token_id, now, expires_at)

    def revoke(self, token_id: str, team_id: str, by: str, now: int) -> bool:
        """End a token at once; False where it isn't there."""
        row = self._store.revoke(token_id, team_id, by, now)
        if row is not None:
            self._acts.record("team_token.revoke", team_id, by, now, name=row.name)
        return row is not None

    def renew_registration_token(self, application: Application, by: str, now: int) -> str | None:
        """Make the sandbox client's registration access token anew, which ends any before it; return it, None
        where the client is gone or disabled."""
        client = self._clients.find_now(application.sandbox_client_id)
        if client is None or not client.is_sandbox:
            return None
        generation = self._clients.renew_registration(client.client_id)
        if generation is None:
            return None
        self._acts.record(
            "application.registration_token", application.team_id, by, now,
            application_id=application.id, client_id=client.client_id,
        )  # fmt: skip
        return self._registration.registration_token(client.client_id, client.created_at, generation)
