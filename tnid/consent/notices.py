"""Who is told that data may no longer be used: queued in the unit of work that says so, sent by the
housekeeper, and marked when the application has taken it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from oidc.models import Client
from oidc.security_events.models import SecurityEvent
from oidc.security_events.tokens import SecurityEvents
from oidc.token.handles import new_identifier
from tnid.outbox import Outcome, Poster, host_of
from tnid.stores.outbox import OutboxStore
from tnid.stores.security_events import SecurityEventStore

SECURITY_EVENT = "security_event"


class Clients(Protocol):
    def find_now(self, client_id: str) -> Client | None: ...


class Notices:
    """Queues security events, in the caller's unit of work."""

    def __init__(self, store: SecurityEventStore, clients: Clients, outbox: OutboxStore) -> None:
        self._store = store
        self._clients = clients
        self._outbox = outbox

    def queue(
        self,
        kind: str,
        account_id: str,
        client_id: str,
        claims: Iterable[str],
        now: int,
        *,
        of: str = "",
        registered: frozenset[str] = frozenset(),
    ) -> None:
        """Queue an event for the application, where it has said where it wants to be told.

        What is `of` one employer, by its tax code, is nothing to an application of another; what is for those
        that `registered` one of these scopes is nothing to others.
        """
        client = self._clients.find_now(client_id)
        if client is None or client.security_events_uri is None:
            return
        if of and client.employer not in ("", of):
            return
        if registered and not registered.intersection(client.scope):
            return
        event = SecurityEvent(new_identifier(), kind, client_id, account_id, tuple(sorted(claims)), now)
        self._store.add(event)
        host = host_of(client.security_events_uri)
        self._outbox.add(SECURITY_EVENT, client_id, account_id, event.id, host, now)

    def list_by_account(self, account_id: str, client_id: str | None = None) -> list[SecurityEvent]:
        """Return what applications, or one of them, were told of a person, the latest first."""
        found = self._store.list_by_account(account_id)
        return [one for one in found if client_id in (None, one.client_id)]


class SecurityEventCarrier:
    """Pushes events, and marks those that were taken."""

    def __init__(self, events: SecurityEvents, store: SecurityEventStore, poster: Poster) -> None:
        self._events = events
        self._store = store
        self._poster = poster

    def carry(self, row: Any, now: int) -> bool:
        parcel = self._events.compose(row.reference, row.account_id, now)
        if parcel is not None:
            self._poster.post(parcel)
        return parcel is not None

    def note(self, row: Any, outcome: Outcome, now: int) -> None:
        if outcome == "delivered":
            self._store.mark_delivered(row.reference, now)
