"""Passkeys: the public half of each, found by its credential id, which is unique over all accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    and_,
    bindparam,
    delete,
    or_,
    select,
    text,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import accounts

passkeys = db.Table(
    "passkeys",
    Column("id", String(22), primary_key=True),
    Column(
        "account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    # Whether it may ever be synced never changes; whether it is, may
    Column("backup_eligible", Integer, nullable=False),
    Column("backed_up", Integer, nullable=False),
    Column("transports", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
)

_INSERT = text(
    "INSERT INTO passkeys (id, account_id, credential_id, public_key, sign_count, backup_eligible, backed_up,"
    " transports, name, created_at, last_used_at)"
    " VALUES (:id, :account_id, :credential_id, :public_key, :sign_count, :backup_eligible, :backed_up,"
    " :transports, :name, :created_at, NULL) ON CONFLICT DO NOTHING"
)
# Whose it is, and whether that account opens
_FIND = (
    select(passkeys, accounts.c.disabled_at)
    .join(accounts, accounts.c.id == passkeys.c.account_id)
    .where(passkeys.c.credential_id == bindparam("credential_id"))
)
_LIST = (
    select(passkeys)
    .where(passkeys.c.account_id == bindparam("account_id"))
    .order_by(passkeys.c.created_at, passkeys.c.id)
)
# WebAuthn §7.2 step 22: a counter only rises, or the authenticator has none
_USE = (
    update(passkeys)
    .where(
        passkeys.c.id == bindparam("of_id"),
        or_(
            passkeys.c.sign_count < bindparam("new_count"),
            and_(passkeys.c.sign_count == 0, bindparam("new_count") == 0),
        ),
    )
    .values(
        sign_count=bindparam("new_count"),
        backed_up=bindparam("new_backed_up"),
        last_used_at=bindparam("now"),
    )
)
_OWN = (passkeys.c.id == bindparam("of_id"), passkeys.c.account_id == bindparam("of_account"))
_RENAME = update(passkeys).where(*_OWN).values(name=bindparam("new_name"))
_REMOVE = delete(passkeys).where(*_OWN)


class PasskeyStore:
    """Keeps passkeys; what is in them was verified before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, **columns: Any) -> bool:
        """Add a passkey; return False where its credential id is somebody's already."""
        return self._database.execute(_INSERT, **columns) == 1

    def find_by_credential_id(self, credential_id: bytes) -> Any:
        """Return the passkey with its account's disabled_at, or None."""
        return self._database.fetch_one(_FIND, credential_id=credential_id)

    def list_by_account(self, account_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST, account_id=account_id)

    def use(self, passkey_id: str, sign_count: int, backed_up: bool, now: int) -> bool:
        """Note a use; return False where the counter has not risen, as of a copied key."""
        used = self._database.execute(
            _USE,
            of_id=passkey_id,
            new_count=sign_count,
            new_backed_up=int(backed_up),
            now=now,
        )
        return used == 1

    def rename(self, account_id: str, passkey_id: str, name: str) -> bool:
        renamed = self._database.execute(_RENAME, of_id=passkey_id, of_account=account_id, new_name=name)
        return renamed == 1

    def remove(self, account_id: str, passkey_id: str) -> bool:
        return self._database.execute(_REMOVE, of_id=passkey_id, of_account=account_id) == 1
