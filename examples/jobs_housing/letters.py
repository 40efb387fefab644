"""Messages between a person and a recruiter or landlord: plain text, about one application."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)

from examples.jobs_housing.database import METADATA
from examples.jobs_housing.people import upsert

PERSON, RECRUITER = "person", "recruiter"
MOST_CHARACTERS = 2000
MOST_LETTER_CHARACTERS = 3000
MOST_A_DAY = 30
DAY_SECONDS = 86400

messages = Table(
    "messages",
    METADATA,
    # Made with the form: the same form sent twice is one message
    Column("id", String(22), primary_key=True),
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    Column("author", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("read_at", BigInteger),
)
Index(None, messages.c.application_id, messages.c.sent_at)

_OF = messages.c.application_id == bindparam("application")
_LIST = select(messages).where(_OF).order_by(messages.c.sent_at, messages.c.id)
_READ = (
    update(messages)
    .where(_OF, messages.c.author != bindparam("reader"), messages.c.read_at.is_(None))
    .values(read_at=bindparam("now"))
)
_COUNT_DAY = select(func.count()).where(
    _OF, messages.c.author == bindparam("by"), messages.c.sent_at > bindparam("since")
)
_DROP = delete(messages).where(messages.c.application_id.in_(bindparam("applications", expanding=True)))
_UNREAD = (
    select(messages.c.application_id, func.count().label("unread"))
    .where(
        messages.c.application_id.in_(bindparam("applications", expanding=True)),
        messages.c.author != bindparam("reader"),
        messages.c.read_at.is_(None),
    )
    .group_by(messages.c.application_id)
)


def clean(text: str) -> str:
    """Return the text as it is kept: one form for each letter, no control characters but line ends."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    plain = ("".join(c for c in line if unicodedata.category(c) not in _UNSEEN).rstrip() for line in lines)
    return "\n".join(plain).strip()


# Controls, formats (which can turn a line's direction round), private use, halves of characters
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def find_problem(text: str, most: int = MOST_CHARACTERS) -> str | None:
    """Return why a message can't be sent: `empty` or `long`; None where it can."""
    if not text:
        return "empty"
    return "long" if len(text) > most else None


def write(
    connection: Connection, new_id: str, application_id: str, author: str, text: str, now: int
) -> bool:  # fmt: skip
    """Send a message; False where the author has written too much today."""
    given = {"application": application_id, "by": author, "since": now - DAY_SECONDS}
    if connection.execute(_COUNT_DAY, given).scalar_one() >= MOST_A_DAY:
        return False
    row = {
        "id": new_id,
        "application_id": application_id,
        "author": author,
        "text": text,
        "sent_at": now,
        "read_at": None,
    }
    upsert(connection, messages, row, ["id"])
    return True


def list_of(connection: Connection, application_id: str) -> list[Row[Any]]:
    return list(connection.execute(_LIST, {"application": application_id}))


def mark_read(connection: Connection, application_id: str, reader: str, now: int) -> None:
    """Note that the reader has seen what the other one wrote."""
    connection.execute(_READ, {"application": application_id, "reader": reader, "now": now})


def count_unread(connection: Connection, application_ids: Iterable[str], reader: str) -> dict[str, int]:
    """Return how many messages of the other one wait, by application; none is left out."""
    given = {"applications": list(application_ids), "reader": reader}
    return {row.application_id: row.unread for row in connection.execute(_UNREAD, given)}


def drop(connection: Connection, application_ids: Iterable[str]) -> None:
    """Remove everything that was written about these applications."""
    connection.execute(_DROP, {"applications": list(application_ids)})
