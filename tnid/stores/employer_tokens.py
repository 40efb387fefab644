"""Tokens by which an employer's personnel system speaks for it: a SHA-256 of each, and who made it."""

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
    cast,
    insert,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.employers import employers, is_managed_by

employer_tokens = db.Table(
    "employer_tokens",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("made_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)
_ROW = employer_tokens.c
Index("ix_employer_tokens_employer_id", _ROW.employer_id)
Index("ix_employer_tokens_made_by", _ROW.made_by)
Index("ix_employer_tokens_expires_at", _ROW.expires_at)

_LIVES = (_ROW.revoked_at.is_(None), _ROW.expires_at > bindparam("now"))
_INSERT = insert(employer_tokens)
_COLUMNS = (
    *("id", "employer_id", "token_hash", "label", "made_by", "created_at", "expires_at"),
    *("last_used_at", "revoked_at"),
)
# A manager who is removed at this moment takes no token along
_INSERT_BY_MANAGER = insert(employer_tokens).from_select(
    _COLUMNS,
    select(*(cast(bindparam(name), _ROW[name].type) for name in _COLUMNS)).where(
        is_managed_by(bindparam("employer_id", type_=_ROW.employer_id.type), bindparam("made_by"))
    ),
)
# One look for all that a request must know: whose token it is, and whether it and its employer still stand
_FIND_BEARER = (
    select(
        _ROW.id.label("token_id"),
        _ROW.last_used_at,
        _ROW.revoked_at,
        _ROW.expires_at,
        employers.c.id,
        employers.c.tax_code,
        employers.c.name,
        employers.c.park,
        employers.c.approved_at,
        employers.c.suspended_at,
    )
    .join(employers, employers.c.id == _ROW.employer_id)
    .where(_ROW.token_hash == bindparam("presented"))
)
_LIST = (
    select(employer_tokens)
    .where(_ROW.employer_id == bindparam("of_employer"), *_LIVES)
    .order_by(_ROW.created_at.desc(), _ROW.id)
)
_TOUCH = update(employer_tokens).where(_ROW.id == bindparam("of_id")).values(last_used_at=bindparam("now"))
_REVOKE = (
    update(employer_tokens)
    .where(_ROW.id == bindparam("of_id"), _ROW.employer_id == bindparam("of_employer"), *_LIVES)
    .values(revoked_at=bindparam("now"))
    .returning(_ROW.label)
)


class EmployerTokenStore:
    """Keeps the tokens of personnel systems; what one opens is in tnid.scim."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Store a token; False where `made_by`, None for an operator, doesn't manage the employer."""
        statement = _INSERT if columns["made_by"] is None else _INSERT_BY_MANAGER
        return self._database.execute(statement, **columns, last_used_at=None, revoked_at=None) == 1

    def find_bearer(self, token_hash: str) -> Any:
        """Return the employer's columns with token_id, last_used_at, revoked_at and expires_at, or None."""
        return self._database.fetch_one(_FIND_BEARER, presented=token_hash)

    def list_live(self, employer_id: str, now: int) -> list[Any]:
        """Return the employer's tokens that work, the newest first."""
        return self._database.fetch_all(_LIST, of_employer=employer_id, now=now)

    def touch(self, token_id: str, now: int) -> None:
        self._database.execute(_TOUCH, of_id=token_id, now=now)

    def revoke(self, employer_id: str, token_id: str, now: int) -> Any:
        """End a token from this moment on; return its label's row, None where there is no such token."""
        return self._database.execute_returning(_REVOKE, of_employer=employer_id, of_id=token_id, now=now)
