"""A database whose units of work are watched: from the first statement to the end, and how many."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from sqlalchemy import Engine

from oidc import watching
from oidc.watching import Span
from tnid.db import Conflict, Database, DatabaseUnavailable


class _Watched(threading.local):
    """What this thread's unit of work has done so far."""

    span: Span | None = None
    statements = 0
    seconds = 0.0


class TracedDatabase(Database):
    """Runs statements as every database does. No statement and no value of one is told to anybody."""

    def __init__(self, engine: Engine) -> None:
        self._watched = _Watched()
        super().__init__(engine)

    def _run(self, sql: str, values: Sequence[Any] = ()) -> None:
        watched = self._watched
        if watched.span is None:
            watched.span = watching.begin("database unit")
        began = perf_counter()
        try:
            super()._run(sql, values)
        except (Conflict, DatabaseUnavailable) as error:
            self._end(type(error).__name__)
            raise
        finally:
            watched.statements += 1
            watched.seconds += perf_counter() - began

    def _leave(self, *, is_whole: bool) -> None:
        try:
            super()._leave(is_whole=is_whole)
        finally:
            if self._unit.depth == 0:
                self._end("" if is_whole else "rolled back")

    def _end(self, failure: str) -> None:
        watched = self._watched
        if watched.span is not None:
            watched.span.note("tnid.database.statements", watched.statements)
            watched.span.note("tnid.database.seconds", watched.seconds)
            watched.span.end(failure)
        watched.span, watched.statements, watched.seconds = None, 0, 0.0


def make_database(engine: Engine) -> Database:
    """Return what runs statements on an engine, watched where somebody watches."""
    return TracedDatabase(engine) if watching.is_watched() else Database(engine)
