"""Accounts of people who are made up: added and found by statements that know nobody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, text, update

from tnid.db import Database
from tnid.stores.accounts import accounts

# In no username that anybody can choose, so that no name is taken from people who live
PREFIX = "sandbox:"

_INSERT = text(
    "INSERT INTO accounts (id, username, username_key, password_hash, password_changed_at, profile_sealed,"
    " identity_level, locale, created_at, updated_at, disabled_at, guardian_awaited_until, is_sandbox)"
    " VALUES (:id, :username, :username_key, '', :now, :profile_sealed,"
    " :identity_level, :locale, :now, :now, :disabled_at, :guardian_awaited_until, 1) ON CONFLICT DO NOTHING"
)
_FIND = select(accounts).where(
    accounts.c.username_key == bindparam("username_key"), accounts.c.is_sandbox == 1
)
_REPLACE = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.is_sandbox == 1)
    .values(
        profile_sealed=bindparam("new_profile"),
        identity_level=bindparam("new_level"),
        guardian_awaited_until=bindparam("awaited_until"),
        updated_at=bindparam("now"),
    )
)


class MadeUpStore:
    """Keeps them in the table of accounts, where all that knows people finds them by their id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Add an account without password and contacts to be found by; False where the username is taken."""
        username = columns["username"]
        return self._database.execute(_INSERT, username_key=f"{PREFIX}{username}", **columns) == 1

    def find(self, username: str) -> Any:
        return self._database.fetch_one(_FIND, username_key=f"{PREFIX}{username}")

    def replace(
        self, account_id: str, sealed: bytes, level: int, awaited_until: int | None, now: int
    ) -> None:
        """Make somebody what they are to be now."""
        self._database.execute(
            _REPLACE,
            account_id=account_id,
            new_profile=sealed,
            new_level=level,
            awaited_until=awaited_until,
            now=now,
        )
