"""Searching the audit log: by a window of time, page by page, and never more of it at once than is bounded.

The log's numbers rise with its times, give or take how long a unit of work lasts. So no index on the time is
needed, which every event would pay for: where a window begins is found by halving the numbers, and within it
a page looks at a bounded part of the log by its primary key. What one account did has an index.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from tnid.db import Database
from tnid.stores.audit import audit_events

# An event has its time from the beginning of its request, and its number from the end
SKEW_SECONDS = 120
LOOKED_AT_ONCE = 200_000
LAST = 2**62

# Two looks at the key's ends: one statement with both of them reads all of it
_BOUNDS = select(
    select(func.min(audit_events.c.id)).scalar_subquery().label("first"),
    select(func.max(audit_events.c.id)).scalar_subquery().label("last"),
)
_NEXT = (
    select(audit_events.c.id, audit_events.c.occurred_at)
    .where(audit_events.c.id >= bindparam("from_id"))
    .order_by(audit_events.c.id)
    .limit(1)
)
_COLUMNS = audit_events.c
_ESCAPE = "!"
# What may be asked for, and how it is compared
CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "event": _COLUMNS.event == bindparam("of_event"),
    # All that begins so
    "events": _COLUMNS.event.like(bindparam("of_events"), escape=_ESCAPE),
    "outcome": _COLUMNS.outcome == bindparam("of_outcome"),
    "reason": _COLUMNS.reason == bindparam("of_reason"),
    "account": _COLUMNS.account_id == bindparam("of_account"),
    "client": _COLUMNS.client_id == bindparam("of_client"),
    "ip": _COLUMNS.ip == bindparam("of_ip"),
    "network": _COLUMNS.ip.like(bindparam("of_network"), escape=_ESCAPE),
    "request": _COLUMNS.request_id == bindparam("of_request"),
}


class Place(NamedTuple):
    """Where a page begins: before this time and this number."""

    until: int
    before_id: int


class Found(NamedTuple):
    """A page, newest first; where the next one begins, None where the window is at its end; how far back
    this one looked."""

    rows: list[Any]
    older: Place | None
    looked_back_to: int


def _by_number(names: frozenset[str]) -> Select[Any]:
    return (
        select(audit_events)
        .where(
            _COLUMNS.id < bindparam("before_id"),
            _COLUMNS.id >= bindparam("floor_id"),
            _COLUMNS.occurred_at >= bindparam("since"),
            _COLUMNS.occurred_at <= bindparam("until"),
            *(CONDITIONS[name] for name in sorted(names)),
        )
        .order_by(_COLUMNS.id.desc())
        .limit(bindparam("most"))
    )


def _by_account(names: frozenset[str]) -> Select[Any]:
    return (
        select(audit_events)
        .where(
            _COLUMNS.occurred_at >= bindparam("since"),
            _COLUMNS.occurred_at <= bindparam("until"),
            or_(_COLUMNS.occurred_at < bindparam("until"), _COLUMNS.id < bindparam("before_id")),
            *(CONDITIONS[name] for name in sorted(names)),
        )
        .order_by(_COLUMNS.occurred_at.desc(), _COLUMNS.id.desc())
        .limit(bindparam("most"))
    )


class AuditSearchStore:
    """Reads pages of the log; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # One statement a choice of conditions
        self._statements: dict[frozenset[str], Select[Any]] = {}

    def search(
        self,
        given: Mapping[str, str],
        since: int,
        place: Place,
        *,
        most: int,
        looked_at: int = LOOKED_AT_ONCE,
    ) -> Found:
        """Return one page of the events that all of `given` (names of CONDITIONS) fit, from a place on.

        It may hold fewer than `most`, none even, and yet not be the last one: then as much as `looked_at` of
        the log was looked at.
        """
        if "account" in given:
            return self._search_account(given, since, place, most=most)
        bounds = self._database.fetch_one(_BOUNDS)
        if bounds.last is None:
            return Found([], None, since)
        floor = self._find_number(since - SKEW_SECONDS, bounds.first, bounds.last)
        end = min(
            place.before_id, self._find_number(place.until + SKEW_SECONDS, bounds.first, bounds.last) + 1
        )
        lowest = max(floor, end - looked_at)
        rows = self._fetch(
            _by_number, given, since=since, until=place.until, before_id=end, floor_id=lowest, most=most
        )
        if len(rows) == most:
            return Found(rows, Place(place.until, rows[-1].id), rows[-1].occurred_at)
        if lowest <= floor:
            return Found(rows, None, since)
        at = self._database.fetch_one(_NEXT, from_id=lowest)
        return Found(rows, Place(place.until, lowest), at.occurred_at if at else since)

    def _search_account(self, given: Mapping[str, str], since: int, place: Place, *, most: int) -> Found:
        rows = self._fetch(
            _by_account, given, since=since, until=place.until, before_id=place.before_id, most=most
        )
        if len(rows) < most:
            return Found(rows, None, since)
        return Found(rows, Place(rows[-1].occurred_at, rows[-1].id), rows[-1].occurred_at)

    def _fetch(self, make: Any, given: Mapping[str, str], **parameters: Any) -> list[Any]:
        names = frozenset(given)
        if names not in self._statements:
            self._statements[names] = make(names)
        for name, value in given.items():
            parameters[f"of_{name}"] = _beginning(value) if name in ("events", "network") else value
        return self._database.fetch_all(self._statements[names], **parameters)

    def _find_number(self, at: int, first: int, last: int) -> int:
        """Return the first number whose event is not before a time; one past the last where there is none."""
        low, high = first, last + 1
        while low < high:
            middle = (low + high) // 2
            row = self._database.fetch_one(_NEXT, from_id=middle)
            if row is None or row.occurred_at >= at:
                high = middle
            else:
                low = row.id + 1
        return low


def _beginning(text: str) -> str:
    """Return the pattern of all that begins with a text, whatever signs are in it."""
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return f"{text}%"
