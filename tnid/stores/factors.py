"""Second factors: one authenticator app an account, and its recovery codes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    LargeBinary,
    String,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import accounts
from tnid.stores.passkeys import passkeys

totp_factors = db.Table(
    "totp_factors",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
    # The last time step that was accepted: RFC 6238 section 5.2 takes each one once.
    Column("last_step", BigInteger, nullable=False),
)
recovery_codes = db.Table(
    "recovery_codes",
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

_ADD_TOTP = text(
    "INSERT INTO totp_factors (account_id, secret_sealed, confirmed_at, last_step)"
    " VALUES (:account_id, :secret_sealed, :confirmed_at, :last_step) ON CONFLICT (account_id) DO NOTHING"
)
_FIND_TOTP = select(totp_factors).where(totp_factors.c.account_id == bindparam("account_id"))
_ADVANCE_TOTP = (
    update(totp_factors)
    .where(
        totp_factors.c.account_id == bindparam("for_account"), totp_factors.c.last_step < bindparam("step")
    )
    .values(last_step=bindparam("step"))
)
_REPLACE_TOTP = (
    update(totp_factors)
    .where(
        totp_factors.c.account_id == bindparam("for_account"),
        # Two new phones at once: the first one counts
        totp_factors.c.secret_sealed == bindparam("old_sealed"),
    )
    .values(secret_sealed=bindparam("new_sealed"), confirmed_at=bindparam("now"), last_step=bindparam("step"))
)
_REMOVE_TOTP = delete(totp_factors).where(totp_factors.c.account_id == bindparam("account_id"))
_REMOVE_PASSKEYS = delete(passkeys).where(passkeys.c.account_id == bindparam("account_id"))
# Which second factors there are, by one statement
_KINDS = select(
    exists().where(totp_factors.c.account_id == bindparam("account_id")).label("totp"),
    exists().where(passkeys.c.account_id == bindparam("account_id")).label("passkey"),
)
# Whoever takes a factor away waits here for whoever takes another
_HOLD = (
    update(accounts)
    .where(accounts.c.id == bindparam("of_account"))
    .values(factor_required_at=accounts.c.factor_required_at)
)
_ADD_CODE = insert(recovery_codes)
_REMOVE_CODES = delete(recovery_codes).where(recovery_codes.c.account_id == bindparam("account_id"))
_CONSUME_CODE = (
    update(recovery_codes)
    .where(
        recovery_codes.c.account_id == bindparam("for_account"),
        recovery_codes.c.code_hash == bindparam("presented_hash"),
        recovery_codes.c.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
)
_COUNT_CODES = (
    select(func.count().label("left"))
    .select_from(recovery_codes)
    .where(recovery_codes.c.account_id == bindparam("account_id"), recovery_codes.c.used_at.is_(None))
)


class FactorStore:
    """Keeps sealed TOTP secrets and hashed recovery codes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_totp(self, account_id: str, secret_sealed: bytes, step: int, now: int) -> bool:
        """Store a confirmed secret; return False where the account already has one."""
        added = self._database.execute(
            _ADD_TOTP, account_id=account_id, secret_sealed=secret_sealed, confirmed_at=now, last_step=step
        )
        return added == 1

    def find_totp(self, account_id: str) -> Any:
        return self._database.fetch_one(_FIND_TOTP, account_id=account_id)

    def advance_totp(self, account_id: str, step: int) -> bool:
        """Spend a time step; return False where it, or a later one, was spent before."""
        return self._database.execute(_ADVANCE_TOTP, for_account=account_id, step=step) == 1

    def replace_totp(
        self, account_id: str, old_sealed: bytes, new_sealed: bytes, step: int, now: int
    ) -> bool:
        """Put a confirmed secret in another's place; return False where that one is gone."""
        replaced = self._database.execute(
            _REPLACE_TOTP,
            for_account=account_id,
            old_sealed=old_sealed,
            new_sealed=new_sealed,
            step=step,
            now=now,
        )
        return replaced == 1

    def remove_all(self, account_id: str) -> None:
        """Remove every factor, and the recovery codes that stood in for them."""
        for statement in (_REMOVE_TOTP, _REMOVE_PASSKEYS, _REMOVE_CODES):
            self._database.execute(statement, account_id=account_id)

    def find_kinds(self, account_id: str) -> Any:
        """Return a row of `totp` and `passkey`, each true where the account has such a factor."""
        return self._database.fetch_one(_KINDS, account_id=account_id)

    def hold(self, account_id: str) -> None:
        """Let nobody else remove a factor of this account until the unit of work ends."""
        self._database.execute(_HOLD, of_account=account_id)

    def remove_totp(self, account_id: str) -> bool:
        return self._database.execute(_REMOVE_TOTP, account_id=account_id) == 1

    def remove_codes(self, account_id: str) -> None:
        self._database.execute(_REMOVE_CODES, account_id=account_id)

    def replace_codes(self, account_id: str, hashes: list[str], now: int) -> None:
        self._database.execute(_REMOVE_CODES, account_id=account_id)
        for code_hash in hashes:
            self._database.execute(
                _ADD_CODE, account_id=account_id, code_hash=code_hash, created_at=now, used_at=None
            )

    def consume_code(self, account_id: str, code_hash: str, now: int) -> bool:
        """Spend a recovery code; return False where it is unknown or spent."""
        consumed = self._database.execute(
            _CONSUME_CODE, for_account=account_id, presented_hash=code_hash, now=now
        )
        return consumed == 1

    def count_codes(self, account_id: str) -> int:
        return int(self._database.fetch_one(_COUNT_CODES, account_id=account_id).left)
