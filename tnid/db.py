"""The database: one engine a process, one unit of work a request.

Statements are written with SQLAlchemy Core, compiled once and then run on the driver's own cursor, because
that is two to three times as fast as executing them through SQLAlchemy (docs/decisions/0003).

A unit of work reads outside any transaction and begins one with its first write (`BEGIN IMMEDIATE` on
SQLite), so that a reader never has to become a writer half-way. It commits once, at its end, and rolls back
on an exception. What must hold between a read and a write is therefore stated in the write's WHERE.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import namedtuple
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, event
from sqlalchemy.engine import URL, Dialect, Engine, make_url
from sqlalchemy.sql import ClauseElement, Insert

BUSY_TIMEOUT_MS = 5000
KEPT_CONNECTIONS = 16
CLIENT_TIMEOUT_SECONDS = 6  # longer than the server's own, which one that still answers keeps

db = SQLAlchemy(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
)


class DatabaseUnavailable(Exception):
    """The database is locked, stopped or out of space: the caller answers 503 and nothing was written."""


class Conflict(Exception):
    """A unique or check constraint refused the write."""


def engine_options(database_url: str) -> dict[str, Any]:
    """Return what `SQLALCHEMY_ENGINE_OPTIONS` must hold for this database."""
    url = make_url(database_url)
    common = {"pool_reset_on_return": None, "pool_size": 16, "max_overflow": 16, "pool_timeout": 5}
    if is_sqlite(url):
        arguments = {"timeout": BUSY_TIMEOUT_MS / 1000, "isolation_level": None, "check_same_thread": False}
        return {**common, "connect_args": arguments}
    limits = f"-c statement_timeout={BUSY_TIMEOUT_MS} -c lock_timeout={BUSY_TIMEOUT_MS}"
    return {**common, "connect_args": {"autocommit": True, "connect_timeout": 3, "options": limits}}


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


class NoAnswer(psycopg.OperationalError):
    """The server has not answered in time."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer only so long: a frozen server enforces no timeouts of its own."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        began = time.monotonic()
        try:
            return super().wait(gen, interval, timeout or CLIENT_TIMEOUT_SECONDS)
        except psycopg.OperationalError as error:
            if time.monotonic() - began < CLIENT_TIMEOUT_SECONDS:
                raise
            raise NoAnswer("the database does not answer") from error


def prepare_engine(engine: Engine) -> None:
    """Set each new SQLite connection to WAL with enforced foreign keys; make PostgreSQL's patient ones."""
    if not is_sqlite(engine.url):

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: object, _record: object, arguments: Any, options: Any) -> PatientConnection:
            return PatientConnection.connect(*arguments, **options)

        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _keep_write_ahead_log(connection)


def _keep_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Set WAL, waiting for whoever else opens a new file: SQLite's busy timeout does not cover this."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)


class _Compiled:
    """A Core statement as the driver takes it."""

    __slots__ = ("literals", "row", "sql")

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: tuple[str, ...] | None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        # What the statement itself says, None included; what is required comes with each execution
        self.literals = {n: b.effective_value for n, b in compiled.binds.items() if not b.required}
        self.row: Any = None


class _Unit(threading.local):
    """What this thread holds of the unit of work under way."""

    pooled: Any = None
    cursor: Any = None
    depth = 0
    begun = False


class _Boundary(AbstractContextManager[None]):
    """Where a unit begins and ends. One object serves every unit: their state is the thread's."""

    __slots__ = ("_enter", "_leave")

    def __init__(self, enter: Callable[[], None], leave: Callable[..., None]) -> None:
        self._enter = enter
        self._leave = leave

    def __enter__(self) -> None:
        self._enter()

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._leave(is_whole=error is None)


