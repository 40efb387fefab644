"""How an application comes to be: by one short form, or by a program with its team's token (RFC 7591).

Each method runs in the caller's unit of work and records what it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import orjson

from oidc.clients.authentication import hash_secret
from oidc.clients.registration import new_client
from oidc.errors import BadMetadata, InvalidRedirectUri
from oidc.models import Client
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.developers.acts import Acts
from tnid.developers.presets import PRESETS, TERMINAL, document_of, preset_of, terminal_of
from tnid.developers.records import Application
from tnid.developers.sandbox_keys import private_key_of, public_keys_of
from tnid.developers.texts import presentation_of, texts_of_metadata
from tnid.developers.words import is_line
from tnid.interfaces import BlindIndex
from tnid.stores.applications import ApplicationStore

FORM_KIND, SECRET_KIND = "application.form", "application.secret"
MOST_APPLICATIONS = 50
MOST_NAME = 60
# So long the same form, sent again, shows the secret of the client that it made
SECRET_SECONDS = 1800


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def add(self, client: Client, by: str | None = None) -> None: ...
    def find_now(self, client_id: str) -> Client | None: ...


class NewApplication(NamedTuple):
    """What the form asks; `attempt` is its own random member: the same form makes one application."""

    team_id: str
    name: str
    preset: str
    redirect_uri: str
    attempt: str


class Made(NamedTuple):
    """A new sandbox client's application, with its secret, or its private key as a JWK: at most one of them,
    and kept nowhere."""

    application_id: str
    secret: str = ""
    private_key: str = ""


class Making:
    """Makes applications, and new sandbox clients for them."""

    def __init__(self, store: ApplicationStore, clients: Clients, acts: Acts, blind: BlindIndex) -> None:
        self._store = store
        self._clients = clients
        self._acts = acts
        self._blind = blind

    # By a form

    def create(self, new: NewApplication, by: str, now: int) -> Made | Refused:
        """Make an application and its sandbox client. The same form sent twice returns what it made."""
        if (made_before := self.find_made(new.attempt, by, now)) is not None:
            return made_before
        if (refused := self.find_fault(new, now)) is not None:
            return refused
        client = _make_client(new, self._secret(new.attempt, by), now)
        if isinstance(client, Refused):
            return client
        texts = {"name": {"vi": new.name}}
        application_id = self._add(new.team_id, client, new.preset, texts, new.attempt, by, now)
        if application_id is None:
            is_full = self.is_full(new.team_id)
            return Refused("team", "applications_too_many" if is_full else "team_changes_no_more")
        self._note("application.create", application_id, new.team_id, client, by, now)
        return self._made(application_id, client, new.attempt, by)

    def find_made(self, attempt: str, by: str, now: int) -> Made | None:
        """Return what this very form made before, or None."""
        row = self._store.find_by_form(self._form_key(attempt, by))
        if row is None:
            return None
        client = self._clients.find_now(row.sandbox_client_id)
        return Made(row.id) if client is None else self._made_before(row.id, client, attempt, by, now)

    def _add(
        self,
        team_id: str,
        client: Client,
        preset: str,
        texts: Mapping[str, Any],
        attempt: str,
        by: str,
        now: int,
        *,
        is_registered: bool = False,
    ) -> str | None:
        """Store an application with its client; return its id, None where `by` may not, or somebody else made
        the team's last one at this moment."""
        self._store.hold(team_id)
        if self.is_full(team_id):
            return None
        application_id = new_identifier()
        is_made = self._store.add(
            by, id=application_id, team_id=team_id, preset=preset, texts=orjson.dumps(texts).decode(),
            sandbox_client_id=client.client_id, form_key=self._form_key(attempt, by),
            created_at=now, updated_at=now, is_registered=int(is_registered),
        )  # fmt: skip
        if is_made:
            self._clients.add(replace(client, presentation=presentation_of(texts)), by)
        return application_id if is_made else None

    def find_fault(self, new: NewApplication, now: int) -> Refused | None:
        """Return what is wrong with what was typed, None where the application can be made."""
        if not is_line(new.name, MOST_NAME):
            return Refused("name", "application_name")
        if new.preset not in PRESETS:
            return Refused("preset", "choose_one")
        if self.is_full(new.team_id):
            return Refused("", "applications_too_many")
        client = _make_client(new, "0" * 64, now)
        return client if isinstance(client, Refused) else None

    def is_full(self, team_id: str) -> bool:
        """Say whether a team has as many applications as a team may, beside those in its archive."""
        kept = [row for row in self._store.list_of_team(team_id) if row.archived_at is None]
        return len(kept) >= MOST_APPLICATIONS

    # A new client for an application that lost its own

    def renew_client(self, application: Application, attempt: str, by: str, now: int) -> Made | Refused:
        """Make another sandbox client where the registration API deleted the one there was; the same form
        sent twice makes one."""
        client = self._clients.find_now(application.sandbox_client_id)
        if client is not None:
            return self._made_before(application.id, client, attempt, by, now)
        new = NewApplication(application.team_id, application.name, application.preset, "", attempt)
        made = _make_client(new, self._secret(attempt, by), now)
        if isinstance(made, Refused):
            return made
        if not self._store.set_sandbox_client(
            application.id, application.sandbox_client_id, made.client_id, by, now
        ):
            return Refused("", "team_changes_no_more")
        self._clients.add(replace(made, presentation=presentation_of(application.texts)), by)
        self._note("application.renew", application.id, application.team_id, made, by, now)
        return self._made(application.id, made, attempt, by)

    # By a program

    def add_registered(self, team_id: str, client: Client, by: str, now: int) -> bool:
        """Make the application of a client that a program registered with a token that `by` made; False where
        they may not any more."""
        texts = texts_of_metadata(client.metadata)
        preset = preset_of(client.metadata)
        application_id = self._add(
            team_id, client, preset, texts, new_identifier(), by, now, is_registered=True
        )
        if application_id is not None:
            self._note("application.register", application_id, team_id, client, None, now)
        return application_id is not None

    # What follows

    def _note(
        self, event: str, application_id: str, team_id: str, client: Client, by: str | None, now: int
    ) -> None:
        self._acts.record(event, team_id, by, now, application_id=application_id, client_id=client.client_id)

    def _made_before(self, application_id: str, client: Client, attempt: str, by: str, now: int) -> Made:
        """Return what a form made when it was sent before; its secret only as long as that may be shown."""
        is_late = now >= client.created_at + SECRET_SECONDS
        return Made(application_id) if is_late else self._made(application_id, client, attempt, by)

    def _made(self, application_id: str, client: Client, attempt: str, by: str) -> Made:
        secret = self._secret(attempt, by)
        if hash_secret(secret) in client.secret_hashes:
            return Made(application_id, secret=secret)
        if client.metadata.get("jwks") == public_keys_of(secret):
            return Made(application_id, private_key=private_key_of(secret))
        return Made(application_id)

    def _form_key(self, attempt: str, by: str) -> str:
        return self._blind.blind_index(FORM_KIND, f"{by}:{attempt}")

    def _secret(self, attempt: str, by: str) -> str:
        """Return the secret that this form makes: the same for the form sent twice, whose first answer nobody
        saw. It takes our key and the form's random member, which is kept nowhere."""
        return self._blind.blind_index(SECRET_KIND, f"{by}:{attempt}")


def _make_client(new: NewApplication, secret: str, now: int) -> Client | Refused:
    """Return the sandbox client of a new application, or what is wrong with what was typed."""
    preset = PRESETS.get(new.preset, PRESETS["web"])
    document = {**document_of(preset, new.name, new.redirect_uri), "client_secret": secret}
    if preset.id == TERMINAL:
        document |= {"jwks": public_keys_of(secret), "terminal": terminal_of(new.name)}
    try:
        # In the sandbox nobody lives whom a device code could deceive: every kind may be had there
        client, _secret = new_client(document, now, by_operator=True)
    except InvalidRedirectUri:
        return Refused("redirect_uri", "redirect_uri")
    except BadMetadata:
        return Refused("name", "application_name")
    return replace(client, is_sandbox=True)
