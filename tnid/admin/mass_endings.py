"""Signing out many at once: everybody of one application, or everybody. Applications are told."""

from __future__ import annotations

from typing import Any

from oidc.models import Client
from tnid.outbox import host_of
from tnid.signout.endings import LOGOUT_TOKEN
from tnid.stores.clients import ClientStore
from tnid.stores.mass_endings import MassEndingStore


class MassEndings:
    """Each method runs in the caller's unit of work; who asked for it records it."""

    def __init__(self, store: MassEndingStore, clients: ClientStore, idle_seconds: int) -> None:
        """A session that was not used for `idle_seconds` is over already."""
        self._store = store
        self._clients = clients
        self._idle_seconds = idle_seconds

    def count_sessions(self, now: int) -> list[Any]:
        """Return how many are signed in, by the methods (`amr`) that it took."""
        return self._store.count_sessions(now, now - self._idle_seconds)

    def count_grants(self, now: int, *, most: int) -> list[Any]:
        """Return how many are signed in at each application, the one with most first."""
        return self._store.count_grants(now, most=most)

    def end_of_client(self, client: Client, now: int) -> int:
        """End all that an application has, what stays after a sign-out too; return how many sign-ins."""
        ended = self._store.revoke_of_client(client.client_id, now)
        self._tell(client, now)
        return ended

    def end_everybody(self, now: int) -> int:
        """End every session and all that applications have; return how many sessions."""
        ended = self._store.end_sessions(now)
        self._store.revoke(now)
        for client in self._clients.list_all():
            self._tell(client, now)
        return ended

    def _tell(self, client: Client, now: int) -> None:
        uri = client.backchannel_logout_uri
        if uri is not None and client.disabled_at is None:
            self._store.tell(LOGOUT_TOKEN, client.client_id, host_of(uri), now)
