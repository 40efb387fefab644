"""The database: one engine a process, one unit of work a request.

Statements are written with SQLAlchemy Core, compiled once and then run on the driver's own cursor, because
that is two to three times as fast as executing them through SQLAlchemy (docs/decisions/0003).

A unit of work reads outside any transaction and begins one with its first write (`BEGIN IMMEDIATE` on
SQLite), so that a reader never has to become a writer half-way. It commits once, at its end, and rolls back
on an exception. What must hold between a read and a write is therefore stated in the write's WHERE.

SQLite has one writer at a time, and lets whoever comes second sleep for milliseconds before it looks again.
Threads of one process therefore take turns at a lock of ours; SQLite's is left to the other processes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import namedtuple
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, NamedTuple

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.sql import ClauseElement, Insert

from tnid.engine import BUSY_TIMEOUT_MS, is_sqlite

KEPT_CONNECTIONS = 16

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


class _Compiled:
    """A Core statement as the driver takes it."""

    __slots__ = ("literals", "names", "row", "sql")

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: tuple[str, ...] | None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self.names: list[str] = compiled.positiontup
        # What the statement itself says, None included; what is required comes with each execution
        self.literals = {n: b.effective_value for n, b in compiled.binds.items() if not b.required}
        self.row: Any = None


# Each statement once a process, for SQLite or not: they are constants, whatever database they run on
_COMPILED: dict[bool, dict[Any, _Compiled]] = {True: {}, False: {}}


class _Driver(NamedTuple):
    """What is asked of a driver: how a statement is run on its connection, and what it raises."""

    cursor_of: Callable[[Any], Any]
    error: type[Exception]
    integrity: type[Exception]
    operational: tuple[type[Exception], ...]


def _driver(*, for_sqlite: bool) -> _Driver:
    if for_sqlite:
        return _Driver(
            lambda connection: connection.cursor(),
            sqlite3.Error, sqlite3.IntegrityError, (sqlite3.OperationalError,),
        )  # fmt: skip
    # Where it is used alone: it takes nine megabytes of every process, and a tenth of a second of its start
    import psycopg  # noqa: PLC0415  as above

    from tnid import libpq  # noqa: PLC0415  as above

    # A primary that another one has replaced takes no writes: the next connection looks for the new one
    operational = (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction)
    return _Driver(libpq.Cursor, psycopg.Error, psycopg.IntegrityError, operational)


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
        self.is_sqlite = is_sqlite(engine.url)
        self._driver = _driver(for_sqlite=self.is_sqlite)
        self._begin = "BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN"
        self._turn = threading.Lock() if self.is_sqlite else None
        dialects: Any = (PGDialect, "numeric_dollar"), (SQLiteDialect, "qmark")
        make_dialect, paramstyle = dialects[self.is_sqlite]
        self._dialect = make_dialect(paramstyle=paramstyle)
        self._compiled = _COMPILED[self.is_sqlite]
        self._unit = _Unit()
        # Used last, taken first. The engine's pool makes connections and bounds their number; handing one out
        # costs it more than a statement does
        self._idle: list[tuple[Any, Any]] = []
        self._boundary = _Boundary(self._enter, self._leave)
        # Told of each statement that failed: "unavailable" or "conflict"
        self.note_failure: Callable[[str], None] = lambda _kind: None

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
                self._end_transaction()
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

    def execute_alone(self, statement: ClauseElement, /, **parameters: Any) -> Any:
        """Write with RETURNING by one statement that says all there is to it; return the row or None.

        On PostgreSQL it is a transaction of its own, committed at once, unless the unit has written before:
        that saves two round trips, and an exception later in the unit does not take it back.
        """
        if self.is_sqlite:
            return self.execute_returning(statement, **parameters)
        return self.fetch_one(statement, **parameters)

    def _ensure_begun(self) -> None:
        if self._unit.begun:
            return
        if self._turn and not self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            self.note_failure("unavailable")
            raise DatabaseUnavailable
        self._unit.begun = True
        try:
            self._run(self._begin)
        except BaseException:
            self._end_transaction()
            raise

    def _end_transaction(self) -> None:
        """Note that the transaction is over, and let the next writer in."""
        if self._unit.begun:
            self._unit.begun = False
            if self._turn:
                self._turn.release()

    def _execute(self, statement: ClauseElement, parameters: dict[str, Any]) -> _Compiled:
        compiled = self._compile(statement, parameters)
        bound = {**compiled.literals, **parameters} if compiled.literals else parameters
        self._run(compiled.sql, [bound[name] for name in compiled.names])
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

    def _run(self, sql: str, values: Sequence[Any] = ()) -> None:
        unit = self._unit
        try:
            if unit.cursor is None:
                self._acquire()
            unit.cursor.execute(sql, values)
        except self._driver.integrity as error:
            self.note_failure("conflict")
            raise Conflict from error
        except self._driver.operational as error:
            self.note_failure("unavailable")
            self._give_up()
            raise DatabaseUnavailable from error

    def _give_up(self) -> None:
        """Part with a PostgreSQL connection after a failure; SQLite's is only busy, and is rolled back."""
        if not self.is_sqlite:
            self._discard()
            self._end_transaction()

    def _acquire(self) -> None:
        unit = self._unit
        while self._idle:
            with suppress(IndexError):
                unit.pooled, unit.cursor = self._idle.pop()
                if self.is_sqlite or not unit.cursor.is_stale():
                    return
                unit.pooled.invalidate()
        unit.pooled = self._engine.raw_connection()
        unit.cursor = self._driver.cursor_of(unit.pooled.driver_connection)

    def _discard(self) -> None:
        """Part with the connection, and with those that waited beside it: what broke one broke them all."""
        if self._unit.pooled is not None:
            self._unit.pooled.invalidate()
        self._unit.pooled = self._unit.cursor = None
        while self._idle:
            with suppress(IndexError):
                self._idle.pop()[0].invalidate()

    def _release(self) -> None:
        unit = self._unit
        if unit.pooled is None:
            return
        try:
            if unit.begun:
                unit.cursor.execute("ROLLBACK")
            self._keep(unit.pooled, unit.cursor)
        except self._driver.error:
            unit.pooled.invalidate()
        finally:
            self._end_transaction()
            unit.pooled = unit.cursor = None

    def _keep(self, pooled: Any, cursor: Any) -> None:
        if len(self._idle) < KEPT_CONNECTIONS:
            self._idle.append((pooled, cursor))
        else:
            pooled.close()

    def count_idle(self) -> int:
        """Return how many connections wait for the next unit of work."""
        return len(self._idle)

    def count_in_use(self) -> int:
        """Return how many connections are at work just now."""
        pool: Any = self._engine.pool
        return max(0, int(pool.checkedout()) - len(self._idle)) if hasattr(pool, "checkedout") else 0

    def close(self) -> None:
        """Give every idle connection back."""
        while self._idle:
            self._idle.pop()[0].close()
