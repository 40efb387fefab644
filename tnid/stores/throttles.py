"""Counters of failures: one upsert each, in the database, so that no restart opens a gate."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, bindparam, delete, select, text, update

from tnid.db import Database, db

throttles = db.Table(
    "throttles",
    Column("key", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("resets_at", BigInteger, nullable=False, index=True),
)

_COUNT = text(
    "INSERT INTO throttles (key, failures, resets_at) VALUES (:key, 1, :resets_at)"
    " ON CONFLICT (key) DO UPDATE SET"
    " failures = CASE WHEN throttles.resets_at <= :now THEN 1 ELSE throttles.failures + 1 END,"
    " resets_at = CASE WHEN throttles.resets_at <= :now THEN excluded.resets_at ELSE throttles.resets_at END"
    " RETURNING failures"
)
_FIND = select(throttles.c.failures, throttles.c.resets_at).where(
    throttles.c.key == bindparam("of_key"), throttles.c.resets_at > bindparam("now")
)
_CLEAR = (
    update(throttles)
    .where(throttles.c.key == bindparam("of_key"), throttles.c.failures < bindparam("allowed"))
    .values(failures=0)
)
_GIVE_BACK = (
    update(throttles)
    .where(throttles.c.key == bindparam("of_key"), throttles.c.failures > 0)
    .values(failures=throttles.c.failures - 1)
)
_FORGET = delete(throttles).where(throttles.c.key == bindparam("of_key"))


class ThrottleStore:
    """Counts failures under keys that hold no personal data (callers give a keyed hash)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, key: str, window_seconds: int, now: int) -> int:
        """Count one more failure; return how many there are in this window."""
        counted = self._database.execute_returning(_COUNT, key=key, resets_at=now + window_seconds, now=now)
        return int(counted.failures)

    def seconds_shut(self, key: str, allowed: int, now: int) -> int:
        """Return for how many seconds this key stays shut; 0 where it is open."""
        found = self._database.fetch_one(_FIND, of_key=key, now=now)
        return int(found.resets_at) - now if found is not None and found.failures >= allowed else 0

    def clear(self, key: str, allowed: int, now: int) -> bool:
        """Forgive the failures after a success; return False where so many were counted that it is shut.

        The statement takes the row's lock, so a right guess that comes after the last allowed wrong one,
        even at the same moment, is refused.
        """
        if self._database.execute(_CLEAR, of_key=key, allowed=allowed) == 1:
            return True
        return self.seconds_shut(key, allowed, now) == 0

    def give_back(self, key: str) -> None:
        """Take one count back: what was counted before it was looked at turned out to be right."""
        self._database.execute(_GIVE_BACK, of_key=key)

    def forget(self, key: str) -> None:
        self._database.execute(_FORGET, of_key=key)
