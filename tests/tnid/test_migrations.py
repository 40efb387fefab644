"""Migrations: they give exactly the tables in the code, and may be run by several processes at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from tests.servers.postgresql import PostgreSQL
from tests.servers.provider import ROOT, environ_for, run_tnid
from tnid import migrations
from tnid.db import db
from tnid.migrations import __main__ as new_revision
from tnid.revision import VERSIONS, find_revision, newest_revision


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that was never migrated."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path}/new/tnid.db"
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    name = server.create_database()
    request.addfinalizer(lambda: server.drop_database(name))
    return server.url_of(name)


def test_migrations_give_exactly_the_tables_in_the_code(empty_url: str) -> None:
    revision = migrations.upgrade(empty_url)
    engine = create_engine(empty_url)
    assert find_revision(engine) == revision == newest_revision()
    assert migrations.find_differences(engine) == [], REMEDY
    engine.dispose()


REMEDY = """
A table in the code has changed. Write the migration for it: python -m tnid.migrations "What it does"
(before the first release, first delete tnid/migrations/versions/0001_first_tables.py)
"""


def test_a_table_that_no_migration_knows_is_seen(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stray (id INTEGER PRIMARY KEY)"))
        connection.execute(text("ALTER TABLE audit_events ADD COLUMN stray INTEGER"))
    assert len(migrations.find_differences(engine)) == 2
    engine.dispose()


def test_four_processes_may_upgrade_at_once(empty_url: str, tmp_path: Path) -> None:
    environ = environ_for(tmp_path, 1, empty_url)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: run_tnid(environ, "db", "upgrade"), range(4)))
    assert answers == [{"revision": newest_revision()}] * 4
    engine = create_engine(empty_url)
    assert migrations.find_differences(engine) == []
    engine.dispose()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_change_gives_way_to_who_is_at_work_and_is_run_again(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    engine = create_engine(empty_url)
    at_work = engine.connect()
    at_work.execute(text("SELECT id FROM accounts"))
    runs = []

    def change(connection: Connection) -> None:
        runs.append(connection)
        connection.execute(text("ALTER TABLE grants ADD COLUMN tomorrow INTEGER"))
        if len(runs) > 1:
            at_work.rollback()
        connection.execute(text("ALTER TABLE accounts ADD COLUMN tomorrow INTEGER"))

    migrations.change_schema(empty_url, change)
    assert len(runs) == 2
    at_work.close()
    assert len(migrations.find_differences(engine)) == 2
    engine.dispose()


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    assert migrations.upgrade(database_url) == newest_revision()


def test_every_table_of_the_code_is_known_before_comparing() -> None:
    migrations.load_tables()
    folder = Path(migrations.__file__).parents[1] / "stores"
    # Some read the tables of others
    defining = [path for path in folder.glob("[a-z]*.py") if "db.Table(" in path.read_text()]
    assert len(db.metadata.tables) >= len(defining) > 50


def test_the_files_tell_the_newest_revision_as_alembic_does() -> None:
    head = ScriptDirectory.from_config(migrations.alembic_config(None)).get_current_head()
    assert newest_revision() == head


def test_no_worker_carries_alembic() -> None:
    program = "import sys, tnid.cli, tnid.app; print([name for name in sys.modules if name == 'alembic'])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["--help"], 0), (["Add a", "table"], 2)])
def test_a_revision_is_written_only_for_a_message(arguments: list[str], status: int) -> None:
    before = sorted(VERSIONS.glob("*.py"))
    command = [sys.executable, "-m", "tnid.migrations", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, sorted(VERSIONS.glob("*.py"))) == (status, before)
    assert "usage: python -m tnid.migrations" in done.stdout + done.stderr


def test_no_revision_is_written_that_can_not_be_formatted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["", "Add a table"])
    monkeypatch.setattr(new_revision, "RUFF", Path("/nowhere/ruff"))
    with pytest.raises(SystemExit) as ended:
        new_revision.read_message()
    assert ended.value.code == 2
