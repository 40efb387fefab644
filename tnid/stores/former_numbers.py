"""Former numbers: what identity documents of an account's person had before, sealed. A number may change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, bindparam, select, text

from tnid.db import Database, db

former_numbers = db.Table(
    "former_numbers",
    Column("id", String(22), primary_key=True),
    Column(
        "account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("kind", String(32), nullable=False),
    Column("number_sealed", LargeBinary, nullable=False),
    # By which an official finds whose number it was; several people may have had it, one after the other
    Column("number_index", String(64), nullable=False, index=True),
    Column("ended_at", BigInteger, nullable=False),
)

_ADD = text(
    "INSERT INTO former_numbers (id, account_id, kind, number_sealed, number_index, ended_at)"
    " VALUES (:id, :account_id, :kind, :number_sealed, :number_index, :ended_at)"
)
_BY_ACCOUNT = (
    select(former_numbers)
    .where(former_numbers.c.account_id == bindparam("account_id"))
    .order_by(former_numbers.c.ended_at)
)


class FormerNumberStore:
    """Keeps the history of numbers; a row is never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_ADD, **columns)

    def list_by_account(self, account_id: str) -> list[Any]:
        """Return what the account's person had before, oldest first."""
        return self._database.fetch_all(_BY_ACCOUNT, account_id=account_id)
