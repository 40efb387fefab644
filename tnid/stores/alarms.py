"""Alarms: until when something is held to be under attack."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, String, bindparam, select, text

from tnid.db import Database, db

alarms = db.Table(
    "alarms",
    Column("name", String(32), primary_key=True),
    Column("raised_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    # "operator", or "watch" where our own figures raised it
    Column("raised_by", String(16), nullable=False),
)

_FIND = select(alarms).where(alarms.c.name == bindparam("of_name"), alarms.c.until > bindparam("now"))
# What an operator said stands; the watch lengthens its own alarm
_RAISE = text(
    "INSERT INTO alarms (name, raised_at, until, raised_by) VALUES (:name, :now, :until, :by)"
    " ON CONFLICT (name) DO UPDATE SET until = excluded.until, raised_by = excluded.raised_by,"
    " raised_at = CASE WHEN alarms.until > :now THEN alarms.raised_at ELSE excluded.raised_at END"
    " WHERE :by = 'operator' OR alarms.until < excluded.until"
)
_END = text("UPDATE alarms SET until = :now WHERE name = :name AND until > :now")


class AlarmStore:
    """Keeps alarms; each method runs in the caller's unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str, now: int) -> Any:
        """Return the alarm that is on, or None."""
        return self._database.fetch_one(_FIND, of_name=name, now=now)

    def raise_until(self, name: str, until: int, by: str, now: int) -> None:
        self._database.execute(_RAISE, name=name, until=until, by=by, now=now)

    def end(self, name: str, now: int) -> bool:
        """End an alarm; False where none is on."""
        return self._database.execute(_END, name=name, now=now) == 1
