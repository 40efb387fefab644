"""When the seals of the audit log were last checked, by whom, and what was found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, bindparam, insert, select

from tnid.db import Database, db

audit_checks = db.Table(
    "audit_checks",
    Column("id", String(22), primary_key=True),
    Column("checked_at", BigInteger, nullable=False),
    # NULL for a command on the machine
    Column("checked_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    # Of the whole log, or of its latest batches alone
    Column("is_whole", Integer, nullable=False),
    Column("batches", Integer, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("problems", Integer, nullable=False),
)
Index("ix_audit_checks_checked_at", audit_checks.c.checked_at)
Index("ix_audit_checks_checked_by", audit_checks.c.checked_by)

_INSERT = insert(audit_checks)
_LIST = select(audit_checks).order_by(audit_checks.c.checked_at.desc()).limit(bindparam("most"))


class AuditCheckStore:
    """Keeps what each check found; none is changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns)

    def list_last(self, *, most: int) -> list[Any]:
        """Return the latest checks, newest first."""
        return self._database.fetch_all(_LIST, most=most)
