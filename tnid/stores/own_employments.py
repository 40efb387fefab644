"""Employments from their worker's side: offers by number or by code, what is linked, what is known of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, null, or_, update

from tnid.db import Database
from tnid.stores.accounts import accounts
from tnid.stores.employments import EMPLOYER_STANDS, IS_CURRENT, NOT_OVER, WITH_EMPLOYER, employments

_ROW = employments.c
# Whoever is the person of this number now, as far as it was held against a document
_HAS_THE_NUMBER = exists().where(
    accounts.c.id == bindparam("of_account"),
    accounts.c.pin_index == _ROW.number_index,
    accounts.c.identity_level >= 1,
    accounts.c.disabled_at.is_(None),
)
# Declined or not: who finds it again, by its number or with a code, may think better of it
_IS_FREE = (*NOT_OVER, _ROW.account_id.is_(None))

_LIST_FREE = (
    WITH_EMPLOYER.where(*_IS_FREE, *EMPLOYER_STANDS)
    .join(accounts, accounts.c.pin_index == _ROW.number_index)
    .where(
        accounts.c.id == bindparam("of_account"),
        accounts.c.identity_level >= 1,
        accounts.c.disabled_at.is_(None),
    )
    .order_by(_ROW.created_at, _ROW.id)
)
# A code stands for a number that isn't known, and never for another's: many people have one name
_IS_NOBODY_ELSES = or_(
    _ROW.number_index.is_(None),
    exists().where(
        accounts.c.id == bindparam("of_account"),
        or_(accounts.c.pin_index.is_(None), accounts.c.pin_index == _ROW.number_index),
    ),
)
_BY_CODE = and_(
    _ROW.invitation_hash == bindparam("presented"),
    _ROW.invitation_expires_at > bindparam("now"),
    _IS_NOBODY_ELSES,
)
_FIND_INVITED = WITH_EMPLOYER.where(*_IS_FREE, *EMPLOYER_STANDS, _BY_CODE)
_LIST_OF_ACCOUNT = WITH_EMPLOYER.where(_ROW.account_id == bindparam("of_account")).order_by(
    _ROW.linked_at.desc(), _ROW.id
)
_FIND_OF_ACCOUNT = WITH_EMPLOYER.where(
    _ROW.account_id == bindparam("of_account"), _ROW.id == bindparam("of_id")
)
_LIVES = (*NOT_OVER, _ROW.valid_until > bindparam("now"), *EMPLOYER_STANDS)
_LIST_LIVE = WITH_EMPLOYER.where(
    _ROW.account_id == bindparam("of_account"), *_LIVES, _ROW.accepted != ""
).order_by(_ROW.linked_at.desc(), _ROW.id)
_other = employments.alias("other")
_WORKS_THERE_ALREADY = exists().where(
    _other.c.employer_id == _ROW.employer_id,
    _other.c.account_id == bindparam("of_account"),
    _other.c.ended_at.is_(None),
)
_LINK = (
    update(employments)
    .where(
        _ROW.id == bindparam("of_id"),
        _ROW.version == bindparam("seen"),
        *_IS_FREE,
        or_(_HAS_THE_NUMBER, _BY_CODE),
        ~_WORKS_THERE_ALREADY,
    )
    .values(
        account_id=bindparam("of_account"),
        linked_at=bindparam("now"),
        declined_at=null(),
        told_at=bindparam("now"),
        accepted=bindparam("new_accepted"),
        refused=bindparam("new_refused"),
        invitation_hash=null(),
        invitation_expires_at=null(),
        updated_at=bindparam("now"),
        version=_ROW.version + 1,
    )
)
# An employer's system is told when a row changed. What its worker accepts, hides or declines is no change:
# who declines has an account, and nobody is to learn it
_DECIDE = (
    update(employments)
    .where(
        _ROW.id == bindparam("of_id"),
        _ROW.account_id == bindparam("of_account"),
        _ROW.version == bindparam("seen"),
        IS_CURRENT,
    )
    .values(
        accepted=bindparam("new_accepted"),
        refused=bindparam("new_refused"),
        version=_ROW.version + 1,
    )
)
_HIDE = (
    update(employments)
    .where(_ROW.id == bindparam("of_id"), _ROW.account_id == bindparam("of_account"), IS_CURRENT)
    .values(is_hidden=bindparam("new_hidden"), version=_ROW.version + 1)
)
_DECLINE = (
    update(employments)
    .where(
        _ROW.id == bindparam("of_id"),
        *_IS_FREE,
        _ROW.declined_at.is_(None),
        or_(_HAS_THE_NUMBER, _BY_CODE),
    )
    .values(declined_at=bindparam("now"), version=_ROW.version + 1)
)
_UNLINK = (
    update(employments)
    .where(_ROW.id == bindparam("of_id"), _ROW.account_id == bindparam("of_account"), IS_CURRENT)
    .values(
        account_id=null(), linked_at=null(), declined_at=bindparam("now"), accepted="", refused="",
        is_hidden=0, updated_at=bindparam("now"), version=_ROW.version + 1,
    )
)  # fmt: skip
# The employer goes on to say who works there; whose account it was, nobody knows any more
_RELEASE = (
    update(employments)
    .where(_ROW.account_id == bindparam("of_account"), IS_CURRENT)
    .values(
        account_id=null(), linked_at=null(), accepted="", refused="", is_hidden=0,
        updated_at=bindparam("now"), version=_ROW.version + 1,
    )
)  # fmt: skip
_FORGET = delete(employments).where(
    _ROW.id == bindparam("of_id"), _ROW.account_id == bindparam("of_account"), _ROW.ended_at.is_not(None)
)


class OwnEmploymentStore:
    """Keeps what workers decide. What was read and matters stands in the WHERE of what is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_free(self, account_id: str, now: int) -> list[Any]:
        """Return what nobody has linked of the account's number, what was declined too."""
        return self._database.fetch_all(_LIST_FREE, of_account=account_id, now=now)

    def find_invited(self, account_id: str, code_hash: str, now: int) -> Any:
        return self._database.fetch_one(_FIND_INVITED, of_account=account_id, presented=code_hash, now=now)

    def list_of_account(self, account_id: str) -> list[Any]:
        """Return everything that the person linked, what is over too, the latest first."""
        return self._database.fetch_all(_LIST_OF_ACCOUNT, of_account=account_id)

    def find_of_account(self, account_id: str, employment_id: str) -> Any:
        return self._database.fetch_one(_FIND_OF_ACCOUNT, of_account=account_id, of_id=employment_id)

    def list_live(self, account_id: str, now: int) -> list[Any]:
        """Return what may be known of the person's work at this moment, the latest linked first."""
        return self._database.fetch_all(_LIST_LIVE, of_account=account_id, now=now)

    def link(self, account_id: str, employment_id: str, seen: int, code_hash: str, **new: Any) -> bool:
        """Make it the account's; False where it is offered to somebody else, or no more as it was seen."""
        found = {"of_account": account_id, "of_id": employment_id, "seen": seen, "presented": code_hash}
        return self._database.execute(_LINK, **found, **new) == 1

    def decide(self, account_id: str, employment_id: str, seen: int, **new: Any) -> bool:
        found = {"of_account": account_id, "of_id": employment_id, "seen": seen}
        return self._database.execute(_DECIDE, **found, **new) == 1

    def set_hidden(self, account_id: str, employment_id: str, *, is_hidden: bool) -> bool:
        found = {"of_account": account_id, "of_id": employment_id}
        return self._database.execute(_HIDE, **found, new_hidden=int(is_hidden)) == 1

    def decline(self, account_id: str, employment_id: str, code_hash: str, now: int) -> bool:
        found = {"of_account": account_id, "of_id": employment_id, "presented": code_hash}
        return self._database.execute(_DECLINE, **found, now=now) == 1

    def unlink(self, account_id: str, employment_id: str, now: int) -> bool:
        return self._database.execute(_UNLINK, of_account=account_id, of_id=employment_id, now=now) == 1

    def release(self, account_id: str, now: int) -> int:
        """Unlink all that goes on, and leave it to be found again; return how many."""
        return self._database.execute(_RELEASE, of_account=account_id, now=now)

    def forget(self, account_id: str, employment_id: str) -> bool:
        """Remove what the worker kept of work that is over."""
        return self._database.execute(_FORGET, of_account=account_id, of_id=employment_id) == 1
