"""Counters of failures: one upsert each, in the database, so that no restart opens a gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    String,
    and_,
    bindparam,
    delete,
    or_,
    select,
    text,
    update,
)

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
_ADD = text(
    "INSERT INTO throttles (key, failures, resets_at) VALUES (:key, :amount, :resets_at)"
    " ON CONFLICT (key) DO UPDATE SET failures = throttles.failures + excluded.failures RETURNING failures"
)
# As many as are looked at together; where they are fewer, the last one stands for the others
MOST = 3
_FIND = select(throttles).where(
    throttles.c.key.in_([bindparam(f"key_{n}") for n in range(MOST)]),
    throttles.c.resets_at > bindparam("now"),
)
_CLEAR = (
    update(throttles)
    .where(
        or_(
            *(
                and_(
                    throttles.c.key == bindparam(f"key_{n}"), throttles.c.failures < bindparam(f"allowed_{n}")
                )
                for n in range(MOST)
            )
        )
    )
    .values(failures=0)
)
_GIVE_BACK = (
    update(throttles)
    .where(throttles.c.key == bindparam("of_key"), throttles.c.failures > 0)
    .values(failures=throttles.c.failures - 1)
)
_FORGET = delete(throttles).where(throttles.c.key == bindparam("of_key"))


def _places(name: str, values: Iterable[Any]) -> dict[str, Any]:
    """Return the statement's parameters of this name; raises ValueError where they are more than it takes."""
    given = list(values)
    filled = [*given, *given[-1:] * (MOST - len(given))]
    return {f"{name}_{n}": value for (n, value) in zip(range(MOST), filled, strict=True)}


class ThrottleStore:
    """Counts failures under keys that hold no personal data (callers give a keyed hash)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, key: str, window_seconds: int, now: int) -> int:
        """Count one more failure; return how many there are in this window."""
        counted = self._database.execute_returning(_COUNT, key=key, resets_at=now + window_seconds, now=now)
        return int(counted.failures)

    def add(self, key: str, amount: int, window_seconds: int, now: int) -> int:
        """Count so many more under a key that is of one window alone; return how many there are."""
        resets_at = now + window_seconds
        counted = self._database.execute_returning(_ADD, key=key, amount=amount, resets_at=resets_at)
        return int(counted.failures)

    def seconds_shut(self, allowed: Mapping[str, int], now: int) -> int:
        """Return for how many seconds one of these keys stays shut, given what each allows; or 0."""
        rows = self._database.fetch_all(_FIND, **_places("key", allowed), now=now)
        return max((row.resets_at - now for row in rows if row.failures >= allowed[row.key]), default=0)

    def clear(self, allowed: Mapping[str, int], now: int) -> bool:
        """Forgive the failures after a success; return False where so many were counted that one is shut.

        The statement takes the rows' locks, so a right guess that comes after the last allowed wrong one,
        even at the same moment, is refused.
        """
        places = {**_places("key", allowed), **_places("allowed", allowed.values())}
        if self._database.execute(_CLEAR, **places) == len(allowed):
            return True
        return self.seconds_shut(allowed, now) == 0

    def give_back(self, key: str) -> None:
        """Take one count back: what was counted before it was looked at turned out to be right."""
        self._database.execute(_GIVE_BACK, of_key=key)

    def forget(self, key: str) -> None:
        self._database.execute(_FORGET, of_key=key)
