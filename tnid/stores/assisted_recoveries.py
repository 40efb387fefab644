"""Recoveries at the counter: asked for by one official, agreed to by a second one or by time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    and_,
    bindparam,
    or_,
    select,
    text,
    update,
)

from tnid.db import Database, db
from tnid.stores.roles import is_official_of, works_for_others

assisted_recoveries = db.Table(
    "assisted_recoveries",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("commune", String(5), nullable=False),
    # Without the official who asked there is nothing to agree to
    Column("asked_by", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    # From then on one official is enough
    Column("ready_at", BigInteger, nullable=False),
    Column("agreed_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("agreed_at", BigInteger),
    Column("stopped_at", BigInteger),
    Column("completed_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False),
)
_IS_OPEN = (assisted_recoveries.c.stopped_at.is_(None), assisted_recoveries.c.completed_at.is_(None))
Index(
    "uq_assisted_recoveries_account_id_open",
    assisted_recoveries.c.account_id,
    unique=True,
    sqlite_where=_IS_OPEN[0] & _IS_OPEN[1],
    postgresql_where=_IS_OPEN[0] & _IS_OPEN[1],
)
Index("ix_assisted_recoveries_account_id", assisted_recoveries.c.account_id)
Index("ix_assisted_recoveries_asked_by", assisted_recoveries.c.asked_by)
Index(
    "ix_assisted_recoveries_commune_asked_at", assisted_recoveries.c.commune, assisted_recoveries.c.asked_at
)
Index("ix_assisted_recoveries_expires_at", assisted_recoveries.c.expires_at)

_INSERT = text(
    "INSERT INTO assisted_recoveries (id, account_id, commune, asked_by, asked_at, ready_at, expires_at)"
    " VALUES (:id, :account_id, :commune, :asked_by, :asked_at, :ready_at, :expires_at)"
    " ON CONFLICT DO NOTHING"
)
_LIVE = (*_IS_OPEN, assisted_recoveries.c.expires_at > bindparam("now"))
# Whoever asked is an official of that commune still
_STANDS = is_official_of(assisted_recoveries.c.asked_by, assisted_recoveries.c.commune)
# With the account goes the desk: no time takes the second word's place
_IS_OF_AN_OFFICIAL = works_for_others(assisted_recoveries.c.account_id)
_FIND_OF_ACCOUNT = select(assisted_recoveries).where(
    assisted_recoveries.c.account_id == bindparam("of_account"), *_LIVE, _STANDS
)
_FIND = select(assisted_recoveries).where(
    assisted_recoveries.c.id == bindparam("of_id"),
    assisted_recoveries.c.commune == bindparam("of_commune"),
    *_LIVE,
)
_LIST_OF_COMMUNE = (
    select(assisted_recoveries)
    .where(assisted_recoveries.c.commune == bindparam("of_commune"), *_LIVE, _STANDS)
    .order_by(assisted_recoveries.c.asked_at)
)
_AGREE = (
    update(assisted_recoveries)
    .where(
        assisted_recoveries.c.id == bindparam("of_id"),
        assisted_recoveries.c.commune == bindparam("of_commune"),
        # Nobody agrees to what they asked for, nor for themselves
        assisted_recoveries.c.asked_by != bindparam("official"),
        assisted_recoveries.c.account_id != bindparam("official"),
        assisted_recoveries.c.agreed_at.is_(None),
        *_LIVE,
        _STANDS,
    )
    .values(agreed_by=bindparam("official"), agreed_at=bindparam("now"))
)
_COMPLETE = (
    update(assisted_recoveries)
    .where(
        assisted_recoveries.c.id == bindparam("of_id"),
        assisted_recoveries.c.commune == bindparam("of_commune"),
        assisted_recoveries.c.account_id != bindparam("official"),
        or_(
            assisted_recoveries.c.agreed_at.is_not(None),
            and_(assisted_recoveries.c.ready_at <= bindparam("now"), ~_IS_OF_AN_OFFICIAL),
        ),
        *_LIVE,
        _STANDS,
    )
    .values(completed_at=bindparam("now"))
)
_STOP = (
    update(assisted_recoveries)
    .where(assisted_recoveries.c.account_id == bindparam("of_account"), *_IS_OPEN)
    .values(stopped_at=bindparam("now"))
)
_STOP_OVERDUE = (
    update(assisted_recoveries)
    .where(
        assisted_recoveries.c.account_id == bindparam("of_account"),
        *_IS_OPEN,
        or_(assisted_recoveries.c.expires_at <= bindparam("now"), ~_STANDS),
    )
    .values(stopped_at=bindparam("now"))
)


class AssistedRecoveryStore:
    """Keeps recoveries; an account has one at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Add a recovery; False where one is under way."""
        self._database.execute(_STOP_OVERDUE, of_account=columns["account_id"], now=columns["asked_at"])
        return self._database.execute(_INSERT, **columns) == 1

    def find_of_account(self, account_id: str, now: int) -> Any:
        """Return what is under way for an account, or None."""
        return self._database.fetch_one(_FIND_OF_ACCOUNT, of_account=account_id, now=now)

    def find(self, recovery_id: str, commune: str, now: int) -> Any:
        """Return what is under way in a commune; None for another's."""
        return self._database.fetch_one(_FIND, of_id=recovery_id, of_commune=commune, now=now)

    def list_of_commune(self, commune: str, now: int) -> list[Any]:
        """Return what is under way in a commune, the oldest first."""
        return self._database.fetch_all(_LIST_OF_COMMUNE, of_commune=commune, now=now)

    def agree(self, recovery_id: str, commune: str, official_id: str, now: int) -> bool:
        """Note that a second official agrees; False for the one who asked, and for the person."""
        agreed = self._database.execute(
            _AGREE, of_id=recovery_id, of_commune=commune, official=official_id, now=now
        )
        return agreed == 1

    def complete(self, recovery_id: str, commune: str, official_id: str, now: int) -> bool:
        """Take what was agreed to, or waited for; True for one caller, once."""
        completed = self._database.execute(
            _COMPLETE, of_id=recovery_id, of_commune=commune, official=official_id, now=now
        )
        return completed == 1

    def stop(self, account_id: str, now: int) -> bool:
        return self._database.execute(_STOP, of_account=account_id, now=now) == 1
