"""Applications of teams: each has a client in the sandbox from the moment it is made.

Each method runs in the caller's unit of work and records what it did.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import orjson

from oidc.clients.authentication import hash_secret
from oidc.clients.registration import new_client
from oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from oidc.interfaces import Events
from oidc.models import Client
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.developers.presets import PRESETS, document_of
from tnid.developers.records import Application, Standing, application_of, standing_of
from tnid.developers.words import is_line
from tnid.interfaces import BlindIndex
from tnid.stores.applications import ApplicationStore

FORM_KIND, SECRET_KIND = "application.form", "application.secret"
MOST_APPLICATIONS = 50
MOST_NAME = 60
# So long the same form, sent again, shows the secret of the application that it made
SECRET_SECONDS = 1800


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def add(self, client: Client) -> None: ...
    def find_now(self, client_id: str) -> Client | None: ...


class NewApplication(NamedTuple):
    """What the form asks; `attempt` is its own random member: the same form makes one application."""

    team_id: str
    name: str
    preset: str
    redirect_uri: str
    attempt: str


class Made(NamedTuple):
    """A new application, and the secret of its sandbox client, None where it has none; kept nowhere."""

    application_id: str
    secret: str | None


class Applications:
    """Finds and makes applications."""

    def __init__(self, store: ApplicationStore, clients: Clients, events: Events, blind: BlindIndex) -> None:
        self._store = store
        self._clients = clients
        self._events = events
        self._blind = blind

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

    # Making

    def create(self, new: NewApplication, account_id: str, now: int) -> Made | Refused:
        """Make an application and its sandbox client. The same form sent twice returns what it made."""
        if (made_before := self.find_made(new.attempt, account_id, now)) is not None:
            return made_before
        secret = self._secret(new.attempt, account_id)
        if (refused := self._find_fault(new)) is not None:
            return refused
        client = _make_client(new, secret, now)
        if isinstance(client, Refused):
            return client
        application_id = new_identifier()
        texts = orjson.dumps({"name": {"vi": new.name}}).decode()
        is_made = self._store.add(
            account_id, id=application_id, team_id=new.team_id, preset=new.preset, texts=texts,
            sandbox_client_id=client.client_id, form_key=self._form_key(new.attempt, account_id),
            created_at=now, updated_at=now,
        )  # fmt: skip
        if not is_made:
            return Refused("team", "team_changes_no_more")
        self._clients.add(client)
        self._note_made(account_id, application_id, client, now)
        return Made(application_id, secret if client.secret_hashes else None)

    def _note_made(self, account_id: str, application_id: str, client: Client, now: int) -> None:
        self._events.record(
            "application.create", account_id=account_id, client_id=client.client_id, now=now,
            details={"application": application_id},
        )  # fmt: skip

    def find_made(self, attempt: str, account_id: str, now: int) -> Made | None:
        """Return what this very form made before, or None."""
        row = self._store.find_by_form(self._form_key(attempt, account_id))
        if row is None:
            return None
        client = self._clients.find_now(row.sandbox_client_id)
        secret = self._secret(attempt, account_id)
        is_its = client is not None and hash_secret(secret) in client.secret_hashes
        return Made(row.id, secret if is_its and now < row.created_at + SECRET_SECONDS else None)

    def _form_key(self, attempt: str, account_id: str) -> str:
        return self._blind.blind_index(FORM_KIND, f"{account_id}:{attempt}")

    def _secret(self, attempt: str, account_id: str) -> str:
        """Return the secret that this form makes: the same for the form sent twice, whose first answer nobody
        saw. It takes our key and the form's random member, which is kept nowhere."""
        return self._blind.blind_index(SECRET_KIND, f"{account_id}:{attempt}")

    def _find_fault(self, new: NewApplication) -> Refused | None:
        if not is_line(new.name, MOST_NAME):
            return Refused("name", "application_name")
        if new.preset not in PRESETS:
            return Refused("preset", "choose_one")
        if len(self._store.list_of_team(new.team_id)) >= MOST_APPLICATIONS:
            return Refused("", "applications_too_many")
        return None


def _make_client(new: NewApplication, secret: str, now: int) -> Client | Refused:
    """Return the sandbox client of a new application, or what is wrong with what was typed."""
    document: dict[str, Any] = document_of(PRESETS[new.preset], new.name, new.redirect_uri)
    try:
        # In the sandbox nobody lives whom a device code could deceive: every kind may be had there
        client, _secret = new_client({**document, "client_secret": secret}, now, by_operator=True)
    except InvalidRedirectUri:
        return Refused("redirect_uri", "redirect_uri")
    except InvalidClientMetadata:
        return Refused("name", "application_name")
    return replace(client, is_sandbox=True)
