"""The ledger of consents: every decision of a person, in a chain of their own, and only ever added to.

The database itself refuses to update or delete a row. A row names its person by a number that only
`consent_heads` joins with an account: once the account is gone, so is that, and the chain still holds.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    bindparam,
    insert,
    select,
    text,
    update,
)

from tnid.db import Database, db
from tnid.stores.audit import RowNumber

consent_heads = db.Table(
    "consent_heads",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", String(22), nullable=False, unique=True),
    Column("length", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),  # the hash of the last row
)
consent_ledger = db.Table(
    "consent_ledger",
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("subject", String(22), nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, 3 … for each person
    Column("client_id", String(255), nullable=False),
    Column("action", String(16), nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("terms", Text, nullable=False),  # JSON: what was shown and decided
    Column("hash", LargeBinary, nullable=False),
    db.UniqueConstraint("subject", "number"),
)

_BEGIN = text(
    "INSERT INTO consent_heads (account_id, subject, length, head) VALUES (:account_id, :subject, 0, :head)"
    " ON CONFLICT (account_id) DO NOTHING"
)
# Held until the unit commits: one person's decisions stand in line, and nobody else's do
_NEXT = (
    update(consent_heads)
    .where(consent_heads.c.account_id == bindparam("of_account"))
    .values(length=consent_heads.c.length + 1)
    .returning(consent_heads.c.subject, consent_heads.c.length, consent_heads.c.head)
)
_SET_HEAD = (
    update(consent_heads)
    .where(consent_heads.c.account_id == bindparam("of_account"))
    .values(head=bindparam("new_head"))
)
_APPEND = insert(consent_ledger).inline()
_OF_ACCOUNT = (
    select(consent_ledger)
    .join(consent_heads, consent_heads.c.subject == consent_ledger.c.subject)
    .where(consent_heads.c.account_id == bindparam("of_account"))
)
_LIST = _OF_ACCOUNT.order_by(consent_ledger.c.number.desc()).limit(bindparam("most"))
_FIND = _OF_ACCOUNT.where(consent_ledger.c.number == bindparam("of_number"))
_AFTER = (
    select(consent_ledger)
    .where(
        (consent_ledger.c.subject > bindparam("after_subject"))
        | (
            (consent_ledger.c.subject == bindparam("after_subject"))
            & (consent_ledger.c.number > bindparam("after_number"))
        )
    )
    .order_by(consent_ledger.c.subject, consent_ledger.c.number)
    .limit(bindparam("most"))
)
_HEADS = (
    select(consent_heads)
    .where(consent_heads.c.subject > bindparam("after_subject"))
    .order_by(consent_heads.c.subject)
    .limit(bindparam("most"))
)
_LAST = (
    select(consent_ledger.c.number, consent_ledger.c.hash)
    .where(consent_ledger.c.subject == bindparam("of_subject"))
    .order_by(consent_ledger.c.number.desc())
    .limit(1)
)


class ConsentLedgerStore:
    """Rows of the ledger; the caller computes their hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_next(self, account_id: str, new_subject: str, first_head: bytes) -> Any:
        """Return `subject`, the next number as `length`, and the hash of the row before as `head`.

        A person without a chain gets one, under `new_subject`.
        """
        found = self._database.execute_returning(_NEXT, of_account=account_id)
        if found is not None:
            return found
        self._database.execute(_BEGIN, account_id=account_id, subject=new_subject, head=first_head)
        return self._database.execute_returning(_NEXT, of_account=account_id)

    def append(self, account_id: str, **columns: Any) -> None:
        self._database.execute(_APPEND, **columns)
        self._database.execute(_SET_HEAD, of_account=account_id, new_head=columns["hash"])

    def list_rows(self, account_id: str, *, most: int) -> list[Any]:
        """Return a person's rows, the latest first."""
        return self._database.fetch_all(_LIST, of_account=account_id, most=most)

    def find_row(self, account_id: str, number: int) -> Any:
        return self._database.fetch_one(_FIND, of_account=account_id, of_number=number)

    def list_after(self, subject: str, number: int, *, most: int) -> list[Any]:
        """Return rows of every person in the order of their chains."""
        return self._database.fetch_all(_AFTER, after_subject=subject, after_number=number, most=most)

    def list_heads(self, after: str, *, most: int) -> list[Any]:
        return self._database.fetch_all(_HEADS, after_subject=after, most=most)

    def find_last(self, subject: str) -> Any:
        return self._database.fetch_one(_LAST, of_subject=subject)
