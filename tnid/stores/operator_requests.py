"""What an operator asked to be done that a second one must agree to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    select,
    text,
    update,
)

from tnid.db import Database, db

operator_requests = db.Table(
    "operator_requests",
    Column("id", String(22), primary_key=True),
    # One of tnid.admin.acts, and what it is to be done with: JSON without secrets or personal data
    Column("act", String(32), nullable=False),
    Column("arguments", Text, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("asked_by", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("decided_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("decided_at", BigInteger),
    # approved, refused, withdrawn; failed where what was approved could not be done; expired
    Column("decision", String(16)),
)
_IS_OPEN = operator_requests.c.decided_at.is_(None)
Index(
    "uq_operator_requests_act_arguments_open",
    operator_requests.c.act,
    operator_requests.c.arguments,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("ix_operator_requests_asked_by", operator_requests.c.asked_by)
Index("ix_operator_requests_decided_by", operator_requests.c.decided_by)
Index("ix_operator_requests_expires_at", operator_requests.c.expires_at)


_ADD = text(
    "INSERT INTO operator_requests (id, act, arguments, reason, asked_by, asked_at, expires_at)"
    " VALUES (:id, :act, :arguments, :reason, :asked_by, :asked_at, :expires_at) ON CONFLICT DO NOTHING"
)
_FIND = select(operator_requests).where(operator_requests.c.id == bindparam("of_id"))
_IS_THIS = (operator_requests.c.id == bindparam("of_id"), _IS_OPEN)
_IN_TIME = operator_requests.c.expires_at > bindparam("now")
_DECISION: dict[Any, Any] = {
    "decided_by": bindparam("by"),
    "decided_at": bindparam("now"),
    "decision": bindparam("how"),
}
# Nobody decides what they asked for
_DECIDE = (
    update(operator_requests)
    .where(*_IS_THIS, _IN_TIME, operator_requests.c.asked_by != bindparam("by"))
    .values(_DECISION)
)
_WITHDRAW = (
    update(operator_requests)
    .where(*_IS_THIS, _IN_TIME, operator_requests.c.asked_by == bindparam("by"))
    .values(_DECISION)
)
_FAIL = (
    update(operator_requests)
    .where(operator_requests.c.id == bindparam("of_id"), operator_requests.c.decision == "approved")
    .values(decision="failed")
)
_TOO_LATE = operator_requests.c.expires_at <= bindparam("now")
_EXPIRE = (
    update(operator_requests)
    .where(*_IS_THIS, _TOO_LATE)
    .values(decided_at=bindparam("now"), decision="expired")
)
_LIST_DUE = select(operator_requests).where(_IS_OPEN, _TOO_LATE).limit(bindparam("most"))
_LIST_DUE_OF = select(operator_requests).where(
    operator_requests.c.act == bindparam("of_act"),
    operator_requests.c.arguments == bindparam("with_arguments"),
    _IS_OPEN,
    _TOO_LATE,
)
_LIST_OPEN = (
    select(operator_requests)
    .where(_IS_OPEN, _IN_TIME)
    .order_by(operator_requests.c.expires_at, operator_requests.c.id)
    .limit(bindparam("most"))
)
_LIST_OVER = (
    select(operator_requests)
    .where(operator_requests.c.expires_at > bindparam("since"), operator_requests.c.decided_at.is_not(None))
    .order_by(operator_requests.c.expires_at.desc(), operator_requests.c.id)
    .limit(bindparam("most"))
)


class OperatorRequestStore:
    """Keeps what was asked for; each is decided once, by one conditional statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Add a request; False where the same is open already."""
        return self._database.execute(_ADD, **columns) == 1

    def find(self, id_: str) -> Any:
        return self._database.fetch_one(_FIND, of_id=id_)

    def decide(self, id_: str, by: str, how: str, now: int) -> bool:
        """Decide an open request of somebody else's; True for one caller, once."""
        return self._database.execute(_DECIDE, of_id=id_, by=by, how=how, now=now) == 1

    def withdraw(self, id_: str, by: str, now: int) -> bool:
        """Take back an open request of one's own; True for one caller, once."""
        return self._database.execute(_WITHDRAW, of_id=id_, by=by, how="withdrawn", now=now) == 1

    def fail(self, id_: str) -> None:
        """Note that what was approved could not be done."""
        self._database.execute(_FAIL, of_id=id_)

    def expire(self, id_: str, now: int) -> bool:
        """Close what nobody decided in time; True for one caller, once."""
        return self._database.execute(_EXPIRE, of_id=id_, now=now) == 1

    def list_due(self, now: int, *, most: int) -> list[Any]:
        """Return what nobody decided in time and is still to be closed."""
        return self._database.fetch_all(_LIST_DUE, now=now, most=most)

    def list_due_of(self, act: str, arguments: str, now: int) -> list[Any]:
        """Return the same of one act: closing it makes room for asking once more."""
        return self._database.fetch_all(_LIST_DUE_OF, of_act=act, with_arguments=arguments, now=now)

    def list_open(self, now: int, *, most: int) -> list[Any]:
        """Return what waits for a second pair of eyes, the one that ends first at the top."""
        return self._database.fetch_all(_LIST_OPEN, now=now, most=most)

    def list_over(self, since: int, *, most: int) -> list[Any]:
        """Return what was decided and would not have ended before then, newest first."""
        return self._database.fetch_all(_LIST_OVER, since=since, most=most)
