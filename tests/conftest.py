"""Fixtures that every test may use: both databases, settings, a clock.

`database` runs a test twice, on SQLite and on PostgreSQL, each time on an empty, migrated database of its
own. A test for one of them says `@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine

from tests.remembered import remember_what_libraries_make
from tests.servers import postgresql
from tests.servers.processes import PATIENCE_SECONDS, RUN_FOLDER
from tests.servers.spare_databases import SpareDatabases
from tnid import settings as settings_module
from tnid.db import Database
from tnid.engine import engine_options, prepare_engine
from tnid.migrations import upgrade

# A file goes to one process whole: those that take longest begin first, or one works on alone at the end
LONGEST_FIRST = (
    "faults/test_nodes.py",
    "tnid/test_templates.py",
    "tnid/test_serve.py",
    "flows/test_counter.py",
    "flows/test_accessibility.py",
    "faults/test_databases.py",
    "faults/test_kill.py",
    "flows/test_recovery.py",
    "flows/test_consent.py",
    "flows/test_messages.py",
    "flows/test_browser.py",
    "flows/test_back_channel.py",
    "flows/test_mandates.py",
    "tnid/test_cli.py",
    "tnid/test_run.py",
    "oidc/test_grant_life.py",
    "tnid/test_grant_life.py",
    "security/test_http.py",
    "security/test_mfa.py",
    "flows/test_posting.py",
    "flows/test_applying.py",
    "flows/test_lists.py",
    "faults/test_lists.py",
    "clients/quick_starts/test_quick_starts.py",
    "tnid/imports/test_reader_program.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all workers of this run share; they inherit it by the environment."""
    for name in [name for name in os.environ if name.startswith(settings_module.PREFIX)]:
        del os.environ[name]
    # What a test doesn't say itself: five seconds, by themselves
    httpx._config.DEFAULT_TIMEOUT_CONFIG.__init__(PATIENCE_SECONDS)  # type: ignore[misc]
    remember_what_libraries_make()
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="tnid-test-run-")
        # Ended like by Ctrl-C, so that what was started is stopped
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    places = {tests / name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(RUN_FOLDER))
    if (folder / "postgresql.json").exists():
        postgresql.remove(postgresql.load(folder / "postgresql.json"))
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run_lock() -> Iterator[Path]:
    """Hold the run's lock, so that one worker alone makes what all use; yields the shared folder."""
    folder = Path(os.environ[RUN_FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@pytest.fixture(scope="session")
def postgresql_server() -> postgresql.PostgreSQL:
    """The run's PostgreSQL, without fsync. A test that stops or freezes one starts its own."""
    with run_lock() as folder:
        saved = folder / "postgresql.json"
        if not saved.exists():
            server = postgresql.make_postgresql()
            # Before it starts, so that it is found and stopped even where this process is killed meanwhile
            postgresql.save(server, saved)
            postgresql.begin(server)
        return postgresql.load(saved)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: postgresql.PostgreSQL) -> str:
    """The name of a migrated, empty database to copy."""
    with run_lock() as folder:
        saved = folder / "template"
        if not saved.exists():
            name = postgresql_server.create_database()
            upgrade(postgresql_server.url_of(name))
            saved.write_text(name)
        return saved.read_text()


@pytest.fixture(scope="session")
def spare_databases(
    postgresql_server: postgresql.PostgreSQL, postgresql_template: str
) -> Iterator[SpareDatabases]:
    """This process's own databases on the run's PostgreSQL."""
    with closing(SpareDatabases(postgresql_server, postgresql_template)) as made:
        yield made


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated, empty database file to copy."""
    with run_lock() as folder:
        path = folder / "template.db"
        if not path.exists():
            upgrade(f"sqlite:///{path}")
        return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database."""
    if database_kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "instance" / "tnid.db"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    server: postgresql.PostgreSQL = request.getfixturevalue("postgresql_server")
    spare: SpareDatabases = request.getfixturevalue("spare_databases")
    with spare.borrow() as name:
        yield server.url_of(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database."""
    engine = create_engine(database_url, **engine_options(database_url))
    prepare_engine(engine)
    made = Database(engine)
    yield made
    made.close()
    engine.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> settings_module.Settings:
    """Settings of an instance in a temporary folder, on either database."""
    return settings_module.load(
        {"TNID_INSTANCE_DIR": str(tmp_path / "instance"), "TNID_DATABASE_URL": database_url}
    )


class Clock:
    """Time as the tests' argument: starts in November 2026 and moves only when told to."""

    def __init__(self, now: int = 1_795_000_000) -> None:
        self.time = now

    def now(self) -> int:
        return self.time

    def advance(self, seconds: int) -> int:
        """Move on; return the new time."""
        self.time += seconds
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that this process reads in place of the wall clock."""
    made = Clock()
    monkeypatch.setattr("tnid.clock.now", made.now)
    return made
