"""Corrections of what was checked of somebody: one official's word, until a second one's or time is there."""

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

card_corrections = db.Table(
    "card_corrections",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("commune", String(5), nullable=False),
    # A keyed hash: what the card says is not kept here, and who agrees has read it off the card themselves
    Column("claims_hash", String(64), nullable=False),
    Column("asked_by", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    # From then on the same official may do it
    Column("ready_at", BigInteger, nullable=False),
    Column("stopped_at", BigInteger),
    Column("completed_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False),
)
_IS_OPEN = (card_corrections.c.stopped_at.is_(None), card_corrections.c.completed_at.is_(None))
Index(
    "uq_card_corrections_account_id_open",
    card_corrections.c.account_id,
    unique=True,
    sqlite_where=_IS_OPEN[0] & _IS_OPEN[1],
    postgresql_where=_IS_OPEN[0] & _IS_OPEN[1],
)
Index("ix_card_corrections_account_id", card_corrections.c.account_id)
Index("ix_card_corrections_asked_by", card_corrections.c.asked_by)
Index("ix_card_corrections_expires_at", card_corrections.c.expires_at)

_INSERT = text(
    "INSERT INTO card_corrections"
    " (id, account_id, commune, claims_hash, asked_by, asked_at, ready_at, expires_at)"
    " VALUES (:id, :account_id, :commune, :claims_hash, :asked_by, :asked_at, :ready_at, :expires_at)"
    " ON CONFLICT DO NOTHING"
)
_OF_ACCOUNT = (card_corrections.c.account_id == bindparam("of_account"), *_IS_OPEN)
# Whoever asked is an official of that commune still
_STANDS = is_official_of(card_corrections.c.asked_by, card_corrections.c.commune)
# No time takes the second word's place for the name of somebody who serves others
_IS_OF_AN_OFFICIAL = works_for_others(card_corrections.c.account_id)
_FIND = select(card_corrections).where(
    *_OF_ACCOUNT, card_corrections.c.expires_at > bindparam("now"), _STANDS
)
_COMPLETE = (
    update(card_corrections)
    .where(
        *_OF_ACCOUNT,
        card_corrections.c.commune == bindparam("of_commune"),
        card_corrections.c.claims_hash == bindparam("presented"),
        card_corrections.c.expires_at > bindparam("now"),
        card_corrections.c.account_id != bindparam("official"),
        or_(
            card_corrections.c.asked_by != bindparam("official"),
            and_(card_corrections.c.ready_at <= bindparam("now"), ~_IS_OF_AN_OFFICIAL),
        ),
        _STANDS,
    )
    .values(completed_at=bindparam("now"))
)
_STOP = update(card_corrections).where(*_OF_ACCOUNT).values(stopped_at=bindparam("now"))
# What nobody can complete any more, and what the same official read wrongly before
_STOP_OVERDUE = (
    update(card_corrections)
    .where(
        *_OF_ACCOUNT,
        or_(
            card_corrections.c.expires_at <= bindparam("now"),
            ~_STANDS,
            and_(
                card_corrections.c.asked_by == bindparam("official"),
                card_corrections.c.claims_hash != bindparam("presented"),
            ),
        ),
    )
    .values(stopped_at=bindparam("now"))
)


class CardCorrectionStore:
    """Keeps corrections; an account has one at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Add a correction; False where one waits."""
        self._database.execute(
            _STOP_OVERDUE,
            of_account=columns["account_id"],
            official=columns["asked_by"],
            presented=columns["claims_hash"],
            now=columns["asked_at"],
        )
        return self._database.execute(_INSERT, **columns) == 1

    def find(self, account_id: str, now: int) -> Any:
        """Return what waits for an account, or None."""
        return self._database.fetch_one(_FIND, of_account=account_id, now=now)

    def complete(self, account_id: str, commune: str, claims_hash: str, official_id: str, now: int) -> bool:
        """Take what another official read just so, or the same one long enough ago; True once."""
        completed = self._database.execute(
            _COMPLETE,
            of_account=account_id,
            of_commune=commune,
            presented=claims_hash,
            official=official_id,
            now=now,
        )
        return completed == 1

    def stop(self, account_id: str, now: int) -> bool:
        return self._database.execute(_STOP, of_account=account_id, now=now) == 1
