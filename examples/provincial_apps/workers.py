"""Which person at the provider is which worker of the factory, as the provider said by `employee_number`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_SECONDS = 5
_SCHEMA = "CREATE TABLE IF NOT EXISTS workers (sub TEXT PRIMARY KEY, employee_number TEXT NOT NULL)"
_KEEP = """
    INSERT INTO workers VALUES (?, ?)
    ON CONFLICT (sub) DO UPDATE SET employee_number = excluded.employee_number
"""


class Workers:
    """The factory's own list; every method is one transaction on a connection of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_SCHEMA)

    def find(self, sub: str) -> str | None:
        """Return the person's employee number, None where they are nobody of ours."""
        with self._connection() as connection:
            row = connection.execute("SELECT employee_number FROM workers WHERE sub = ?", (sub,)).fetchone()
        return row[0] if row else None

    def keep(self, sub: str, employee_number: str) -> None:
        with self._connection() as connection:
            connection.execute(_KEEP, (sub, employee_number))

    def forget(self, sub: str) -> None:
        with self._connection() as connection:
            connection.execute("DELETE FROM workers WHERE sub = ?", (sub,))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._file, timeout=BUSY_SECONDS)
        try:
            with connection:
                yield connection
        finally:
            connection.close()
