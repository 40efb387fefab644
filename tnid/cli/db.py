"""`tnid db`: migrations, and a check of everything that must hold in the database."""

from __future__ import annotations

import click
from sqlalchemy import Engine, text

from tnid import migrations
from tnid.cli.answers import Refusal, answer, with_json
from tnid.cli.settings import get_settings, open_engine


@click.group()
def db() -> None:
    """Migrate and check the database."""


@db.command()
@with_json
def upgrade(as_json: bool) -> None:
    """Bring the database to the newest revision; safe to run several times, at once too."""
    try:
        revision = migrations.upgrade(get_settings().database_url)
    except OSError as error:
        raise Refusal(f"The database can't be made: {error.strerror}.") from None
    answer(as_json, {"revision": revision}, f"The database is at revision {revision}.")


@db.command()
@with_json
def check(as_json: bool) -> None:
    """Check the database's integrity, its tables and the invariants of what is stored."""
    settings = get_settings()
    with open_engine(settings) as engine:
        problems = [*_find_damage(engine), *_find_drift(engine)]
    answer(as_json, {"problems": problems}, "\n".join(problems) or "Everything holds.")
    if problems:
        raise Refusal(f"{len(problems)} problems were found.")


def _find_damage(engine: Engine) -> list[str]:
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        said = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    damaged = [f"integrity: {line}" for line in said if line != "ok"]
    return [*damaged, *(f"row {row[1]} of {row[0]} names a missing row of {row[2]}" for row in orphans)]


def _find_drift(engine: Engine) -> list[str]:
    found = migrations.find_revision(engine)
    if found != migrations.newest_revision():
        return [
            f"the database is at revision {found or 'none'}, the program at {migrations.newest_revision()}"
        ]
    return [
        f"the tables differ from the program's: {difference}"
        for difference in migrations.find_differences(engine)
    ]
