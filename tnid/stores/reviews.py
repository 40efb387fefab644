"""Reviews: what a team wants to go live with, and what was said of it."""

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
    cast,
    exists,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.applications import applications
from tnid.stores.client_log import client_hours
from tnid.stores.roles import roles
from tnid.stores.teams import IN_FORCE, may_change, members, teams

SUBMITTED, CHANGES_ASKED, APPROVED = "submitted", "changes_asked", "approved"
REFUSED, WITHDRAWN = "refused", "withdrawn"
OPEN = (SUBMITTED, CHANGES_ASKED)
REVIEWER = "reviewer"

reviews = db.Table(
    "reviews",
    Column("id", String(22), primary_key=True),
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(16), nullable=False),
    # JSON: everything that is reviewed, as it was submitted
    Column("document", Text, nullable=False),
    Column("submitted_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("submitted_at", BigInteger, nullable=False),
    Column("decided_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("decided_at", BigInteger),
    # How often it was submitted: who decides says which one they looked at, and the one before is kept
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("previous", Text),
    # What the team was told with the decision
    Column("reason", Text, nullable=False, server_default=""),
    # Where two must agree: who did first. No foreign key: the second is another one, whatever became of them
    Column("first_by", String(22)),
    Column("first_at", BigInteger),
)
_IS_OPEN = reviews.c.state.in_(OPEN)
Index(
    "uq_reviews_application_id_open",
    reviews.c.application_id,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("ix_reviews_application_id", reviews.c.application_id)
Index("ix_reviews_state", reviews.c.state, reviews.c.submitted_at)
Index("ix_reviews_submitted_by", reviews.c.submitted_by)
Index("ix_reviews_decided_by", reviews.c.decided_by)

review_comments = db.Table(
    "review_comments",
    Column("id", String(22), primary_key=True),
    Column("review_id", String(22), ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    # Whether it was written for the province, or for the team
    Column("by_reviewer", Integer, nullable=False),
    # What it is about, "" for the whole
    Column("field", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
Index("ix_review_comments_review_id", review_comments.c.review_id)
Index("ix_review_comments_account_id", review_comments.c.account_id)


_REVIEW = reviews.c
# For the index above a list; for a statement whose text is made once, words
_IS_WAITING = or_(_REVIEW.state == SUBMITTED, _REVIEW.state == CHANGES_ASKED)
_this = _REVIEW.id == bindparam("of_review")
_TEAM_OF_REVIEW = (
    select(applications.c.team_id)
    .where(applications.c.id == _REVIEW.application_id)
    .correlate(reviews)
    .scalar_subquery()
)
_TEAM_OF_APPLICATION = (
    select(applications.c.team_id)
    .where(applications.c.id == bindparam("application_id", type_=_REVIEW.application_id.type))
    .scalar_subquery()
)
_IS_REVIEWER = exists().where(
    roles.c.account_id == bindparam("by", type_=roles.c.account_id.type),
    roles.c.role == REVIEWER,
    roles.c.revoked_at.is_(None),
)
# Whoever leaves a team for the moment of a decision is no stranger to it: a part that ended counts, too
_IS_OWN = exists().where(
    members.c.team_id == _TEAM_OF_REVIEW,
    members.c.account_id == bindparam("by", type_=members.c.account_id.type),
    members.c.accepted_at.is_not(None),
)
# By another name than the role of whoever decides now
_firsts = roles.alias("firsts")
_FIRST_STANDS = exists().where(
    _firsts.c.account_id == _REVIEW.first_by,
    _firsts.c.role == REVIEWER,
    _firsts.c.revoked_at.is_(None),
)
# What somebody looked at, by somebody who may decide it: a reviewer, and none of the team's own, ever
_MAY_DECIDE = (
    _this,
    _REVIEW.state == SUBMITTED,
    _REVIEW.revision == bindparam("seen"),
    _IS_REVIEWER,
    ~_IS_OWN,
)
_COLUMNS = ("id", "application_id", "state", "document", "submitted_by", "submitted_at")
_SUBMIT = insert(reviews).from_select(
    _COLUMNS,
    select(*(cast(bindparam(name), _REVIEW[name].type) for name in _COLUMNS)).where(
        may_change(_TEAM_OF_APPLICATION, bindparam("submitted_by", type_=_REVIEW.submitted_by.type))
    ),
)
_RESUBMIT = (
    update(reviews)
    .where(
        _REVIEW.application_id == bindparam("of_application"),
        _REVIEW.state == CHANGES_ASKED,
        may_change(_TEAM_OF_REVIEW, bindparam("by", type_=members.c.account_id.type)),
    )
    .values(
        state=SUBMITTED,
        previous=_REVIEW.document,
        document=bindparam("new_document"),
        revision=_REVIEW.revision + 1,
        submitted_by=bindparam("by"),
        submitted_at=bindparam("now"),
        decided_by=None,
        decided_at=None,
        first_by=None,
        first_at=None,
    )
    .returning(_REVIEW.id)
)
_WITHDRAW = (
    update(reviews)
    .where(
        _REVIEW.application_id == bindparam("of_application"),
        _IS_WAITING,
        may_change(_TEAM_OF_REVIEW, bindparam("by", type_=members.c.account_id.type)),
    )
    .values(state=WITHDRAWN, decided_at=bindparam("now"))
    .returning(_REVIEW.id)
)
_AGREE_FIRST = (
    update(reviews)
    .where(*_MAY_DECIDE, ~_FIRST_STANDS)
    .values(first_by=bindparam("by"), first_at=bindparam("now"))
)
_DECIDE = update(reviews).values(
    state=bindparam("new_state"),
    decided_by=bindparam("by"),
    decided_at=bindparam("now"),
    reason=bindparam("new_reason"),
)
_DECIDE_ALONE = _DECIDE.where(*_MAY_DECIDE)
_DECIDE_SECOND = _DECIDE.where(*_MAY_DECIDE, _FIRST_STANDS, _REVIEW.first_by != bindparam("by"))
_WITH_APPLICATION = (
    select(
        *reviews.c,
        applications.c.team_id,
        applications.c.live_client_id,
        applications.c.sandbox_client_id,
        teams.c.name.label("team_name"),
        _FIRST_STANDS.label("has_first"),
    )
    .join(applications, applications.c.id == _REVIEW.application_id)
    .join(teams, teams.c.id == applications.c.team_id)
)
_FIND = _WITH_APPLICATION.where(_this)
_FIND_OPEN = select(reviews).where(_REVIEW.application_id == bindparam("of_application"), _IS_WAITING)
_LIST_OF_APPLICATION = (
    select(reviews)
    .where(_REVIEW.application_id == bindparam("of_application"))
    .order_by(_REVIEW.submitted_at.desc(), _REVIEW.id)
)
_LIST_IN_STATE = (
    _WITH_APPLICATION.where(_REVIEW.state == bindparam("of_state"))
    .order_by(_REVIEW.submitted_at, _REVIEW.id)
    .limit(bindparam("most"))
)
_COMMENT = insert(review_comments)
_LIST_COMMENTS = (
    select(review_comments)
    .where(review_comments.c.review_id == bindparam("of_review"))
    .order_by(review_comments.c.created_at, review_comments.c.id)
)
_IS_MEMBER = select(members.c.id).where(
    members.c.team_id == bindparam("of_team"), members.c.account_id == bindparam("of_account"), *IN_FORCE
)
_HAS_BELONGED = select(members.c.id).where(
    members.c.team_id == bindparam("of_team"),
    members.c.account_id == bindparam("of_account"),
    members.c.accepted_at.is_not(None),
)
# Made of the audit log by the applications' log (tnid.client_log): a code was redeemed
_HAS_SIGNED_IN = (
    select(client_hours.c.times)
    .where(
        client_hours.c.client_id == bindparam("of_client"),
        client_hours.c.stage == "token",
        client_hours.c.outcome == "ok",
    )
    .limit(1)
)
_LIST_TEAM = select(members.c.account_id).where(members.c.team_id == bindparam("of_team"), *IN_FORCE)


# Whoever lets its client go on waits here for whoever stops or ends it at this moment
_HOLD = (
    update(applications)
    .where(applications.c.id == bindparam("of_application"))
    .values(updated_at=applications.c.updated_at)
)


class ReviewStore:
    """Keeps reviews and what was said of them. An application has one open review at most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold_application(self, application_id: str) -> None:
        """Make everybody who changes the life of this application come one after the other."""
        self._database.execute(_HOLD, of_application=application_id)

    def submit(self, **columns: Any) -> bool:
        """Store a review; False where `submitted_by` may not. Raises Conflict where one is open."""
        return self._database.execute(_SUBMIT, state=SUBMITTED, **columns) == 1

    def resubmit(self, application_id: str, document: str, by: str, now: int) -> str | None:
        """Submit again what changes were asked of; return the review's id, None where there is none."""
        row = self._database.execute_returning(
            _RESUBMIT, of_application=application_id, new_document=document, by=by, now=now
        )
        return None if row is None else str(row.id)

    def withdraw(self, application_id: str, by: str, now: int) -> str | None:
        """Take the open review back; return its id, None where there is none or `by` may not."""
        row = self._database.execute_returning(_WITHDRAW, of_application=application_id, by=by, now=now)
        return None if row is None else str(row.id)

    def agree_first(self, review_id: str, seen: int, by: str, now: int) -> bool:
        """Note the first of two who agree to this revision; True for one caller only, as long as they are a
        reviewer."""
        return self._database.execute(_AGREE_FIRST, of_review=review_id, seen=seen, by=by, now=now) == 1

    def decide(
        self, review_id: str, seen: int, state: str, reason: str, by: str, now: int, *, is_second: bool
    ) -> bool:
        """Decide this revision; True for one caller only. `is_second` asks for another who agreed before."""
        statement = _DECIDE_SECOND if is_second else _DECIDE_ALONE
        rows = self._database.execute(
            statement, of_review=review_id, seen=seen, new_state=state, new_reason=reason, by=by, now=now
        )
        return rows == 1

    def find(self, review_id: str) -> Any:
        """Return a review with its application's `team_id`, `team_name` and clients, or None; `has_first`
        says whether somebody agreed first who is a reviewer still."""
        return self._database.fetch_one(_FIND, of_review=review_id)

    def find_open(self, application_id: str) -> Any:
        return self._database.fetch_one(_FIND_OPEN, of_application=application_id)

    def list_of_application(self, application_id: str) -> list[Any]:
        """Return an application's reviews, the latest first."""
        return self._database.fetch_all(_LIST_OF_APPLICATION, of_application=application_id)

    def list_in_state(self, state: str, most: int) -> list[Any]:
        """Return reviews as `find` does, those that were submitted first on top."""
        return self._database.fetch_all(_LIST_IN_STATE, of_state=state, most=most)

    def comment(self, **columns: Any) -> None:
        self._database.execute(_COMMENT, **columns)

    def list_comments(self, review_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST_COMMENTS, of_review=review_id)

    def is_member(self, team_id: str, account_id: str) -> bool:
        """Say whether somebody belongs to a team now."""
        return self._database.fetch_one(_IS_MEMBER, of_team=team_id, of_account=account_id) is not None

    def has_belonged(self, team_id: str, account_id: str) -> bool:
        """Say whether somebody belongs to a team, or ever did."""
        return self._database.fetch_one(_HAS_BELONGED, of_team=team_id, of_account=account_id) is not None

    def list_team(self, team_id: str) -> list[str]:
        """Return the accounts of a team's members."""
        return [row.account_id for row in self._database.fetch_all(_LIST_TEAM, of_team=team_id)]

    def has_signed_in(self, client_id: str) -> bool:
        """Say whether a sign-in to a client ever went through to its end."""
        return self._database.fetch_one(_HAS_SIGNED_IN, of_client=client_id) is not None
