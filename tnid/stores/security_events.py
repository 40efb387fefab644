"""Security events: what applications were told of a person's data, and what they answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, String, Text, bindparam, insert, or_, select, update

from oidc.security_events.models import DELETED, SecurityEvent
from tnid.db import Database, db

security_events = db.Table(
    "security_events",
    Column("id", String(22), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("client_id", String(255), nullable=False),
    # The application's answer is still awaited when the account is gone
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="SET NULL"), index=True),
    Column("claims", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("outcome", String(16)),
    Column("reason", Text),
    Column("answered_at", BigInteger),
    # Sooner where it was answered: what is open may still be asked about
    Column("expires_at", BigInteger, index=True),
)

_INSERT = insert(security_events)
_FIND = select(security_events).where(security_events.c.id == bindparam("of_id"))
_LIST = (
    select(security_events)
    .where(security_events.c.account_id == bindparam("of_account"))
    .order_by(security_events.c.created_at.desc(), security_events.c.id)
    .limit(bindparam("most"))
)
_DELIVERED = (
    update(security_events)
    .where(security_events.c.id == bindparam("of_id"), security_events.c.delivered_at.is_(None))
    .values(delivered_at=bindparam("now"))
)
_ANSWER = (
    update(security_events)
    .where(
        security_events.c.id == bindparam("of_id"),
        or_(security_events.c.outcome.is_(None), security_events.c.outcome != DELETED),
    )
    .values(
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
        answered_at=bindparam("now"),
        expires_at=bindparam("until"),
    )
)
MOST_EVENTS = 200
DAY_SECONDS = 86400
KEEP_ANSWERED_SECONDS = 365 * DAY_SECONDS
KEEP_UNANSWERED_SECONDS = 2 * 365 * DAY_SECONDS


class SecurityEventStore:
    """Keeps events; see `oidc.interfaces.SecurityEventStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, event: SecurityEvent) -> None:
        self._database.execute(
            _INSERT,
            id=event.id,
            kind=event.kind,
            client_id=event.client_id,
            account_id=event.account_id,
            claims=" ".join(event.claims),
            created_at=event.created_at,
            delivered_at=None,
            outcome=None,
            reason=None,
            answered_at=None,
            expires_at=event.created_at + KEEP_UNANSWERED_SECONDS,
        )

    def find(self, event_id: str) -> SecurityEvent | None:
        row = self._database.fetch_one(_FIND, of_id=event_id)
        return None if row is None else _read(row)

    def list_by_account(self, account_id: str) -> list[SecurityEvent]:
        """Return what was told of a person, the latest first."""
        return [
            _read(row) for row in self._database.fetch_all(_LIST, of_account=account_id, most=MOST_EVENTS)
        ]

    def mark_delivered(self, event_id: str, now: int) -> bool:
        return self._database.execute(_DELIVERED, of_id=event_id, now=now) == 1

    def answer(self, event_id: str, outcome: str, reason: str | None, now: int) -> bool:
        changed = self._database.execute(
            _ANSWER,
            of_id=event_id,
            new_outcome=outcome,
            new_reason=reason,
            now=now,
            until=now + KEEP_ANSWERED_SECONDS,
        )
        return changed == 1


def _read(row: Any) -> SecurityEvent:
    return SecurityEvent(
        id=row.id,
        kind=row.kind,
        client_id=row.client_id,
        account_id=row.account_id,
        claims=tuple(row.claims.split()),
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        outcome=row.outcome,
        reason=row.reason,
        answered_at=row.answered_at,
    )
