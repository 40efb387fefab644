"""Alembic's entry: runs the revisions on the connection that `tnid.migrations` holds open."""

from alembic import context

from tnid.db import db
from tnid.migrations import load_tables

load_tables()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.metadata,
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