class Database:
    """Runs statements in this thread's unit of work; made once a process and shared by every store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = is_sqlite(engine.url)
        self._begin = "BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN"
        dialect = engine.dialect
        named: Any = type(dialect)
        self._dialect = named(paramstyle="named") if self._is_sqlite else dialect
        self._compiled: dict[Any, _Compiled] = {}
        self._unit = _Unit()
        # Used last, taken first. The engine's pool makes connections and bounds their number; handing one out
        # costs it more than a statement does
        self._idle: list[Any] = []
        self._boundary = _Boundary(self._enter, self._leave)

    def unit(self) -> AbstractContextManager[None]:
        """Run the block as one unit of work: committed at its end, rolled back on an exception.

        A unit inside another joins it. Raises DatabaseUnavailable and Conflict.
        """
        return self._boundary

    def _enter(self) -> None:
        self._unit.depth += 1

    def _leave(self, *, is_whole: bool) -> None:
        unit = self._unit
        try:
            if unit.depth == 1 and unit.begun and is_whole:
                self._run("COMMIT")
                unit.begun = False
        finally:
            unit.depth -= 1
            if unit.depth == 0:
                self._release()

    def fetch_one(self, statement: ClauseElement, /, **parameters: Any) -> Any:
        """Return the first row as a named tuple, or None; begins no transaction."""
        with self.unit():
            compiled = self._execute(statement, parameters)
            found = self._unit.cursor.fetchone()
            return None if found is None else compiled.row(*found)

    def fetch_all(self, statement: ClauseElement, /, **parameters: Any) -> list[Any]:
        """Return every row as a named tuple; begins no transaction."""
        with self.unit():
            compiled = self._execute(statement, parameters)
            return [compiled.row(*found) for found in self._unit.cursor.fetchall()]

    def execute(self, statement: ClauseElement, /, **parameters: Any) -> int:
        """Write, in the unit's transaction; return how many rows it touched."""
        with self.unit():
            self._ensure_begun()
            self._execute(statement, parameters)
            return int(self._unit.cursor.rowcount)

    def execute_returning(self, statement: ClauseElement, /, **parameters: Any) -> Any:
        """Write with RETURNING, in the unit's transaction; return the one row, or None where none matched."""
        with self.unit():
            self._ensure_begun()
            compiled = self._execute(statement, parameters)
            found = self._unit.cursor.fetchone()
            return None if found is None else compiled.row(*found)

    def _ensure_begun(self) -> None:
        if not self._unit.begun:
            self._run(self._begin)
            self._unit.begun = True

    def _execute(self, statement: ClauseElement, parameters: dict[str, Any]) -> _Compiled:
        compiled = self._compile(statement, parameters)
        bound = {**compiled.literals, **parameters} if compiled.literals else parameters
        self._run(compiled.sql, bound)
        if compiled.row is None and self._unit.cursor.description:
            names = [column[0] for column in self._unit.cursor.description]
            make_row: Any = namedtuple
            compiled.row = make_row("Row", names)
        return compiled

    def _compile(self, statement: ClauseElement, parameters: dict[str, Any]) -> _Compiled:
        columns = tuple(parameters) if isinstance(statement, Insert) else None
        key = (statement, columns)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _Compiled(statement, self._dialect, columns)
        return found

    def _run(self, sql: str, parameters: dict[str, Any] | None = None) -> None:
        unit = self._unit
        try:
            if unit.cursor is None:
                self._acquire()
            if parameters:
                unit.cursor.execute(sql, parameters)
            else:
                unit.cursor.execute(sql)
        except (sqlite3.IntegrityError, psycopg.IntegrityError) as error:
            raise Conflict from error
        except (sqlite3.OperationalError, psycopg.OperationalError) as error:
            if isinstance(error, NoAnswer) or not self._lost_before_begin():
                self._give_up()
                raise DatabaseUnavailable from error
            self._run_again(sql, parameters)

    def _lost_before_begin(self) -> bool:
        """Say whether the server went away between two requests: nothing of this unit is lost with it."""
        return not self._is_sqlite and not self._unit.begun and self._unit.cursor is not None

    def _give_up(self) -> None:
        """Part with a PostgreSQL connection after a failure; SQLite's is only busy, and is rolled back."""
        if not self._is_sqlite:
            self._discard()
            self._unit.begun = False

    def _run_again(self, sql: str, parameters: dict[str, Any] | None) -> None:
        self._discard()
        try:
            self._acquire()
            self._unit.cursor.execute(sql, parameters)
        except psycopg.OperationalError as error:
            self._give_up()
            raise DatabaseUnavailable from error

    def _acquire(self) -> None:
        try:
            pooled = self._idle.pop()
        except IndexError:
            pooled = self._engine.raw_connection()
        self._unit.pooled = pooled
        self._unit.cursor = pooled.cursor()

    def _discard(self) -> None:
        """Part with the connection, and with those that waited beside it: what broke one broke them all."""
        if self._unit.pooled is not None:
            self._unit.pooled.invalidate()
        self._unit.pooled = self._unit.cursor = None
        while self._idle:
            with suppress(IndexError):
                self._idle.pop().invalidate()

    def _release(self) -> None:
        unit = self._unit
        if unit.pooled is None:
            return
        try:
            if unit.begun:
                unit.cursor.execute("ROLLBACK")
            unit.cursor.close()
            self._keep(unit.pooled)
        except (sqlite3.Error, psycopg.Error):
            unit.pooled.invalidate()
        finally:
            unit.begun = False
            unit.pooled = unit.cursor = None

    def _keep(self, pooled: Any) -> None:
        if len(self._idle) < KEPT_CONNECTIONS:
            self._idle.append(pooled)
        else:
            pooled.close()

    def close(self) -> None:
        """Give every idle connection back."""
        while self._idle:
            self._idle.pop().close()
