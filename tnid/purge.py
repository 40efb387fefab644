"""Removes rows whose time is over, in small batches, so that no other writer waits long."""

from __future__ import annotations

from sqlalchemy import Column, Delete, bindparam, delete, select, tuple_

from tnid.db import Database
from tnid.stores.sessions import sessions
from tnid.stores.sign_ins import sign_ins
from tnid.stores.throttles import throttles

# Rows stay for a while after their end: a code redeemed late is told apart from one that never was
KEEP_SECONDS = 3600

EXPIRING: tuple[Column[int], ...] = (
    sessions.c.expires_at,
    sign_ins.c.expires_at,
    throttles.c.resets_at,
)


def _purge_statement(expires: Column[int]) -> Delete:
    """Return the DELETE of up to `most` rows that ended before `before`."""
    table = expires.table
    key = tuple_(*table.primary_key.columns)
    ended = select(*table.primary_key.columns).where(expires < bindparam("before")).limit(bindparam("most"))
    return delete(table).where(key.in_(ended))


PURGES = tuple(_purge_statement(column) for column in EXPIRING)


def purge_expired(database: Database, now: int, *, most: int) -> bool:
    """Remove up to `most` ended rows of each table; say whether more may be left."""
    counts = [database.execute(purge, before=now - KEEP_SECONDS, most=most) for purge in PURGES]
    return max(counts) == most
