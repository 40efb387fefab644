"""Requests that a person makes under the law about their data, with the days by which they are answered."""

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
    func,
    select,
    text,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import accounts

data_requests = db.Table(
    "data_requests",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("words_sealed", LargeBinary, nullable=False),  # what the person wrote
    Column("created_at", BigInteger, nullable=False),
    Column("acknowledge_by", BigInteger, nullable=False),
    Column("acknowledged_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("outcome", String(8)),  # done or refused
    Column("answer_sealed", LargeBinary),
)
Index("ix_data_requests_account_id_created_at", data_requests.c.account_id, data_requests.c.created_at)
_IS_OPEN = data_requests.c.answered_at.is_(None)
Index(
    "ix_data_requests_due_at_open",
    data_requests.c.due_at,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)

_WITH_NAME = select(data_requests, accounts.c.username).join(
    accounts, accounts.c.id == data_requests.c.account_id
)
_ADD = text(
    "INSERT INTO data_requests (id, account_id, kind, words_sealed, created_at, acknowledge_by, due_at)"
    " VALUES (:id, :account_id, :kind, :words_sealed, :created_at, :acknowledge_by, :due_at)"
    " ON CONFLICT (id) DO NOTHING"
)
_COUNT = (
    select(func.count().label("waiting"))
    .select_from(data_requests)
    .where(data_requests.c.account_id == bindparam("of_account"), _IS_OPEN)
)
_LIST = (
    select(data_requests)
    .where(data_requests.c.account_id == bindparam("of_account"))
    .order_by(data_requests.c.created_at.desc(), data_requests.c.id)
)
_FIND = _WITH_NAME.where(data_requests.c.id == bindparam("of_id"))
_OPEN = _WITH_NAME.where(_IS_OPEN).order_by(data_requests.c.due_at).limit(bindparam("most"))
_ALL = _WITH_NAME.order_by(data_requests.c.due_at).limit(bindparam("most"))
_ACKNOWLEDGE = (
    update(data_requests)
    .where(data_requests.c.id == bindparam("of_id"), data_requests.c.acknowledged_at.is_(None))
    .values(acknowledged_at=bindparam("now"))
)
_ANSWER = (
    update(data_requests)
    .where(data_requests.c.id == bindparam("of_id"), _IS_OPEN)
    .values(
        answered_at=bindparam("now"),
        acknowledged_at=func.coalesce(data_requests.c.acknowledged_at, bindparam("now")),
        outcome=bindparam("how"),
        answer_sealed=bindparam("sealed"),
    )
    .returning(data_requests.c.account_id)
)


class DataRequestStore:
    """Keeps requests; knows nothing of sealing nor of days."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Add a request; False, with nothing changed, where there is one of this id."""
        return self._database.execute(_ADD, **columns) == 1

    def count_open(self, account_id: str) -> int:
        return int(self._database.fetch_one(_COUNT, of_account=account_id).waiting)

    def list_by_account(self, account_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST, of_account=account_id)

    def find(self, id_: str) -> Any:
        """Return the request with the username of who made it, or None."""
        return self._database.fetch_one(_FIND, of_id=id_)

    def list_rows(self, *, most: int, only_open: bool) -> list[Any]:
        """Return requests with the usernames of who made them, the most urgent first."""
        return self._database.fetch_all(_OPEN if only_open else _ALL, most=most)

    def acknowledge(self, id_: str, now: int) -> bool:
        return self._database.execute(_ACKNOWLEDGE, of_id=id_, now=now) == 1

    def answer(self, id_: str, outcome: str, sealed: bytes, now: int) -> Any:
        """Note the answer; return the row's account_id, or None where it is answered or none."""
        return self._database.execute_returning(_ANSWER, of_id=id_, how=outcome, sealed=sealed, now=now)
