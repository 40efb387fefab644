"""What the checker saw of each application, and what each sandbox's client asked for last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, String, Text, bindparam, func, select, text

from tnid.db import Database, db
from tnid.stores.audit import audit_events

client_checks = db.Table(
    "client_checks",
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True),
    # One of tnid.checker.checks
    Column("name", String(64), primary_key=True),
    Column("result", String(16), nullable=False),
    # What was seen, as JSON: a word of tnid.checker.words, and its values
    Column("seen", Text, nullable=False),
    Column("checked_at", BigInteger, nullable=False),
)
sandbox_requests = db.Table(
    "sandbox_requests",
    Column("client_id", String(255), ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True),
    # As JSON: which parameters there were; of what must be new each time a keyed hash
    Column("sent", Text, nullable=False),
    Column("noted_at", BigInteger, nullable=False),
)

_LIST = select(client_checks).where(client_checks.c.application_id == bindparam("of_application"))
_SAVE = text(
    "INSERT INTO client_checks (application_id, name, result, seen, checked_at)"
    " VALUES (:application_id, :name, :result, :seen, :checked_at)"
    " ON CONFLICT (application_id, name) DO UPDATE SET"
    " result = excluded.result, seen = excluded.seen, checked_at = excluded.checked_at"
)
_FIND_SENT = select(sandbox_requests).where(sandbox_requests.c.client_id == bindparam("of_client"))
_NOTE_SENT = text(
    "INSERT INTO sandbox_requests (client_id, sent, noted_at) VALUES (:client_id, :sent, :noted_at)"
    " ON CONFLICT (client_id) DO UPDATE SET sent = excluded.sent, noted_at = excluded.noted_at"
)
_LAST_EVENT = select(func.max(audit_events.c.id).label("id"))
# By the primary key: what came within the few seconds of a look
_REFUSED_SINCE = (
    select(audit_events.c.id)
    .where(
        audit_events.c.id > bindparam("after"),
        audit_events.c.client_id == bindparam("of_client"),
        audit_events.c.event == "token.refused",
    )
    .limit(1)
)


class ClientCheckStore:
    """Keeps results; knows nothing of what they mean."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_of(self, application_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST, of_application=application_id)

    def save(self, application_id: str, name: str, result: str, seen: str, now: int) -> None:
        """Keep a result in place of the one before."""
        self._database.execute(
            _SAVE, application_id=application_id, name=name, result=result, seen=seen, checked_at=now
        )

    def find_sent(self, client_id: str) -> Any:
        """Return what a sandbox's client asked for last, None where it never did."""
        return self._database.fetch_one(_FIND_SENT, of_client=client_id)

    def note_sent(self, client_id: str, sent: str, now: int) -> None:
        self._database.execute(_NOTE_SENT, client_id=client_id, sent=sent, noted_at=now)

    def last_event(self) -> int:
        """Return the number of the newest audit event."""
        return self._database.fetch_one(_LAST_EVENT).id or 0

    def has_refused_since(self, event_id: int, client_id: str) -> bool:
        """Say whether a token request of this client was refused since."""
        return self._database.fetch_one(_REFUSED_SINCE, after=event_id, of_client=client_id) is not None
