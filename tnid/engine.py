"""The engine: how connections to SQLite and PostgreSQL are opened, pooled and bounded in time."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, make_url

BUSY_TIMEOUT_MS = 5000
PRAGMAS = (
    *(f"busy_timeout = {BUSY_TIMEOUT_MS}", "synchronous = NORMAL", "foreign_keys = ON"),
    # KiB of pages that each connection keeps: four times as many save a row 0.3 µs, and cost a worker 10 MB
    "cache_size = -512",
    # Pages of 4 KiB that the log holds before they are copied into the file, which waits for the disk
    "wal_autocheckpoint = 4000",
)


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


def prepare_engine(engine: Engine) -> None:
    """Set each new SQLite connection to WAL with enforced foreign keys."""
    if not is_sqlite(engine.url):
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in PRAGMAS:
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
