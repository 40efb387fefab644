"""What was used once: identifiers of assertions and of revoked tokens, kept until they would have expired."""

from __future__ import annotations

import hashlib

from sqlalchemy import BigInteger, Column, Index, LargeBinary, bindparam, select, text

from tnid.db import Database, db

replays = db.Table(
    "replays",
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_replays_expires_at", replays.c.expires_at)

_CONSUME = text(
    "INSERT INTO replays (digest, expires_at) VALUES (:digest, :expires_at) ON CONFLICT (digest) DO NOTHING"
)
_FIND = select(replays.c.digest).where(replays.c.digest == bindparam("digest"))


class ReplayStore:
    """Keeps digests of one-time identifiers; see `oidc.interfaces.ReplayStore` for the contract."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def consume(self, purpose: str, identifier: str, expires_at: int) -> bool:
        digest = _digest(purpose, identifier)
        return self._database.execute(_CONSUME, digest=digest, expires_at=expires_at) == 1

    def is_consumed(self, purpose: str, identifier: str) -> bool:
        return self._database.fetch_one(_FIND, digest=_digest(purpose, identifier)) is not None


def _digest(purpose: str, identifier: str) -> bytes:
    return hashlib.sha256(f"{purpose}\x00{identifier}".encode("utf-8", "surrogatepass")).digest()
