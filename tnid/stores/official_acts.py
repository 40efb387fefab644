"""What officials did for whom: the person reads it as "who touched my account", the official as their day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, bindparam, insert, select

from tnid.db import Database, db
from tnid.stores.audit import RowNumber

official_acts = db.Table(
    "official_acts",
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    # What was done stays told when the official's own account is gone
    Column("official_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("commune", String(5), nullable=False),
    Column("act", String(32), nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    # Why, where whoever did it had to say so; and of which field. The person reads it
    Column("reason", String(300), nullable=False, server_default=""),
    Column("field", String(16), nullable=False, server_default=""),
)
Index("ix_official_acts_account_id_occurred_at", official_acts.c.account_id, official_acts.c.occurred_at)
Index("ix_official_acts_official_id_occurred_at", official_acts.c.official_id, official_acts.c.occurred_at)

_INSERT = insert(official_acts).inline()
_NEWEST_FIRST = (official_acts.c.occurred_at.desc(), official_acts.c.id.desc())
_OF_ACCOUNT = (
    select(official_acts)
    .where(official_acts.c.account_id == bindparam("of_account"))
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("most"))
)
_OF_OFFICIAL = (
    select(official_acts)
    .where(
        official_acts.c.official_id == bindparam("of_official"),
        official_acts.c.occurred_at >= bindparam("since"),
    )
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("most"))
)
_SAME = (
    select(official_acts.c.id)
    .where(
        official_acts.c.account_id == bindparam("of_account"),
        official_acts.c.official_id == bindparam("of_official"),
        official_acts.c.act == bindparam("of_act"),
        official_acts.c.occurred_at >= bindparam("since"),
    )
    .limit(1)
)


class OfficialActStore:
    """Appends acts; none is changed or taken back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns)

    def list_by_account(self, account_id: str, *, most: int) -> list[Any]:
        """Return what was done for a person, newest first."""
        return self._database.fetch_all(_OF_ACCOUNT, of_account=account_id, most=most)

    def list_by_official(self, official_id: str, since: int, *, most: int) -> list[Any]:
        """Return what an official did since then, newest first."""
        return self._database.fetch_all(_OF_OFFICIAL, of_official=official_id, since=since, most=most)

    def has(self, official_id: str, account_id: str, act: str, since: int) -> bool:
        """Say whether this official did this to this account since then."""
        found = self._database.fetch_one(
            _SAME, of_official=official_id, of_account=account_id, of_act=act, since=since
        )
        return found is not None
