"""Guardianships: an adult agreed that a child under 16 uses their account, until that birthday or its end."""

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
    insert,
    select,
    update,
)

from tnid.db import Database, db

guardianships = db.Table(
    "guardianships",
    Column("id", String(22), primary_key=True),
    Column("child_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    # NULL until somebody agreed
    Column("guardian_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("code_hash", LargeBinary, unique=True),
    Column("code_expires_at", BigInteger, nullable=False),
    # Which words were agreed to
    Column("statement", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("agreed_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
Index("ix_guardianships_child_id", guardianships.c.child_id)
Index("ix_guardianships_guardian_id", guardianships.c.guardian_id)
Index("ix_guardianships_expires_at", guardianships.c.expires_at)

_IS_OFFERED = (
    guardianships.c.code_hash == bindparam("presented"),
    guardianships.c.agreed_at.is_(None),
    guardianships.c.ended_at.is_(None),
    guardianships.c.code_expires_at > bindparam("now"),
    # Nobody is their own guardian
    guardianships.c.child_id != bindparam("of_guardian"),
)
_IN_FORCE = (
    guardianships.c.agreed_at.is_not(None),
    guardianships.c.ended_at.is_(None),
    guardianships.c.expires_at > bindparam("now"),
)
_INSERT = insert(guardianships)
_END_OFFERS = (
    update(guardianships)
    .where(
        guardianships.c.child_id == bindparam("of_child"),
        guardianships.c.agreed_at.is_(None),
        guardianships.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("now"))
)
_AGREE = (
    update(guardianships)
    .where(*_IS_OFFERED)
    .values(guardian_id=bindparam("of_guardian"), agreed_at=bindparam("now"))
    .returning(*guardianships.c)
)
_END = (
    update(guardianships)
    .where(
        guardianships.c.id == bindparam("guardianship_id"),
        guardianships.c.guardian_id == bindparam("of_guardian"),
        *_IN_FORCE,
    )
    .values(ended_at=bindparam("now"))
    .returning(*guardianships.c)
)
_FIND_BY_CODE = select(guardianships).where(*_IS_OFFERED)
_LIST_BY_GUARDIAN = (
    select(guardianships)
    .where(guardianships.c.guardian_id == bindparam("of_guardian"), *_IN_FORCE)
    .order_by(guardianships.c.agreed_at, guardianships.c.id)
)
_LIST_BY_CHILD = (
    select(guardianships)
    .where(guardianships.c.child_id == bindparam("of_child"), *_IN_FORCE)
    .order_by(guardianships.c.agreed_at, guardianships.c.id)
)


class GuardianshipStore:
    """Keeps guardianships; whether an account waits for one stands on the account itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns, ended_at=None)

    def end_offers(self, child_id: str, now: int) -> None:
        """End the codes that nobody used: a newer one takes their place."""
        self._database.execute(_END_OFFERS, of_child=child_id, now=now)

    def find_by_code(self, code_hash: bytes, guardian_id: str, now: int) -> Any:
        """Return what waits under this code for anybody but the child, or None."""
        return self._database.fetch_one(_FIND_BY_CODE, presented=code_hash, of_guardian=guardian_id, now=now)

    def agree(self, code_hash: bytes, guardian_id: str, now: int) -> Any:
        """Make this person the guardian, in one statement; return the row, None where it was too late."""
        return self._database.execute_returning(_AGREE, presented=code_hash, of_guardian=guardian_id, now=now)

    def end(self, guardianship_id: str, guardian_id: str, now: int) -> Any:
        """End what this guardian agreed to; return the row, None where there is none in force."""
        return self._database.execute_returning(
            _END, guardianship_id=guardianship_id, of_guardian=guardian_id, now=now
        )

    def list_by_guardian(self, guardian_id: str, now: int) -> list[Any]:
        return self._database.fetch_all(_LIST_BY_GUARDIAN, of_guardian=guardian_id, now=now)

    def list_by_child(self, child_id: str, now: int) -> list[Any]:
        return self._database.fetch_all(_LIST_BY_CHILD, of_child=child_id, now=now)
