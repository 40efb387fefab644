"""Desks: what an official or an operator has open at one browser. Found by a cookie's hash."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, bindparam, insert, select, update

from tnid.db import Database, db
from tnid.stores.roles import roles

desks = db.Table(
    "desks",
    Column("id_hash", String(64), primary_key=True),
    Column("sid", String(43), ForeignKey("sessions.sid", ondelete="CASCADE"), nullable=False, index=True),
    Column("role_id", String(22), ForeignKey("roles.id", ondelete="CASCADE"), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)
Index("ix_desks_expires_at", desks.c.expires_at)
Index("ix_desks_role_id", desks.c.role_id)

_INSERT = insert(desks)
# Whose desk is this, of which commune, and may they still
_FIND = (
    select(desks.c.id_hash, desks.c.last_seen_at, roles.c.id.label("role_id"), roles.c.role, roles.c.commune)
    .join(roles, roles.c.id == desks.c.role_id)
    .where(
        desks.c.id_hash == bindparam("of_hash"),
        desks.c.sid == bindparam("of_sid"),
        desks.c.closed_at.is_(None),
        desks.c.expires_at > bindparam("now"),
        desks.c.last_seen_at > bindparam("idle_since"),
        roles.c.account_id == bindparam("of_account"),
        roles.c.revoked_at.is_(None),
    )
)
_TOUCH = (
    update(desks)
    .where(desks.c.id_hash == bindparam("of_hash"), desks.c.last_seen_at < bindparam("now"))
    .values(last_seen_at=bindparam("now"))
)
_CLOSE = (
    update(desks)
    .where(desks.c.id_hash == bindparam("of_hash"), desks.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
)


class DeskStore:
    """Keeps desks. A cookie's value never comes in here: only its hash does."""

    def __init__(self, database: Database, idle_seconds: int) -> None:
        self._database = database
        self._idle_seconds = idle_seconds

    def insert(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns, closed_at=None)

    def find_open(self, id_hash: str, sid: str, account_id: str, now: int) -> Any:
        """Return the desk of this very session, None where it is closed, idle or its role revoked."""
        return self._database.fetch_one(
            _FIND,
            of_hash=id_hash,
            of_sid=sid,
            of_account=account_id,
            now=now,
            idle_since=now - self._idle_seconds,
        )

    def touch(self, id_hash: str, now: int) -> None:
        self._database.execute(_TOUCH, of_hash=id_hash, now=now)

    def close(self, id_hash: str, now: int) -> bool:
        return self._database.execute(_CLOSE, of_hash=id_hash, now=now) == 1
