"""Removes rows whose time is over, in small batches, so that no other writer waits long."""

from __future__ import annotations

from sqlalchemy import Column, Delete, bindparam, delete, select, tuple_

from tnid.db import Database
from tnid.stores.decoupled import requests as decoupled_requests
from tnid.stores.grants import grants
from tnid.stores.interactions import interactions
from tnid.stores.outbox import outbox
from tnid.stores.pushed_requests import pushed_requests
from tnid.stores.replay import replays
from tnid.stores.sessions import sessions
from tnid.stores.sign_ins import sign_ins
from tnid.stores.throttles import throttles

# Rows stay for a while after their end: a code redeemed late is told apart from one that never was, and
# processes whose clocks differ agree on what was used
KEEP_SECONDS = 3600

EXPIRING: tuple[Column[int], ...] = (
    interactions.c.expires_at,
    grants.c.expires_at,
    pushed_requests.c.expires_at,
    replays.c.expires_at,
    sign_ins.c.expires_at,
    sessions.c.expires_at,
    throttles.c.resets_at,
    outbox.c.expires_at,
    decoupled_requests.c.expires_at,
)


def _purge_statement(expires: Column[int]) -> Delete:
    """Return the DELETE of up to `most` rows that ended before `before`."""
    table = expires.table
    key = list(table.primary_key.columns)
    ended = select(*key).where(expires < bindparam("before")).limit(bindparam("most"))
    return delete(table).where(tuple_(*key).in_(ended))


PURGES = tuple(_purge_statement(column) for column in EXPIRING)


def purge_expired(database: Database, now: int, *, most: int) -> bool:
    """Remove up to `most` ended rows of each table; say whether more may be left."""
    counts = [database.execute(purge, before=now - KEEP_SECONDS, most=most) for purge in PURGES]
    return max(counts) == most
