"""What one test leaves in a PostgreSQL database, the next one doesn't find."""

from __future__ import annotations

import psycopg
import pytest

from tests.servers.postgresql import PostgreSQL
from tests.servers.spare_databases import SpareDatabases

EVENT = """
    INSERT INTO audit_events (occurred_at, event, outcome, details) VALUES (1, 'a', 'done', '{}') RETURNING id
"""


def run(server: PostgreSQL, name: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements in this database; return what the last one gives."""
    with psycopg.connect(f"host={server.folder} user=postgres dbname={name}", autocommit=True) as connection:
        for statement in statements:
            done = connection.execute(statement.encode())
        return done.fetchall()


def test_rows_go_and_numbers_begin_anew(
    postgresql_server: PostgreSQL, spare_databases: SpareDatabases
) -> None:
    names, ids = [], []
    for _ in range(2):
        with spare_databases.borrow() as name:
            names.append(name)
            ids += run(postgresql_server, name, EVENT)
    assert names[0] == names[1]
    assert ids == [(1,), (1,)]


def test_what_is_still_open_is_ended(postgresql_server: PostgreSQL, spare_databases: SpareDatabases) -> None:
    with spare_databases.borrow() as name:
        forgotten = psycopg.connect(f"host={postgresql_server.folder} user=postgres dbname={name}")
        forgotten.execute(EVENT.encode())
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")
    forgotten.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE accounts ADD COLUMN more int",
        "DROP INDEX ix_audit_events_batch",
        "CREATE TABLE more (id int)",
        "ALTER TABLE consent_ledger DISABLE TRIGGER ALL",
    ],
)
def test_a_database_of_another_shape_is_lent_no_more(
    postgresql_server: PostgreSQL, spare_databases: SpareDatabases, change: str
) -> None:
    with spare_databases.borrow() as name:
        run(postgresql_server, name, change, "SELECT 1")
    with spare_databases.borrow() as other:
        assert other != name
