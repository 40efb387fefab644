"""Brings a database to the newest revision, and says where it differs from the tables in the code."""

from __future__ import annotations

import pkgutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import OperationalError

import tnid.stores
from tnid.db import db
from tnid.revision import VERSIONS, newest_revision

# Any number, as long as it is always the same: PostgreSQL's locks are known by number
LOCK_NUMBER = 0x746E6964
WAIT_SECONDS = 120
# Shorter than PostgreSQL's deadlock_timeout: of a revision and a request that wait for each other, it is the
# revision that gives way, and it is run again
TABLE_WAIT_MILLISECONDS = 500
PAUSE_SECONDS = 0.5
IN_THE_WAY = frozenset({"55P03", "40P01"})  # lock_not_available, deadlock_detected


def upgrade(database_url: str) -> str:
    """Run the revisions not yet run, in one transaction; return the newest revision.

    Processes that upgrade at the same time wait for the first, and then find nothing left to do.
    """
    change_schema(database_url, lambda connection: command.upgrade(alembic_config(connection), "head"))
    return newest_revision()


def change_schema(database_url: str, change: Callable[[Connection], None]) -> None:
    """Run a change in one transaction, from its beginning again while requests hold the tables it needs.

    Raises OperationalError where they still do after WAIT_SECONDS.
    """
    attempts = int(WAIT_SECONDS / PAUSE_SECONDS)
    for left in reversed(range(attempts)):
        try:
            with _migrating(database_url) as connection:
                change(connection)
            return
        except OperationalError as error:
            if not left or getattr(error.orig, "sqlstate", None) not in IN_THE_WAY:
                raise
        time.sleep(PAUSE_SECONDS)


def find_differences(engine: Engine) -> list[Any]:
    """Return what Alembic sees differ between this database and the tables in the code."""
    load_tables()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def load_tables() -> None:
    """Import every store, so that none can be forgotten in the metadata."""
    for module in pkgutil.iter_modules(tnid.stores.__path__):
        import_module(f"tnid.stores.{module.name}")


def alembic_config(connection: Connection | None) -> Config:
    """Return Alembic's configuration, for which there is no file."""
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _migrating(database_url: str) -> Iterator[Connection]:
    """Yield a connection in a transaction that shuts other migrations out."""
    engine = create_engine(database_url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _make_folder(Path(engine.url.database or ""))
        _begin_immediately(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
            connection.execute(text(f"SET LOCAL lock_timeout = {TABLE_WAIT_MILLISECONDS}"))
        yield connection


def _make_folder(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _begin_immediately(engine: Engine) -> None:
    """Make each transaction an immediate one, DDL included, which the driver would commit half-way."""

    @event.listens_for(engine, "connect")
    def wait_for_others(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")

    @event.listens_for(engine, "begin")
    def begin_immediately(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
