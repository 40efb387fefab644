"""An older database with clients in it gets a row for each secret that works."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from tests.servers.postgresql import PostgreSQL
from tnid import migrations

BEFORE = "0038"
INSERT = (
    "INSERT INTO clients (client_id, metadata, secret_hashes, require_pkce, profile, least_acr,"
    " least_identity_level, organisation, created_at, updated_at)"
    " VALUES (:client_id, '{}', :hashes, 1, 'default', 'LoA1', 0, '', 1700000000, 1700000009)"
)


@pytest.fixture
def old_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database as it was before secrets had rows of their own."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path}/old.db"
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    name = server.create_database()
    request.addfinalizer(lambda: server.drop_database(name))
    return server.url_of(name)


def test_secrets_made_before_have_rows_too(old_url: str) -> None:
    engine = create_engine(old_url)
    one, two = "a" * 64, "b" * 64
    with engine.begin() as connection:
        command.upgrade(migrations.alembic_config(connection), BEFORE)
        for client_id, hashes in (("both", f"{one} {two}"), ("public", ""), ("twice", f"{one} {one}")):
            connection.execute(text(INSERT), {"client_id": client_id, "hashes": hashes})
    migrations.upgrade(old_url)
    with engine.connect() as connection:
        query = "SELECT client_id, digest, created_at FROM client_secrets ORDER BY 1, 2"
        rows = connection.execute(text(query))
        assert [tuple(row) for row in rows] == [
            ("both", one, 1700000000),
            ("both", two, 1700000000),
            ("twice", one, 1700000000),
        ]
        ends = connection.execute(text("SELECT DISTINCT secret_ends FROM clients")).scalars().all()
        assert ends == ["{}"]
    engine.dispose()
