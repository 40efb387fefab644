"""Who works for the province: officials of a commune, operators. A role that ended stays, as history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Exists,
    ForeignKey,
    Index,
    String,
    bindparam,
    exists,
    insert,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import accounts

roles = db.Table(
    "roles",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("role", String(16), nullable=False),
    # One of tnid.wards; "" for operators
    Column("commune", String(5), nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
Index(
    "uq_roles_account_id_role_active",
    roles.c.account_id,
    roles.c.role,
    unique=True,
    sqlite_where=roles.c.revoked_at.is_(None),
    postgresql_where=roles.c.revoked_at.is_(None),
)
Index("ix_roles_account_id", roles.c.account_id)

_INSERT = insert(roles)
_ACTIVE = (roles.c.account_id == bindparam("of_account"), roles.c.revoked_at.is_(None))
_FIND = select(roles).where(*_ACTIVE, roles.c.role == bindparam("of_role"))
_LIST_OF_ACCOUNT = select(roles).where(*_ACTIVE).order_by(roles.c.role)
_LIST_EVER = (
    select(roles)
    .where(roles.c.account_id == bindparam("of_account"))
    .order_by(roles.c.granted_at, roles.c.role)
)
_LIST = (
    select(roles, accounts.c.username)
    .join(accounts, accounts.c.id == roles.c.account_id)
    .where(roles.c.role == bindparam("of_role"), roles.c.revoked_at.is_(None))
    .order_by(roles.c.commune, accounts.c.username)
)
_TOUCH = update(roles).where(roles.c.id == bindparam("of_id")).values(used_at=bindparam("now"))
_REVOKE = (
    update(roles).where(*_ACTIVE, roles.c.role == bindparam("of_role")).values(revoked_at=bindparam("now"))
)


# By another name than the account of whoever is served
_holders = accounts.alias("holders")


def is_official_of(official_id: Any, commune: Any) -> Exists:
    """Say in a statement that somebody is an official of a commune: what they began ends with their role."""
    return exists().where(
        roles.c.account_id == official_id,
        roles.c.commune == commune,
        roles.c.revoked_at.is_(None),
        _holders.c.id == roles.c.account_id,
        _holders.c.disabled_at.is_(None),
    )


def works_for_others(account_id: Any) -> Exists:
    """Say in a statement that somebody has a role: with their account would go the desk, so that no
    time takes the place of a second official's word."""
    return exists().where(roles.c.account_id == account_id, roles.c.revoked_at.is_(None))


class RoleStore:
    """Keeps roles; an account has each role once at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        """Add a role; raises Conflict where the account has it."""
        self._database.execute(_INSERT, **columns, revoked_at=None)

    def find(self, account_id: str, role: str) -> Any:
        """Return the role that was not revoked, or None."""
        return self._database.fetch_one(_FIND, of_account=account_id, of_role=role)

    def list_active(self, role: str) -> list[Any]:
        """Return every role of the kind that was not revoked, with its account's username."""
        return self._database.fetch_all(_LIST, of_role=role)

    def list_of_account(self, account_id: str) -> list[Any]:
        """Return every role of somebody that was not revoked."""
        return self._database.fetch_all(_LIST_OF_ACCOUNT, of_account=account_id)

    def list_ever(self, account_id: str) -> list[Any]:
        """Return every role that somebody has or had, the oldest first."""
        return self._database.fetch_all(_LIST_EVER, of_account=account_id)

    def touch(self, role_id: str, now: int) -> None:
        self._database.execute(_TOUCH, of_id=role_id, now=now)

    def revoke(self, account_id: str, role: str, now: int) -> bool:
        return self._database.execute(_REVOKE, of_account=account_id, of_role=role, now=now) == 1
