"""Accounts: one row a person. Personal data is sealed; what must be found again has a keyed blind index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    bindparam,
    delete,
    exists,
    null,
    select,
    text,
    update,
)

from tnid.db import Database, db

accounts = db.Table(
    "accounts",
    Column("id", String(22), primary_key=True),
    Column("username", String(64), nullable=False),
    Column("username_key", String(192), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("password_changed_at", BigInteger, nullable=False),
    # Set while the password is too short to stand alone: there must be a second factor beside it.
    Column("factor_required_at", BigInteger),
    Column("profile_sealed", LargeBinary, nullable=False),
    Column("phone_index", String(64), index=True),
    Column("email_index", String(64), index=True),
    Column("pin_sealed", LargeBinary),
    Column("pin_index", String(64)),
    # The kind of document that the number is of; none said means the identity card
    Column("pin_kind", String(32)),
    Column("identity_level", Integer, nullable=False),
    Column("locale", String(8), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    # Its owner shut it in an emergency: a new password by way of recovery opens it again
    Column("shut_by_owner_at", BigInteger),
    # The session that did so, which alone lives on, on our own pages
    Column("shut_by_owner_sid", String(43)),
    # Its owner wants it erased; until then signing in leads to where that is cancelled
    Column("deletion_due_at", BigInteger),
    # Under 16, and nobody agreed yet: until that birthday no application is answered
    Column("guardian_awaited_until", BigInteger),
    # Made up, for developers to sign in as at their sandbox: nobody who lives
    Column("is_sandbox", Integer, nullable=False, server_default="0"),
)
# The number can change hands on paper, never between two people who are active at once.
Index(
    "uq_accounts_pin_index_active",
    accounts.c.pin_index,
    unique=True,
    sqlite_where=accounts.c.disabled_at.is_(None),
    postgresql_where=accounts.c.disabled_at.is_(None),
)

Index(
    "ix_accounts_deletion_due_at",
    accounts.c.deletion_due_at,
    sqlite_where=accounts.c.deletion_due_at.is_not(None),
    postgresql_where=accounts.c.deletion_due_at.is_not(None),
)

# What every statement that serves an application asks of the account
IS_OPEN = (
    accounts.c.disabled_at.is_(None),
    accounts.c.shut_by_owner_at.is_(None),
    accounts.c.deletion_due_at.is_(None),
)
# What joins nobody made up with what is live, and nobody who lives with a sandbox
OF_ITS_WORLD = exists().where(
    accounts.c.id == bindparam("account_id"), accounts.c.is_sandbox == bindparam("is_sandbox")
)
NOT_SHUT = (accounts.c.disabled_at.is_(None), accounts.c.shut_by_owner_at.is_(None))

_INSERT = text(
    "INSERT INTO accounts (id, username, username_key, password_hash, password_changed_at,"
    " factor_required_at, profile_sealed, phone_index, email_index, pin_sealed, pin_index, identity_level,"
    " locale, created_at, updated_at, disabled_at)"
    " VALUES (:id, :username, :username_key, :password_hash, :password_changed_at,"
    " :factor_required_at, :profile_sealed, :phone_index, :email_index, :pin_sealed, :pin_index,"
    " :identity_level, :locale, :created_at, :updated_at, NULL) ON CONFLICT DO NOTHING"
)
_BY_ID = select(accounts).where(accounts.c.id == bindparam("account_id"))
# Whoever is looked for lives: those who are made up have a look-up of their own (tnid.stores.made_up)
_LIVES = accounts.c.is_sandbox == 0
_BY_USERNAME = select(accounts).where(accounts.c.username_key == bindparam("username_key"), _LIVES)
_BY_PHONE = select(accounts).where(
    accounts.c.phone_index == bindparam("phone_index"), accounts.c.disabled_at.is_(None), _LIVES
)
_BY_EMAIL = select(accounts).where(
    accounts.c.email_index == bindparam("email_index"), accounts.c.disabled_at.is_(None), _LIVES
)
_BY_PIN = select(accounts.c.id).where(
    accounts.c.pin_index == bindparam("pin_index"), accounts.c.disabled_at.is_(None), _LIVES
)
# What was read stands in the WHERE: of two that change one profile, neither takes the other's change back
_PROFILE = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.profile_sealed == bindparam("was"))
    .values(
        profile_sealed=bindparam("new_profile"),
        phone_index=bindparam("new_phone_index"),
        email_index=bindparam("new_email_index"),
        updated_at=bindparam("now"),
    )
)
_REPLACE_PROFILE = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.profile_sealed == bindparam("was"))
    .values(profile_sealed=bindparam("new_profile"), updated_at=bindparam("now"))
)
_PASSWORD = (
    update(accounts)
    .where(
        accounts.c.id == bindparam("account_id"),
        # The one who proved the old password is the one whose change counts.
        accounts.c.password_hash == bindparam("old_hash"),
    )
    .values(
        password_hash=bindparam("new_hash"),
        password_changed_at=bindparam("now"),
        factor_required_at=bindparam("required_at"),
    )
)
_REQUIRE_FACTOR = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.factor_required_at.is_(None))
    .values(factor_required_at=bindparam("now"))
)
_RECOVER_PASSWORD = (
    update(accounts)
    .where(
        accounts.c.id == bindparam("account_id"),
        accounts.c.password_hash == bindparam("old_hash"),
        accounts.c.disabled_at.is_(None),
    )
    .values(
        password_hash=bindparam("new_hash"),
        password_changed_at=bindparam("now"),
        factor_required_at=bindparam("required_at"),
    )
)
_HOLD_PASSWORD = (
    select(accounts.c.id)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.password_hash == bindparam("old_hash"))
    .where(*NOT_SHUT)
    .with_for_update(key_share=True)
)
_REHASH = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.password_hash == bindparam("old_hash"))
    .values(password_hash=bindparam("new_hash"))
)
_LOCALE = (
    update(accounts).where(accounts.c.id == bindparam("account_id")).values(locale=bindparam("new_locale"))
)
_DISABLE = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"))
)
_ENABLE = (
    update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.disabled_at.is_not(None))
    .values(disabled_at=null())
)
_other = accounts.alias("other")
_LEVEL = (
    update(accounts)
    .where(
        accounts.c.id == bindparam("account_id"),
        accounts.c.disabled_at.is_(None),
        # A level is never lowered by what came later
        accounts.c.identity_level <= bindparam("new_level"),
    )
    .values(identity_level=bindparam("new_level"))
)
_LEVEL_AND_NUMBER = _LEVEL.where(
    ~exists(
        select(_other.c.id).where(
            _other.c.pin_index == bindparam("new_index"),
            _other.c.disabled_at.is_(None),
            _other.c.id != bindparam("account_id"),
        )
    )
).values(pin_sealed=bindparam("new_number"), pin_index=bindparam("new_index"), pin_kind=bindparam("new_kind"))
_AWAIT_GUARDIAN = text(
    "UPDATE accounts SET guardian_awaited_until = :until WHERE id = :account_id AND NOT EXISTS"
    " (SELECT 1 FROM guardianships WHERE child_id = :account_id AND agreed_at IS NOT NULL"
    " AND ended_at IS NULL AND expires_at >= :until)"
)
_AWAIT_NO_GUARDIAN = (
    update(accounts).where(accounts.c.id == bindparam("account_id")).values(guardian_awaited_until=null())
)
_DELETE = delete(accounts).where(accounts.c.id == bindparam("account_id"))


class AccountStore:
    """Keeps accounts; knows nothing of sealing, passwords or sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, **columns: Any) -> bool:
        """Add an account; return False where its username or its identification number is taken."""
        return self._database.execute(_INSERT, **columns) == 1

    def find(self, account_id: str) -> Any:
        return self._database.fetch_one(_BY_ID, account_id=account_id)

    def find_by_username_key(self, username_key: str) -> Any:
        return self._database.fetch_one(_BY_USERNAME, username_key=username_key)

    def list_by_phone(self, phone_index: str) -> list[Any]:
        """Return the active accounts with this phone: a family may share one."""
        return self._database.fetch_all(_BY_PHONE, phone_index=phone_index)

    def list_by_email(self, email_index: str) -> list[Any]:
        return self._database.fetch_all(_BY_EMAIL, email_index=email_index)

    def find_id_by_pin(self, pin_index: str) -> str | None:
        """Return the active account that has this number, or None."""
        row = self._database.fetch_one(_BY_PIN, pin_index=pin_index)
        return None if row is None else str(row.id)

    def is_pin_taken(self, pin_index: str) -> bool:
        return self.find_id_by_pin(pin_index) is not None

    def raise_level(self, account_id: str, level: int) -> bool:
        """Set the identity level; False where the account is disabled, or has a higher one."""
        return self._database.execute(_LEVEL, account_id=account_id, new_level=level) == 1

    def raise_level_with_number(
        self, account_id: str, level: int, kind: str, sealed: bytes, pin_index: str
    ) -> bool:
        """Set the identity level and the document's number; False also where another active account has it.

        Raises Conflict where another one takes it at the same moment.
        """
        changed = self._database.execute(
            _LEVEL_AND_NUMBER,
            account_id=account_id,
            new_level=level,
            new_kind=kind,
            new_number=sealed,
            new_index=pin_index,
        )
        return changed == 1

    def set_profile(
        self,
        account_id: str,
        was: bytes,
        sealed: bytes,
        phone_index: str | None,
        email_index: str | None,
        now: int,
    ) -> bool:
        """Store a profile; False where it is no longer what it was."""
        changed = self._database.execute(
            _PROFILE,
            account_id=account_id,
            was=was,
            new_profile=sealed,
            new_phone_index=phone_index,
            new_email_index=email_index,
            now=now,
        )
        return changed == 1

    def replace_profile(self, account_id: str, was: bytes, sealed: bytes, now: int) -> bool:
        """Store a profile with the same contacts; False where it is no longer what it was."""
        replaced = self._database.execute(
            _REPLACE_PROFILE, account_id=account_id, was=was, new_profile=sealed, now=now
        )
        return replaced == 1

    def set_password(
        self, account_id: str, old_hash: str, new_hash: str, required_at: int | None, now: int
    ) -> bool:
        """Replace the password hash; return False where it changed since it was proved."""
        changed = self._database.execute(
            _PASSWORD,
            account_id=account_id,
            old_hash=old_hash,
            new_hash=new_hash,
            required_at=required_at,
            now=now,
        )
        return changed == 1

    def recover_password(
        self, account_id: str, old_hash: str, new_hash: str, required_at: int | None, now: int
    ) -> bool:
        """Set a password without the old one; False where it changed meanwhile or the account is shut."""
        changed = self._database.execute(
            _RECOVER_PASSWORD,
            account_id=account_id,
            old_hash=old_hash,
            new_hash=new_hash,
            required_at=required_at,
            now=now,
        )
        return changed == 1

    def require_factor(self, account_id: str, now: int) -> None:
        """Have the next sign-in set up a second factor before anything else."""
        self._database.execute(_REQUIRE_FACTOR, account_id=account_id, now=now)

    def hold_password(self, account_id: str, old_hash: str) -> bool:
        """Say whether it still opens the account, which stays so until the unit of work ends."""
        found = self._database.execute_returning(_HOLD_PASSWORD, account_id=account_id, old_hash=old_hash)
        return found is not None

    def rehash_password(self, account_id: str, old_hash: str, new_hash: str) -> None:
        """Store the same password under newer costs."""
        self._database.execute(_REHASH, account_id=account_id, old_hash=old_hash, new_hash=new_hash)

    def set_locale(self, account_id: str, locale: str) -> None:
        self._database.execute(_LOCALE, account_id=account_id, new_locale=locale)

    def disable(self, account_id: str, now: int) -> bool:
        return self._database.execute(_DISABLE, account_id=account_id, now=now) == 1

    def enable(self, account_id: str) -> bool:
        """Let a disabled account in again; raises Conflict where its number belongs to another by now."""
        return self._database.execute(_ENABLE, account_id=account_id) == 1

    def set_guardian_awaited(self, account_id: str, until: int | None) -> None:
        """Have an account wait for a guardian until then, unless one agreed; or, with None, no more."""
        if until is None:
            self._database.execute(_AWAIT_NO_GUARDIAN, account_id=account_id)
        else:
            self._database.execute(_AWAIT_GUARDIAN, account_id=account_id, until=until)

    def delete(self, account_id: str) -> bool:
        return self._database.execute(_DELETE, account_id=account_id) == 1
