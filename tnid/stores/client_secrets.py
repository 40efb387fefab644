"""When each of a client's secrets was made and last used; which ones work is the client's row to say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db

client_secrets = db.Table(
    "client_secrets",
    Column("client_id", String(255), ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True),
    # The SHA-256 digest of the secret, as in the client's row
    Column("digest", String(64), primary_key=True),
    Column("made_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    # As in the client's row
    Column("ends_at", BigInteger),
)
Index("ix_client_secrets_made_by", client_secrets.c.made_by)
Index("ix_client_secrets_ends_at", client_secrets.c.ends_at)

_SECRET = client_secrets.c
_OF_CLIENT = _SECRET.client_id == bindparam("of_client")
_INSERT = insert(client_secrets)
_LIST = select(client_secrets).where(_OF_CLIENT).order_by(_SECRET.created_at.desc(), _SECRET.digest)
_END = (
    update(client_secrets)
    .where(_OF_CLIENT, _SECRET.digest == bindparam("of_digest"))
    .values(ends_at=bindparam("new_end"))
)
_DELETE = delete(client_secrets).where(_OF_CLIENT, _SECRET.digest == bindparam("of_digest"))
_NOTE_USE = (
    update(client_secrets)
    .where(
        _OF_CLIENT,
        _SECRET.digest == bindparam("of_digest"),
        or_(_SECRET.last_used_at.is_(None), _SECRET.last_used_at <= bindparam("before")),
    )
    .values(last_used_at=bindparam("now"))
)
_LIST_DUE = (
    select(_SECRET.client_id)
    .where(_SECRET.ends_at <= bindparam("now"))
    .order_by(_SECRET.ends_at)
    .limit(bindparam("most"))
)


class ClientSecretStore:
    """Keeps what is known of clients' secrets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, client_id: str, digest: str, now: int, by: str | None = None) -> None:
        """Note a new secret; raises Conflict where the client has it already."""
        self._database.execute(
            _INSERT,
            client_id=client_id,
            digest=digest,
            made_by=by,
            created_at=now,
            last_used_at=None,
            ends_at=None,
        )

    def list_of(self, client_id: str) -> list[Any]:
        """Return the rows, the newest first."""
        return self._database.fetch_all(_LIST, of_client=client_id)

    def plan_end(self, client_id: str, digest: str, ends_at: int | None) -> None:
        self._database.execute(_END, of_client=client_id, of_digest=digest, new_end=ends_at)

    def drop(self, client_id: str, digest: str) -> None:
        self._database.execute(_DELETE, of_client=client_id, of_digest=digest)

    def note_use(self, client_id: str, digest: str, now: int, *, before: int) -> None:
        """Note that the secret was used, unless that is noted for some time after `before`."""
        self._database.execute(_NOTE_USE, of_client=client_id, of_digest=digest, now=now, before=before)

    def list_due(self, now: int, most: int) -> list[str]:
        """Return the clients of which a secret's planned end has come."""
        return [row.client_id for row in self._database.fetch_all(_LIST_DUE, now=now, most=most)]
