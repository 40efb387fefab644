"""Consents: what a person shares with an application, until its time is over or it is taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Text, bindparam, select, text, update

from tnid.db import Database, db

consents = db.Table(
    "consents",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", String(255), primary_key=True),
    Column("scope", Text, nullable=False),
    Column("claims", Text, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("withheld", Text),  # names of claims and scopes, sorted, as grants have them
    Column("versions", Text),  # JSON: the version of each purpose that was shown
    Column("expires_at", BigInteger),
    # Counts every change: whoever writes says which state they looked at
    Column("revision", Integer, nullable=False, server_default="1"),
)

_FIND = select(consents).where(
    consents.c.account_id == bindparam("account_id"),
    consents.c.client_id == bindparam("client_id"),
)
_LIST = (
    select(consents)
    .where(consents.c.account_id == bindparam("account_id"))
    .order_by(consents.c.granted_at.desc(), consents.c.client_id)
)
_RECORD = text(
    "INSERT INTO consents (account_id, client_id, scope, claims, granted_at, withdrawn_at, withheld,"
    " versions, expires_at, revision)"
    " VALUES (:account_id, :client_id, :scope, :claims, :granted_at, NULL, :withheld, :versions, :expires_at,"
    " 1)"
    " ON CONFLICT (account_id, client_id) DO UPDATE SET scope = excluded.scope, claims = excluded.claims,"
    " granted_at = excluded.granted_at, withdrawn_at = NULL, withheld = excluded.withheld,"
    " versions = excluded.versions, expires_at = excluded.expires_at, revision = consents.revision + 1"
    " WHERE consents.revision = :seen"
)
_WITHDRAW = (
    update(consents)
    .where(
        consents.c.account_id == bindparam("of_account"),
        consents.c.client_id == bindparam("of_client"),
        consents.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=bindparam("now"), revision=consents.c.revision + 1)
)


class ConsentStore:
    """Keeps the last consent for each account and client; the ledger keeps the history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_row(self, account_id: str, client_id: str) -> Any:
        """Return the consent in whatever state, withdrawn ones too."""
        return self._database.fetch_one(_FIND, account_id=account_id, client_id=client_id)

    def list_rows(self, account_id: str) -> list[Any]:
        """Return every consent of the account in whatever state, the latest first."""
        return self._database.fetch_all(_LIST, account_id=account_id)

    def record(self, account_id: str, client_id: str, *, seen: int, now: int, **columns: Any) -> bool:
        """Write the consent where it is still at revision `seen` (0: where there was none); say whether it
        was: somebody's change or withdrawal of the moment before wins."""
        written = self._database.execute(
            _RECORD, account_id=account_id, client_id=client_id, seen=seen, granted_at=now, **columns
        )
        return written == 1

    def withdraw(self, account_id: str, client_id: str, now: int) -> bool:
        return self._database.execute(_WITHDRAW, of_account=account_id, of_client=client_id, now=now) == 1
