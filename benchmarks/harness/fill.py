"""Many people at once, straight into the database: copies of one who was made and signed in the ordinary way.

A copy has an account, a factor, a consent, a session and a grant of its own. It has the first one's password
and TOTP secret, sealed again under its own identifier.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Column, Table, create_engine, select
from sqlalchemy.engine import Connection

from tnid.sealing import Sealer
from tnid.stores.accounts import accounts
from tnid.stores.consents import consents
from tnid.stores.factors import totp_factors
from tnid.stores.grants import grants
from tnid.stores.sessions import sessions

TABLES: tuple[Table, ...] = (accounts, totp_factors, consents, sessions, grants)
CONTEXTS = {
    accounts.c.profile_sealed: "accounts.profile:{}",
    totp_factors.c.secret_sealed: "totp_factors.secret:{}",
}
# A copy has not used a code yet.
RESET = {totp_factors.c.last_step: 0}
BATCH = 10_000

Value = Callable[[dict[Any, Any]], Any]


class Template:
    """The rows of one person, and how to make another's of them."""

    def __init__(self, connection: Connection, username: str, sealer: Sealer) -> None:
        self._sealer = sealer
        self._account_id: str = connection.execute(
            select(accounts.c.id).where(accounts.c.username == username)
        ).scalar_one()
        rows = {table: self._read(connection, table) for table in TABLES}
        self._usernames = {rows[accounts].username, rows[accounts].username_key}
        self._identifiers = {
            row._mapping[column]
            for table, row in rows.items()
            for column in table.columns
            if _is_identifier(column) and isinstance(row._mapping[column], str | bytes)
        }
        self._makers = {
            table: [self._maker(column, row._mapping[column]) for column in table.columns]
            for table, row in rows.items()
        }

    def copy(self, username: str) -> dict[Table, list[Any]]:
        """Return the rows of another person, each in the order of its table's columns."""
        fresh: dict[Any, Any] = {old: _like(old) for old in self._identifiers}
        fresh |= dict.fromkeys(self._usernames, username)
        return {table: [make(fresh) for make in makers] for table, makers in self._makers.items()}

    def _read(self, connection: Connection, table: Table) -> Any:
        owner = table.c.id if table is accounts else table.c.account_id
        return connection.execute(select(table).where(owner == self._account_id)).first()

    def _maker(self, column: Column[Any], value: Any) -> Value:
        value = RESET.get(column, value)
        context = CONTEXTS.get(column)
        if context is None:
            return lambda fresh: fresh.get(value, value)
        plaintext = self._sealer.open(bytes(value), context.format(self._account_id))
        return lambda fresh: self._sealer.seal(plaintext, context.format(fresh[self._account_id]))


def _is_identifier(column: Column[Any]) -> bool:
    """Say whether it names a person or a row of theirs, so that no two people may have the same."""
    if column.name == "client_id":
        return False
    is_indexed = any(column.name in index.columns for index in column.table.indexes)
    return bool(column.primary_key or column.unique or column.foreign_keys or is_indexed)


def _like(identifier: str | bytes) -> str | bytes:
    """Return a random identifier of the same length and alphabet."""
    if isinstance(identifier, bytes):
        return secrets.token_bytes(len(identifier))
    if set(identifier) <= set("0123456789abcdef"):
        return secrets.token_hex(len(identifier))[: len(identifier)]
    return secrets.token_urlsafe(len(identifier))[: len(identifier)]


def usernames(count: int) -> Iterator[str]:
    """Yield the names of the copies."""
    return (f"growth.{number:07}" for number in range(count))


def fill(database_url: str, sealer: Sealer, username: str, count: int) -> None:
    """Add `count` copies of `username`, and let the database look at what it holds."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        template = Template(connection, username, sealer)
        names = usernames(count)
        while batch := [template.copy(name) for name in islice(names, BATCH)]:
            for table in TABLES:
                _write(connection, table, [rows[table] for rows in batch])
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _write(connection: Connection, table: Table, rows: list[list[Any]]) -> None:
    names = ", ".join(column.name for column in table.columns)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" for _ in table.columns)
        cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)
        return
    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
