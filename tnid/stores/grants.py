"""Grants: one row carries a consent's code, its access tokens and its refresh tokens.

What is one-time is one conditional statement here, whose row count decides. Each of them refuses a grant that
is revoked or expired and an account that is not open, in its own WHERE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
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

from oidc.models import GRANT_COLUMNS, Grant
from oidc.token.redemption import Redemption
from tnid.db import Database, db
from tnid.stores.accounts import IS_OPEN, OF_ITS_WORLD, accounts
from tnid.stores.audit import FLOW, RecordedWrite
from tnid.stores.consents import consents
from tnid.stores.mandates import mandate_clients, mandates
from tnid.stores.sessions import sessions


class AccountRow(NamedTuple):
    """The columns of an account that its claims are made of."""

    id: str
    username: str
    locale: str
    profile_sealed: bytes
    updated_at: int


Describe = Callable[[str, int], dict[str, Any]]

grants = db.Table(
    "grants",
    Column("id", String(22), primary_key=True),
    Column("client_id", String(255), nullable=False),
    Column("account_id", String(22), nullable=False),
    Column("sid", String(43), nullable=False),
    Column("scope", Text, nullable=False),
    Column("userinfo_claims", Text, nullable=False),
    Column("id_token_claims", Text, nullable=False),
    Column("nonce", Text),
    Column("auth_time", BigInteger, nullable=False),
    Column("acr", String(16), nullable=False),
    Column("amr", String(64), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", String(43)),
    Column("dpop_jkt", String(43)),
    Column("code_hash", LargeBinary, unique=True),
    Column("code_expires_at", BigInteger),
    Column("code_redeemed_at", BigInteger),
    Column("offline", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("rotated_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("resource", Text, nullable=False, server_default=""),
    Column("verified_claims", Text),
    # Who signed in in the account's stead, and by which mandate
    Column("actor_id", String(22)),
    Column("mandate_id", String(22)),
    # What the person keeps to themselves, as the consent has it
    Column("withheld", Text),
)
Index("ix_grants_account_id_client_id", grants.c.account_id, grants.c.client_id)
Index("ix_grants_sid", grants.c.sid)
Index("ix_grants_expires_at", grants.c.expires_at)
for column in (grants.c.actor_id, grants.c.mandate_id):
    Index(
        f"ix_grants_{column.name}",
        column,
        sqlite_where=column.is_not(None),
        postgresql_where=column.is_not(None),
    )

_COLUMNS = [grants.c[name] for name in GRANT_COLUMNS]
_IS_ANSWERED_FOR = or_(
    accounts.c.guardian_awaited_until.is_(None), accounts.c.guardian_awaited_until <= bindparam("now")
)
_OF_OPEN_ACCOUNT = exists().where(accounts.c.id == grants.c.account_id, *IS_OPEN, _IS_ANSWERED_FOR)
_IS_ALIVE = (grants.c.revoked_at.is_(None), grants.c.expires_at > bindparam("now"), _OF_OPEN_ACCOUNT)

# Locked on PostgreSQL: whoever ends one of them at this moment comes before or after, never between
_SESSION_LIVES = exists(
    select(sessions.c.sid)
    .where(sessions.c.sid == bindparam("sid"), sessions.c.ended_at.is_(None))
    .with_for_update(read=True)
)
_CONSENT_STANDS = exists(
    select(consents.c.client_id)
    .where(
        consents.c.account_id == bindparam("account_id"),
        consents.c.client_id == bindparam("client_id"),
        consents.c.withdrawn_at.is_(None),
        or_(consents.c.expires_at.is_(None), consents.c.expires_at > bindparam("created_at")),
        # What is kept back is what was looked at: a choice of this very moment comes first
        consents.c.withheld.is_not_distinct_from(cast(bindparam("withheld"), Text)),
    )
    .with_for_update(read=True)
)
# The mandate is the principal's consent. The session is the helper's, who acts
_MANDATE_STANDS = exists(
    select(mandates.c.id)
    .where(
        mandates.c.id == bindparam("mandate_id"),
        mandates.c.principal_id == bindparam("account_id"),
        mandates.c.helper_id == bindparam("actor_id"),
        mandates.c.accepted_at.is_not(None),
        mandates.c.ended_at.is_(None),
        mandates.c.expires_at > bindparam("created_at"),
        exists().where(
            mandate_clients.c.mandate_id == mandates.c.id,
            mandate_clients.c.client_id == bindparam("client_id"),
        ),
    )
    .with_for_update(read=True)
)


def _insert_where(*conditions: Any) -> Any:
    values = select(*(cast(bindparam(name), grants.c[name].type) for name in GRANT_COLUMNS))
    return insert(grants).from_select(GRANT_COLUMNS, values.where(*conditions)).returning(grants.c.id)


# A grant without a code was agreed to elsewhere than at the client's browser, and hangs on no session
_INSERT = _insert_where(
    or_(cast(bindparam("code_hash"), LargeBinary).is_(None), _SESSION_LIVES), _CONSENT_STANDS, OF_ITS_WORLD
)
_INSERT_BY_MANDATE = _insert_where(_SESSION_LIVES, _MANDATE_STANDS, OF_ITS_WORLD)
_REDEEM = (
    update(grants)
    .where(
        grants.c.code_hash == bindparam("presented"),
        grants.c.client_id == bindparam("of_client"),
        grants.c.redirect_uri == bindparam("at_uri"),
        grants.c.code_challenge.is_not_distinct_from(bindparam("answered")),
        or_(grants.c.dpop_jkt.is_(None), grants.c.dpop_jkt == bindparam("by_key")),
        grants.c.code_redeemed_at.is_(None),
        grants.c.code_expires_at > bindparam("now"),
        *_IS_ALIVE,
    )
    .values(code_redeemed_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_ROTATE = (
    update(grants)
    .where(
        grants.c.id == bindparam("grant_id"),
        grants.c.generation == bindparam("presented"),
        grants.c.client_id == bindparam("of_client"),
        grants.c.code_redeemed_at.is_not(None),
        *_IS_ALIVE,
    )
    .values(generation=grants.c.generation + 1, rotated_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_REDEEM_RECORDED, _ROTATE_RECORDED = RecordedWrite(_REDEEM, FLOW), RecordedWrite(_ROTATE)
_FIND = select(*_COLUMNS).where(grants.c.id == bindparam("grant_id"))
_FIND_BY_CODE = select(*_COLUMNS).where(grants.c.code_hash == bindparam("presented"))
_FIND_LIVE = select(*_COLUMNS).where(
    grants.c.id == bindparam("grant_id"), grants.c.code_redeemed_at.is_not(None), *_IS_ALIVE
)
_ACCOUNT_COLUMNS = [accounts.c[name].label(f"of_{name}") for name in AccountRow._fields]
_FIND_LIVE_WITH_ACCOUNT = select(*_COLUMNS, *_ACCOUNT_COLUMNS).where(
    grants.c.id == bindparam("grant_id"),
    grants.c.code_redeemed_at.is_not(None),
    grants.c.revoked_at.is_(None),
    grants.c.expires_at > bindparam("now"),
    accounts.c.id == grants.c.account_id,
    *IS_OPEN,
    _IS_ANSWERED_FOR,
)
_LIST_BY_ACCOUNT = (
    select(*_COLUMNS)
    .where(grants.c.account_id == bindparam("of_account"), grants.c.code_redeemed_at.is_not(None), *_IS_ALIVE)
    .order_by(grants.c.created_at.desc())
)

_LIST_PARTIES = (
    select(grants.c.client_id, grants.c.account_id).where(grants.c.sid == bindparam("of_sid")).distinct()
)

# Where a helper may be signed in still. Their own session's end is told of by itself
_LIST_MANDATED = (
    select(grants.c.client_id, grants.c.account_id, grants.c.sid)
    .join(sessions, sessions.c.sid == grants.c.sid)
    .where(
        grants.c.mandate_id == bindparam("of_mandate"),
        grants.c.code_redeemed_at.is_not(None),
        sessions.c.ended_at.is_(None),
    )
    .distinct()
)


def _revoke_where(*conditions: Any) -> Any:
    return (
        update(grants).where(*conditions, grants.c.revoked_at.is_(None)).values(revoked_at=bindparam("now"))
    )


_REVOKE = _revoke_where(grants.c.id == bindparam("grant_id"))
_REVOKE_BY_SESSION = _revoke_where(grants.c.sid == bindparam("of_sid"), grants.c.offline == 0)
# What it got in somebody's stead, too
_REVOKE_BY_ACCOUNT = _revoke_where(
    or_(grants.c.account_id == bindparam("of_account"), grants.c.actor_id == bindparam("of_account"))
)
_REVOKE_BY_MANDATE = _revoke_where(grants.c.mandate_id == bindparam("of_mandate"))
_REVOKE_BY_MANDATES_AT = _revoke_where(
    grants.c.client_id == bindparam("of_client"), grants.c.mandate_id.is_not(None)
)
_REVOKE_BY_ACCOUNT_AND_CLIENT = _revoke_where(
    grants.c.account_id == bindparam("of_account"), grants.c.client_id == bindparam("of_client")
)

# What a helper's grant keeps back is the mandate's to say, whatever the principal's own consent opens
_SET_WITHHELD = (
    update(grants)
    .where(
        grants.c.account_id == bindparam("of_account"),
        grants.c.client_id == bindparam("of_client"),
        grants.c.mandate_id.is_(None),
        grants.c.revoked_at.is_(None),
    )
    .values(withheld=bindparam("new_withheld"))
)


class GrantStore:
    """Keeps grants; see `oidc.interfaces.GrantStore` for the contract."""

    def __init__(self, database: Database, describe: Describe) -> None:
        """`describe` returns the audit columns of an event of the current request."""
        self._database = database
        self._describe = describe

    def add(self, grant: Grant, *, is_sandbox: bool = False) -> bool:
        columns = {name: getattr(grant, name) for name in GRANT_COLUMNS}
        statement = _INSERT if grant.mandate_id is None else _INSERT_BY_MANDATE
        return self._database.execute_alone(statement, **columns, is_sandbox=int(is_sandbox)) is not None

    def redeem(self, redemption: Redemption, now: int) -> Grant | None:
        row = _REDEEM_RECORDED.execute(
            self._database,
            self._describe("token.issued", now),
            presented=redemption.code_hash,
            of_client=redemption.client_id,
            at_uri=redemption.redirect_uri,
            answered=redemption.code_challenge,
            by_key=redemption.dpop_jkt,
            now=now,
        )
        return _read(row)

    def rotate(self, grant_id: str, generation: int, client_id: str, now: int) -> Grant | None:
        row = _ROTATE_RECORDED.execute(
            self._database,
            self._describe("token.refreshed", now),
            grant_id=grant_id,
            presented=generation,
            of_client=client_id,
            now=now,
        )
        return _read(row)

    def find(self, grant_id: str) -> Grant | None:
        return _read(self._database.fetch_one(_FIND, grant_id=grant_id))

    def find_by_code(self, code_hash: bytes) -> Grant | None:
        return _read(self._database.fetch_one(_FIND_BY_CODE, presented=code_hash))

    def find_live(self, grant_id: str, now: int) -> Grant | None:
        return _read(self._database.fetch_one(_FIND_LIVE, grant_id=grant_id, now=now))

    def find_live_with_account(self, grant_id: str, now: int) -> tuple[Grant, AccountRow] | None:
        """Return a live grant with what its account's claims are made of."""
        row = self._database.fetch_one(_FIND_LIVE_WITH_ACCOUNT, grant_id=grant_id, now=now)
        if row is None:
            return None
        width = len(GRANT_COLUMNS)
        return Grant(*row[:width]), AccountRow(*row[width:])

    def list_by_account(self, account_id: str, now: int) -> list[Grant]:
        """Return the live grants of an account, the newest first."""
        rows = self._database.fetch_all(_LIST_BY_ACCOUNT, of_account=account_id, now=now)
        return [Grant(*row) for row in rows]

    def revoke(self, grant_id: str, now: int) -> bool:
        return self._database.execute(_REVOKE, grant_id=grant_id, now=now) == 1

    def revoke_by_session(self, sid: str, now: int) -> int:
        """End the grants of a session, all but those for offline access; return how many."""
        return self._database.execute(_REVOKE_BY_SESSION, of_sid=sid, now=now)

    def list_parties(self, sid: str) -> list[tuple[str, str]]:
        """Return each client that ever had a grant in this session, with the account."""
        rows = self._database.fetch_all(_LIST_PARTIES, of_sid=sid)
        return sorted((row.client_id, row.account_id) for row in rows)

    def list_mandated(self, mandate_id: str) -> list[Any]:
        """Return client, principal and sid of each sign-in by this mandate whose session goes on."""
        return self._database.fetch_all(_LIST_MANDATED, of_mandate=mandate_id)

    def revoke_by_mandate(self, mandate_id: str, now: int) -> int:
        """End the grants that a helper got by this mandate; return how many."""
        return self._database.execute(_REVOKE_BY_MANDATE, of_mandate=mandate_id, now=now)

    def revoke_by_mandates_at(self, client_id: str, now: int) -> int:
        """End the grants that helpers got at this client; return how many."""
        return self._database.execute(_REVOKE_BY_MANDATES_AT, of_client=client_id, now=now)

    def revoke_by_account(self, account_id: str, now: int) -> int:
        """End every grant of an account, those that it got as somebody's helper, too; return how many."""
        return self._database.execute(_REVOKE_BY_ACCOUNT, of_account=account_id, now=now)

    def set_withheld(self, account_id: str, client_id: str, withheld: str | None) -> int:
        """Have every live grant that an account gave a client keep back this; return how many."""
        return self._database.execute(
            _SET_WITHHELD, of_account=account_id, of_client=client_id, new_withheld=withheld
        )

    def revoke_by_account_and_client(self, account_id: str, client_id: str, now: int) -> int:
        """End every grant that an account gave a client; return how many."""
        return self._database.execute(
            _REVOKE_BY_ACCOUNT_AND_CLIENT, of_account=account_id, of_client=client_id, now=now
        )


def _read(row: Any) -> Grant | None:
    return None if row is None else Grant(*row)
