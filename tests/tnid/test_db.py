"""Opening the database: a file that is new to every process at once becomes one that all can write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tnid import db
from tnid.db import Database, DatabaseUnavailable, engine_options, prepare_engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tnid.db"


@pytest.fixture
def fetch_journal_mode(path: Path) -> Callable[[], str]:
    def fetch() -> str:
        url = f"sqlite:///{path}"
        engine = create_engine(url, **engine_options(url))
        prepare_engine(engine)
        mode: str = Database(engine).fetch_one(text("PRAGMA journal_mode")).journal_mode
        engine.dispose()
        return mode

    return fetch


def test_opening_waits_for_another_that_creates_the_file(
    path: Path, fetch_journal_mode: Callable[[], str]
) -> None:
    """SQLite answers "locked" at once, busy timeout or not, where another writes before WAL is on."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE waiting (id INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO waiting VALUES (1)")
    timer = threading.Timer(0.3, other.execute, ("COMMIT",))
    timer.start()
    assert fetch_journal_mode() == "wal"
    timer.join()
    other.close()


def test_opening_gives_up_in_time(
    path: Path, fetch_journal_mode: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE waiting (id INTEGER)")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises((db.DatabaseUnavailable, sqlite3.OperationalError)):
        fetch_journal_mode()
    other.close()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_primary_that_was_replaced_is_an_outage_and_its_connection_is_given_up(database: Database) -> None:
    write = text("INSERT INTO leases (name, holder, expires_at) VALUES ('replaced', '', 0)")
    database.fetch_one(text("SET default_transaction_read_only = on"))
    with pytest.raises(DatabaseUnavailable):
        database.execute(write)
    assert database.execute(write) == 1
