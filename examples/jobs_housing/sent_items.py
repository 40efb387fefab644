"""What was sent with each application, item by item: who vouches for it, until when, whether it is over."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    select,
    update,
)

from examples.jobs_housing.applications import applications
from examples.jobs_housing.database import METADATA
from examples.jobs_housing.sharing import ITEMS, Sent, find_item, to_text

application_items = Table(
    "application_items",
    METADATA,
    Column("application_id", String(22), ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("place", Integer, nullable=False),
    # JSON; None once it may no longer be used
    Column("value", Text),
    # What a yes/no question asked about, as JSON
    Column("asked", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("confirmed_at", String(10), nullable=False),
    Column("valid_until", String(10), nullable=False),
    # When the provider answered, by its own clock
    Column("came_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)

_PLACES = {item.name: place for place, item in enumerate(ITEMS)}
_ITEM = application_items.c
_LIST = (
    select(application_items).where(_ITEM.application_id == bindparam("application")).order_by(_ITEM.place)
)
_NAMES_IN = (
    select(_ITEM.application_id, _ITEM.value)
    .where(_ITEM.application_id.in_(bindparam("applications", expanding=True)), _ITEM.name == "name")
)  # fmt: skip
_DROP = delete(application_items).where(_ITEM.application_id.in_(bindparam("applications", expanding=True)))
_END = (
    update(application_items)
    .where(
        _ITEM.application_id.in_(select(applications.c.id).where(applications.c.sub == bindparam("who"))),
        _ITEM.name.in_(bindparam("names", expanding=True)),
        _ITEM.came_at <= bindparam("at"),
        _ITEM.ended_at.is_(None),
    )
    .values(value=None, source="", ended_at=bindparam("now"))
)
_UNNAME = (
    update(application_items)
    .where(
        _ITEM.application_id.in_(select(applications.c.id).where(applications.c.sub == bindparam("who"))),
        _ITEM.came_at <= bindparam("at"),
    )
    .values(source="")
)
_EXPIRE = (
    update(application_items)
    .where(_ITEM.ended_at.is_(None), _ITEM.valid_until != "", _ITEM.valid_until < bindparam("today"))
    .values(value=None, source="", ended_at=bindparam("now"))
)
_IS_DUE = _ITEM.ended_at.is_(None)
Index(None, _ITEM.valid_until, sqlite_where=_IS_DUE, postgresql_where=_IS_DUE)
_HAS_DUE = (
    select(_ITEM.application_id)
    .where(_ITEM.ended_at.is_(None), _ITEM.valid_until != "", _ITEM.valid_until < bindparam("today"))
    .limit(1)
)


class SentItem(NamedTuple):
    """An item of an application as it is shown; `value` is None once `ended_at` says that it is over."""

    name: str
    value: Any
    asked: Any
    source: str
    confirmed_at: str
    valid_until: str
    ended_at: int | None


def add(connection: Connection, application_id: str, sent: Iterable[Sent], came_at: int) -> None:
    rows = [
        {
            **one._asdict(),
            "application_id": application_id,
            "place": _PLACES[one.name],
            "value": to_text(one.value),
            "asked": to_text(one.asked),
            "came_at": came_at,
        }
        for one in sent
    ]
    if rows:
        connection.execute(application_items.insert(), rows)


def list_of(connection: Connection, application_id: str) -> list[SentItem]:
    """Return what was sent with an application, ended items too."""
    rows = connection.execute(_LIST, {"application": application_id})
    return [_shown(row) for row in rows if find_item(row.name) is not None]


def _shown(row: Row[Any]) -> SentItem:
    value = None if row.value is None else json.loads(row.value)
    dates = (row.confirmed_at, row.valid_until)
    return SentItem(row.name, value, json.loads(row.asked), row.source, *dates, row.ended_at)


def list_names(connection: Connection, application_ids: Iterable[str]) -> dict[str, str]:
    """Return the applicants' names that may be used, by application."""
    rows = connection.execute(_NAMES_IN, {"applications": list(application_ids)})
    return {row.application_id: json.loads(row.value) for row in rows if row.value is not None}


def end(connection: Connection, sub: str, names: Iterable[str], at: int, now: int) -> int:
    """Remove the values of these items that came up to `at`; what is left says that they are over."""
    given = {"who": sub, "names": list(names), "at": at, "now": now}
    return connection.execute(_END, given).rowcount


def forget_sources(connection: Connection, sub: str, at: int) -> None:
    """Remove who vouched for what came up to `at`: where somebody works may not be known any more."""
    connection.execute(_UNNAME, {"who": sub, "at": at})


def has_due(connection: Connection, today: str) -> bool:
    """Say whether there are values whose day is over."""
    return connection.execute(_HAS_DUE, {"today": today}).one_or_none() is not None


def expire(connection: Connection, today: str, now: int) -> int:
    """Remove the values whose day is over; `today` is an ISO date."""
    return connection.execute(_EXPIRE, {"today": today, "now": now}).rowcount


def drop(connection: Connection, application_ids: Iterable[str]) -> None:
    """Remove everything that was sent with these applications."""
    connection.execute(_DROP, {"applications": list(application_ids)})
