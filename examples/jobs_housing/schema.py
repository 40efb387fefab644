"""The schema: its tables, and the numbered steps that lead there from whatever database is found.

A new table: define it on `database.METADATA` in the module of its noun, name that module in `TABLES`, and
append to `STEPS` a module of `migrations/` with `upgrade(op, now)`. A step that has run anywhere is never
changed.
"""

from __future__ import annotations

from importlib import import_module

import sqlalchemy as sa

from examples.jobs_housing.database import METADATA, Database
from examples.jobs_housing.migrations import s01_listings, s02_people

TABLES = ("listings", "pictures", "reports", "people", "applications", "sent_items", "letters", "heard")
"""Modules of this package with tables."""

STEPS = (s01_listings, s02_people)

VERSION = sa.Table(
    "schema_version", METADATA, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False)
)


def load_tables() -> None:
    """Have every table in METADATA."""
    for name in TABLES:
        import_module(f"examples.jobs_housing.{name}")


def upgrade(database: Database, now: int) -> None:
    """Take the steps that are missing, all of them or none; processes that start at once wait in turn."""
    with database.writing_alone() as connection:
        found = _find_version(connection)
        if found > len(STEPS):
            raise RuntimeError(f"The database is of version {found}, this application of {len(STEPS)}")
        if found < len(STEPS):
            _take_steps(connection, found, now)


def _find_version(connection: sa.Connection) -> int:
    if not sa.inspect(connection).has_table(VERSION.name):
        VERSION.create(connection)
        connection.execute(VERSION.insert().values(version=0))
    return int(connection.execute(VERSION.select()).scalar_one())


def _take_steps(connection: sa.Connection, found: int, now: int) -> None:
    # It takes as long to load as the rest, and most starts have nothing to do
    from alembic.migration import MigrationContext  # noqa: PLC0415  as above
    from alembic.operations import Operations  # noqa: PLC0415  as above

    context = MigrationContext.configure(connection, opts={"target_metadata": METADATA})
    op = Operations(context)
    for step in STEPS[found:]:
        step.upgrade(op, now)
    connection.execute(VERSION.update().values(version=len(STEPS)))
