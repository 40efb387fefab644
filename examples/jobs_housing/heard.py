"""Security events that came in: each is acted on once, and answered until the answer was taken."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Row,
    String,
    Table,
    Text,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from examples.jobs_housing.database import METADATA
from examples.jobs_housing.letting_go import Outcome

heard = Table(
    "heard",
    METADATA,
    Column("jti", String(255), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
)
_WAITS = heard.c.answered_at.is_(None)
Index(None, heard.c.heard_at, sqlite_where=_WAITS, postgresql_where=_WAITS)

_LIST = (
    select(heard.c.jti, heard.c.outcome, heard.c.reason).where(_WAITS).order_by(heard.c.heard_at).limit(50)
)
_IS = heard.c.jti == bindparam("event")
_SETTLE = update(heard).where(_IS).values(outcome=bindparam("what"), reason=bindparam("why"))
_ANSWERED = update(heard).where(_IS).values(answered_at=bindparam("now"))


def begin(connection: Connection, jti: str, kind: str, now: int) -> bool:
    """Note an event; False where it came before: RFC 8935 §2 lets it be sent again."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"jti": jti, "kind": kind, "outcome": "deleted", "reason": "", "heard_at": now, "answered_at": None}
    adding = dialect.insert(heard).values(row).on_conflict_do_nothing().returning(heard.c.jti)
    return connection.execute(adding).one_or_none() is not None


def settle(connection: Connection, jti: str, done: Outcome) -> None:
    """Note what is to be answered."""
    connection.execute(_SETTLE, {"event": jti, "what": done.outcome, "why": done.reason})


def list_unanswered(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(_LIST))


def mark_answered(connection: Connection, jti: str, now: int) -> None:
    connection.execute(_ANSWERED, {"event": jti, "now": now})
