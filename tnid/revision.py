"""At which revision the database and the program are; without Alembic, which no worker needs in memory."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

VERSIONS = Path(__file__).with_name("migrations") / "versions"


def newest_revision() -> str:
    """Return the program's revision: revisions are numbered, and their files with them."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def find_revision(engine: Engine) -> str | None:
    """Return the revision of this database, None where it was never migrated."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
