"""What a command works with: the settings of this environment, and the database they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text

from tnid import settings
from tnid.cli.answers import Refusal
from tnid.engine import engine_options, prepare_engine
from tnid.revision import find_revision, newest_revision
from tnid.settings import Settings


def get_settings() -> Settings:
    """Return the settings; raises SettingsError."""
    return settings.load(os.environ)


@contextmanager
def open_engine(settings: Settings) -> Iterator[Engine]:
    """Yield the engine of the database, closed at the end."""
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    prepare_engine(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def check_usable(settings: Settings, engine: Engine) -> None:
    """Refuse a database that isn't at this program's revision, or later, or whose master key is missing."""
    found = find_revision(engine)
    if found is None or found < newest_revision():
        raise Refusal(f"The database is at revision {found or 'none'}: run `tnid db upgrade` first.")
    # A new key would be made, and nothing that is stored could be read with it
    if not settings.master_key_file.exists() and _holds_sealed(engine):
        raise Refusal(f"The master key file {settings.master_key_file} is missing: restore it first.")


def _holds_sealed(engine: Engine) -> bool:
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT EXISTS (SELECT 1 FROM signing_keys UNION SELECT 1 FROM accounts)")
        )
        return bool(found.scalar())
