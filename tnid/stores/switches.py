"""Switches of features: what an operator turned off, or on again. What was never touched has no row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, select, text

from tnid.db import Database, db

switches = db.Table(
    "switches",
    # One of tnid.switches
    Column("name", String(32), primary_key=True),
    Column("is_on", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("changed_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("changed_at", BigInteger, nullable=False),
)
Index("ix_switches_changed_by", switches.c.changed_by)

_LIST = select(switches)
_SET = text(
    "INSERT INTO switches (name, is_on, reason, changed_by, changed_at)"
    " VALUES (:name, :is_on, :reason, :changed_by, :now) ON CONFLICT (name) DO UPDATE SET"
    " is_on = excluded.is_on, reason = excluded.reason, changed_by = excluded.changed_by,"
    " changed_at = excluded.changed_at WHERE switches.is_on <> excluded.is_on"
)


class SwitchStore:
    """Keeps switches; each method runs in the caller's unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_all(self) -> list[Any]:
        """Return the switches that were ever touched: a handful of rows."""
        return self._database.fetch_all(_LIST)

    def set(self, name: str, *, is_on: bool, reason: str, changed_by: str | None, now: int) -> bool:
        """Turn a switch; False where it stands so already. One without a row is on."""
        done = self._database.execute(
            _SET, name=name, is_on=int(is_on), reason=reason, changed_by=changed_by, now=now
        )
        return done == 1
