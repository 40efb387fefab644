"""Teams of developers and their members: invited by a code. What ended stays, as history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Exists,
    ForeignKey,
    Index,
    String,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import accounts

OWNER, DEVELOPER, READER = "owner", "developer", "reader"

teams = db.Table(
    "teams",
    Column("id", String(22), primary_key=True),
    Column("name", String(200), nullable=False),
    # Who is behind it, as people read it on the consent page; "" for a single developer
    Column("organisation", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
)

members = db.Table(
    "members",
    Column("id", String(22), primary_key=True),
    Column("team_id", String(22), ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # None until somebody took the invitation up
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    # One of tnid.developers.roles
    Column("role", String(16), nullable=False),
    Column("invited_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("invitation_hash", String(64), unique=True),
    Column("invitation_expires_at", BigInteger),
    Column("granted_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("revoked_at", BigInteger),
)
_STANDS = members.c.revoked_at.is_(None)
Index(
    "uq_members_team_id_account_id_active",
    members.c.team_id,
    members.c.account_id,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)
Index("ix_members_account_id", members.c.account_id)
Index("ix_members_team_id", members.c.team_id)
Index("ix_members_invited_by", members.c.invited_by)

# For statements: who has a part in a team, and who may write in its name

IN_FORCE = (members.c.accepted_at.is_not(None), members.c.revoked_at.is_(None))
_acting, _acting_for = members.alias("acting"), teams.alias("acting_for")
_actors = accounts.alias("actors")


def may_change(team_id: ColumnElement[Any], account_id: ColumnElement[Any]) -> Exists:
    """Say in a statement that somebody may change what a team has, which isn't archived: whatever is written
    in its name needs that at the very moment of writing."""
    return _acts_for(team_id, account_id).where(or_(_acting.c.role == OWNER, _acting.c.role == DEVELOPER))


def is_owned_by(team_id: ColumnElement[Any], account_id: ColumnElement[Any]) -> Exists:
    """Say in a statement that somebody owns a team, which isn't archived."""
    return _acts_for(team_id, account_id).where(_acting.c.role == OWNER)


def _acts_for(team_id: ColumnElement[Any], account_id: ColumnElement[Any]) -> Exists:
    return exists().where(
        _acting.c.team_id == team_id,
        _acting.c.account_id == account_id,
        _acting.c.accepted_at.is_not(None),
        _acting.c.revoked_at.is_(None),
        _acting_for.c.id == _acting.c.team_id,
        _acting_for.c.archived_at.is_(None),
        # What somebody made who is shut out by now, a token or an invitation, is worth nothing meanwhile
        _actors.c.id == _acting.c.account_id,
        _actors.c.disabled_at.is_(None),
        _actors.c.shut_by_owner_at.is_(None),
        _actors.c.deletion_due_at.is_(None),
    )


_TEAM, _MEMBER = teams.c, members.c
_INSERT = insert(teams)
_INSERT_FIRST = insert(members)
_FIND = select(teams).where(_TEAM.id == bindparam("of_team"))
_WITH_MEMBER = select(*teams.c, _MEMBER.id.label("member_id"), _MEMBER.role, _MEMBER.account_id).join(
    members, _MEMBER.team_id == _TEAM.id
)
_of_account = _MEMBER.account_id == bindparam("of_account")
_LIST = select(teams).order_by(_TEAM.name, _TEAM.id)
_BY_OWNER = is_owned_by(_TEAM.id, bindparam("by"))
_DESCRIBE = (
    update(teams)
    .where(_TEAM.id == bindparam("of_team"), _BY_OWNER)
    .values(name=bindparam("name_now"), organisation=bindparam("organisation_now"))
)
_ARCHIVE = (
    update(teams)
    .where(_TEAM.id == bindparam("of_team"), _TEAM.archived_at.is_(None))
    .values(archived_at=bindparam("now"))
)
# Of an archived team nobody may write but this
_owners = members.alias("owners")
_RESTORE = (
    update(teams)
    .where(
        _TEAM.id == bindparam("of_team"),
        _TEAM.archived_at.is_not(None),
        exists().where(
            _owners.c.team_id == _TEAM.id,
            _owners.c.account_id == bindparam("by"),
            _owners.c.role == OWNER,
            _owners.c.accepted_at.is_not(None),
            _owners.c.revoked_at.is_(None),
        ),
    )
    .values(archived_at=None)
)
# Whoever changes who owns it waits here for whoever does so at this moment
HOLD = update(teams).where(_TEAM.id == bindparam("of_team")).values(created_at=_TEAM.created_at)
_FIND_STANDING = _WITH_MEMBER.where(_TEAM.id == bindparam("of_team"), _of_account, *IN_FORCE)
_LIST_OF_ACCOUNT = _WITH_MEMBER.where(_of_account, *IN_FORCE).order_by(_TEAM.name, _TEAM.id)


class TeamStore:
    """Keeps teams; who belongs to them is in tnid.stores.members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, member_id: str, account_id: str, now: int, **columns: Any) -> None:
        """Store a team with its first owner."""
        self._database.execute(_INSERT, created_at=now, archived_at=None, **columns)
        self._database.execute(
            _INSERT_FIRST, id=member_id, team_id=columns["id"], account_id=account_id, role=OWNER,
            invited_by=None, invitation_hash=None, invitation_expires_at=None, granted_at=now,
            accepted_at=now, revoked_at=None,
        )  # fmt: skip

    def find(self, team_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_team=team_id)

    def list_all(self) -> list[Any]:
        return self._database.fetch_all(_LIST)

    def hold(self, team_id: str) -> None:
        """Make everybody who changes who owns this team come one after the other."""
        self._database.execute(HOLD, of_team=team_id)

    def describe(self, team_id: str, name: str, organisation: str, by: str) -> bool:
        """Change name and organisation; False where `by` doesn't own the team."""
        changed = {"name_now": name, "organisation_now": organisation}
        return self._database.execute(_DESCRIBE, of_team=team_id, by=by, **changed) == 1

    def archive(self, team_id: str, now: int) -> bool:
        """Archive a team; False where it is already. Who may is the caller's to hold and ask."""
        return self._database.execute(_ARCHIVE, of_team=team_id, now=now) == 1

    def restore(self, team_id: str, by: str) -> bool:
        """Take a team out of the archive; False where it isn't there, or `by` doesn't own it."""
        return self._database.execute(_RESTORE, of_team=team_id, by=by) == 1

    def find_standing(self, team_id: str, account_id: str) -> Any:
        """Return the team's row with `member_id`, `role` and `account_id`, None for who has no part in it."""
        return self._database.fetch_one(_FIND_STANDING, of_team=team_id, of_account=account_id)

    def list_of_account(self, account_id: str) -> list[Any]:
        """Return the teams that this account belongs to, archived ones too, as `find_standing` does."""
        return self._database.fetch_all(_LIST_OF_ACCOUNT, of_account=account_id)
