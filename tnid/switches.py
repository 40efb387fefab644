"""Switches of features: what an operator turns off for a while, with a reason that people read.

Each process looks at the switches at most once a second, and only for a request to something that can be
turned off. Nothing that lets an operator sign in is among them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from oidc.interfaces import Events
from tnid.accounts.refusal import Refused
from tnid.db import Database
from tnid.stores.switches import SwitchStore

CACHE_SECONDS = 1.0
RETRY_AFTER_SECONDS = 600
CIBA, DEVICE, CLIENT_REGISTRATION = "ciba", "device", "client_registration"


class Switch(NamedTuple):
    """A feature: what it is called, what stops with it, and where it is.

    `places` are names of blueprints or endpoints; what machines call is stopped in `tnid.front`. Of one that
    `is_needed` people depend on it to get in: turning it off is asked about twice.
    """

    label: Any
    hint: Any
    places: frozenset[str] = frozenset()
    is_needed: bool = False


SWITCHES: dict[str, Switch] = {
    "registration": Switch(
        _("New accounts"),
        _("Registration online. A counter still begins accounts."),
        frozenset({"registration"}),
    ),
    "qr": Switch(
        _("Sign-in by QR"),
        _("At screens and terminals, with a phone. What was begun can't be finished."),
        frozenset({"qr_screen", "qr_phone", "room"}),
        is_needed=True,
    ),
    "cards": Switch(
        _("Sign-in cards"),
        _("Printed cards with a PIN, at terminals."),
        frozenset({"badge"}),
        is_needed=True,
    ),
    "recovery": Switch(
        _("Recovery online"),
        _("Lost passwords and factors. A counter still gives accounts back; owners still stop recoveries."),
        frozenset({"recovery", "lost_factor"}),
        is_needed=True,
    ),
    "identity": Switch(
        _("Confirming one's identity online"),
        _("By the photo of a card and a phone. A counter still confirms identities."),
        frozenset({"identity", "identity_photo", "identity_phone"}),
    ),
    "employers": Switch(
        _("New organisations"),
        _("Asking for one. Those that there are go on."),
        frozenset({"employers.ask"}),
    ),
    "lists": Switch(
        _("Lists of workers"),
        _("Uploading and looking at lists. Workers one by one go on."),
        frozenset({"lists", "list_pieces"}),
    ),
    "scim": Switch(
        _("Personnel systems (SCIM)"),
        _("What employers' own software reports; it tries again later."),
        frozenset({"scim"}),
    ),
    "developers": Switch(
        _("New teams and applications of developers"),
        _("In the developers' portal. Those that there are go on."),
        frozenset({"teams.create", "applications.create"}),
    ),
    "playground": Switch(
        _("Developers' playground"),
        _("Trying requests in the portal. The sandbox itself goes on."),
        frozenset({"playground"}),
    ),
    CLIENT_REGISTRATION: Switch(
        _("Applications registering themselves"),
        _("Dynamic registration (RFC 7591). Those that there are go on."),
    ),
    DEVICE: Switch(
        _("Sign-in on devices with a code"),
        _("Device authorization (RFC 8628). What was begun can still be finished."),
    ),
    CIBA: Switch(
        _("Sign-in asked for at a counter"),
        _("Backchannel authentication (CIBA). What was begun can still be finished."),
    ),
}


class State(NamedTuple):
    """A switch as it stands."""

    name: str
    switch: Switch
    is_on: bool
    reason: str
    changed_by: str | None
    changed_at: int | None


class Switches:
    """Says what is off, and turns it; turning runs in the caller's unit of work and is recorded."""

    def __init__(self, database: Database, events: Events) -> None:
        self._store = SwitchStore(database)
        self._events = events
        self._lock = threading.Lock()
        self._off: Mapping[str, str] = {}
        self._fresh_until = 0.0
        self._names = {place: name for name, one in SWITCHES.items() for place in one.places}

    def find_name(self, endpoint: str | None) -> str | None:
        """Return the switch that an endpoint hangs on, None for none."""
        if endpoint is None:
            return None
        return self._names.get(endpoint) or self._names.get(endpoint.rpartition(".")[0])

    def find_reason(self, name: str) -> str | None:
        """Return why a feature is off, None where it is on; a change is seen within a second."""
        if time.monotonic() >= self._fresh_until:
            rows = self._store.list_all()
            with self._lock:
                self._off = {row.name: row.reason for row in rows if not row.is_on}
                self._fresh_until = time.monotonic() + CACHE_SECONDS
        return self._off.get(name)

    def list_all(self) -> list[State]:
        """Return every switch as the database has it at this moment."""
        rows = {row.name: row for row in self._store.list_all()}
        return [_state(name, switch, rows.get(name)) for name, switch in SWITCHES.items()]

    def turn(self, name: str, *, is_on: bool, reason: str, by: str | None, now: int) -> Refused | None:
        """Turn a switch; `by` is the operator, None for a command on the machine. `switch_stands` where it
        stands so already, `unknown_switch`."""
        refused = None if name in SWITCHES else Refused("", "unknown_switch")
        if refused is None and not self._set(name, is_on=is_on, reason=reason, by=by, now=now):
            refused = Refused("", "switch_stands")
        details = {"switch": name, "reason": reason, **({} if by else {"by": "command"})}
        self._events.record(
            "switch.on" if is_on else "switch.off", outcome="refused" if refused else "ok",
            reason=refused.reason if refused else None, account_id=by, now=now, details=details,
        )  # fmt: skip
        self._fresh_until = 0.0
        return refused

    def _set(self, name: str, *, is_on: bool, reason: str, by: str | None, now: int) -> bool:
        was_touched = any(row.name == name for row in self._store.list_all())
        # One that was never touched is on
        if is_on and not was_touched:
            return False
        return self._store.set(name, is_on=is_on, reason=reason, changed_by=by, now=now)

    def turn_all_on(self, by: str | None, now: int) -> list[str]:
        """Turn on whatever is off; return what that was."""
        off = [state.name for state in self.list_all() if not state.is_on]
        return [name for name in off if self.turn(name, is_on=True, reason="", by=by, now=now) is None]


def _state(name: str, switch: Switch, row: Any) -> State:
    if row is None:
        return State(name, switch, is_on=True, reason="", changed_by=None, changed_at=None)
    return State(name, switch, bool(row.is_on), row.reason, row.changed_by, row.changed_at)
