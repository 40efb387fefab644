"""Recoveries that wait, so that whoever the account belongs to can stop them: one an account at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    and_,
    bindparam,
    select,
    text,
    update,
)

from tnid.db import Database, db

recovery_waits = db.Table(
    "recovery_waits",
    Column("id", String(22), primary_key=True),
    Column(
        "account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    # What was shown at its beginning, and has to be shown again at its end: "message" or "password"
    Column("shown", String(8), nullable=False),
    # Of the code in the warnings, which stops it
    Column("stop_hash", String(64), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("ready_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("warnings", Integer, nullable=False),
    Column("next_warning_at", BigInteger, index=True),
    Column("stopped_at", BigInteger),
    Column("completed_at", BigInteger),
)
_IS_OPEN = and_(recovery_waits.c.stopped_at.is_(None), recovery_waits.c.completed_at.is_(None))
Index(
    "uq_recovery_waits_account_id_open",
    recovery_waits.c.account_id,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)

_INSERT = text(
    "INSERT INTO recovery_waits (id, account_id, shown, stop_hash, created_at, ready_at, expires_at,"
    " warnings, next_warning_at, stopped_at, completed_at)"
    " VALUES (:id, :account_id, :shown, :stop_hash, :created_at, :ready_at, :expires_at,"
    " :warnings, :next_warning_at, NULL, NULL) ON CONFLICT DO NOTHING"
)
_FIND_OPEN = select(recovery_waits).where(
    recovery_waits.c.account_id == bindparam("of_account"),
    _IS_OPEN,
    recovery_waits.c.expires_at > bindparam("now"),
)
_FIND_BY_STOP_HASH = select(recovery_waits).where(
    recovery_waits.c.stop_hash == bindparam("of_hash"),
    _IS_OPEN,
    recovery_waits.c.expires_at > bindparam("now"),
)
_STOP = (
    update(recovery_waits)
    .where(recovery_waits.c.id == bindparam("of_id"), _IS_OPEN)
    .values(stopped_at=bindparam("now"), next_warning_at=None)
)
_STOP_EXPIRED = (
    update(recovery_waits)
    .where(
        recovery_waits.c.account_id == bindparam("of_account"),
        _IS_OPEN,
        recovery_waits.c.expires_at <= bindparam("now"),
    )
    .values(stopped_at=bindparam("now"), next_warning_at=None)
)
_COMPLETE = (
    update(recovery_waits)
    .where(
        recovery_waits.c.id == bindparam("of_id"),
        _IS_OPEN,
        recovery_waits.c.ready_at <= bindparam("now"),
        recovery_waits.c.expires_at > bindparam("now"),
        # Nothing opens whose warnings were not sent
        recovery_waits.c.next_warning_at.is_(None),
    )
    .values(completed_at=bindparam("now"))
)
_LIST_DUE = (
    select(recovery_waits)
    .where(recovery_waits.c.next_warning_at <= bindparam("now"))
    .order_by(recovery_waits.c.next_warning_at)
    .limit(bindparam("most"))
)
_NOTE_WARNING = (
    update(recovery_waits)
    .where(
        recovery_waits.c.id == bindparam("of_id"), _IS_OPEN, recovery_waits.c.warnings == bindparam("counted")
    )
    .values(
        warnings=recovery_waits.c.warnings + 1,
        next_warning_at=bindparam("new_next"),
        ready_at=bindparam("new_ready"),
        expires_at=bindparam("new_expires"),
    )
)


class RecoveryWaitStore:
    """Keeps the waits. Each is ended once: stopped, or completed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, **columns: Any) -> bool:
        """Add a wait; return False where the account has one already."""
        return self._database.execute(_INSERT, **columns) == 1

    def find_open(self, account_id: str, now: int) -> Any:
        return self._database.fetch_one(_FIND_OPEN, of_account=account_id, now=now)

    def find_by_stop_hash(self, stop_hash: str, now: int) -> Any:
        return self._database.fetch_one(_FIND_BY_STOP_HASH, of_hash=stop_hash, now=now)

    def stop(self, wait_id: str, now: int) -> bool:
        return self._database.execute(_STOP, of_id=wait_id, now=now) == 1

    def stop_expired(self, account_id: str, now: int) -> None:
        """Make room for another wait of the account."""
        self._database.execute(_STOP_EXPIRED, of_account=account_id, now=now)

    def complete(self, wait_id: str, now: int) -> bool:
        """Consume a wait that is over; True for one caller, once."""
        return self._database.execute(_COMPLETE, of_id=wait_id, now=now) == 1

    def list_due(self, now: int, *, most: int) -> list[Any]:
        """Return the waits whose next warning is due, the longest due first."""
        return self._database.fetch_all(_LIST_DUE, now=now, most=most)

    def note_warning(
        self, wait_id: str, counted: int, *, next_at: int | None, ready_at: int, expires_at: int
    ) -> bool:
        """Count a warning before it is sent; False where another process was faster, or it has ended."""
        noted = self._database.execute(
            _NOTE_WARNING,
            of_id=wait_id,
            counted=counted,
            new_next=next_at,
            new_ready=ready_at,
            new_expires=expires_at,
        )
        return noted == 1
