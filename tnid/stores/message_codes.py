"""One-time codes that people get by message: one an account and purpose, hashed, for ten minutes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    String,
    bindparam,
    case,
    delete,
    text,
    update,
)

from tnid.db import Database, db

message_codes = db.Table(
    "message_codes",
    # A keyed hash of account and purpose, so that a name that nobody has costs the same work
    Column("key", String(64), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("code_hash", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

_REPLACE = text(
    "INSERT INTO message_codes (key, account_id, code_hash, tries, used_at, expires_at)"
    " VALUES (:key, :account_id, :code_hash, 0, NULL, :expires_at)"
    " ON CONFLICT (key) DO UPDATE SET account_id = excluded.account_id, code_hash = excluded.code_hash,"
    " tries = 0, used_at = NULL, expires_at = excluded.expires_at"
)
# Counts the try, judges it and spends the code at once: of many that come together one finds it unspent
_TRY = (
    update(message_codes)
    .where(
        message_codes.c.key == bindparam("of_key"),
        message_codes.c.used_at.is_(None),
        message_codes.c.tries < bindparam("most_tries"),
        message_codes.c.expires_at > bindparam("now"),
    )
    .values(
        tries=message_codes.c.tries + 1,
        used_at=case(
            (message_codes.c.code_hash == bindparam("presented"), bindparam("used_now")), else_=None
        ),
    )
    .returning(message_codes.c.used_at)
)
_END = delete(message_codes).where(message_codes.c.account_id == bindparam("of_account"))


class MessageCodeStore:
    """Keeps codes by keyed hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, key: str, account_id: str | None, code_hash: str, *, expires_at: int) -> None:
        """Store a code; the one before it under this key is worth nothing from now on."""
        self._database.execute(
            _REPLACE, key=key, account_id=account_id, code_hash=code_hash, expires_at=expires_at
        )

    def try_code(self, key: str, presented_hash: str, now: int, *, most_tries: int) -> bool:
        """Count a try; True for the one that brings the right code, once."""
        found: Any = self._database.execute_returning(
            _TRY, of_key=key, presented=presented_hash, now=now, used_now=now, most_tries=most_tries
        )
        return found is not None and found.used_at is not None

    def end_all(self, account_id: str) -> None:
        """End every code of an account: what they were sent to may be another's now."""
        self._database.execute(_END, of_account=account_id)
