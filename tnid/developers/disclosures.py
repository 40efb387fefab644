"""What applications ask people for, as their teams change it: in the sandbox it counts at once.

Each method runs in the caller's unit of work and records what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import orjson

from oidc.clients.registration import validate_metadata
from oidc.interfaces import Events
from oidc.models import Client
from tnid.accounts.refusal import Refused
from tnid.developers.disclosure import (
    Disclosure,
    Wish,
    metadata_with,
    read_disclosure,
    write_disclosure,
)
from tnid.stores.applications import ApplicationStore
from tnid.stores.client_versions import FORM

MOST_TRIES = 3


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def find_now(self, client_id: str) -> Client | None: ...
    def set_agreed(self, client: Client, now: int) -> bool: ...
    def set_metadata(
        self, client_id: str, metadata: Mapping[str, Any], now: int, *, source: str, seen: Mapping[str, Any]
    ) -> bool: ...


class Disclosures:
    """Reads and changes disclosures."""

    def __init__(self, store: ApplicationStore, clients: Clients, events: Events) -> None:
        self._store = store
        self._clients = clients
        self._events = events

    def find(self, application_id: str) -> Disclosure:
        """Return what an application asks for; nothing where there is no such application."""
        row = self._store.find(application_id)
        return read_disclosure(orjson.loads(row.disclosure)) if row is not None else Disclosure()

    def choose(self, application_id: str, names: list[str], by: str, now: int) -> Refused | None:
        """Ask for these items from now on."""
        return self._change(application_id, by, now, lambda before: before.choosing(names))

    def describe(self, application_id: str, name: str, wish: Wish, by: str, now: int) -> Refused | None:
        """Say what a chosen item is for and so on; `not_chosen` where it was given up meanwhile."""

        def change(before: Disclosure) -> Disclosure | None:
            return before.with_item(name, wish) if name in before.items else None

        return self._change(application_id, by, now, change)

    def demand(self, application_id: str, demands: Mapping[str, Any], by: str, now: int) -> Refused | None:
        """Set what is asked beside items: members of Disclosure by name, of which `reasons` are added."""

        def change(before: Disclosure) -> Disclosure:
            reasons = {**before.reasons, **demands.get("reasons", {})}
            return replace(before, **{**demands, "reasons": {k: v for k, v in reasons.items() if v}})

        return self._change(application_id, by, now, change)

    def _change(
        self, application_id: str, by: str, now: int, change: Callable[[Disclosure], Disclosure | None]
    ) -> Refused | None:
        """Write what the change makes of the disclosure; once more where somebody else was faster."""
        for _ in range(MOST_TRIES):
            row = self._store.find(application_id)
            after = change(read_disclosure(orjson.loads(row.disclosure))) if row is not None else None
            if row is None or after is None:
                return Refused("", "not_chosen")
            if self._store.set_disclosure(application_id, by, row.disclosure, write_disclosure(after), now):
                self._try_out(row.sandbox_client_id, after, now)
                details = {"application": application_id}
                self._events.record("application.disclosure", account_id=by, now=now, details=details)
                return None
        return Refused("", "changed_meanwhile")

    def _try_out(self, client_id: str, asked: Disclosure, now: int) -> None:
        """Let the sandbox client ask for it. Resources stay the operator's: they are real ones."""
        for _ in range(MOST_TRIES):
            client = self._clients.find_now(client_id)
            if client is None:
                return
            wanted = metadata_with(asked, client.metadata)
            metadata = validate_metadata(wanted, client.profile, may_be_public=True)
            if metadata == client.metadata or self._clients.set_metadata(
                client_id, metadata, now, source=FORM, seen=client.metadata
            ):
                self._clients.set_agreed(trying(client, asked), now)
                return


def trying(client: Client, asked: Disclosure) -> Client:
    """Return a sandbox client as it asks for this."""
    return replace(
        client,
        consent_items=asked.consent_items,
        least_acr=asked.least_acr,
        least_identity_level=asked.least_identity_level,
        accepts_mandates=asked.accepts_mandates,
    )
