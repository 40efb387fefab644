"""Sign-ins that nobody finished: told to the application's developer once their time is over."""

from __future__ import annotations

from typing import Any

import orjson

from oidc.authorization.interaction import grant_id_of
from oidc.errors import ExpiredInteraction
from oidc.interfaces import Events
from oidc.refusal import describe_refusal
from tnid.db import Database
from tnid.stores.interactions import InteractionStore

EVENT = "sign_in.abandon"
REASON = "abandoned"
DESCRIPTION = "Nobody finished the sign-in before its time was over."
# After a pause of the housekeeper's; what is older may be purged at any moment
LONGEST_LOOK_SECONDS = 1800
# Processes' clocks differ, and a row may be committed late
OVERLAP_SECONDS = 30


class Abandoned:
    """Notes each request that ran out, once, however many look for them."""

    def __init__(self, database: Database, store: InteractionStore, events: Events) -> None:
        self._database = database
        self._store = store
        self._events = events
        self._looked_at = 0

    def note(self, now: int, *, most: int) -> bool:
        """Record up to `most` of what ran out since the last look; say whether there may be more."""
        since = max(self._looked_at - OVERLAP_SECONDS, now - LONGEST_LOOK_SECONDS)
        rows = self._store.list_abandoned(since, now, most=most)
        for row in rows:
            with self._database.unit():
                if self._store.mark_abandoned(row.uid, now):
                    self._record(row, now)
        is_done = len(rows) < most
        if is_done:
            self._looked_at = now
        return not is_done

    def _record(self, row: Any, now: int) -> None:
        error = ExpiredInteraction(DESCRIPTION)
        error.reason, error.flow, error.began_at = REASON, grant_id_of(row.uid), row.created_at
        self._events.record(
            EVENT,
            outcome="refused",
            reason=REASON,
            client_id=str(orjson.loads(row.request)["client_id"]),
            details=describe_refusal(error, row.expires_at),
            now=now,
        )
