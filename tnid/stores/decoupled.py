"""Requests that wait for the person elsewhere: of terminals (RFC 8628) and of counters (CIBA)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    bindparam,
    case,
    exists,
    or_,
    select,
    text,
    update,
)

from oidc.decoupled.models import DECOUPLED_COLUMNS, DecoupledRequest
from tnid.db import Database, db
from tnid.sealing import Sealer
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.client_rows import clients

SLOWER_SECONDS = 5

requests = db.Table(
    "decoupled_requests",
    Column("id", String(22), primary_key=True),
    Column("grant_type", String(64), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("handle_hash", LargeBinary, nullable=False, unique=True),
    Column("user_code_hash", LargeBinary, unique=True),
    Column("account_id", String(22)),
    Column("scope", Text, nullable=False),
    Column("least_acr", String(16), nullable=False),
    Column("binding_message", Text, nullable=False),
    Column("asked_from", String(64), nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("polled_at", BigInteger),
    Column("too_fast", Integer, nullable=False),
    Column("auth_time", BigInteger),
    Column("acr", String(16)),
    Column("amr", String(64)),
    Column("allowed_at", BigInteger),
    Column("denied_at", BigInteger),
    Column("redeemed_at", BigInteger),
    Column("notification_token", LargeBinary),  # sealed: a client's own secret, which it is told by
)
Index("ix_decoupled_requests_account_id", requests.c.account_id)
Index("ix_decoupled_requests_expires_at", requests.c.expires_at)

_COLUMNS = [requests.c[name] for name in DECOUPLED_COLUMNS]
# A new password ends what was allowed under the old one, as it ends every grant
_STANDS_BY_IT = exists().where(
    accounts.c.id == requests.c.account_id,
    *IS_OPEN,
    accounts.c.password_changed_at <= requests.c.allowed_at,
)
_WAITS = (
    requests.c.allowed_at.is_(None),
    requests.c.denied_at.is_(None),
    requests.c.expires_at > bindparam("now"),
)
_WAITS_FOR = (
    requests.c.id == bindparam("of_request"),
    requests.c.account_id == bindparam("by_account"),
    *_WAITS,
)
_UNREDEEMED = (
    requests.c.handle_hash == bindparam("presented"),
    requests.c.grant_type == bindparam("of_type"),
    requests.c.client_id == bindparam("of_client"),
    requests.c.redeemed_at.is_(None),
)
_IS_TOO_FAST = requests.c.polled_at + requests.c.interval_seconds > bindparam("now")

_INSERT = text(
    f"INSERT INTO decoupled_requests ({', '.join(DECOUPLED_COLUMNS)})"  # noqa: S608  our own column names
    f" VALUES ({', '.join(f':{name}' for name in DECOUPLED_COLUMNS)}) ON CONFLICT DO NOTHING"
)
_FIND = select(*_COLUMNS).where(requests.c.id == bindparam("of_request"))
# Whoever decides lives, or is made up, as the client is live or a sandbox's
_OTHER_WORLD = exists().where(
    clients.c.client_id == requests.c.client_id,
    accounts.c.id == bindparam("by_account"),
    accounts.c.is_sandbox != clients.c.is_sandbox,
)
_CLAIM = (
    update(requests)
    .where(
        requests.c.user_code_hash == bindparam("presented"),
        or_(requests.c.account_id.is_(None), requests.c.account_id == bindparam("by_account")),
        ~_OTHER_WORLD,
        *_WAITS,
    )
    .values(account_id=bindparam("by_account"))
    .returning(*_COLUMNS)
)
_FIND_BY_HANDLE = select(*_COLUMNS).where(requests.c.handle_hash == bindparam("presented"))
_LIST_WAITING = (
    select(*_COLUMNS)
    .where(requests.c.account_id == bindparam("by_account"), *_WAITS)
    .order_by(requests.c.created_at.desc(), requests.c.id)
)
# Through those that are not over yet, by their index: such a request lives for minutes
_LIST_OF_CLIENT = (
    select(*_COLUMNS)
    .where(requests.c.client_id == bindparam("of_client"), requests.c.account_id.is_not(None), *_WAITS)
    .order_by(requests.c.expires_at)
    .limit(bindparam("most"))
)
_POLL = (
    update(requests)
    .where(*_UNREDEEMED)
    .values(
        polled_at=bindparam("now"),
        too_fast=case((_IS_TOO_FAST, 1), else_=0),
        interval_seconds=requests.c.interval_seconds + case((_IS_TOO_FAST, SLOWER_SECONDS), else_=0),
    )
    .returning(*_COLUMNS)
)
_ALLOW = (
    update(requests)
    .where(
        *_WAITS_FOR,
        exists().where(accounts.c.id == bindparam("by_account"), *IS_OPEN),
        ~_OTHER_WORLD,
    )
    .values(
        auth_time=bindparam("signed_in_at"),
        acr=bindparam("by_acr"),
        amr=bindparam("by_amr"),
        allowed_at=bindparam("now"),
    )
)
_DENY = update(requests).where(*_WAITS_FOR).values(denied_at=bindparam("now"))
_DENY_ALL = (
    update(requests)
    .where(
        requests.c.account_id == bindparam("by_account"),
        requests.c.denied_at.is_(None),
        requests.c.redeemed_at.is_(None),
    )
    .values(denied_at=bindparam("now"))
)
_REDEEM = (
    update(requests)
    .where(
        *_UNREDEEMED,
        requests.c.allowed_at.is_not(None),
        requests.c.denied_at.is_(None),
        requests.c.expires_at > bindparam("now"),
        _STANDS_BY_IT,
    )
    .values(redeemed_at=bindparam("now"))
    .returning(*_COLUMNS)
)


class DecoupledStore:
    """Keeps such requests; see `oidc.interfaces.DecoupledStore` for the contract."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def add(self, request: DecoupledRequest) -> bool:
        columns = {name: getattr(request, name) for name in DECOUPLED_COLUMNS}
        token = request.notification_token.encode()
        columns["notification_token"] = self._sealer.seal(token, _context(request.id)) if token else None
        return self._database.execute(_INSERT, **columns) == 1

    def find(self, request_id: str) -> DecoupledRequest | None:
        return self._read(self._database.fetch_one(_FIND, of_request=request_id))

    def claim(self, user_code_hash: bytes, account_id: str, now: int) -> DecoupledRequest | None:
        row = self._database.execute_returning(
            _CLAIM, presented=user_code_hash, by_account=account_id, now=now
        )
        return self._read(row)

    def find_by_handle(self, handle_hash: bytes) -> DecoupledRequest | None:
        return self._read(self._database.fetch_one(_FIND_BY_HANDLE, presented=handle_hash))

    def list_waiting(self, account_id: str, now: int) -> list[DecoupledRequest]:
        rows = self._database.fetch_all(_LIST_WAITING, by_account=account_id, now=now)
        return [found for row in rows if (found := self._read(row))]

    def list_of_client(self, client_id: str, now: int, *, most: int) -> list[DecoupledRequest]:
        """Return what a client asked of somebody and is not answered, the one that ends first at the top."""
        rows = self._database.fetch_all(_LIST_OF_CLIENT, of_client=client_id, now=now, most=most)
        return [found for row in rows if (found := self._read(row))]

    def poll(self, handle_hash: bytes, grant_type: str, client_id: str, now: int) -> DecoupledRequest | None:
        return self._consume(_POLL, handle_hash, grant_type, client_id, now)

    def allow(
        self, request_id: str, *, account_id: str, auth_time: int, acr: str, amr: str, now: int
    ) -> bool:
        changed = self._database.execute(
            _ALLOW,
            of_request=request_id,
            by_account=account_id,
            signed_in_at=auth_time,
            by_acr=acr,
            by_amr=amr,
            now=now,
        )
        return changed == 1

    def deny(self, request_id: str, account_id: str, now: int) -> bool:
        return self._database.execute(_DENY, of_request=request_id, by_account=account_id, now=now) == 1

    def deny_all(self, account_id: str, now: int) -> int:
        """Deny whatever waits for an account, also what it allowed and nobody fetched; return how many."""
        return self._database.execute(_DENY_ALL, by_account=account_id, now=now)

    def redeem(
        self, handle_hash: bytes, grant_type: str, client_id: str, now: int
    ) -> DecoupledRequest | None:
        return self._consume(_REDEEM, handle_hash, grant_type, client_id, now)

    def _consume(
        self, statement: Any, handle_hash: bytes, grant_type: str, client_id: str, now: int
    ) -> DecoupledRequest | None:
        row = self._database.execute_returning(
            statement, presented=handle_hash, of_type=grant_type, of_client=client_id, now=now
        )
        return self._read(row)

    def _read(self, row: Any) -> DecoupledRequest | None:
        if row is None:
            return None
        sealed = row.notification_token
        token = self._sealer.open(sealed, _context(row.id)).decode() if sealed else ""
        return DecoupledRequest(**{**row._asdict(), "notification_token": token})


def _context(request_id: str) -> str:
    return f"decoupled_requests.notification_token:{request_id}"
