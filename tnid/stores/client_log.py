"""What developers read of the sign-ins to their application: stage, outcome, reason, time, never who."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    Select,
    String,
    Text,
    TextClause,
    bindparam,
    or_,
    select,
    text,
)

from tnid.db import Database, db
from tnid.stores.audit import RowNumber

client_log = db.Table(
    "client_log",
    # That of the audit event that it was made of: nothing is entered twice
    Column("id", RowNumber, primary_key=True, autoincrement=False),
    # "" for what named no application that is registered
    Column("client_id", String(255), nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    # Stands on the error page, and in the answer of an endpoint that failed
    Column("request_id", String(64), nullable=False),
    # What belongs together, made of the interaction or the grant; "" for what belongs to none
    Column("flow", String(64), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),
    # The OAuth error code, "" where there is none; what we say of it to the developer
    Column("error", String(64), nullable=False),
    Column("description", Text, nullable=False),
    # Since the flow began, None where nobody knows
    Column("seconds", Integer),
    Column("expires_at", BigInteger, nullable=False),
    # The stable word that says more than the code, "" where there is none
    Column("reason", String(64), nullable=False, server_default=""),
    # JSON: the parameters by name, with those values that are the developer's own configuration
    Column("sent", Text, nullable=False, server_default="{}"),
)
Index("ix_client_log_client_id_id", client_log.c.client_id, client_log.c.id)
Index("ix_client_log_client_id_request_id", client_log.c.client_id, client_log.c.request_id)
Index("ix_client_log_client_id_error_id", client_log.c.client_id, client_log.c.error, client_log.c.id)
Index("ix_client_log_expires_at", client_log.c.expires_at)
Index("ix_client_log_client_id_occurred_at", client_log.c.client_id, client_log.c.occurred_at)
Index("ix_client_log_client_id_flow", client_log.c.client_id, client_log.c.flow)
Index("ix_client_log_client_id_outcome_id", client_log.c.client_id, client_log.c.outcome, client_log.c.id)
Index("ix_client_log_client_id_stage_id", client_log.c.client_id, client_log.c.stage, client_log.c.id)

client_hours = db.Table(
    "client_hours",
    Column("client_id", String(255), primary_key=True),
    # The hour's first second
    Column("hour", BigInteger, primary_key=True),
    Column("stage", String(32), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("error", String(64), primary_key=True),
    Column("times", BigInteger, nullable=False),
    # Over those whose time is known
    Column("timed", BigInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_client_hours_expires_at", client_hours.c.expires_at)

FLOWS_AT_ONCE = 40
_NUMBERS = frozenset({"id", "occurred_at", "seconds", "expires_at", "hour", "times", "timed"})
_ENTRY = tuple(column.name for column in client_log.columns)
_HOUR = tuple(column.name for column in client_hours.columns)


def _insert_many(table: str, columns: Sequence[str], on_conflict: str, *, for_sqlite: bool) -> TextClause:
    """Return the INSERT of as many rows as the JSON text `rows` holds, each a list in the columns' order."""
    if for_sqlite:
        values = [f"json_extract(value, '$[{place}]')" for place in range(len(columns))]
        source = "json_each(:rows) WHERE true"
    else:
        texts = [f"item->>{place}" for place in range(len(columns))]
        values = [
            f"CAST({value} AS BIGINT)" if name in _NUMBERS else value
            for name, value in zip(columns, texts, strict=True)
        ]
        source = "jsonb_array_elements(CAST(:rows AS jsonb)) AS item"
    return text(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {source} {on_conflict}"  # noqa: S608  of our own names
    )


_ONCE = "ON CONFLICT (id) DO NOTHING"
_ADDED = (
    "ON CONFLICT (client_id, hour, stage, outcome, error) DO UPDATE SET"
    " times = client_hours.times + excluded.times, timed = client_hours.timed + excluded.timed,"
    " seconds = client_hours.seconds + excluded.seconds"
)
_ADD_ENTRIES, _ADD_HOURS = (
    {kind: _insert_many(table, columns, conflict, for_sqlite=kind) for kind in (True, False)}
    for table, columns, conflict in (("client_log", _ENTRY, _ONCE), ("client_hours", _HOUR, _ADDED))
)

