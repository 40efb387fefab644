"""Verifications: what was found true about a person when their identity level was set, sealed as it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, bindparam, select, text

from tnid.db import Database, db
from tnid.stores.accounts import accounts

verifications = db.Table(
    "verifications",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("level", Integer, nullable=False),
    # The kind of document that was compared, where that was recorded
    Column("document", String(32)),
    # How somebody compared it, where somebody did, and the commune whose official that was
    Column("check_method", String(32)),
    Column("organisation", String(16)),
    Column("claims_sealed", LargeBinary, nullable=False),
    # What an official should look at, where there is anything
    Column("warnings_sealed", LargeBinary),
    Column("verified_at", BigInteger, nullable=False),
)

_RECORD = text(
    "INSERT INTO verifications"
    " (account_id, level, document, check_method, organisation, claims_sealed, warnings_sealed, verified_at)"
    " VALUES (:account_id, :level, :document, :check_method, :organisation, :claims_sealed, :warnings_sealed,"
    " :verified_at)"
    " ON CONFLICT (account_id) DO UPDATE SET level = excluded.level, document = excluded.document,"
    " check_method = excluded.check_method, organisation = excluded.organisation,"
    " claims_sealed = excluded.claims_sealed, warnings_sealed = excluded.warnings_sealed,"
    " verified_at = excluded.verified_at"
)
# A level that was taken back takes with it what it vouched for
_FIND = (
    select(verifications)
    .join(accounts, accounts.c.id == verifications.c.account_id)
    .where(
        verifications.c.account_id == bindparam("account_id"),
        verifications.c.level <= accounts.c.identity_level,
        accounts.c.disabled_at.is_(None),
    )
)


class VerificationStore:
    """Keeps the last verification of each account; the audit log keeps the history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, account_id: str, **columns: Any) -> None:
        self._database.execute(_RECORD, account_id=account_id, **columns)

    def find(self, account_id: str) -> Any:
        """Return the verification that an active account's identity level still covers, or None."""
        return self._database.fetch_one(_FIND, account_id=account_id)
