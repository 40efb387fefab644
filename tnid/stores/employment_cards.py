"""Cards of employment: which were issued, and which count no more.

What stands on a card is not kept. A row outlives its account and its employment while its card could be
shown: the status list still has to say that it is over.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.employers import employers
from tnid.stores.employments import employments

employment_cards = db.Table(
    "employment_cards",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("employment_id", String(22), ForeignKey("employments.id", ondelete="SET NULL")),
    # Which card of all it is, counted from 0; its place in the status list follows by a key
    Column("status_index", Integer, nullable=False, unique=True),
    # The fields that the card can show, by spaces
    Column("fields", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
_ROW = employment_cards.c
_IS_CURRENT, _IS_REVOKED = _ROW.revoked_at.is_(None), _ROW.revoked_at.is_not(None)
Index("ix_employment_cards_account_id", _ROW.account_id)
Index("ix_employment_cards_employment_id", _ROW.employment_id)
Index("ix_employment_cards_expires_at", _ROW.expires_at)
Index(
    "uq_employment_cards_employment_id_current",
    _ROW.employment_id,
    unique=True,
    sqlite_where=_IS_CURRENT,
    postgresql_where=_IS_CURRENT,
)
Index("ix_employment_cards_revoked", _ROW.expires_at, sqlite_where=_IS_REVOKED, postgresql_where=_IS_REVOKED)

_INSERT = insert(employment_cards)
_FIND_LAST = select(func.max(_ROW.status_index).label("last"))
_FIND = select(employment_cards).where(
    _ROW.id == bindparam("of_id"), _ROW.account_id == bindparam("of_account")
)
_FIND_CURRENT = select(employment_cards).where(_ROW.employment_id == bindparam("of_employment"), _IS_CURRENT)
_LIST_LIVE = (
    select(employment_cards)
    .where(_ROW.account_id == bindparam("of_account"), _IS_CURRENT, _ROW.expires_at > bindparam("now"))
    .order_by(_ROW.issued_at, _ROW.id)
)
# Held until the unit of work ends: a decision about it, or its end, comes before the card or sees it
_HOLD = (
    update(employments)
    .where(
        employments.c.id == bindparam("of_employment"),
        employments.c.account_id == bindparam("of_account"),
        employments.c.version == bindparam("seen"),
        exists().where(accounts.c.id == employments.c.account_id, *IS_OPEN),
    )
    .values(updated_at=employments.c.updated_at)
)
_REVOKE = update(employment_cards).where(_IS_CURRENT).values(revoked_at=bindparam("now"))
_REVOKE_ONE = _REVOKE.where(_ROW.id == bindparam("of_id"), _ROW.account_id == bindparam("of_account"))
_REVOKE_OF_EMPLOYMENT = _REVOKE.where(_ROW.employment_id == bindparam("of_employment"))
_REVOKE_OF_ACCOUNT = _REVOKE.where(_ROW.account_id == bindparam("of_account"))
_LIST_REVOKED = select(_ROW.status_index).where(_IS_REVOKED, _ROW.expires_at > bindparam("now"))
# An operator may let an employer go on: then its cards count again. Of few employers, asked first: as one
# statement it might look at every card that there is
_LIST_SUSPENDED = select(employers.c.id).where(employers.c.suspended_at.is_not(None))
_LIST_OF_EMPLOYER = (
    select(_ROW.status_index)
    .join(employments, employments.c.id == _ROW.employment_id)
    .where(
        employments.c.employer_id == bindparam("of_employer"), _IS_CURRENT, _ROW.expires_at > bindparam("now")
    )
)


class EmploymentCardStore:
    """Keeps cards; see tnid.employment.cards for what they are worth."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        """Store a new card under the next number of all; raises Conflict where another took it just now."""
        self._database.execute(_INSERT, **columns, status_index=self.count(), revoked_at=None)

    def hold(self, account_id: str, employment_id: str, seen: int) -> bool:
        """Keep an employment as it was seen until its card is stored; False where it is another by now."""
        found = {"of_account": account_id, "of_employment": employment_id}
        return self._database.execute(_HOLD, **found, seen=seen) == 1

    def count(self) -> int:
        """Return how many cards there have ever been: the purge leaves the last one."""
        last = self._database.fetch_one(_FIND_LAST).last
        return 0 if last is None else int(last) + 1

    def find(self, card_id: str, account_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_id=card_id, of_account=account_id)

    def find_current(self, employment_id: str) -> Any:
        """Return the employment's card that nobody revoked, expired or not, or None."""
        return self._database.fetch_one(_FIND_CURRENT, of_employment=employment_id)

    def list_live(self, account_id: str, now: int) -> list[Any]:
        return self._database.fetch_all(_LIST_LIVE, of_account=account_id, now=now)

    def revoke(self, card_id: str, account_id: str, now: int) -> bool:
        return self._database.execute(_REVOKE_ONE, of_id=card_id, of_account=account_id, now=now) == 1

    def revoke_of_employment(self, employment_id: str, now: int) -> bool:
        return self._database.execute(_REVOKE_OF_EMPLOYMENT, of_employment=employment_id, now=now) == 1

    def revoke_of_account(self, account_id: str, now: int) -> int:
        """End every card of an account; return how many there were."""
        return self._database.execute(_REVOKE_OF_ACCOUNT, of_account=account_id, now=now)

    def list_over(self, now: int) -> list[int]:
        """Return which cards count no more before they expire: revoked, or of a suspended employer."""
        rows = self._database.fetch_all(_LIST_REVOKED, now=now)
        for employer in self._database.fetch_all(_LIST_SUSPENDED):
            rows += self._database.fetch_all(_LIST_OF_EMPLOYER, of_employer=employer.id, now=now)
        return [int(row.status_index) for row in rows]
