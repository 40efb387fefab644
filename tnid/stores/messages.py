"""Messages to people: what is to be said to whom, sealed, and what became of it.

The outbox says when the next attempt is due; this table says whether an attempt may be made at all. Before
an attempt the message is claimed for one way of sending; where nobody noted how that ended, it can't be known
whether the message arrived.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    bindparam,
    case,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db

QUEUED, SENDING, SENT, PERHAPS, FAILED = "queued", "sending", "sent", "perhaps", "failed"
# Never to be sent: shown in a demonstration, or held back
KEPT, WITHHELD = "kept", "withheld"

messages = db.Table(
    "messages",
    Column("id", String(22), primary_key=True),
    # NULL for what is said to nobody: a name that nobody has costs the same work
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("text", String(32), nullable=False),  # its name in tnid/messages/texts.py
    Column("channel", String(8), nullable=False),  # phone or email
    Column("content_sealed", LargeBinary, nullable=False),
    Column("state", String(8), nullable=False),
    Column("via", String(8)),  # the way of sending that an attempt began on
    Column("created_at", BigInteger, nullable=False),
    Column("useful_until", BigInteger),  # it is not sent later than this
    Column("ended_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
Index("ix_messages_account_id_created_at", messages.c.account_id, messages.c.created_at)
Index("ix_messages_state_created_at", messages.c.state, messages.c.created_at)

_ADD = insert(messages)
_FIND = select(messages).where(messages.c.id == bindparam("of_id"))
_LIST = (
    select(messages)
    .where(messages.c.account_id == bindparam("of_account"))
    .order_by(messages.c.created_at.desc(), messages.c.id)
    .limit(bindparam("most"))
)
_LIST_KEPT = (
    select(messages)
    .where(messages.c.state == KEPT, messages.c.account_id.is_not(None))
    .order_by(messages.c.created_at.desc(), messages.c.id)
    .limit(bindparam("most"))
)
_CLAIM = (
    update(messages)
    .where(messages.c.id == bindparam("of_id"), or_(messages.c.state == QUEUED, messages.c.state == FAILED))
    .values(state=SENDING, via=bindparam("by"), ended_at=None)
)
_RELEASE = (
    update(messages)
    .where(messages.c.id == bindparam("of_id"), messages.c.state == SENDING)
    .values(state=QUEUED, via=None)
)
_IS_OPEN = or_(messages.c.state == QUEUED, messages.c.state == SENDING)
# A sender may be late to say that what others called perhaps sent was sent
_WAS_TRIED = or_(messages.c.state == SENDING, messages.c.state == PERHAPS)
# What was under way may have arrived; what was not has not
_ENDED = case((messages.c.state == SENDING, PERHAPS), else_=FAILED)
_GIVE_UP = (
    update(messages)
    .where(messages.c.id == bindparam("of_id"), _IS_OPEN)
    .values(state=_ENDED, ended_at=bindparam("now"), content_sealed=bindparam("content"))
)
_SENT = (
    update(messages)
    .where(messages.c.id == bindparam("of_id"), _WAS_TRIED)
    .values(state=SENT, ended_at=bindparam("now"), content_sealed=bindparam("content"))
)


class MessageStore:
    """Keeps messages; each method runs in the caller's unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_ADD, **columns, via=None)

    def find(self, id_: str) -> Any:
        return self._database.fetch_one(_FIND, of_id=id_)

    def list_by_account(self, account_id: str, *, most: int) -> list[Any]:
        """Return the latest messages to a person, newest first."""
        return self._database.fetch_all(_LIST, of_account=account_id, most=most)

    def list_kept(self, *, most: int) -> list[Any]:
        """Return what the demonstration kept instead of sending, newest first."""
        return self._database.fetch_all(_LIST_KEPT, most=most)

    def claim(self, id_: str, via: str) -> bool:
        """Note that an attempt begins by this way; False where another's has begun or all is over."""
        return self._database.execute(_CLAIM, of_id=id_, by=via) == 1

    def release(self, id_: str) -> None:
        """Note that the attempt certainly sent nothing."""
        self._database.execute(_RELEASE, of_id=id_)

    def mark_sent(self, id_: str, content: bytes, now: int) -> bool:
        """Note that it was taken; `content` is what is kept of it."""
        return self._database.execute(_SENT, of_id=id_, content=content, now=now) == 1

    def give_up(self, id_: str, content: bytes, now: int) -> bool:
        """Note that it is not tried again: not sent, or perhaps sent where an attempt was under way."""
        return self._database.execute(_GIVE_UP, of_id=id_, content=content, now=now) == 1
