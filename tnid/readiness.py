"""Whether a sign-in could be served now, and what is missing for it: one word, for strangers may ask."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from keys.envelope import KeyUnreadable
from keys.store import StoreUnavailable
from tnid.db import DatabaseUnavailable
from tnid.revision import newest_revision
from tnid.stores.states import StateStore

if TYPE_CHECKING:
    from tnid.services import Services

DATABASE, MIGRATIONS, KEYS = "database", "migrations", "keys"
# What SQLite and PostgreSQL say of a database in which nothing was ever made
_NO_TABLE = ("no such table", "does not exist")


def find_missing(parts: Services, now: int) -> str | None:
    """Return the first thing that is missing: the others can't be looked at without it."""
    try:
        found = StateStore(parts.database).find_revision()
    except DatabaseUnavailable as error:
        return MIGRATIONS if _is_empty(error.__cause__) else DATABASE
    except Exception as error:  # a driver's word for a table that isn't there
        if _is_empty(error):
            return MIGRATIONS
        raise
    if found is None or found < _needed_revision():
        return MIGRATIONS
    return None if has_keys(parts, now) else KEYS


def has_keys(parts: Services, now: int) -> bool:
    """Say whether there is an active key of each algorithm, and all can be opened."""
    try:
        parts.keyring.jwks(now)
        active = {key.alg for key in parts.keyring.list_keys(now) if key.status == "active"}
    except (KeyUnreadable, StoreUnavailable, DatabaseUnavailable):
        return False
    return active >= set(parts.keyring.algorithms())


def _is_empty(error: BaseException | None) -> bool:
    return any(words in str(error) for words in _NO_TABLE)


@cache
def _needed_revision() -> str:
    return newest_revision()
