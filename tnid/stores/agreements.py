"""What was agreed with the teams of live applications: numbered, signed, and ended when it is replaced."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    func,
    insert,
    select,
    update,
)

from tnid.db import Database, db

agreements = db.Table(
    "agreements",
    Column("id", String(22), primary_key=True),
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    Column("review_id", String(22), ForeignKey("reviews.id", ondelete="SET NULL")),
    # As people name it: 2026-000123
    Column("number", String(16), nullable=False, unique=True),
    # JSON: what was agreed, and our signature over it
    Column("document", Text, nullable=False),
    Column("signed", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
Index("ix_agreements_application_id", agreements.c.application_id)
Index("ix_agreements_review_id", agreements.c.review_id)

_AGREEMENT = agreements.c
_in_force = (_AGREEMENT.application_id == bindparam("of_application"), _AGREEMENT.ended_at.is_(None))
_INSERT = insert(agreements)
_END = update(agreements).where(*_in_force).values(ended_at=bindparam("now"))
_LAST_NUMBER = select(func.max(_AGREEMENT.number).label("number")).where(
    _AGREEMENT.number >= bindparam("first"), _AGREEMENT.number <= bindparam("last")
)
_FIND_CURRENT = select(agreements).where(*_in_force)
_FIND_NUMBERED = select(agreements).where(_AGREEMENT.number == bindparam("of_number"))
_LIST = (
    select(agreements)
    .where(_AGREEMENT.application_id == bindparam("of_application"))
    .order_by(_AGREEMENT.issued_at.desc(), _AGREEMENT.number.desc())
)


class AgreementStore:
    """Keeps agreements; an application has one in force at most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        """Store an agreement; raises Conflict where its number was taken at this moment."""
        self._database.execute(_INSERT, ended_at=None, **columns)

    def end(self, application_id: str, now: int) -> int:
        """End what is in force; return how many that were."""
        return self._database.execute(_END, of_application=application_id, now=now)

    def find_last_number(self, year: int) -> str | None:
        """Return the highest number of a year, None where there is none yet."""
        row = self._database.fetch_one(_LAST_NUMBER, first=f"{year}-000000", last=f"{year}-999999")
        return None if row is None else row.number

    def find_current(self, application_id: str) -> Any:
        """Return what is in force, or None."""
        return self._database.fetch_one(_FIND_CURRENT, of_application=application_id)

    def find_numbered(self, number: str) -> Any:
        return self._database.fetch_one(_FIND_NUMBERED, of_number=number)

    def list_of_application(self, application_id: str) -> list[Any]:
        """Return an application's agreements, the latest first."""
        return self._database.fetch_all(_LIST, of_application=application_id)
