"""Whether sign-ins are under attack: an operator says so, or the figures of the audit log do.

The housekeeper looks at how many passwords were wrong, by everybody, within a minute. Each process looks at
the alarm at most once a second, and only for the pages that it guards.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from typing import Any

from oidc.interfaces import Events
from tnid.db import Database, DatabaseUnavailable
from tnid.event_counts import EventCounts
from tnid.signin.password import EVENT as PASSWORD_EVENT
from tnid.stores.alarms import AlarmStore

NAME = "sign_in"
OPERATOR, WATCH = "operator", "watch"
MINUTE_SECONDS = 60
CALM_SECONDS = 600
WRONG = frozenset({"unknown", "wrong_password", "disabled", "too_many"})


class Alarm:
    """Says whether it is on, and turns it on and off."""

    def __init__(self, database: Database, events: Events) -> None:
        self._store = AlarmStore(database)
        self._events = events
        self._lock = threading.Lock()
        self._looked_at = -1
        self._is_on = False

    def is_on(self, now: int) -> bool:
        """Say whether it is on, as of this second; as it was last known where the database is away."""
        with self._lock:
            if self._looked_at == now:
                return self._is_on
            self._looked_at = now
        with suppress(DatabaseUnavailable):
            self._is_on = self._store.find(NAME, now) is not None
        return self._is_on

    def find(self, now: int) -> Any:
        """Return the alarm (raised_at, until, raised_by), or None."""
        return self._store.find(NAME, now)

    def begin(self, seconds: int, by: str, now: int) -> None:
        """Turn it on for so long, or on for longer."""
        was_on = self._store.find(NAME, now) is not None
        self._store.raise_until(NAME, now + seconds, by, now)
        if not was_on or by == OPERATOR:
            self._events.record("alarm.begin", details={"by": by, "seconds": seconds}, now=now)
        self._looked_at = -1

    def end(self, now: int) -> bool:
        """Turn it off; False where it is off."""
        ended = self._store.end(NAME, now)
        if ended:
            self._events.record("alarm.end", now=now)
        self._looked_at = -1
        return ended


class Watch:
    """Raises the alarm by the figures; one process of all does it at a time."""

    def __init__(self, database: Database, alarm: Alarm, most_wrong: int) -> None:
        """`most_wrong` passwords a minute are no attack."""
        self._database = database
        self._alarm = alarm
        self._counts = EventCounts(database)
        self._most_wrong = most_wrong
        self._seen: deque[tuple[int, int]] = deque()

    def look(self, now: int) -> bool:
        """Compare with a minute ago; there is never more to do at once."""
        total = self._count_wrong()
        self._seen.append((now, total))
        while self._seen[0][0] < now - MINUTE_SECONDS:
            self._seen.popleft()
        if total - self._seen[0][1] > self._most_wrong:
            with self._database.unit():
                self._alarm.begin(CALM_SECONDS, WATCH, now)
        return False

    def _count_wrong(self) -> int:
        return sum(
            times
            for kind, times in self._counts.find_all().items()
            if (kind.event, kind.outcome) == (PASSWORD_EVENT, "refused") and kind.reason in WRONG
        )
