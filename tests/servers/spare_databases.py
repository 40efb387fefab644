"""Migrated PostgreSQL databases that tests take in turn: emptying one is far quicker than copying one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.servers.postgresql import PostgreSQL

WAIT_MS = 60_000
END_OTHERS = """
    SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Whatever changes a table, a trigger or the like writes a row of these anew
CATALOGUES = ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc")
OURS = 16384  # the first oid that is nobody's but ours
SHAPE = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}"
    f" WHERE {'attrelid' if name == 'pg_attribute' else 'oid'} >= {OURS}"
    for name in CATALOGUES
)
TABLES = (
    "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
SEQUENCES = "SELECT quote_ident(sequencename) FROM pg_sequences WHERE last_value IS NOT NULL"
REVISION = "alembic_version"


class SpareDatabases:
    """Each is lent as its template is: no row but the revision, numbers from one, the same shape."""

    def __init__(self, server: PostgreSQL, template: str) -> None:
        self._server = server
        self._template = template
        self._spare: list[str] = []

    @contextmanager
    def borrow(self) -> Iterator[str]:
        """Yield the name of a database that is nobody else's meanwhile; ends whoever is still connected."""
        name = self._spare.pop() if self._spare else self._server.create_database(template=self._template)
        with self._connect(name) as connection:
            before = connection.execute(SHAPE).fetchall()
        yield name
        with self._connect(name) as connection:
            connection.execute(END_OTHERS, (WAIT_MS,))
            is_same = connection.execute(SHAPE).fetchall() == before
            if is_same:
                empty(connection)
        if is_same:
            self._spare.append(name)
        else:
            self._server.drop_database(name)

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            f"host={self._server.folder} user=postgres dbname={name} connect_timeout=30", autocommit=True
        )


def empty(connection: psycopg.Connection[Any]) -> None:
    """Remove every row, also from where the database itself refuses that, and begin numbers anew."""
    connection.execute("SET session_replication_role = replica")
    tables = [name for (name,) in connection.execute(TABLES) if name != REVISION]
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    for (name,) in connection.execute(filled.encode()).fetchall():
        connection.execute(f"DELETE FROM {name}".encode())
    for (name,) in connection.execute(SEQUENCES).fetchall():
        connection.execute(f"SELECT setval('{name}', 1, false)".encode())
