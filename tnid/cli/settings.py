"""What a command works with: the settings of this environment, and the database they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from tnid import settings
from tnid.cli.answers import Refusal
from tnid.db import DatabaseUnavailable, engine_options, prepare_engine
from tnid.migrations import find_revision, newest_revision
from tnid.settings import Settings, SettingsError


def get_settings() -> Settings:
    """Return the settings, or refuse with the sentence that says what is wrong."""
    try:
        return settings.load(os.environ)
    except SettingsError as error:
        raise Refusal(str(error)) from None


@contextmanager
def open_engine(settings: Settings) -> Iterator[Engine]:
    """Yield the database's engine; refuse where it can't be reached."""
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    prepare_engine(engine)
    try:
        yield engine
    except (SQLAlchemyError, DatabaseUnavailable) as error:
        raise Refusal(f"The database can't be used: {first_line(error)}") from None
    finally:
        engine.dispose()


def first_line(error: BaseException) -> str:
    """Return what the driver said, without SQLAlchemy's statement and link below it."""
    said = str(error.__cause__ or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def check_migrated(engine: Engine) -> None:
    """Refuse where the database isn't at this program's revision, or a later one."""
    found = find_revision(engine)
    if found is None or found < (newest_revision() or ""):
        raise Refusal(f"The database is at revision {found or 'none'}: run `tnid db upgrade` first.")
