"""The database: a file that is new to every process at once, writers who take turns, a primary replaced."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from tnid.db import Database, DatabaseUnavailable
from tnid.engine import engine_options, prepare_engine

ADD_ONE = text("UPDATE counter SET n = n + 1")


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
    monkeypatch.setattr("tnid.engine.BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE waiting (id INTEGER)")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises((DatabaseUnavailable, sqlite3.OperationalError)):
        fetch_journal_mode()
    other.close()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_primary_that_was_replaced_is_an_outage_and_its_connection_is_given_up(database: Database) -> None:
    write = text("INSERT INTO leases (name, holder, expires_at) VALUES ('replaced', '', 0)")
    database.fetch_one(text("SET default_transaction_read_only = on"))
    with pytest.raises(DatabaseUnavailable):
        database.execute(write)
    assert database.execute(write) == 1


@pytest.fixture
def counter(path: Path) -> Iterator[Database]:
    """A database with one number in it, in which SQLite itself waits for nobody."""
    url = f"sqlite:///{path}"
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout = 0"))
    database = Database(engine)
    with database.unit():
        database.execute(text("CREATE TABLE counter (n INTEGER)"))
        database.execute(text("INSERT INTO counter VALUES (0)"))
    yield database
    database.close()
    engine.dispose()


def count(database: Database) -> int:
    return int(database.fetch_one(text("SELECT n FROM counter")).n)


def test_threads_of_a_process_take_turns_at_writing(counter: Database) -> None:
    with ThreadPoolExecutor(1) as another:
        with counter.unit():
            counter.execute(ADD_ONE)
            waiting = another.submit(counter.execute, ADD_ONE)
            assert not wait([waiting], timeout=0.2).done, "it would be refused at once by SQLite"
        assert waiting.result() == 1
    assert count(counter) == 2


def test_a_turn_ends_with_its_unit_whatever_becomes_of_it(path: Path, counter: Database) -> None:
    with suppress(ZeroDivisionError), counter.unit():
        counter.execute(ADD_ONE)
        raise ZeroDivisionError
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        counter.execute(ADD_ONE)
    other.execute("COMMIT")
    other.close()
    with ThreadPoolExecutor(1) as another:
        assert another.submit(counter.execute, ADD_ONE).result() == 1
    assert count(counter) == 1


def test_a_turn_is_not_waited_for_without_end(counter: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tnid.db.BUSY_TIMEOUT_MS", 50)
    failures: list[str] = []
    counter.note_failure = failures.append
    with ThreadPoolExecutor(1) as another, counter.unit():
        counter.execute(ADD_ONE)
        with pytest.raises(DatabaseUnavailable):
            another.submit(counter.execute, ADD_ONE).result()
    assert (count(counter), failures) == (1, ["unavailable"])
