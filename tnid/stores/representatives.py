"""Who represents an organisation: invited by a code, or named by an operator. What ended stays, as history.

Each statement that reads or writes in somebody's name says in its WHERE that they still represent the
organisation: whoever is removed sees and does nothing from that moment on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, cast, delete, exists, insert, or_, select, update

from tnid.db import Database
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.employers import IN_FORCE, MANAGER, employers, is_managed_by, representatives

_ROW, _EMPLOYER = representatives.c, employers.c
_HERE = _ROW.employer_id == bindparam("employer_id")
_THIS = (_ROW.id == bindparam("of_id"), _HERE)
_STANDS = _ROW.revoked_at.is_(None)
_BY_MANAGER = is_managed_by(_ROW.employer_id, bindparam("by"))
# Whoever invited may be no manager any more: then nobody did
_IS_OFFERED = (
    _ROW.accepted_at.is_(None),
    _STANDS,
    _ROW.invitation_expires_at > bindparam("now"),
    is_managed_by(_ROW.employer_id, _ROW.invited_by),
)
_IS_OPEN_OFFER = and_(_ROW.accepted_at.is_(None), _ROW.invitation_expires_at > bindparam("now"))
_WITH_EMPLOYER = select(_ROW.id.label("representative_id"), _ROW.role, _ROW.accepted_at, *employers.c).join(
    employers, _EMPLOYER.id == _ROW.employer_id
)
_of_account = _ROW.account_id == bindparam("of_account")

_FIND_STANDING = _WITH_EMPLOYER.where(_HERE, _of_account, *IN_FORCE, _EMPLOYER.approved_at.is_not(None))
_LIST_OF_ACCOUNT = _WITH_EMPLOYER.where(_of_account, *IN_FORCE, _EMPLOYER.approved_at.is_not(None)).order_by(
    _EMPLOYER.name, _EMPLOYER.id
)
_LIST_OF_EMPLOYER = (
    select(representatives)
    .where(_HERE, _STANDS, or_(_ROW.accepted_at.is_not(None), _IS_OPEN_OFFER))
    .order_by(_ROW.granted_at, _ROW.id)
)
_INSERT = insert(representatives)
_COLUMNS = (
    *("id", "employer_id", "account_id", "role", "invited_by", "invitation_hash"),
    *("invitation_expires_at", "granted_at", "accepted_at", "revoked_at"),
)
_INVITE = insert(representatives).from_select(
    _COLUMNS,
    select(*(cast(bindparam(name), _ROW[name].type) for name in _COLUMNS)).where(
        is_managed_by(bindparam("employer_id", type_=_ROW.employer_id.type), bindparam("invited_by"))
    ),
)
_FIND_OFFER = _WITH_EMPLOYER.add_columns(_ROW.invited_by).where(
    _ROW.invitation_hash == bindparam("presented"), *_IS_OFFERED
)
_others = representatives.alias("others")
_IS_NONE_YET = ~exists().where(
    _others.c.employer_id == _ROW.employer_id,
    _others.c.account_id == bindparam("of_account"),
    _others.c.revoked_at.is_(None),
)
_ACCEPT = (
    update(representatives)
    .where(_ROW.invitation_hash == bindparam("presented"), *_IS_OFFERED, _IS_NONE_YET)
    .values(account_id=bindparam("of_account"), accepted_at=bindparam("now"), invitation_hash=None)
    .returning(*representatives.c)
)
# An organisation keeps somebody who manages it and whose account is open
_HAS_ANOTHER_MANAGER = exists().where(
    _others.c.employer_id == _ROW.employer_id,
    _others.c.id != _ROW.id,
    _others.c.role == MANAGER,
    _others.c.accepted_at.is_not(None),
    _others.c.revoked_at.is_(None),
    accounts.c.id == _others.c.account_id,
    *IS_OPEN,
)
_IS_DISPENSABLE = or_(_ROW.role != MANAGER, _ROW.accepted_at.is_(None), _HAS_ANOTHER_MANAGER)
_CHANGE_ROLE = update(representatives).where(*_THIS, *IN_FORCE, _BY_MANAGER).returning(*representatives.c)
_PROMOTE = _CHANGE_ROLE.values(role=MANAGER)
_DEMOTE = _CHANGE_ROLE.where(_IS_DISPENSABLE).values(role=bindparam("role_now"))
_REVOKE = update(representatives).values(revoked_at=bindparam("now"), invitation_hash=None)
_REMOVE = _REVOKE.where(*_THIS, _STANDS, _BY_MANAGER, _IS_DISPENSABLE).returning(*representatives.c)
_REMOVE_BY_OPERATOR = _REVOKE.where(_HERE, _of_account, *IN_FORCE).returning(*representatives.c)
_FORGET = delete(representatives).where(
    _HERE, _ROW.accepted_at.is_(None), _ROW.invitation_expires_at <= bindparam("now")
)
_LIST_MANAGERS = select(_ROW.account_id).where(_HERE, *IN_FORCE, _ROW.role == MANAGER)


class RepresentativeStore:
    """Keeps representatives; an account represents an organisation once at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        """Store somebody who represents from now on; raises Conflict where they do already."""
        self._database.execute(
            _INSERT, invited_by=None, invitation_hash=None, invitation_expires_at=None, revoked_at=None,
            **columns,
        )  # fmt: skip

    def find_standing(self, employer_id: str, account_id: str) -> Any:
        """Return the employer's row with `representative_id` and `role`, None for who has no part in it."""
        return self._database.fetch_one(_FIND_STANDING, employer_id=employer_id, of_account=account_id)

    def list_of_account(self, account_id: str) -> list[Any]:
        """Return the employers that this account represents, as `find_standing` does."""
        return self._database.fetch_all(_LIST_OF_ACCOUNT, of_account=account_id)

    def list_of_employer(self, employer_id: str, now: int) -> list[Any]:
        """Return who represents it and which invitations are open, the oldest first."""
        return self._database.fetch_all(_LIST_OF_EMPLOYER, employer_id=employer_id, now=now)

    def list_managers(self, employer_id: str) -> list[str]:
        return [row.account_id for row in self._database.fetch_all(_LIST_MANAGERS, employer_id=employer_id)]

    def invite(self, **columns: Any) -> bool:
        """Store an invitation; False where `invited_by` doesn't manage the organisation."""
        return (
            self._database.execute(_INVITE, account_id=None, accepted_at=None, revoked_at=None, **columns)
            == 1
        )

    def forget_expired(self, employer_id: str, now: int) -> None:
        """Remove invitations that nobody took up in time."""
        self._database.execute(_FORGET, employer_id=employer_id, now=now)

    def find_offer(self, invitation_hash: str, now: int) -> Any:
        """Return what is offered under a code, with its employer's row and `invited_by`, or None."""
        return self._database.fetch_one(_FIND_OFFER, presented=invitation_hash, now=now)

    def accept(self, invitation_hash: str, account_id: str, now: int) -> Any:
        """Take an invitation up, in one statement; return the row, None where it was too late."""
        return self._database.execute_returning(
            _ACCEPT, presented=invitation_hash, of_account=account_id, now=now
        )

    def change_role(self, representative_id: str, employer_id: str, role: str, by: str) -> Any:
        """Change a role; return the row, None where `by` may not, or nobody would manage it any more."""
        asked = {"of_id": representative_id, "employer_id": employer_id, "by": by}
        if role == MANAGER:
            return self._database.execute_returning(_PROMOTE, **asked)
        return self._database.execute_returning(_DEMOTE, role_now=role, **asked)

    def remove(self, representative_id: str, employer_id: str, by: str, now: int) -> Any:
        """End somebody's role or an invitation; return the row, None as for `change_role`."""
        return self._database.execute_returning(
            _REMOVE, of_id=representative_id, employer_id=employer_id, by=by, now=now
        )

    def remove_by_operator(self, employer_id: str, account_id: str, now: int) -> Any:
        """End somebody's role, the last manager's too; return the row, or None."""
        return self._database.execute_returning(
            _REMOVE_BY_OPERATOR, employer_id=employer_id, of_account=account_id, now=now
        )
