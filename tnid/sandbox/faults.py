"""Faults that a developer set for the next requests of their sandbox's client: so many, or for so long.

They lie in one column of the client as JSON: by endpoint the fault, until when, and how many requests of it
are left (null for any number).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from oidc.interfaces import Events
from oidc.models import Client
from oidc.sandbox_faults import AT_TOKEN, AT_USERINFO
from tnid.sandbox.new_keys import NewKeys
from tnid.stores.clients import ClientStore

MOST_REQUESTS = 100
MOST_MINUTES = 60
ENDPOINTS = {"token": AT_TOKEN, "userinfo": AT_USERINFO}
TRIES = 5


class Active(NamedTuple):
    """A fault that is on: where, until when, and for how many requests yet, None for any number."""

    endpoint: str
    name: str
    until: int
    left: int | None


class SandboxFaults:
    """Sets, takes and ends them; each method runs in the caller's unit of work."""

    def __init__(self, clients: ClientStore, new_keys: NewKeys, events: Events) -> None:
        self._clients = clients
        self.new_keys = new_keys
        self._events = events

    def set(self, client_id: str, name: str, *, until: int, left: int | None, by: str, now: int) -> bool:
        """Set a fault in place of another of its endpoint; False where there is no such sandbox, or fault."""
        endpoint = next((one for one, names in ENDPOINTS.items() if name in names), None)
        if endpoint is None:
            return False
        new = {endpoint: {"name": name, "until": until, "left": left}}
        is_set = self._change(client_id, lambda faults: {**_living(faults, now), **new})
        if is_set:
            details = {"fault": name, "left": left, "until": until}
            self._events.record("sandbox.fault", account_id=by, client_id=client_id, now=now, details=details)
        return is_set

    def end(self, client_id: str, by: str, now: int) -> bool:
        """End all that is set."""
        is_ended = self._change(client_id, lambda _faults: {})
        if is_ended:
            self._events.record("sandbox.fault", account_id=by, client_id=client_id, now=now)
        return is_ended

    def list_active(self, client_id: str, now: int) -> list[Active]:
        """Return what is on, as it is at this moment."""
        return active_in(orjson.loads(self._clients.find_sandbox_faults(client_id) or "{}"), now)

    def take(self, client: Client, endpoint: str, now: int) -> str:
        """Return the fault that is due at this endpoint, one less of it being left; "" for none."""
        for _ in range(TRIES):
            was = self._clients.find_sandbox_faults(client.client_id) or "{}"
            faults = _living(orjson.loads(was), now)
            found = faults.get(endpoint)
            if found is None:
                return ""
            if found["left"] is None:
                return str(found["name"])
            rest = {**faults, endpoint: {**found, "left": found["left"] - 1}}
            if self._clients.replace_sandbox_faults(client.client_id, was, _living(rest, now)):
                return str(found["name"])
        return ""

    def name_key(self, now: int) -> str:
        return self.new_keys.name(now)

    def _change(self, client_id: str, change: Any) -> bool:
        for _ in range(TRIES):
            was = self._clients.find_sandbox_faults(client_id)
            if was is None:
                return False
            if self._clients.replace_sandbox_faults(client_id, was, change(orjson.loads(was))):
                return True
        return False


def active_in(faults: Mapping[str, Any], now: int) -> list[Active]:
    """Return what is on of a client's faults."""
    living = _living(faults, now)
    return [Active(one, said["name"], said["until"], said["left"]) for one, said in living.items()]


def _living(faults: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Leave out what has ended: its time is over, or its requests have come."""
    return {one: said for one, said in faults.items() if said["until"] > now and said["left"] != 0}
