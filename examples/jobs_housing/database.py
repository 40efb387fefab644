"""The application's own database: SQLite in its data folder, or PostgreSQL where a setting names one.

Statements are SQLAlchemy Core, on tables that stand beside what they hold: `listings.py`, `pictures.py`,
`reports.py`, and whoever comes after. `schema.py` lists those modules, and the steps that lead to their
tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SETTING = "DEMO_JOBS_DATABASE_URL"
FILE_NAME = "jobs_housing.db"
BUSY_SECONDS = 5
START_SECONDS = 60
_LOCK = 8_001_2026

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def find_url(environ: Mapping[str, str], data_dir: Path) -> str:
    """Return where the database is: as the setting says, or a file in the data folder."""
    return environ.get(SETTING) or f"sqlite:///{data_dir / FILE_NAME}"


class Database:
    """One engine a process; each method gives a connection of its own, in a transaction of its own."""

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url)
        self.engine = _make_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _make_server(parsed)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the database, and writes nothing."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection whose changes are committed together at the end, or not at all."""
        # SQLite: a reader that turns writer half-way is refused at once, so writers say so from the start
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing_alone(self) -> Iterator[sa.Connection]:
        """Give a connection to write with while no other process has one from here.

        It waits as long as whoever starts first may take.
        """
        begin = _begin_on_server if self.engine.dialect.name == "postgresql" else _begin_on_file
        with self.engine.connect().execution_options(writes=True) as connection, begin(connection):
            yield connection

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _begin_on_server(connection: sa.Connection) -> Iterator[None]:
    with connection.begin():
        for limit in ("lock_timeout", "statement_timeout"):
            connection.execute(sa.text(f"SET LOCAL {limit} = '{START_SECONDS}s'"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield


@contextmanager
def _begin_on_file(connection: sa.Connection) -> Iterator[None]:
    """SQLite's writer is alone anyhow; its patience is set below, where no statement begins a transaction."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout = {START_SECONDS * 1000}")
    try:
        with connection.begin():
            yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _make_server(url: sa.URL) -> sa.Engine:
    limits = f"-c statement_timeout={BUSY_SECONDS * 1000} -c lock_timeout={BUSY_SECONDS * 1000}"
    return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 3, "options": limits})


def _make_sqlite(url: sa.URL) -> sa.Engine:
    Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Transactions begin where we say, not where the driver guesses
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
