"""How often machines were answered what they asked: counted in the process, written a few times a minute.

Neither UserInfo nor introspection nor a token for an application itself writes anything; so each costs what
it cost before. What a process counted since it last wrote is lost where it is killed.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Mapping

from tnid.client_log.figures import HOUR
from tnid.client_log.stages import OK
from tnid.db import Conflict, Database, DatabaseUnavailable
from tnid.stores.client_log import ClientLogStore

WRITE_SECONDS = 10
log = logging.getLogger(__name__)


class Uses:
    """Counts of one process, by client, stage and hour."""

    def __init__(self, database: Database, store: ClientLogStore, keep_seconds: int) -> None:
        self._database = database
        self._store = store
        self._keep_seconds = keep_seconds
        self._lock = threading.Lock()
        self._times: Counter[tuple[str, str, int]] = Counter()
        self._written_at = 0

    def note(self, client_id: str, stage: str, now: int) -> None:
        """Count one answer."""
        with self._lock:
            self._times[client_id, stage, now - now % HOUR] += 1

    def write_if_due(self, now: int) -> None:
        """Write what was counted where that is due, in a unit of work of its own; raises nothing."""
        if not self._times or 0 <= now - self._written_at < WRITE_SECONDS:
            return
        self.write(now)

    def write(self, now: int) -> None:
        """Write what was counted; what can't be written now waits for the next time."""
        with self._lock:
            self._written_at = now
            times, self._times = self._times, Counter()
        try:
            with self._database.unit():
                self._store.add_hours(self._row(*kind, times[kind]) for kind in sorted(times))
        except (DatabaseUnavailable, Conflict):
            log.warning("counts of machines wait for the database")
            with self._lock:
                self._times.update(times)

    def _row(self, client_id: str, stage: str, hour: int, times: int) -> Mapping[str, object]:
        return {
            "client_id": client_id, "hour": hour, "stage": stage, "outcome": OK, "error": "",
            "times": times, "timed": 0, "seconds": 0, "expires_at": hour + self._keep_seconds,
        }  # fmt: skip
