"""PostgreSQL by libpq's own calls, as psycopg exposes them: prepared statements, and nothing between.

psycopg's cursor costs as much as the statement itself (docs/decisions/0007); what our stores need of one is
small: parameters that are integers, text or bytes, and rows. A server that is frozen enforces no
timeouts of its own, so each answer is awaited only so long.
"""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

ANSWER_SECONDS = 6  # longer than the server's own limits, which one that still answers keeps
# A connection that was used within this time isn't looked at again: the look alone lets another thread in
FRESH_SECONDS = 0.1
INT8, BYTEA, UNKNOWN = 20, 17, 0
TEXT_FORMAT, BINARY_FORMAT = 0, 1
_FINE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})

Row = tuple[Any, ...]


class NoAnswer(OperationalError):
    """The server has not answered in time."""


class Cursor:
    """Runs statements on one connection, as the DB-API's cursor does, each prepared when first seen.

    Raises psycopg's errors.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection.pgconn
        self._loaders = Transformer(connection)
        self._prepared: dict[str, bytes] = {}
        self._poll = select.poll()
        self._poll.register(self._connection.socket, select.POLLIN)
        self._awaited = select.POLLIN
        self._result: PGresult | None = None
        self._fresh_until = 0.0

    def is_stale(self) -> bool:
        """Say whether the server has closed the connection since it was last used."""
        if time.monotonic() < self._fresh_until:
            return False
        self._poll.modify(self._connection.socket, select.POLLIN)
        self._awaited = select.POLLIN
        return bool(self._poll.poll(0))

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        self._result = None
        name = self._prepared.get(sql) or self._prepare(sql, values)
        encoded = [
            value if value is None or isinstance(value, bytes) else str(value).encode() for value in values
        ]
        formats = [BINARY_FORMAT if isinstance(value, bytes) else TEXT_FORMAT for value in values]
        self._connection.send_query_prepared(name, encoded, formats)
        self._result = self._answer()
        self._fresh_until = time.monotonic() + FRESH_SECONDS

    def _prepare(self, sql: str, values: Sequence[Any]) -> bytes:
        name = b"s%d" % len(self._prepared)
        self._connection.send_prepare(name, sql.encode(), [_type_of(value) for value in values])
        self._answer()
        self._prepared[sql] = name
        return name

    def _answer(self) -> PGresult:
        connection = self._connection
        while connection.flush():
            self._await(select.POLLIN | select.POLLOUT)
        while connection.is_busy():
            self._await(select.POLLIN)
            connection.consume_input()
        result = connection.get_result()
        while connection.get_result() is not None:
            pass  # libpq ends each answer with nothing
        if result is None:
            raise OperationalError("the connection is lost")
        if result.status not in _FINE:
            raise error_from_result(result)
        return result

    def _await(self, events: int) -> None:
        if events != self._awaited:
            self._poll.modify(self._connection.socket, events)
            self._awaited = events
        if not self._poll.poll(ANSWER_SECONDS * 1000):
            raise NoAnswer("the database does not answer")

    @property
    def description(self) -> list[tuple[str]]:
        """The names of the result's columns, as the DB-API has them; empty after a statement without one."""
        found = self._result
        if found is None:
            return []
        return [((found.fname(number) or b"").decode(),) for number in range(found.nfields)]

    @property
    def rowcount(self) -> int:
        return (self._result.command_tuples or 0) if self._result else 0

    def fetchone(self) -> Row | None:
        if self._result is None:
            return None
        self._loaders.set_pgresult(self._result)
        return self._loaders.load_row(0, tuple) if self._result.ntuples else None

    def fetchall(self) -> list[Row]:
        if self._result is None:
            return []
        self._loaders.set_pgresult(self._result)
        return self._loaders.load_rows(0, self._result.ntuples, tuple)

    def close(self) -> None:
        self._result = None


def _type_of(value: Any) -> int:
    """Return the type to prepare a parameter with; where it is unknown, PostgreSQL goes by the context."""
    if isinstance(value, int):
        return INT8
    return BYTEA if isinstance(value, bytes) else UNKNOWN
