"""Pushed authorization requests: RFC 9126, each found by the hash of its one-time request_uri."""

from __future__ import annotations

from dataclasses import fields

import orjson
from sqlalchemy import BigInteger, Column, Index, String, Text, bindparam, insert, select, update

from oidc.models import AuthorizationRequest, PushedRequest
from tnid.db import Database, db

pushed_requests = db.Table(
    "pushed_requests",
    Column("uri_hash", String(64), primary_key=True),
    Column("client_id", String(255), nullable=False),
    Column("request", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("consumed_at", BigInteger),
)
Index("ix_pushed_requests_expires_at", pushed_requests.c.expires_at)

_NAMES = tuple(f.name for f in fields(PushedRequest))
_INSERT = insert(pushed_requests)
_FIND = select(*[pushed_requests.c[name] for name in _NAMES]).where(
    pushed_requests.c.uri_hash == bindparam("of_uri")
)
_CONSUME = (
    update(pushed_requests)
    .where(pushed_requests.c.uri_hash == bindparam("of_uri"), pushed_requests.c.consumed_at.is_(None))
    .values(consumed_at=bindparam("now"))
)


class PushedRequestStore:
    """Keeps pushed requests; see `oidc.interfaces.PushedRequestStore` for the contract."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, pushed: PushedRequest) -> None:
        columns = {name: getattr(pushed, name) for name in _NAMES}
        columns["request"] = orjson.dumps(pushed.request.to_dict()).decode()
        self._database.execute(_INSERT, **columns)

    def find(self, uri_hash: str) -> PushedRequest | None:
        row = self._database.fetch_one(_FIND, of_uri=uri_hash)
        if row is None:
            return None
        stored = row._asdict()
        stored["request"] = AuthorizationRequest.from_dict(orjson.loads(stored["request"]))
        return PushedRequest(**stored)

    def consume(self, uri_hash: str, now: int) -> bool:
        return self._database.execute(_CONSUME, of_uri=uri_hash, now=now) == 1