_OF_CLIENT = client_log.c.client_id == bindparam("of_client")
_NEWEST_FIRST = client_log.c.id.desc()
# What a page may be narrowed by, each together with any others
FILTERS = {
    "stage": client_log.c.stage == bindparam("of_stage"),
    "outcome": client_log.c.outcome == bindparam("of_outcome"),
    "error": client_log.c.error == bindparam("of_error"),
    "request_id": client_log.c.request_id == bindparam("of_request_id"),
    "since": client_log.c.occurred_at >= bindparam("of_since"),
    "until": client_log.c.occurred_at < bindparam("of_until"),
    "before_id": client_log.c.id < bindparam("of_before_id"),
}
_FIND = select(client_log).where(client_log.c.id == bindparam("of_id"), _OF_CLIENT)
_FIND_BY_REQUEST = (
    select(client_log)
    .where(_OF_CLIENT, client_log.c.request_id == bindparam("of_request_id"))
    .order_by(_NEWEST_FIRST)
    .limit(1)
)
_LAST_REFUSED = (
    select(client_log).where(_OF_CLIENT, client_log.c.outcome == "refused").order_by(_NEWEST_FIRST).limit(1)
)
_OF_FLOWS = (
    select(client_log)
    .where(_OF_CLIENT, or_(*(client_log.c.flow == bindparam(f"flow_{n}") for n in range(FLOWS_AT_ONCE))))
    .order_by(client_log.c.id)
    .limit(bindparam("most"))
)
_HOURS = (
    select(client_hours)
    .where(client_hours.c.client_id == bindparam("of_client"), client_hours.c.hour >= bindparam("since"))
    .order_by(client_hours.c.hour)
)
_EVER = (
    select(client_hours.c.hour)
    .where(
        client_hours.c.client_id == bindparam("of_client"),
        client_hours.c.stage == bindparam("of_stage"),
        client_hours.c.outcome == "ok",
    )
    .limit(1)
)


class ClientLogStore:
    """Entries and counts as rows; each method runs in the caller's unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # One statement a choice of filters
        self._pages: dict[tuple[str, ...], Select[Any]] = {}

    def add_entries(self, entries: Iterable[Mapping[str, Any]]) -> int:
        """Write entries, every column of each, by one statement; return how many weren't there before."""
        return self._add(_ADD_ENTRIES, _ENTRY, entries)

    def add_hours(self, hours: Iterable[Mapping[str, Any]]) -> int:
        """Add to the counts, by one statement; no two of them may be of one kind and hour."""
        return self._add(_ADD_HOURS, _HOUR, hours)

    def _add(
        self,
        statements: Mapping[bool, TextClause],
        columns: Sequence[str],
        given: Iterable[Mapping[str, Any]],
    ) -> int:
        rows = [[one[name] for name in columns] for one in given]
        if not rows:
            return 0
        statement = statements[self._database.is_sqlite]
        return self._database.execute(statement, rows=orjson.dumps(rows).decode())

    def list_page(self, client_id: str, *, most: int, **filters: Any) -> list[Any]:
        """Return up to `most` entries, the newest first, narrowed by any of FILTERS."""
        names = tuple(sorted(filters))
        if names not in self._pages:
            chosen = [FILTERS[name] for name in names]
            self._pages[names] = (
                select(client_log).where(_OF_CLIENT, *chosen).order_by(_NEWEST_FIRST).limit(bindparam("most"))
            )
        values = {f"of_{name}": value for name, value in filters.items()}
        return self._database.fetch_all(self._pages[names], of_client=client_id, most=most, **values)

    def list_of_flows(self, client_id: str, flows: Sequence[str], *, most: int) -> list[Any]:
        """Return the entries of up to FLOWS_AT_ONCE flows, in their order."""
        padded = [*flows, *([flows[0]] * (FLOWS_AT_ONCE - len(flows)))]
        values = {f"flow_{place}": flow for place, flow in enumerate(padded)}
        return self._database.fetch_all(_OF_FLOWS, of_client=client_id, most=most, **values)

    def find(self, client_id: str, entry_id: int) -> Any:
        return self._database.fetch_one(_FIND, of_id=entry_id, of_client=client_id)

    def find_by_request(self, client_id: str, request_id: str) -> Any:
        return self._database.fetch_one(_FIND_BY_REQUEST, of_client=client_id, of_request_id=request_id)

    def find_last_refused(self, client_id: str) -> Any:
        return self._database.fetch_one(_LAST_REFUSED, of_client=client_id)

    def list_hours(self, client_id: str, *, since: int) -> list[Any]:
        """Return the counts of the hours that began then or later."""
        return self._database.fetch_all(_HOURS, of_client=client_id, since=since)

    def has_succeeded(self, client_id: str, stage: str) -> bool:
        """Say whether a stage was ever passed, as long as counts are kept."""
        return self._database.fetch_one(_EVER, of_client=client_id, of_stage=stage) is not None
