"""Migrated PostgreSQL databases that tests take in turn: emptying one is far quicker than copying one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from tests.servers.postgresql import PostgreSQL
from tests.servers.processes import wait_until

END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
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
    """Each is lent as its template is: no row but the revision, numbers from one, the same shape.

    The connection by which one is emptied stays: with it stay its plans.
    """

    def __init__(self, server: PostgreSQL, template: str) -> None:
        self._server = server
        self._template = template
        self._spare: list[str] = []
        self._connections: dict[str, psycopg.Connection[Any]] = {}

    @contextmanager
    def borrow(self) -> Iterator[str]:
        """Yield the name of a database that is nobody else's meanwhile; ends whoever is still connected."""
        name = self._spare.pop() if self._spare else self._server.create_database(template=self._template)
        before = self._connection(name).execute(SHAPE).fetchall()
        yield name
        connection = self._connection(name)
        # The server's own wait for somebody's end looks ten times a second
        wait_until(lambda: not connection.execute(END_OTHERS).fetchall(), what="end", every=0.003)
        if connection.execute(SHAPE).fetchall() == before:
            empty(connection)
            self._spare.append(name)
        else:
            self._connections.pop(name).close()
            self._server.drop_database(name)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def _connection(self, name: str) -> psycopg.Connection[Any]:
        """Return the one to this database; a new one where a test has ended it."""
        known = self._connections.get(name)
        with suppress(psycopg.OperationalError):
            if known is not None and known.execute("SELECT").rowcount == 1:
                return known
        self._connections[name] = made = psycopg.connect(
            f"host={self._server.folder} user=postgres dbname={name} connect_timeout=30", autocommit=True
        )
        made.execute("SET session_replication_role = replica")
        return made


def empty(connection: psycopg.Connection[Any]) -> None:
    """Remove every row, also from where the database itself refuses that, and begin numbers anew."""
    tables = [name for (name,) in connection.execute(TABLES) if name != REVISION]
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    for (name,) in connection.execute(filled.encode()).fetchall():
        connection.execute(f"DELETE FROM {name}".encode())
    for (name,) in connection.execute(SEQUENCES).fetchall():
        connection.execute(f"SELECT setval('{name}', 1, false)".encode())
