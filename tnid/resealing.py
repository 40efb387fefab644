"""Seals everything that rests in the database anew, under the seal key that is in use.

Batch by batch in the order of the primary keys, each batch a unit of work of its own; what is sealed under
that key already is left alone. So it may be stopped at any moment, and goes on when it is called again. What
somebody writes meanwhile stays as they wrote it: a process that serves seals under the same key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Select, Table, Update, bindparam, select, tuple_, update

from keys.envelope import Envelopes, SealBroken
from tnid.db import Database
from tnid.sealing import KEYS, VALUES, Sealer
from tnid.stores.accounts import accounts
from tnid.stores.data_requests import data_requests
from tnid.stores.decoupled import requests as decoupled_requests
from tnid.stores.employments import employments
from tnid.stores.factors import totp_factors
from tnid.stores.former_numbers import former_numbers
from tnid.stores.imports import import_parts, import_rows
from tnid.stores.messages import messages
from tnid.stores.playground_runs import playground_runs
from tnid.stores.scim_users import scim_users
from tnid.stores.signing_keys import signing_keys
from tnid.stores.verifications import verifications
from tnid.stores.visits import visits

BATCH_ROWS = 200
MOST_BROKEN = 20


class Place(NamedTuple):
    """A column of sealed values, and the context in which a row's are sealed."""

    column: Column[Any]
    context: str
    purpose: str = VALUES


# Whoever adds a sealed column adds it here: a test compares
PLACES = (
    Place(signing_keys.c.sealed, "{kid}", KEYS),
    Place(accounts.c.profile_sealed, "accounts.profile:{id}"),
    Place(accounts.c.pin_sealed, "accounts.pin:{id}"),
    Place(former_numbers.c.number_sealed, "former_numbers.number:{account_id}"),
    Place(verifications.c.claims_sealed, "verifications.claims:{account_id}"),
    Place(verifications.c.warnings_sealed, "verifications.warnings:{account_id}"),
    Place(totp_factors.c.secret_sealed, "totp_factors.secret:{account_id}"),
    Place(data_requests.c.words_sealed, "data_requests.words:{id}"),
    Place(data_requests.c.answer_sealed, "data_requests.answer:{id}"),
    Place(messages.c.content_sealed, "messages.content:{id}"),
    Place(visits.c.card_sealed, "visits.card:{id}"),
    Place(employments.c.values_sealed, "employments.values:{id}"),
    Place(employments.c.history_sealed, "employments.history:{id}"),
    Place(scim_users.c.values_sealed, "scim_users.values:{id}"),
    Place(import_parts.c.content_sealed, "import_parts.content:{import_id}:{position}"),
    Place(import_rows.c.values_sealed, "import_rows.values:{import_id}:{row_number}"),
    Place(playground_runs.c.sealed, "playground_runs.sealed:{id}"),
    Place(decoupled_requests.c.notification_token, "decoupled_requests.notification_token:{id}"),
)


class Resealed(NamedTuple):
    """What was found: values under the key in use, values that were or would be sealed anew, and those that
    open under no key, by their contexts."""

    current: int
    anew: int
    broken: tuple[str, ...]


def reseal(
    database: Database, sealer: Sealer, *, only_look: bool = False, batch_rows: int = BATCH_ROWS,
    tell: Callable[[str, int], None] = lambda _place, _rows: None,
) -> Resealed:  # fmt: skip
    """Seal anew all that isn't under the key in use; `tell` hears of each batch. Runs in no unit of work."""
    counted: Counter[str] = Counter()
    broken: list[str] = []
    envelopes = {purpose: Envelopes(*sealer.derive_seals(purpose)) for purpose in (VALUES, KEYS)}
    for place in PLACES:
        for rows in _batches(database, place, batch_rows):
            with database.unit():
                for row in rows:
                    found = _reseal_row(database, place, envelopes[place.purpose], row, only_look=only_look)
                    counted[found] += 1
                    if found == "broken" and len(broken) < MOST_BROKEN:
                        broken.append(place.context.format(**row._asdict()))
            tell(f"{place.column.table.name}.{place.column.name}", len(rows))
    return Resealed(counted["current"], counted["anew"], tuple(broken))


def _reseal_row(database: Database, place: Place, envelopes: Envelopes, row: Any, *, only_look: bool) -> str:
    sealed = bytes(row.sealed_value)
    try:
        anew = envelopes.reseal(sealed, place.context.format(**row._asdict()))
    except SealBroken:
        return "broken"
    if anew is None:
        return "current"
    if not only_look:
        key = {f"of_{column.name}": getattr(row, column.name) for column in _key_of(place)}
        # Nothing where somebody wrote it, or it was removed, since it was read
        database.execute(_write_statement(place), seen=sealed, anew=anew, **key)
    return "anew"


def _batches(database: Database, place: Place, batch_rows: int) -> Iterator[list[Any]]:
    """Yield the rows that hold a value, some at a time; each begins where the last one ended."""
    first, more = _read_statements(place)
    rows = database.fetch_all(first, most=batch_rows)
    while rows:
        yield rows
        after = {f"after_{column.name}": getattr(rows[-1], column.name) for column in _key_of(place)}
        rows = database.fetch_all(more, most=batch_rows, **after)


def _key_of(place: Place) -> list[Column[Any]]:
    return list(place.column.table.primary_key.columns)


def _read_statements(place: Place) -> tuple[Select[Any], Select[Any]]:
    key = _key_of(place)
    first = (
        select(*key, place.column.label("sealed_value"))
        .where(place.column.is_not(None))
        .order_by(*key)
        .limit(bindparam("most"))
    )
    after = tuple_(*(bindparam(f"after_{column.name}") for column in key))
    return first, first.where(tuple_(*key) > after)


def _write_statement(place: Place) -> Update:
    table: Table = place.column.table
    is_this = [column == bindparam(f"of_{column.name}") for column in _key_of(place)]
    return (
        update(table)
        .where(*is_this, place.column == bindparam("seen"))
        .values({place.column: bindparam("anew")})
    )
