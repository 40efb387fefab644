"""Consents: what a person agreed to share with an application, once, until taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, String, Text, bindparam, select, text, update

from tnid.db import Database, db

consents = db.Table(
    "consents",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", String(255), primary_key=True),
    Column("scope", Text, nullable=False),
    Column("claims", Text, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
)

_FIND = select(consents).where(
    consents.c.account_id == bindparam("account_id"),
    consents.c.client_id == bindparam("client_id"),
    consents.c.withdrawn_at.is_(None),
)
_LIST = (
    select(consents)
    .where(consents.c.account_id == bindparam("account_id"), consents.c.withdrawn_at.is_(None))
    .order_by(consents.c.granted_at.desc())
)
_RECORD = text(
    "INSERT INTO consents (account_id, client_id, scope, claims, granted_at, withdrawn_at)"
    " VALUES (:account_id, :client_id, :scope, :claims, :granted_at, NULL)"
    " ON CONFLICT (account_id, client_id) DO UPDATE SET scope = excluded.scope, claims = excluded.claims,"
    " granted_at = excluded.granted_at, withdrawn_at = NULL"
)
_WITHDRAW = (
    update(consents)
    .where(
        consents.c.account_id == bindparam("of_account"),
        consents.c.client_id == bindparam("of_client"),
        consents.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=bindparam("now"))
)


class ConsentStore:
    """Keeps the last consent for each account and client; the audit log keeps the history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_row(self, account_id: str, client_id: str) -> Any:
        return self._database.fetch_one(_FIND, account_id=account_id, client_id=client_id)

    def list_rows(self, account_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST, account_id=account_id)

    def record(self, account_id: str, client_id: str, *, scope: str, claims: str, now: int) -> None:
        self._database.execute(
            _RECORD, account_id=account_id, client_id=client_id, scope=scope, claims=claims, granted_at=now
        )

    def withdraw(self, account_id: str, client_id: str, now: int) -> bool:
        return self._database.execute(_WITHDRAW, of_account=account_id, of_client=client_id, now=now) == 1
