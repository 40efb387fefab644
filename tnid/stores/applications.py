"""Applications of teams: a sandbox client each from the first moment, a live one after a review."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    bindparam,
    cast,
    column,
    delete,
    exists,
    insert,
    select,
    table,
    update,
)

from tnid.db import Database, db
from tnid.stores.client_rows import clients
from tnid.stores.teams import HOLD, IN_FORCE, OWNER, is_owned_by, may_change, members, teams

applications = db.Table(
    "applications",
    Column("id", String(22), primary_key=True),
    Column("team_id", String(22), ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    # One of tnid.developers.presets
    Column("preset", String(16), nullable=False),
    # JSON: name, purpose and so on, each by language
    Column("texts", Text, nullable=False),
    # JSON: what each claim that it asks for is for, on what legal ground, how long it is kept
    Column("disclosure", Text, nullable=False, server_default="{}"),
    # JSON: what the team wants to change about its live client, as far as that is reviewed first
    Column("pending_live", Text, nullable=False, server_default="{}"),
    # No foreign keys: a client may be deleted by whoever holds its registration access token (RFC 7592)
    Column("sandbox_client_id", String(255), nullable=False, unique=True),
    Column("live_client_id", String(255), unique=True),
    # Made of the form that it comes from: the same form sent twice makes one application
    Column("form_key", String(64), nullable=False, unique=True),
    # By a program with a token of the team's
    Column("is_registered", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
    # By an operator: nobody signs in to the live client meanwhile, or ever again
    Column("suspended_at", BigInteger),
    Column("suspended_reason", Text, nullable=False, server_default=""),
    Column("ended_at", BigInteger),
)
Index("ix_applications_team_id", applications.c.team_id)

_APPLICATION = applications.c
_COLUMNS = (
    *("id", "team_id", "preset", "texts", "sandbox_client_id", "form_key", "created_at", "updated_at"),
    *("disclosure", "live_client_id", "archived_at", "is_registered"),
)
_INSERT = insert(applications).from_select(
    _COLUMNS,
    select(*(cast(bindparam(name), _APPLICATION[name].type) for name in _COLUMNS)).where(
        may_change(bindparam("team_id", type_=_APPLICATION.team_id.type), bindparam("by"))
    ),
)
_WITH_MEMBER = (
    select(
        *applications.c,
        teams.c.name.label("team_name"),
        teams.c.organisation.label("team_organisation"),
        teams.c.created_at.label("team_created_at"),
        teams.c.archived_at.label("team_archived_at"),
        members.c.id.label("member_id"),
        members.c.account_id,
        members.c.role,
    )
    .join(teams, teams.c.id == _APPLICATION.team_id)
    .join(members, members.c.team_id == _APPLICATION.team_id)
    .where(members.c.account_id == bindparam("of_account"), *IN_FORCE)
)
_FIND_STANDING = _WITH_MEMBER.where(_APPLICATION.id == bindparam("of_application"))
_LIST_OF_ACCOUNT = _WITH_MEMBER.order_by(teams.c.name, teams.c.id, _APPLICATION.created_at, _APPLICATION.id)
_FIND = select(applications).where(_APPLICATION.id == bindparam("of_application"))
_FIND_BY_FORM = select(applications).where(_APPLICATION.form_key == bindparam("of_form"))
_FIND_BY_SANDBOX_CLIENT = select(applications).where(_APPLICATION.sandbox_client_id == bindparam("of_client"))
_FIND_BY_LIVE_CLIENT = select(applications).where(_APPLICATION.live_client_id == bindparam("of_client"))
_FIND_PENDING = select(_APPLICATION.pending_live).where(_APPLICATION.id == bindparam("of_application"))
_SET_PENDING = (
    update(applications)
    .where(
        _APPLICATION.id == bindparam("of_application"), _APPLICATION.pending_live == bindparam("old_pending")
    )
    .values(pending_live=bindparam("new_pending"), updated_at=bindparam("now"))
)
_LIST_OWNERS = (
    select(members.c.account_id)
    .join(applications, _APPLICATION.team_id == members.c.team_id)
    .where(_APPLICATION.id == bindparam("of_application"), members.c.role == OWNER, *IN_FORCE)
    .order_by(members.c.account_id)
)
_LIST_OF_TEAM = (
    select(applications)
    .where(_APPLICATION.team_id == bindparam("of_team"))
    .order_by(_APPLICATION.created_at, _APPLICATION.id)
)
_OF_APPLICATION = _APPLICATION.id == bindparam("of_application")
_IS_KEPT = _APPLICATION.archived_at.is_(None)
_MAY_CHANGE = may_change(_APPLICATION.team_id, bindparam("by"))
_BY_OWNER = is_owned_by(_APPLICATION.team_id, bindparam("by"))
_IS_LIVE = exists().where(clients.c.client_id == _APPLICATION.live_client_id, clients.c.disabled_at.is_(None))
# Against what it was when the page was made: nobody's words are overwritten unseen
_SET_TEXTS = (
    update(applications)
    .where(_OF_APPLICATION, _IS_KEPT, _MAY_CHANGE, _APPLICATION.texts == bindparam("texts_before"))
    .values(texts=bindparam("texts_now"), updated_at=bindparam("now"))
)
_SET_TEXTS_BY_PROGRAM = (
    update(applications)
    .where(_OF_APPLICATION)
    .values(texts=bindparam("texts_now"), updated_at=bindparam("now"))
)
_SET_SANDBOX_CLIENT = (
    update(applications)
    .where(
        _OF_APPLICATION, _IS_KEPT, _MAY_CHANGE, _APPLICATION.sandbox_client_id == bindparam("client_before")
    )
    .values(sandbox_client_id=bindparam("client_now"), updated_at=bindparam("now"))
)
_ARCHIVE = (
    update(applications)
    .where(_OF_APPLICATION, _IS_KEPT, _BY_OWNER, ~_IS_LIVE)
    .values(archived_at=bindparam("archived_now"), updated_at=bindparam("now"))
)
_ARCHIVE_BY_OPERATOR = (
    update(applications)
    .where(_OF_APPLICATION, _IS_KEPT)
    .values(archived_at=bindparam("archived_now"), updated_at=bindparam("now"))
)
_RESTORE = (
    update(applications)
    .where(_OF_APPLICATION, _APPLICATION.archived_at.is_not(None), _BY_OWNER)
    .values(archived_at=None, updated_at=bindparam("now"))
)
# By its name: the store that has this table builds upon this one
_reviews = table("reviews", column("application_id", String), column("state", String))
# Nothing of it was agreed on, or read by a reviewer
_REMOVE_REGISTERED = delete(applications).where(
    _OF_APPLICATION,
    _APPLICATION.is_registered == 1,
    _APPLICATION.live_client_id.is_(None),
    ~exists().where(_reviews.c.application_id == _APPLICATION.id),
)
_HAS_LIVE = select(_APPLICATION.id).where(_APPLICATION.team_id == bindparam("of_team"), _IS_LIVE).limit(1)
_IS_SUBMITTED = (
    select(_reviews.c.state)
    .where(_reviews.c.application_id == bindparam("of_application"), _reviews.c.state != "withdrawn")
    .limit(1)
)
_LIST_ALL = (
    select(*applications.c, teams.c.name.label("team_name"))
    .join(teams, teams.c.id == _APPLICATION.team_id)
    .order_by(teams.c.name, _APPLICATION.created_at, _APPLICATION.id)
)


_SET_DISCLOSURE = (
    update(applications)
    .where(
        _APPLICATION.id == bindparam("of_application"),
        _APPLICATION.disclosure == bindparam("before"),
        _APPLICATION.archived_at.is_(None),
        _MAY_CHANGE,
    )
    .values(disclosure=bindparam("after"), updated_at=bindparam("now"))
)

_SET_LIVE = (
    update(applications)
    .where(_OF_APPLICATION, _IS_KEPT, _APPLICATION.live_client_id.is_(None), _APPLICATION.ended_at.is_(None))
    .values(live_client_id=bindparam("client_id"), updated_at=bindparam("now"))
)
_SUSPEND = (
    update(applications)
    .where(
        _OF_APPLICATION,
        _APPLICATION.live_client_id.is_not(None),
        _APPLICATION.suspended_at.is_(None),
        _APPLICATION.ended_at.is_(None),
    )
    .values(suspended_at=bindparam("now"), suspended_reason=bindparam("reason"), updated_at=bindparam("now"))
)
_RESUME = (
    update(applications)
    .where(_OF_APPLICATION, _IS_KEPT, _APPLICATION.suspended_at.is_not(None), _APPLICATION.ended_at.is_(None))
    .values(suspended_at=None, suspended_reason="", updated_at=bindparam("now"))
)
_FINISH = (
    update(applications)
    .where(_OF_APPLICATION, _APPLICATION.live_client_id.is_not(None), _APPLICATION.ended_at.is_(None))
    .values(ended_at=bindparam("now"), updated_at=bindparam("now"))
)
_ADOPT = insert(applications)


class ApplicationStore:
    """Keeps applications. Whose they are, and who may write, is the team's (tnid.stores.teams)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, by: str, **columns: Any) -> bool:
        """Store a new application; False where `by` may not change what is the team's. Raises Conflict where
        the same form made one before."""
        # Not beside somebody who archives the team at this moment
        self._database.execute(HOLD, of_team=columns["team_id"])
        return (
            self._database.execute(
                _INSERT, by=by, disclosure="{}", live_client_id=None, archived_at=None, **columns
            )
            == 1
        )

    def hold(self, team_id: str) -> None:
        """Make everybody who makes something of this team come one after the other: what is bounded is."""
        self._database.execute(HOLD, of_team=team_id)

    def find(self, application_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_application=application_id)

    def find_by_form(self, form_key: str) -> Any:
        """Return the application that this form made, or None."""
        return self._database.fetch_one(_FIND_BY_FORM, of_form=form_key)

    def find_by_client(self, client_id: str) -> Any:
        """Return the application whose sandbox or live client this is, or None."""
        found = self._database.fetch_one(_FIND_BY_SANDBOX_CLIENT, of_client=client_id)
        return found or self._database.fetch_one(_FIND_BY_LIVE_CLIENT, of_client=client_id)

    def list_all(self) -> list[Any]:
        """Return every application with its `team_name`."""
        return self._database.fetch_all(_LIST_ALL)

    def is_under_review(self, application_id: str) -> bool:
        """Say whether the application was ever submitted, and not withdrawn."""
        return self._database.fetch_one(_IS_SUBMITTED, of_application=application_id) is not None

    def has_live(self, team_id: str) -> bool:
        """Say whether people sign in to an application of this team for real."""
        return self._database.fetch_one(_HAS_LIVE, of_team=team_id) is not None

    def set_texts(self, application_id: str, before: str, texts: str, by: str, now: int) -> bool:
        """Replace the texts; False where they are others than before, or `by` may not."""
        changed = {"texts_before": before, "texts_now": texts}
        return (
            self._database.execute(_SET_TEXTS, of_application=application_id, by=by, now=now, **changed) == 1
        )

    def set_texts_by_program(self, application_id: str, texts: str, now: int) -> None:
        """Replace the texts by what the client's own program said of it."""
        self._database.execute(_SET_TEXTS_BY_PROGRAM, of_application=application_id, texts_now=texts, now=now)

    def set_sandbox_client(self, application_id: str, before: str, client_id: str, by: str, now: int) -> bool:
        """Give the application another sandbox client; False where it has another by now, or `by` may not."""
        changed = {"client_before": before, "client_now": client_id}
        asked = {"of_application": application_id, "by": by, "now": now}
        return self._database.execute(_SET_SANDBOX_CLIENT, **asked, **changed) == 1

    def archive(self, application_id: str, by: str | None, archived_at: int, now: int) -> bool:
        """Archive an application; False where it is already, people sign in to it for real, or `by` doesn't
        own its team. An operator's command, by None, asks neither."""
        asked = {"of_application": application_id, "archived_now": archived_at, "now": now}
        if by is None:
            return self._database.execute(_ARCHIVE_BY_OPERATOR, **asked) == 1
        return self._database.execute(_ARCHIVE, by=by, **asked) == 1

    def restore(self, application_id: str, by: str, now: int) -> bool:
        """Take an application out of the archive; False where it isn't there, or `by` doesn't own its
        team."""
        return self._database.execute(_RESTORE, of_application=application_id, by=by, now=now) == 1

    def remove_registered(self, application_id: str) -> bool:
        """Remove what a program registered; False for a form's, and what was ever submitted for review."""
        return self._database.execute(_REMOVE_REGISTERED, of_application=application_id) == 1

    def find_standing(self, application_id: str, account_id: str) -> Any:
        """Return the application's row with its team's as `team_…`, and the account's `member_id` and `role`
        there; None for who has no part in the team."""
        return self._database.fetch_one(_FIND_STANDING, of_application=application_id, of_account=account_id)

    def list_of_account(self, account_id: str) -> list[Any]:
        """Return every application of this account's teams, archived ones too, as `find_standing` does."""
        return self._database.fetch_all(_LIST_OF_ACCOUNT, of_account=account_id)

    def list_of_team(self, team_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST_OF_TEAM, of_team=team_id)

    def find_pending(self, application_id: str) -> str | None:
        """Return, as JSON, what waits for a review about the live client; None for no such application."""
        row = self._database.fetch_one(_FIND_PENDING, of_application=application_id)
        return None if row is None else str(row.pending_live)

    def set_pending(self, application_id: str, seen: str, text: str, now: int) -> bool:
        """Replace it where it is still what was seen; say whether it was."""
        return (
            self._database.execute(
                _SET_PENDING, of_application=application_id, old_pending=seen, new_pending=text, now=now
            )
            == 1
        )

    def list_owners(self, application_id: str) -> list[str]:
        """Return the accounts of those who own the application's team."""
        return [
            row.account_id for row in self._database.fetch_all(_LIST_OWNERS, of_application=application_id)
        ]

    def set_disclosure(self, application_id: str, by: str, before: str, after: str, now: int) -> bool:
        """Replace what it asks people for; False where it isn't as it was `before`, or `by` may not."""
        rows = self._database.execute(
            _SET_DISCLOSURE, of_application=application_id, by=by, before=before, after=after, now=now
        )
        return rows == 1

    def adopt(self, **columns: Any) -> None:
        """Store an application that an operator made of a client; raises Conflict where it has one."""
        self._database.execute(_ADOPT, **columns)

    # The life of the live client

    def set_live(self, application_id: str, client_id: str, now: int) -> bool:
        """Give it its live client; False where it has one, or was ended."""
        return self._write(_SET_LIVE, application_id, now, client_id=client_id)

    def suspend(self, application_id: str, reason: str, now: int) -> bool:
        """Note that it is stopped; False where it is not live, or stopped already."""
        return self._write(_SUSPEND, application_id, now, reason=reason)

    def resume(self, application_id: str, now: int) -> bool:
        return self._write(_RESUME, application_id, now)

    def finish(self, application_id: str, now: int) -> bool:
        """Note that it is over for good; False where it is not live."""
        return self._write(_FINISH, application_id, now)

    def _write(self, statement: Any, application_id: str, now: int, **values: Any) -> bool:
        return self._database.execute(statement, of_application=application_id, now=now, **values) == 1
