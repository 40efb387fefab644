"""Visits: one person at one official's counter. Nothing is done for anybody outside a visit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    bindparam,
    insert,
    select,
    update,
)

from tnid.db import Database, db

visits = db.Table(
    "visits",
    Column("id", String(22), primary_key=True),
    Column("official_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("commune", String(5), nullable=False),
    # None until the person has an account
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    # What was read off the card, for as long as the visit lasts
    Column("card_sealed", LargeBinary),
    Column("begun_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
Index("ix_visits_official_id", visits.c.official_id)
Index("ix_visits_account_id", visits.c.account_id)
Index("ix_visits_expires_at", visits.c.expires_at)

_INSERT = insert(visits)
_OPEN = (visits.c.ended_at.is_(None), visits.c.expires_at > bindparam("now"))
_FIND = select(visits).where(
    visits.c.id == bindparam("of_id"),
    visits.c.official_id == bindparam("of_official"),
    visits.c.commune == bindparam("of_commune"),
    *_OPEN,
)
_SET_CARD = update(visits).where(visits.c.id == bindparam("of_id")).values(card_sealed=bindparam("card"))
_SET_ACCOUNT = (
    update(visits)
    .where(visits.c.id == bindparam("of_id"), visits.c.account_id.is_(None), visits.c.ended_at.is_(None))
    .values(account_id=bindparam("new_account"))
)
_END_ALL = (
    update(visits)
    .where(visits.c.official_id == bindparam("of_official"), visits.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"), card_sealed=None)
)


class VisitStore:
    """Keeps visits; an official has one at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns, ended_at=None)

    def find_open(self, visit_id: str, official_id: str, commune: str, now: int) -> Any:
        """Return this official's own visit while it lasts; None for another's."""
        return self._database.fetch_one(
            _FIND, of_id=visit_id, of_official=official_id, of_commune=commune, now=now
        )

    def set_card(self, visit_id: str, sealed: bytes) -> None:
        self._database.execute(_SET_CARD, of_id=visit_id, card=sealed)

    def set_account(self, visit_id: str, account_id: str) -> bool:
        """Note whose visit it turned out to be, once."""
        return self._database.execute(_SET_ACCOUNT, of_id=visit_id, new_account=account_id) == 1

    def end_all(self, official_id: str, now: int) -> None:
        """End the official's visits, and forget the cards that were read in them."""
        self._database.execute(_END_ALL, of_official=official_id, now=now)
