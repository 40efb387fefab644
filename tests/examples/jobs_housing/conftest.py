"""The database of the listings, empty and of the present schema, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.jobs_housing import schema
from examples.jobs_housing.database import Database
from tests.conftest import Clock


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


@pytest.fixture
def jobs_database(empty_url: str) -> Iterator[Database]:
    made = Database(empty_url)
    schema.upgrade(made, Clock().now())
    yield made
    made.close()
