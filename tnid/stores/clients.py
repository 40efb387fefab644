"""Clients: registered metadata and the operator's policy, cached in the process for a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    bindparam,
    delete,
    insert,
    select,
    update,
)

from oidc.models import Client
from tnid.db import Database
from tnid.stores.client_rows import clients, columns_of, read_client
from tnid.stores.client_settings import ClientSettingsStore
from tnid.stores.client_versions import REGISTRATION
from tnid.stores.mirrors import DELETE_MIRROR, DISABLE_MIRROR, ENABLE_MIRROR, ENABLE_MIRROR_AGAIN

CACHE_SECONDS = 1.0
CACHE_SIZE = 20_000

_INSERT = insert(clients)
_FIND = select(clients).where(clients.c.client_id == bindparam("client_id"))
_LIST = select(clients).order_by(clients.c.client_id)
_DISABLE = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"), clients.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"), updated_at=bindparam("now"))
)
_ENABLE = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"), clients.c.disabled_at.is_not(None))
    .values(disabled_at=None, updated_at=bindparam("now"))
)
_RESOURCES, _EXCHANGE_RESOURCES = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"))
    .values({column: bindparam("new_resources"), clients.c.updated_at: bindparam("now")})
    for column in (clients.c.resources, clients.c.exchange_resources)
)
_TERMINAL = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"))
    .values(terminal=bindparam("new_terminal"), updated_at=bindparam("now"))
)
_EMPLOYER = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"))
    .values(employer=bindparam("new_value"), updated_at=bindparam("now"))
)
_MANDATES = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"))
    .values(accepts_mandates=bindparam("new_value"), updated_at=bindparam("now"))
)
_LIST_ACCEPTING = (
    select(clients)
    .where(clients.c.accepts_mandates == 1, clients.c.is_sandbox == 0, clients.c.disabled_at.is_(None))
    .order_by(clients.c.client_id)
)
_CONSENT_ITEMS = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"))
    .values(consent_items=bindparam("new_items"), updated_at=bindparam("now"))
)
_AGREED = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"))
    .values(
        consent_items=bindparam("new_items"),
        resources=bindparam("new_resources"),
        least_acr=bindparam("new_acr"),
        least_identity_level=bindparam("new_level"),
        organisation=bindparam("new_organisation"),
        accepts_mandates=bindparam("new_mandates"),
        presentation=bindparam("new_presentation"),
        agreed_only=1,
        updated_at=bindparam("now"),
    )
)
_FIND_FAULTS = select(clients.c.sandbox_faults).where(
    clients.c.client_id == bindparam("of_client"), clients.c.is_sandbox == 1
)
# What was read stands in the WHERE: of several requests at once each takes one away
_FAULTS = (
    update(clients)
    .where(
        clients.c.client_id == bindparam("of_client"),
        clients.c.is_sandbox == 1,
        clients.c.sandbox_faults == bindparam("was"),
    )
    .values(sandbox_faults=bindparam("new_faults"))
)
_PRESENTATION = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"))
    .values(presentation=bindparam("new_presentation"), updated_at=bindparam("now"))
)
_RENEW_REGISTRATION = (
    update(clients)
    .where(clients.c.client_id == bindparam("of_client"), clients.c.disabled_at.is_(None))
    .values(registration_generation=clients.c.registration_generation + 1)
    .returning(clients.c.registration_generation)
)
_ENABLE_AGAIN = _ENABLE.where(clients.c.disabled_at == bindparam("since"))
_DELETE = delete(clients).where(clients.c.client_id == bindparam("of_client"))


class _Cached(NamedTuple):
    client: Client | None
    fresh_until: float


class ClientStore:
    """Keeps clients. `find` may be a second behind; what the operator's commands use is not."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._settings = ClientSettingsStore(database)
        self._cache: dict[str, _Cached] = {}
        self._lock = threading.Lock()

    def find(self, client_id: str) -> Client | None:
        """Return the client, disabled ones too; a change is seen within a second."""
        found = self._cache.get(client_id)
        if found is not None and time.monotonic() < found.fresh_until:
            return found.client
        client = self.find_now(client_id)
        with self._lock:
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            if client is not None:
                self._cache[client_id] = _Cached(client, time.monotonic() + CACHE_SECONDS)
            else:
                # Nothing is remembered of names that strangers make up
                self._cache.pop(client_id, None)
        return client

    def find_now(self, client_id: str) -> Client | None:
        """Return the client as the database has it at this moment."""
        row = self._database.fetch_one(_FIND, client_id=client_id)
        return None if row is None else read_client(row)

    def list_all(self) -> list[Client]:
        return [read_client(row) for row in self._database.fetch_all(_LIST)]

    def add(self, client: Client, by: str | None = None) -> None:
        """Store a new client; raises Conflict where its identifier is taken. `by` made it, None for nobody
        whom an account says."""
        self._database.execute(_INSERT, **columns_of(client))
        self._settings.note_secrets(client, by)

    def set_metadata(
        self,
        client_id: str,
        metadata: Mapping[str, Any],
        now: int,
        *,
        source: str = REGISTRATION,
        by: str | None = None,
        seen: Mapping[str, Any] | None = None,
    ) -> bool:
        """Replace the metadata, which the one validator has checked, and keep both in the history.

        Says whether it was done: not where they are no longer what was `seen`, None for whatever they are,
        and not where `by` may no longer change what the application's team has.
        """
        is_done = self._settings.set_metadata(client_id, metadata, now, source=source, by=by, seen=seen)
        return self._changed(client_id, int(is_done))

    def set_secrets(
        self,
        client: Client,
        hashes: Sequence[bytes],
        ends: Mapping[str, int],
        now: int,
        *,
        by: str | None = None,
    ) -> bool:
        """Replace the digests of the secrets, the newest first, and their ends by digest (hexadecimal).

        False where they are no longer those of `client`: somebody else changed them meanwhile. Or where `by`
        may no longer change what the application's team has.
        """
        is_done = self._settings.set_secrets(client, hashes, ends, now, by=by)
        return self._changed(client.client_id, int(is_done))

    def set_resources(
        self, client_id: str, scopes: Mapping[str, Sequence[str]], now: int, *, exchange: bool = False
    ) -> bool:
        """Replace the resources, and their scopes, that the client may get, or exchange, tokens for."""
        statement = _EXCHANGE_RESOURCES if exchange else _RESOURCES
        text = orjson.dumps(scopes).decode()
        return self._changed(client_id, self._execute(statement, client_id, now, new_resources=text))

    def set_accepts_mandates(self, client_id: str, accepts: bool, now: int) -> bool:
        """Let helpers sign in to the client in others' stead, or no more."""
        return self._changed(client_id, self._execute(_MANDATES, client_id, now, new_value=int(accepts)))

    def list_accepting_mandates(self) -> list[Client]:
        """Return the active live clients to which a helper may sign in in somebody's stead."""
        return [read_client(row) for row in self._database.fetch_all(_LIST_ACCEPTING)]

    def set_consent_items(self, client_id: str, items: Mapping[str, Mapping[str, Any]], now: int) -> bool:
        """Replace what is said of the claims that the client asks for."""
        text = orjson.dumps(items).decode()
        return self._changed(client_id, self._execute(_CONSENT_ITEMS, client_id, now, new_items=text))

    def set_terminal(self, client_id: str, terminal: Mapping[str, Any], now: int) -> bool:
        """Replace what the client is as a terminal; empty, it is none."""
        text = orjson.dumps(terminal).decode()
        return self._changed(client_id, self._execute(_TERMINAL, client_id, now, new_terminal=text))

    def set_employer(self, client_id: str, tax_code: str, now: int) -> bool:
        """Let the client know the workers of this employer alone; "" for those of any."""
        return self._changed(client_id, self._execute(_EMPLOYER, client_id, now, new_value=tax_code))

    def set_agreed(self, client: Client, now: int) -> bool:
        """Hold a client to what this record says beside its metadata: consent items, levels and so on."""
        rows = self._execute(
            _AGREED, client.client_id, now,
            new_items=orjson.dumps(client.consent_items).decode(),
            new_resources=orjson.dumps(client.resources).decode(),
            new_acr=client.least_acr,
            new_level=client.least_identity_level,
            new_organisation=client.organisation,
            new_mandates=int(client.accepts_mandates),
            new_presentation=orjson.dumps(client.presentation).decode(),
        )  # fmt: skip
        return self._changed(client.client_id, rows)

    def find_sandbox_faults(self, client_id: str) -> str | None:
        """Return what was set to go wrong at a sandbox's client, as it is stored; None at any other."""
        row = self._database.fetch_one(_FIND_FAULTS, of_client=client_id)
        return None if row is None else str(row.sandbox_faults)

    def replace_sandbox_faults(self, client_id: str, was: str, new: Mapping[str, Any]) -> bool:
        """Set what is to go wrong; False where it isn't any more what it was."""
        text = orjson.dumps(new).decode()
        rows = self._database.execute(_FAULTS, of_client=client_id, was=was, new_faults=text)
        return self._changed(client_id, rows)

    def set_presentation(self, client_id: str, presentation: Mapping[str, Any], now: int) -> bool:
        """Replace what people read of the client beside its name."""
        text = orjson.dumps(presentation).decode()
        return self._changed(client_id, self._execute(_PRESENTATION, client_id, now, new_presentation=text))

    def renew_registration(self, client_id: str) -> int | None:
        """Make every registration access token of the client so far worth nothing; return the generation of
        the next, None for a client that isn't there or is disabled."""
        row = self._database.execute_returning(_RENEW_REGISTRATION, of_client=client_id)
        self._changed(client_id, row is not None)
        return None if row is None else int(row.registration_generation)

    def disable(self, client_id: str, now: int) -> bool:
        """Disable an active client, and the playground's that is like it; say whether there was one."""
        self._execute(DISABLE_MIRROR, client_id, now)
        return self._changed(client_id, self._execute(_DISABLE, client_id, now))

    def enable(self, client_id: str, now: int, *, since: int | None = None) -> bool:
        """Enable a disabled client, or only one disabled at that very moment; say whether there was one. The
        playground's that was disabled with it is enabled with it."""
        if since is None:
            self._execute(ENABLE_MIRROR, client_id, now)
            return self._changed(client_id, self._execute(_ENABLE, client_id, now))
        self._execute(ENABLE_MIRROR_AGAIN, client_id, now, since=since)
        return self._changed(client_id, self._execute(_ENABLE_AGAIN, client_id, now, since=since))

    def delete(self, client_id: str) -> bool:
        """Remove a client; say whether there was one. Its tokens are worth nothing from then on."""
        self._database.execute(DELETE_MIRROR, of_client=client_id)
        return self._changed(client_id, self._database.execute(_DELETE, of_client=client_id))

    def _execute(self, statement: Any, client_id: str, now: int, **values: Any) -> int:
        return self._database.execute(statement, of_client=client_id, now=now, **values)

    def _changed(self, client_id: str, rows: int) -> bool:
        self._cache.pop(client_id, None)
        return rows == 1
