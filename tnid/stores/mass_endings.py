"""Ending what many have open at once: by few statements, each of bounded length, in one unit of work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.sql import ClauseElement

from tnid.db import Database
from tnid.stores.grants import grants
from tnid.stores.sessions import sessions

AT_ONCE = 5000

_LIVING_SESSIONS = (sessions.c.ended_at.is_(None), sessions.c.expires_at > bindparam("now"))
_LIVING_GRANTS = (grants.c.revoked_at.is_(None), grants.c.expires_at > bindparam("now"))
_END_SESSIONS = (
    update(sessions)
    .where(sessions.c.id_hash.in_(select(sessions.c.id_hash).where(*_LIVING_SESSIONS).limit(AT_ONCE)))
    .values(ended_at=bindparam("now"))
)
_REVOKE = (
    update(grants)
    .where(grants.c.id.in_(select(grants.c.id).where(*_LIVING_GRANTS).limit(AT_ONCE)))
    .values(revoked_at=bindparam("now"))
)
_REVOKE_OF_CLIENT = (
    update(grants)
    .where(
        grants.c.id.in_(
            select(grants.c.id)
            .where(*_LIVING_GRANTS, grants.c.client_id == bindparam("of_client"))
            .limit(AT_ONCE)
        )
    )
    .values(revoked_at=bindparam("now"))
)
# Back-Channel Logout 1.0 §2.5: whoever was signed in there, and is no more
_TELL = text(
    "INSERT INTO outbox"
    " (kind, client_id, account_id, reference, host, attempts, due_at, claimed_until, created_at)"
    " SELECT DISTINCT :kind, client_id, account_id, sid, :host, 0, CAST(:now AS BIGINT), 0,"
    " CAST(:now AS BIGINT) FROM grants"
    " WHERE client_id = :client_id AND revoked_at = :now AND expires_at > :now"
    " AND code_redeemed_at IS NOT NULL ON CONFLICT (kind, client_id, reference) DO NOTHING"
)
_COUNT = (
    select(sessions.c.amr, func.count().label("number"))
    .where(*_LIVING_SESSIONS, sessions.c.last_seen_at > bindparam("idle_since"))
    .group_by(sessions.c.amr)
)
_COUNT_GRANTS = (
    select(grants.c.client_id, func.count().label("number"), func.sum(grants.c.offline).label("offline"))
    .where(*_LIVING_GRANTS, grants.c.code_redeemed_at.is_not(None))
    .group_by(grants.c.client_id)
    .order_by(func.count().desc())
    .limit(bindparam("most"))
)


class MassEndingStore:
    """Counts and ends sessions and grants of many people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_sessions(self, now: int, idle_since: int) -> list[Any]:
        """Return how many sessions are live, by how they were signed in to (`amr`)."""
        return self._database.fetch_all(_COUNT, now=now, idle_since=idle_since)

    def count_grants(self, now: int, *, most: int) -> list[Any]:
        """Return how many are signed in at each application, and of how many it lasts when they sign out."""
        return self._database.fetch_all(_COUNT_GRANTS, now=now, most=most)

    def end_sessions(self, now: int) -> int:
        return self._repeat(_END_SESSIONS, now=now)

    def revoke(self, now: int) -> int:
        return self._repeat(_REVOKE, now=now)

    def revoke_of_client(self, client_id: str, now: int) -> int:
        return self._repeat(_REVOKE_OF_CLIENT, of_client=client_id, now=now)

    def tell(self, kind: str, client_id: str, host: str, now: int) -> int:
        """Queue a message to a client for each sign-in there that was revoked at this very second."""
        return self._database.execute(_TELL, kind=kind, client_id=client_id, host=host, now=now)

    def _repeat(self, statement: ClauseElement, **parameters: Any) -> int:
        total = 0
        while done := self._database.execute(statement, **parameters):
            total += done
        return total
