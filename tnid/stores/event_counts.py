"""How often what happened: a row for each kind of audit event, which outlives the events themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, String, select, text

from tnid.db import Database, db

event_counts = db.Table(
    "event_counts",
    Column("event", String(64), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    # "" where there is none
    Column("reason", String(64), primary_key=True),
    Column("times", BigInteger, nullable=False),
)

_LIST = select(event_counts).order_by(event_counts.c.event, event_counts.c.outcome, event_counts.c.reason)
_ADD = text(
    "INSERT INTO event_counts (event, outcome, reason, times) VALUES (:event, :outcome, :reason, :times)"
    " ON CONFLICT (event, outcome, reason) DO UPDATE SET times = event_counts.times + excluded.times"
)


class EventCountStore:
    """Adds to the counts, in the caller's unit of work, and lists them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, event: str, outcome: str, reason: str, times: int) -> None:
        self._database.execute(_ADD, event=event, outcome=outcome, reason=reason, times=times)

    def list_all(self) -> list[Any]:
        """Return event, outcome, reason and times of every kind, in the order of their names."""
        return self._database.fetch_all(_LIST)
