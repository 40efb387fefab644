"""What an operator watches of the database: how much waits, and since when. Each statement is on an index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from tnid.db import Database

_OUTBOX_WAITING = text(
    "SELECT COUNT(*) AS waiting, MIN(created_at) AS since FROM outbox WHERE due_at IS NOT NULL"
)
# What was delivered expires at once, and waits for its purge only
_OUTBOX_DEAD = text("SELECT COUNT(*) AS dead FROM outbox WHERE expires_at > :now AND dead_at IS NOT NULL")
_UNSEALED = text(
    "SELECT COUNT(*) AS unsealed, MIN(occurred_at) AS since FROM audit_events WHERE batch IS NULL"
)
_REVISION = text("SELECT version_num FROM alembic_version")


class StateStore:
    """Reads, and writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_waiting(self) -> Any:
        """Return how many messages are still `waiting` to be sent, and `since` when; None for none."""
        return self._database.fetch_one(_OUTBOX_WAITING)

    def count_dead(self, now: int) -> int:
        """Return how many messages were given up and are kept for an operator."""
        return int(self._database.fetch_one(_OUTBOX_DEAD, now=now).dead)

    def find_unsealed(self) -> Any:
        """Return how many audit events are `unsealed`, and `since` when; None for none."""
        return self._database.fetch_one(_UNSEALED)

    def find_revision(self) -> str | None:
        """Return at which revision the tables are; raises DatabaseUnavailable where they can't be read."""
        found = self._database.fetch_one(_REVISION)
        return None if found is None else str(found.version_num)
