"""`tnid db`: migrations, and a check of everything that must hold in the database."""

from __future__ import annotations

import click
from sqlalchemy import Engine, text

from tnid import clock
from tnid.audit import CHAIN_PURPOSE, Chain
from tnid.cli.answers import Refusal, answer, with_json
from tnid.cli.refusals import Commands
from tnid.cli.settings import get_settings, open_engine
from tnid.db import Database
from tnid.invariants import find_broken
from tnid.revision import find_revision, newest_revision
from tnid.sealing import Sealer, load_master_key
from tnid.settings import Settings
from tnid.stores.audit import AuditStore


@click.group(cls=Commands)
def db() -> None:
    """Migrate and check the database."""


@db.command()
@with_json
def upgrade(as_json: bool) -> None:
    """Bring the database to the newest revision; safe to run several times, at once too."""
    from tnid import migrations  # noqa: PLC0415  Alembic takes 10 MiB, which no other command needs

    try:
        revision = migrations.upgrade(get_settings().database_url)
    except OSError as error:
        raise Refusal(f"The database can't be made: {error.strerror}: {error.filename}.") from None
    answer(as_json, {"revision": revision}, f"The database is at revision {revision}.")


@db.command()
@with_json
def check(as_json: bool) -> None:
    """Check the database's integrity, its tables, what must hold of its rows, and the audit log's seals."""
    settings = get_settings()
    with open_engine(settings) as engine:
        problems = [*_find_damage(engine), *_find_drift(engine)]
        # Without the right tables there is nothing to ask of their rows
        problems = problems or _find_contradictions(settings, engine)
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
    from tnid import migrations  # noqa: PLC0415  as above

    found = find_revision(engine)
    if found != newest_revision():
        return [f"the database is at revision {found or 'none'}, the program at {newest_revision()}"]
    return [
        f"the tables differ from the program's: {difference}"
        for difference in migrations.find_differences(engine)
    ]


def _find_contradictions(settings: Settings, engine: Engine) -> list[str]:
    database = Database(engine)
    broken = find_broken(database, clock.now())
    if not settings.master_key_file.exists() and not AuditStore(database).find_last_batch():
        return broken
    key = Sealer(load_master_key(settings.master_key_file, create=False)).derive(CHAIN_PURPOSE)
    return [*broken, *(f"audit log: {problem}" for problem in Chain(database, key).verify().problems)]
