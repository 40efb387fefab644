"""Activation codes: what stands on a slip. Only a keyed hash is kept; each works once, and the last alone."""

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
    insert,
    null,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import accounts
from tnid.stores.roles import is_official_of

activations = db.Table(
    "activations",
    Column("id", String(22), primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", String(8), nullable=False),
    # Keyed hashes of the recovery codes in the envelope, which count from the activation on
    Column("recovery_hashes", Text, nullable=False),
    Column("commune", String(5), nullable=False),
    Column("official_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("voided_at", BigInteger),
)
Index("ix_activations_account_id", activations.c.account_id)
Index("ix_activations_official_id", activations.c.official_id)
Index("ix_activations_expires_at", activations.c.expires_at)

_INSERT = insert(activations)
_WORKS = (
    activations.c.used_at.is_(None),
    activations.c.voided_at.is_(None),
    activations.c.expires_at > bindparam("now"),
    # A slip that somebody printed who is no official any more is worth nothing
    is_official_of(activations.c.official_id, activations.c.commune),
)
_LIVE = (activations.c.code_hash == bindparam("of_hash"), *_WORKS)
_FIND = (
    select(activations)
    .join(accounts, accounts.c.id == activations.c.account_id)
    .where(*_LIVE, accounts.c.disabled_at.is_(None))
)
_FIND_OF_ACCOUNT = select(activations).where(activations.c.account_id == bindparam("of_account"), *_WORKS)
_CONSUME = update(activations).where(*_LIVE).values(used_at=bindparam("now"))
_UNUSED = (activations.c.used_at.is_(None), activations.c.voided_at.is_(None))
_VOID_OF_ACCOUNT = (
    update(activations)
    .where(activations.c.account_id == bindparam("of_account"), *_UNUSED)
    .values(voided_at=bindparam("now"))
)

_CREDENTIALS = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.disabled_at.is_(None))
    .values(
        username=bindparam("new_username"),
        username_key=bindparam("new_key"),
        password_hash=bindparam("new_hash"),
        password_changed_at=bindparam("now"),
        factor_required_at=bindparam("required_at"),
        shut_by_owner_at=null(),
    )
)


class ActivationStore:
    """Keeps activation codes; see tnid.officials.activations for what they are worth."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns, used_at=None, voided_at=None)

    def find_live(self, code_hash: str, now: int) -> Any:
        """Return a code that would work now, or None."""
        return self._database.fetch_one(_FIND, of_hash=code_hash, now=now)

    def consume(self, code_hash: str, now: int) -> bool:
        """Spend a code; True for one caller, once."""
        return self._database.execute(_CONSUME, of_hash=code_hash, now=now) == 1

    def set_credentials(
        self, account_id: str, username: str, key: str, new_hash: str, required_at: int | None, now: int
    ) -> bool:
        """Give an account to whoever had its code; False where it is disabled.

        Raises Conflict where the username is another's.
        """
        changed = self._database.execute(
            _CREDENTIALS,
            account_id=account_id,
            new_username=username,
            new_key=key,
            new_hash=new_hash,
            required_at=required_at,
            now=now,
        )
        return changed == 1

    def find_of_account(self, account_id: str, now: int) -> Any:
        """Return the code that was printed for an account and would work now, or None."""
        return self._database.fetch_one(_FIND_OF_ACCOUNT, of_account=account_id, now=now)

    def void_of_account(self, account_id: str, now: int) -> int:
        """End every code of an account that wasn't used; return how many there were."""
        return self._database.execute(_VOID_OF_ACCOUNT, of_account=account_id, now=now)
