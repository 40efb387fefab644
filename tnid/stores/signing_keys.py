"""The signing keys in SQL. Private keys are sealed before they come here (keys.envelope)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    bindparam,
    select,
    text,
)

from keys.store import StoredKey, StoreUnavailable
from tnid.db import Database, DatabaseUnavailable, db

signing_keys = db.Table(
    "signing_keys",
    Column("kid", String(43), primary_key=True),
    Column("alg", String(16), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("active_from", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("alg", "generation"),
)

FIND_ALL = select(*signing_keys.c).order_by(signing_keys.c.alg, signing_keys.c.generation)
ADD = text(
    "INSERT INTO signing_keys (kid, alg, generation, published_at, active_from, sealed)"
    " VALUES (:kid, :alg, :generation, :published_at, :active_from, :sealed) ON CONFLICT DO NOTHING"
)
REMOVE = signing_keys.delete().where(signing_keys.c.kid == bindparam("kid"))


class KeyStoreUnavailable(StoreUnavailable, DatabaseUnavailable):
    """The database can't be read: known to the keyring by one name and to tnid by the other."""


class SqlKeyStore:
    """A `keys.store.KeyStore`. One process of many adds a generation: the unique constraint decides which."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_all(self) -> tuple[StoredKey, ...]:
        try:
            rows = self._database.fetch_all(FIND_ALL)
        except DatabaseUnavailable as error:
            raise KeyStoreUnavailable from error
        return tuple(StoredKey(*row) for row in rows)

    def add(self, key: StoredKey) -> bool:
        added = self._database.execute(
            ADD,
            kid=key.kid,
            alg=key.alg,
            generation=key.generation,
            published_at=key.published_at,
            active_from=key.active_from,
            sealed=key.sealed,
        )
        return added == 1

    def remove(self, kid: str) -> bool:
        return self._database.execute(REMOVE, kid=kid) == 1
