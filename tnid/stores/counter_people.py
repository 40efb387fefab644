"""People whom a commune looks after though no address says so, and accounts begun at its counter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, String, bindparam, false, select, text, update

from tnid.db import Database, db

counter_people = db.Table(
    "counter_people",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("commune", String(5), nullable=False),
    Column("claimed_at", BigInteger, nullable=False),
    # An account begun at the counter: nobody has its password before its person activates it
    Column("is_waiting", Boolean, nullable=False),
)

# Who claims first, does
_CLAIM = text(
    "INSERT INTO counter_people (account_id, commune, claimed_at, is_waiting)"
    # libpq sends a number for a bool, which PostgreSQL doesn't take for one
    " VALUES (:account_id, :commune, :claimed_at, :is_waiting = 1) ON CONFLICT (account_id) DO NOTHING"
)
_FIND = select(counter_people).where(counter_people.c.account_id == bindparam("of_account"))
_ACTIVATE = (
    update(counter_people)
    .where(counter_people.c.account_id == bindparam("of_account"))
    .values(is_waiting=false())
)


class CounterPeopleStore:
    """Keeps which commune claimed whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, account_id: str, commune: str, now: int, *, is_waiting: bool = False) -> bool:
        """Note that a commune looks after somebody; False where one does already."""
        return (
            self._database.execute(
                _CLAIM, account_id=account_id, commune=commune, claimed_at=now, is_waiting=int(is_waiting)
            )
            == 1
        )

    def find(self, account_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_account=account_id)

    def activate(self, account_id: str) -> None:
        self._database.execute(_ACTIVATE, of_account=account_id)
