"""Sessions of people who are signed in: one row a browser, found by the hash of its cookie."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    String,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.consents import consents
from tnid.stores.mandates import IS_IN_FORCE, mandate_clients, mandates

sessions = db.Table(
    "sessions",
    Column("id_hash", String(64), primary_key=True),
    Column("sid", String(43), nullable=False, unique=True),
    Column(
        "account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("auth_time", BigInteger, nullable=False),
    Column("acr", String(8), nullable=False),
    Column("amr", String(64), nullable=False),
    Column("ip", String(45), nullable=False),
    Column("user_agent", String(255), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("ended_at", BigInteger),
)

_INSERT = insert(sessions)
_LIVE = (
    sessions.c.ended_at.is_(None),
    sessions.c.expires_at > bindparam("now"),
    sessions.c.last_seen_at > bindparam("idle_since"),
)
# Who is this, at what level, and may they still
_FIND_LIVE = (
    select(
        sessions.c.account_id,
        sessions.c.sid,
        sessions.c.auth_time,
        sessions.c.acr,
        sessions.c.amr,
        sessions.c.last_seen_at,
        sessions.c.expires_at.label("session_expires_at"),
        accounts.c.identity_level,
        accounts.c.shut_by_owner_at,
        accounts.c.deletion_due_at,
        (accounts.c.guardian_awaited_until > bindparam("now")).label("is_waiting"),
        accounts.c.is_sandbox,
    )
    .join(accounts, accounts.c.id == sessions.c.account_id)
    .where(
        sessions.c.id_hash == bindparam("id_hash"),
        *_LIVE,
        accounts.c.disabled_at.is_(None),
        # A session of somebody made up opens nothing that is live, whatever cookie it came in
        accounts.c.is_sandbox == bindparam("is_sandbox"),
        or_(accounts.c.shut_by_owner_at.is_(None), accounts.c.shut_by_owner_sid == sessions.c.sid),
    )
)
# The one read of a silent sign-on
_FIND_LIVE_WITH_CONSENT = (
    _FIND_LIVE.where(*IS_OPEN)
    .add_columns(
        consents.c.scope, consents.c.claims, consents.c.withheld, consents.c.versions, consents.c.expires_at
    )
    .outerjoin(
        consents,
        and_(
            consents.c.account_id == sessions.c.account_id,
            consents.c.client_id == bindparam("client_id"),
            consents.c.withdrawn_at.is_(None),
        ),
    )
)
# The same at a client that accepts mandates: whoever holds one is asked for whom they sign in
_FIND_LIVE_WITH_CONSENT_AND_MANDATE = _FIND_LIVE_WITH_CONSENT.add_columns(
    exists()
    .where(
        mandates.c.helper_id == sessions.c.account_id,
        mandate_clients.c.mandate_id == mandates.c.id,
        mandate_clients.c.client_id == bindparam("client_id"),
        *IS_IN_FORCE,
    )
    .label("holds_mandate")
)
_TOUCH = (
    update(sessions)
    .where(sessions.c.id_hash == bindparam("of_hash"), sessions.c.last_seen_at < bindparam("now"))
    .values(last_seen_at=bindparam("now"))
)
_REPLACE = (
    update(sessions)
    .where(sessions.c.id_hash == bindparam("old_hash"), sessions.c.ended_at.is_(None))
    .values(
        id_hash=bindparam("new_hash"),
        auth_time=bindparam("new_auth_time"),
        acr=bindparam("new_acr"),
        amr=bindparam("new_amr"),
        last_seen_at=bindparam("now"),
        expires_at=bindparam("new_expires_at"),
    )
)
_CHANGE_TRUST = (
    update(sessions)
    .where(sessions.c.id_hash == bindparam("old_hash"), sessions.c.ended_at.is_(None))
    .values(
        id_hash=bindparam("new_hash"),
        acr=bindparam("new_acr"),
        amr=bindparam("new_amr"),
        last_seen_at=bindparam("now"),
    )
)
_FIND_ACCOUNT = select(sessions.c.account_id).where(sessions.c.sid == bindparam("of_sid"))
_END = (
    update(sessions)
    .where(sessions.c.sid == bindparam("of_sid"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_END_OF_ACCOUNT = (
    update(sessions)
    .where(
        sessions.c.account_id == bindparam("of_account"),
        sessions.c.sid != bindparam("except_sid"),
        sessions.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("now"))
)
_LIST_ENDED = select(sessions.c.sid).where(
    sessions.c.account_id == bindparam("of_account"), sessions.c.ended_at == bindparam("now")
)
_LIST = (
    select(sessions)
    .where(sessions.c.account_id == bindparam("account_id"), *_LIVE)
    .order_by(sessions.c.last_seen_at.desc())
)


class SessionStore:
    """Keeps sessions. A cookie's value never comes in here: only its hash does."""

    def __init__(self, database: Database, idle_seconds: int) -> None:
        self._database = database
        self._idle_seconds = idle_seconds

    def insert(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns, ended_at=None)

    def find_live(self, id_hash: str, now: int, *, is_sandbox: bool = False) -> Any:
        """Return who holds this session, or None where it is unknown, ended, idle or the account disabled.

        `is_sandbox` finds the made-up alone, and nobody finds them without it.
        """
        return self._database.fetch_one(
            _FIND_LIVE,
            id_hash=id_hash,
            now=now,
            idle_since=now - self._idle_seconds,
            is_sandbox=int(is_sandbox),
        )

    def find_live_with_consent(
        self, id_hash: str, client_id: str, now: int, *, with_mandate: bool = False, is_sandbox: bool = False
    ) -> Any:
        """Return the same with the scope and claims agreed to with a client; both None without a consent.

        With mandates, `holds_mandate` says whether the person holds one at the client.
        """
        return self._database.fetch_one(
            _FIND_LIVE_WITH_CONSENT_AND_MANDATE if with_mandate else _FIND_LIVE_WITH_CONSENT,
            id_hash=id_hash,
            client_id=client_id,
            now=now,
            idle_since=now - self._idle_seconds,
            is_sandbox=int(is_sandbox),
        )

    def touch(self, id_hash: str, now: int) -> None:
        self._database.execute(_TOUCH, of_hash=id_hash, now=now)

    def renew(
        self, old_hash: str, new_hash: str, *, auth_time: int, acr: str, amr: str, expires_at: int
    ) -> bool:
        """Give the session of a person who signed in again a new id, time and life; its sid stays."""
        renewed = self._database.execute(
            _REPLACE,
            old_hash=old_hash,
            new_hash=new_hash,
            new_auth_time=auth_time,
            new_acr=acr,
            new_amr=amr,
            now=auth_time,
            new_expires_at=expires_at,
        )
        return renewed == 1

    def change_trust(self, old_hash: str, new_hash: str, *, acr: str, amr: str, now: int) -> bool:
        """Give a session that gained or lost a factor a new id; when it was signed in to stays."""
        changed = self._database.execute(
            _CHANGE_TRUST, old_hash=old_hash, new_hash=new_hash, new_acr=acr, new_amr=amr, now=now
        )
        return changed == 1

    def find_account(self, sid: str) -> str | None:
        row = self._database.fetch_one(_FIND_ACCOUNT, of_sid=sid)
        return None if row is None else str(row.account_id)

    def end(self, sid: str, now: int) -> bool:
        return self._database.execute(_END, of_sid=sid, now=now) == 1

    def end_all(self, account_id: str, now: int, *, except_sid: str = "") -> int:
        """End every session of an account but one; return how many."""
        return self._database.execute(_END_OF_ACCOUNT, of_account=account_id, except_sid=except_sid, now=now)

    def list_ended(self, account_id: str, now: int) -> list[str]:
        """Return the sids of those sessions of an account that ended in this very second."""
        return [row.sid for row in self._database.fetch_all(_LIST_ENDED, of_account=account_id, now=now)]

    def list_live(self, account_id: str, now: int) -> list[Any]:
        return self._database.fetch_all(
            _LIST, account_id=account_id, now=now, idle_since=now - self._idle_seconds
        )
