"""Printed cards: a secret in a QR, of which a keyed hash is kept, and a PIN. One an account at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    bindparam,
    case,
    exists,
    insert,
    literal,
    null,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.grants import grants

MOST_WRONG_TRIES = 5

badges = db.Table(
    "badges",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    # Who printed it: "official", and which of them for which commune
    Column("issued_by_kind", String(16), nullable=False),
    Column("issued_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("commune", String(5), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    # Of the slip's code, by which whoever has the card chooses its PIN at a terminal; None once there is one
    Column("activation_hash", String(64)),
    Column("activation_expires_at", BigInteger, nullable=False),
    Column("pin_hash", Text),
    Column("pin_set_at", BigInteger),
    Column("wrong_tries", Integer, nullable=False),
    Column("last_used_at", BigInteger),
    Column("last_client_id", String(255)),
    Column("revoked_at", BigInteger),
    # "person", "official" or "closure"; None where another card took its place
    Column("revoked_by_kind", String(16)),
    Column("replaced_by", String(22)),
)
_ROW = badges.c
_IS_CURRENT = _ROW.revoked_at.is_(None)
Index(
    "uq_badges_account_id_current",
    _ROW.account_id,
    unique=True,
    sqlite_where=_IS_CURRENT,
    postgresql_where=_IS_CURRENT,
)
Index("ix_badges_account_id", _ROW.account_id)
Index("ix_badges_issued_by", _ROW.issued_by)
Index("ix_badges_expires_at", _ROW.expires_at)

_INSERT = insert(badges)
_FIND_BY_SECRET = select(badges).where(_ROW.secret_hash == bindparam("presented"))
_FIND = select(badges).where(_ROW.id == bindparam("of_id"))
_FIND_CURRENT = select(badges).where(_ROW.account_id == bindparam("of_account"), _IS_CURRENT)
_FIND_LAST = (
    select(badges)
    .where(_ROW.account_id == bindparam("of_account"))
    .order_by(_ROW.revoked_at.is_not(None), _ROW.created_at.desc(), _ROW.revoked_at.desc())
    .limit(1)
)
_REVOKE = (
    update(badges)
    .where(_ROW.account_id == bindparam("of_account"), _IS_CURRENT)
    .values(
        revoked_at=bindparam("now"),
        revoked_by_kind=bindparam("by_kind"),
        replaced_by=bindparam("by_badge"),
        activation_hash=null(),
        pin_hash=null(),
    )
)
_LIVES = (_ROW.id == bindparam("of_id"), _IS_CURRENT, _ROW.expires_at > bindparam("now"))
_HAS_TRIES = _ROW.wrong_tries < MOST_WRONG_TRIES
_PERSON_IS_OPEN = exists().where(accounts.c.id == _ROW.account_id, *IS_OPEN)
_IS_RIGHT = bindparam("is_right") == 1
# The result of a look counts only where this statement found a try left for it: five guesses sent at once, or
# five hundred, share the same five
_TRY_PIN = (
    update(badges)
    .where(*_LIVES, _HAS_TRIES, _PERSON_IS_OPEN, _ROW.pin_hash == bindparam("seen_hash"))
    .values(
        wrong_tries=case((_IS_RIGHT, 0), else_=_ROW.wrong_tries + 1),
        last_used_at=case((_IS_RIGHT, bindparam("now")), else_=_ROW.last_used_at),
        last_client_id=case((_IS_RIGHT, bindparam("at_client")), else_=_ROW.last_client_id),
    )
    .returning(_ROW.wrong_tries)
)
_IS_TAKEN = bindparam("is_taken") == 1
_TRY_ACTIVATION = (
    update(badges)
    .where(
        *_LIVES,
        _HAS_TRIES,
        _PERSON_IS_OPEN,
        _ROW.pin_hash.is_(None),
        _ROW.activation_hash.is_not(None),
        _ROW.activation_expires_at > bindparam("now"),
    )
    .values(
        # A chosen PIN forgives what came before it, as a right one does
        wrong_tries=case((_IS_TAKEN, 0), (_IS_RIGHT, _ROW.wrong_tries), else_=_ROW.wrong_tries + 1),
        pin_hash=case((_IS_TAKEN, bindparam("new_hash")), else_=_ROW.pin_hash),
        pin_set_at=case((_IS_TAKEN, bindparam("now")), else_=_ROW.pin_set_at),
        activation_hash=case((_IS_TAKEN, null()), else_=_ROW.activation_hash),
        last_used_at=case((_IS_TAKEN, bindparam("now")), else_=_ROW.last_used_at),
        last_client_id=case((_IS_TAKEN, bindparam("at_client")), else_=_ROW.last_client_id),
    )
    .returning(_ROW.wrong_tries)
)
_SET_PIN = (
    update(badges)
    .where(*_LIVES, _HAS_TRIES, _ROW.account_id == bindparam("of_account"))
    .values(
        pin_hash=bindparam("new_hash"), pin_set_at=bindparam("now"), wrong_tries=0, activation_hash=null()
    )
)
# Each method stands between spaces, so that none is found in another's name
_REVOKE_GRANTS = (
    update(grants)
    .where(
        grants.c.account_id == bindparam("of_account"),
        (literal(" ") + grants.c.amr + literal(" ")).like(bindparam("by_method")),
        grants.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"))
)


class BadgeStore:
    """Keeps printed cards; see tnid.badges.service for what they are worth."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        """Store a new card; raises Conflict where another was made at this moment."""
        self._database.execute(
            _INSERT,
            **columns,
            wrong_tries=0,
            **dict.fromkeys(_EMPTY),
        )

    def find(self, badge_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_id=badge_id)

    def find_by_secret(self, secret_hash: str) -> Any:
        """Return the card that holds this secret, in whatever state, or None."""
        return self._database.fetch_one(_FIND_BY_SECRET, presented=secret_hash)

    def find_current(self, account_id: str) -> Any:
        """Return the account's card that is neither revoked nor replaced, or None."""
        return self._database.fetch_one(_FIND_CURRENT, of_account=account_id)

    def find_last(self, account_id: str) -> Any:
        """Return the same, else the one before, else None."""
        return self._database.fetch_one(_FIND_LAST, of_account=account_id)

    def revoke(self, account_id: str, by_kind: str | None, replaced_by: str | None, now: int) -> bool:
        """End the account's card; False where it has none."""
        revoked = self._database.execute(
            _REVOKE, of_account=account_id, by_kind=by_kind, by_badge=replaced_by, now=now
        )
        return revoked == 1

    def try_pin(
        self, badge_id: str, seen_hash: str, client_id: str, *, is_right: bool, now: int
    ) -> int | None:
        """Spend a try on a PIN that was looked at; return the wrong ones since, None where none was left.

        None, too, where the card was revoked or has another PIN by now, or its account is shut.
        """
        tried = self._database.execute_returning(
            _TRY_PIN,
            of_id=badge_id,
            seen_hash=seen_hash,
            at_client=client_id,
            is_right=int(is_right),
            now=now,
        )
        return None if tried is None else int(tried.wrong_tries)

    def try_activation(
        self, badge_id: str, new_hash: str | None, client_id: str, *, is_right: bool, now: int
    ) -> int | None:
        """Spend a try on a slip's code, and take the new PIN with a right one; None where it can't be done.

        A right code without a PIN changes nothing.
        """
        tried = self._database.execute_returning(
            _TRY_ACTIVATION,
            of_id=badge_id,
            new_hash=new_hash,
            at_client=client_id,
            is_right=int(is_right),
            is_taken=int(is_right and new_hash is not None),
            now=now,
        )
        return None if tried is None else int(tried.wrong_tries)

    def set_pin(self, badge_id: str, account_id: str, new_hash: str, now: int) -> bool:
        """Give the account's card another PIN; False where it is over or locked."""
        changed = self._database.execute(
            _SET_PIN, of_id=badge_id, of_account=account_id, new_hash=new_hash, now=now
        )
        return changed == 1

    def revoke_grants(self, account_id: str, method: str, now: int) -> int:
        """End every grant of an account that was signed in to by this method, offline access too."""
        return self._database.execute(
            _REVOKE_GRANTS, of_account=account_id, by_method=f"% {method} %", now=now
        )


_EMPTY = (
    *("pin_hash", "pin_set_at", "last_used_at", "last_client_id"),
    *("revoked_at", "revoked_by_kind", "replaced_by"),
)
