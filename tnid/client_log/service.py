"""Reading an application's log: pages of entries, one entry, and what an error's number leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from tnid.client_log.figures import HOUR, Figures, Period, first_step, read_figures
from tnid.client_log.stages import OK, REFUSED, TOKEN, USERINFO
from tnid.stores.client_log import FLOWS_AT_ONCE, ClientLogStore

PAGE_ENTRIES = 30
MOST_OF_FLOWS = 400
EXPORT_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry, as it is read."""

    id: int
    client_id: str
    occurred_at: int
    request_id: str
    flow: str
    stage: str
    outcome: str
    error: str
    reason: str
    description: str
    sent: dict[str, str]
    seconds: int | None

    @property
    def is_refused(self) -> bool:
        return self.outcome == REFUSED


class Filters(NamedTuple):
    """What a page is narrowed by; "" and None narrow nothing. `until` is past the last second."""

    outcome: str = ""
    stage: str = ""
    error: str = ""
    request_id: str = ""
    since: int | None = None
    until: int | None = None

    def chosen(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value not in ("", None)}


class SignIn(NamedTuple):
    """The entries of one sign-in, in their order; of what belongs to none, the one entry."""

    entries: tuple[LogEntry, ...]

    @property
    def last(self) -> LogEntry:
        return self.entries[-1]

    @property
    def is_refused(self) -> bool:
        return self.last.is_refused


class Page(NamedTuple):
    """Sign-ins, the newest first, and where the next page begins; None where there is none."""

    sign_ins: tuple[SignIn, ...]
    next_before: int | None


class ClientLog:
    """The logs of all applications; whose may be read is for the caller to see to."""

    def __init__(self, store: ClientLogStore) -> None:
        self._store = store

    def list_page(self, client_id: str, filters: Filters, *, before_id: int | None = None) -> Page:
        """Return a page of the log: each sign-in whole, where the newest of what was asked for stands."""
        keyset = {} if before_id is None else {"before_id": before_id}
        rows = self._store.list_page(client_id, most=PAGE_ENTRIES + 1, **filters.chosen(), **keyset)
        found = [_read(row) for row in rows[:PAGE_ENTRIES]]
        next_before = found[-1].id if len(rows) > PAGE_ENTRIES else None
        return Page(tuple(self._group(client_id, found, filters, before_id)), next_before)

    def _group(
        self, client_id: str, found: Sequence[LogEntry], filters: Filters, before_id: int | None
    ) -> Iterator[SignIn]:
        """Yield each sign-in once, on the page where the first of its entries that was asked for stands."""
        flows = list(dict.fromkeys(entry.flow for entry in found if entry.flow))[:FLOWS_AT_ONCE]
        rows = self._store.list_of_flows(client_id, flows, most=MOST_OF_FLOWS) if flows else []
        whole: dict[str, list[LogEntry]] = {}
        for row in rows:
            whole.setdefault(row.flow, []).append(_read(row))
        seen = {
            flow
            for flow, entries in whole.items()
            if before_id is not None and any(e.id >= before_id and _fits(e, filters) for e in entries)
        }
        for entry in found:
            if entry.flow in seen:
                continue
            seen.update({entry.flow} if entry.flow else ())
            yield SignIn(tuple(whole.get(entry.flow) or (entry,)))

    def list_newest(self, client_id: str, filters: Filters, *, most: int) -> list[LogEntry]:
        """Return up to `most` entries, the newest first."""
        return [_read(row) for row in self._store.list_page(client_id, most=most, **filters.chosen())]

    def find(self, client_id: str, entry_id: int) -> LogEntry | None:
        row = self._store.find(client_id, entry_id)
        return None if row is None else _read(row)

    def list_flow(self, client_id: str, entry: LogEntry) -> tuple[LogEntry, ...]:
        """Return the entries of an entry's sign-in, in their order, itself included."""
        if not entry.flow:
            return (entry,)
        rows = self._store.list_of_flows(client_id, [entry.flow], most=MOST_OF_FLOWS)
        return tuple(_read(row) for row in rows) or (entry,)

    def find_by_request(self, client_ids: Iterable[str], request_id: str) -> LogEntry | None:
        """Return what an error's number leads to, among these applications; "" stands for none at all."""
        rows = (self._store.find_by_request(client_id, request_id) for client_id in client_ids)
        return next((_read(row) for row in rows if row is not None), None)

    def find_last_error(self, client_id: str) -> LogEntry | None:
        """Return the newest entry of a refusal."""
        row = self._store.find_last_refused(client_id)
        return None if row is None else _read(row)

    def has_signed_in(self, client_id: str) -> bool:
        """Say whether anybody's sign-in ever came to its tokens, as long as counts are kept."""
        return self._store.has_succeeded(client_id, TOKEN)

    def count_userinfo(self, client_id: str, since: int) -> int:
        """Return how often UserInfo was asked from the hour of `since` on, as far as that was written."""
        hours = self._store.list_hours(client_id, since=since - since % HOUR)
        return sum(row.times for row in hours if row.stage == USERINFO and row.outcome == OK)

    def get_figures(self, client_id: str, period: Period, now: int) -> Figures:
        hours = self._store.list_hours(client_id, since=first_step(period, now))
        return read_figures(period, hours, now)

    def export(self, client_id: str, filters: Filters) -> Iterator[LogEntry]:
        """Yield everything that the filters leave, the newest first, a batch at a time."""
        keyset: dict[str, int] = {}
        while True:
            rows = self._store.list_page(client_id, most=EXPORT_ENTRIES, **filters.chosen(), **keyset)
            yield from map(_read, rows)
            if len(rows) < EXPORT_ENTRIES:
                return
            keyset = {"before_id": rows[-1].id}


def _fits(entry: LogEntry, filters: Filters) -> bool:
    return (
        all(
            wanted in ("", getattr(entry, name))
            for name, wanted in zip(filters._fields[:4], filters[:4], strict=True)
        )
        and (filters.since is None or entry.occurred_at >= filters.since)
        and (filters.until is None or entry.occurred_at < filters.until)
    )


def _read(row: Any) -> LogEntry:
    members = {name: getattr(row, name) for name in LogEntry.__dataclass_fields__}
    return LogEntry(**{**members, "sent": orjson.loads(row.sent)})
