"""Who belongs to a team: invited by a code, or named by an operator. What ended stays, as history.

Each statement that writes in somebody's name says in its WHERE that they still own the team: whoever is
removed does nothing from that moment on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, cast, delete, exists, insert, or_, select, update

from tnid.db import Database
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.teams import IN_FORCE, OWNER, is_owned_by, members, teams

_ROW, _TEAM = members.c, teams.c
_HERE = _ROW.team_id == bindparam("of_team")
_THIS = (_ROW.id == bindparam("of_id"), _HERE)
_STANDS = _ROW.revoked_at.is_(None)
_BY_OWNER = is_owned_by(_ROW.team_id, bindparam("by"))
_IS_OPEN_OFFER = and_(_ROW.accepted_at.is_(None), _ROW.invitation_expires_at > bindparam("now"))
# Whoever invited may own the team no more: then nobody did
_IS_OFFERED = (_STANDS, _IS_OPEN_OFFER, is_owned_by(_ROW.team_id, _ROW.invited_by))
_of_account = _ROW.account_id == bindparam("of_account")

_LIST_OF_TEAM = (
    select(members)
    .where(_HERE, _STANDS, or_(_ROW.accepted_at.is_not(None), _IS_OPEN_OFFER))
    .order_by(_ROW.granted_at, _ROW.id)
)
_COLUMNS = (
    *("id", "team_id", "account_id", "role", "invited_by", "invitation_hash"),
    *("invitation_expires_at", "granted_at", "accepted_at", "revoked_at"),
)
_ADD = insert(members)
_INVITE = insert(members).from_select(
    _COLUMNS,
    select(*(cast(bindparam(name), _ROW[name].type) for name in _COLUMNS)).where(
        is_owned_by(bindparam("team_id", type_=_ROW.team_id.type), bindparam("invited_by"))
    ),
)
_FIND_OFFER = (
    select(*teams.c, _ROW.role, _ROW.invited_by)
    .join(members, _ROW.team_id == _TEAM.id)
    .where(_ROW.invitation_hash == bindparam("presented"), *_IS_OFFERED)
)
_others = members.alias("others")
_IS_NONE_YET = ~exists().where(
    _others.c.team_id == _ROW.team_id,
    _others.c.account_id == bindparam("of_account"),
    _others.c.revoked_at.is_(None),
)
_ACCEPT = (
    update(members)
    .where(_ROW.invitation_hash == bindparam("presented"), *_IS_OFFERED, _IS_NONE_YET)
    .values(account_id=bindparam("of_account"), accepted_at=bindparam("now"), invitation_hash=None)
    .returning(*members.c)
)
# A team keeps somebody who owns it and whose account is open
_HAS_ANOTHER_OWNER = exists().where(
    _others.c.team_id == _ROW.team_id,
    _others.c.id != _ROW.id,
    _others.c.role == OWNER,
    _others.c.accepted_at.is_not(None),
    _others.c.revoked_at.is_(None),
    accounts.c.id == _others.c.account_id,
    *IS_OPEN,
)
_IS_DISPENSABLE = or_(_ROW.role != OWNER, _ROW.accepted_at.is_(None), _HAS_ANOTHER_OWNER)
_IS_OWN = _ROW.account_id == bindparam("by")
_CHANGE_ROLE = update(members).where(*_THIS, *IN_FORCE, _BY_OWNER).returning(*members.c)
# Nobody is made an owner whose account is shut: they might be the only one later
_PROMOTE = _CHANGE_ROLE.where(exists().where(accounts.c.id == _ROW.account_id, *IS_OPEN)).values(role=OWNER)
_DEMOTE = _CHANGE_ROLE.where(_IS_DISPENSABLE).values(role=bindparam("role_now"))
_REVOKE = update(members).values(revoked_at=bindparam("now"), invitation_hash=None)
_REMOVE = _REVOKE.where(*_THIS, _STANDS, _BY_OWNER, _IS_DISPENSABLE).returning(*members.c)
_LEAVE = _REVOKE.where(_HERE, _IS_OWN, *IN_FORCE, _IS_DISPENSABLE).returning(*members.c)
_REMOVE_BY_OPERATOR = _REVOKE.where(_HERE, _of_account, *IN_FORCE).returning(*members.c)
_SET_ROLE_BY_OPERATOR = (
    update(members)
    .where(_HERE, _of_account, *IN_FORCE)
    .values(role=bindparam("role_now"))
    .returning(*members.c)
)
_FORGET = delete(members).where(
    _HERE, _ROW.accepted_at.is_(None), _ROW.invitation_expires_at <= bindparam("now")
)
# Those whose account is open, owners first, then whoever came first
_LIST_OPEN = (
    select(_ROW.account_id, _ROW.role)
    .join(accounts, accounts.c.id == _ROW.account_id)
    .where(_HERE, *IN_FORCE, *IS_OPEN)
    .order_by(_ROW.granted_at, _ROW.id)
)


class MemberStore:
    """Keeps members; an account belongs to a team once at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        """Store somebody who belongs to it from now on; raises Conflict where they do already."""
        self._database.execute(
            _ADD, invited_by=None, invitation_hash=None, invitation_expires_at=None, revoked_at=None,
            **columns,
        )  # fmt: skip

    def list_of_team(self, team_id: str, now: int) -> list[Any]:
        """Return who belongs to it and which invitations are open, the oldest first."""
        return self._database.fetch_all(_LIST_OF_TEAM, of_team=team_id, now=now)

    def list_open(self, team_id: str) -> list[Any]:
        """Return account_id and role of those whose account is open, the oldest first."""
        return self._database.fetch_all(_LIST_OPEN, of_team=team_id)

    def invite(self, **columns: Any) -> bool:
        """Store an invitation; False where `invited_by` doesn't own the team."""
        made = self._database.execute(_INVITE, account_id=None, accepted_at=None, revoked_at=None, **columns)
        return made == 1

    def forget_expired(self, team_id: str, now: int) -> None:
        """Remove invitations that nobody took up in time."""
        self._database.execute(_FORGET, of_team=team_id, now=now)

    def find_offer(self, invitation_hash: str, now: int) -> Any:
        """Return what is offered under a code: its team's row with `role` and `invited_by`, or None."""
        return self._database.fetch_one(_FIND_OFFER, presented=invitation_hash, now=now)

    def accept(self, invitation_hash: str, account_id: str, now: int) -> Any:
        """Take an invitation up, in one statement; return the row, None where it was too late."""
        return self._database.execute_returning(
            _ACCEPT, presented=invitation_hash, of_account=account_id, now=now
        )

    def change_role(self, member_id: str, team_id: str, role: str, by: str) -> Any:
        """Change a role; return the row, None where `by` may not, or nobody would own the team any more."""
        asked = {"of_id": member_id, "of_team": team_id, "by": by}
        if role == OWNER:
            return self._database.execute_returning(_PROMOTE, **asked)
        return self._database.execute_returning(_DEMOTE, role_now=role, **asked)

    def remove(self, member_id: str, team_id: str, by: str, now: int) -> Any:
        """End somebody's part or an invitation; return the row, None as for `change_role`."""
        return self._database.execute_returning(_REMOVE, of_id=member_id, of_team=team_id, by=by, now=now)

    def leave(self, team_id: str, account_id: str, now: int) -> Any:
        """End one's own part; return the row, None where nobody would own the team any more."""
        return self._database.execute_returning(_LEAVE, of_team=team_id, by=account_id, now=now)

    def remove_by_operator(self, team_id: str, account_id: str, now: int) -> Any:
        """End somebody's part, the last owner's too; return the row, or None."""
        return self._database.execute_returning(
            _REMOVE_BY_OPERATOR, of_team=team_id, of_account=account_id, now=now
        )

    def set_role_by_operator(self, team_id: str, account_id: str, role: str) -> Any:
        """Give a member another role; return the row, None for who is no member."""
        return self._database.execute_returning(
            _SET_ROLE_BY_OPERATOR, of_team=team_id, of_account=account_id, role_now=role
        )
