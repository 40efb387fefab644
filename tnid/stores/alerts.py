"""Alerts: a sign-in that its account's owner should look at, until they say whose it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    bindparam,
    cast,
    exists,
    insert,
    literal,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.audit import audit_events

alerts = db.Table(
    "alerts",
    Column("id", String(22), primary_key=True),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("sid", String(43), nullable=False),  # of the session that it tells of
    Column("ip", String(45), nullable=False),
    Column("user_agent", String(255), nullable=False),
    Column("is_by_qr", Integer, nullable=False, server_default="0"),  # opened by a phone, elsewhere
    # What a message's link holds, as a keyed hash: it shuts the account, once, and can do no more
    Column("link_hash", String(64), nullable=False, unique=True),
    Column("link_expires_at", BigInteger, nullable=False),
    Column("link_used_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("answer", String(8)),  # "mine" or "theirs"
    Column("expires_at", BigInteger, nullable=False, index=True),
)
Index("ix_alerts_account_id_created_at", alerts.c.account_id, alerts.c.created_at)

_GIVEN = (
    *("id", "account_id", "sid", "ip", "user_agent", "is_by_qr"),
    *("link_hash", "link_expires_at", "created_at", "expires_at"),
)
# The first sign-in of all is nobody's surprise
_HAS_SIGNED_IN = exists().where(
    audit_events.c.account_id == bindparam("account_id"), audit_events.c.event == literal("sign_in.complete")
)
_ADD = insert(alerts).from_select(
    _GIVEN, select(*(cast(bindparam(name), alerts.c[name].type) for name in _GIVEN)).where(_HAS_SIGNED_IN)
)
_OPEN = (
    select(alerts)
    .where(alerts.c.account_id == bindparam("of_account"), alerts.c.answered_at.is_(None))
    .order_by(alerts.c.created_at.desc(), alerts.c.id)
    .limit(bindparam("most"))
)
_LIST = select(alerts).where(alerts.c.account_id == bindparam("of_account")).order_by(alerts.c.created_at)
_ANSWER = (
    update(alerts)
    .where(
        alerts.c.id == bindparam("of_id"),
        alerts.c.account_id == bindparam("of_account"),
        alerts.c.sid != bindparam("except_sid"),
        alerts.c.answered_at.is_(None),
    )
    .values(answered_at=bindparam("now"), answer=bindparam("given"))
    .returning(alerts.c.account_id, alerts.c.sid)
)
# Also where somebody answered "it was me": who sat there may have been the stranger
_USE_LINK = (
    update(alerts)
    .where(
        alerts.c.link_hash == bindparam("presented"),
        alerts.c.link_used_at.is_(None),
        alerts.c.link_expires_at > bindparam("now"),
    )
    .values(link_used_at=bindparam("now"), answered_at=bindparam("now"), answer=literal("theirs"))
    .returning(alerts.c.account_id, alerts.c.sid)
)


class AlertStore:
    """Keeps alerts; a link's token never comes in here, only its hash does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> bool:
        """Add one, unless this account was never signed in to; say whether it was added."""
        return self._database.execute(_ADD, **columns) == 1

    def list_open(self, account_id: str, *, most: int) -> list[Any]:
        """Return what is not answered yet, the newest first."""
        return self._database.fetch_all(_OPEN, of_account=account_id, most=most)

    def list_by_account(self, account_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST, of_account=account_id)

    def answer(self, id_: str, account_id: str, answer: str, now: int, *, except_sid: str = "") -> Any:
        """Note the answer; return account_id and sid, or None where it is another's or answered.

        One about the session `except_sid` is not there either.
        """
        return self._database.execute_returning(
            _ANSWER, of_id=id_, of_account=account_id, except_sid=except_sid, given=answer, now=now
        )

    def use_link(self, link_hash: str, now: int) -> Any:
        """Spend a link; return account_id and sid for one caller once, None for everybody else."""
        return self._database.execute_returning(_USE_LINK, presented=link_hash, now=now)
