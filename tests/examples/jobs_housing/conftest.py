"""The database of the listings, empty and of the present schema, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from examples.jobs_housing import schema
from examples.jobs_housing.database import METADATA, Database
from tests.conftest import Clock
from tests.servers.postgresql import PostgreSQL


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'jobs_housing.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = server.create_database()
    yield server.url_of(name)
    server.drop_database(name)


@pytest.fixture(scope="session")
def kept_database(postgresql_server: PostgreSQL) -> Iterator[Database]:
    """This process's own on PostgreSQL, where making one takes longer than all that a test does with it."""
    name = postgresql_server.create_database()
    made = Database(postgresql_server.url_of(name))
    schema.upgrade(made, Clock().now())
    yield made
    made.close()
    postgresql_server.drop_database(name)


@pytest.fixture
def jobs_database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if database_kind == "postgresql":
        kept: Database = request.getfixturevalue("kept_database")
        yield kept
        schema.load_tables()
        full = ", ".join(name for name in METADATA.tables if name != schema.VERSION.name)
        with kept.writing() as connection:
            connection.execute(sa.text(f"TRUNCATE {full}"))
        return
    made = Database(f"sqlite:///{tmp_path / 'jobs_housing.db'}")
    schema.upgrade(made, Clock().now())
    yield made
    made.close()
