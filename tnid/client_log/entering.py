"""Whoever seals a batch of audit events makes the applications' log of it, in the same unit of work.

So no request writes anything for it, each event is entered once, and an entry shows when its event is sealed.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import orjson

from tnid.client_log.entries import Entry, read_entry
from tnid.client_log.figures import bucket_of
from tnid.client_log.stages import DELIVERY, LEFT_OUT, OK, REFUSED, TOKEN, TOOK
from tnid.stores.client_log import ClientLogStore

MINUTE, HOUR = 60, 3600
# Sign-ins that are under way, for the time that each took in all
MOST_FLOWS = 20_000
# What refusals of one stage may have of an application's entries: no stranger's noise crowds all else out
SHARE_OF_A_STAGE = 4

log = logging.getLogger(__name__)


class Keeping(NamedTuple):
    """How long entries and counts are kept, and how many entries of an application a minute are made."""

    entries_seconds: int
    hours_seconds: int
    most_a_minute: int


class HourKind(NamedTuple):
    client_id: str
    hour: int
    stage: str
    outcome: str
    error: str


class ClientLogWriter:
    """Makes entries and counts of sealed events; one process at a time does so, and what it remembers of
    earlier batches only bounds and times what it writes."""

    def __init__(self, store: ClientLogStore, is_client: Callable[[str], bool], keeping: Keeping) -> None:
        """`is_client` says whether an identifier that somebody gave is an application's."""
        self._store = store
        self._is_client = is_client
        self._keeping = keeping
        self._minute = 0
        self._entered: Counter[tuple[str, ...]] = Counter()
        self._begun: OrderedDict[str, int] = OrderedDict()

    def enter(self, events: Iterable[Any]) -> None:
        """Enter and count a batch of audit events, in the caller's unit of work."""
        entries = [entry for entry in map(self._read, events) if entry is not None]
        chosen = [entry for entry in entries if entry.is_entered and self._has_room(entry)]
        self._store.add_entries(self._entry_row(entry) for entry in chosen)
        left_out = {entry.id for entry in entries if entry.is_entered}.difference(e.id for e in chosen)
        self._store.add_hours(self._hour_rows(entries, left_out))

    def _read(self, event: Any) -> Entry | None:
        """Return what is to be entered; an event that can't be read holds nothing up."""
        try:
            entry = read_entry(event)
        except (ValueError, TypeError, AttributeError):
            log.exception("event %s could not be entered", event.id)
            return None
        if entry is None:
            return None
        if entry.client_id and not self._is_client(entry.client_id):
            if entry.stage == DELIVERY:
                # Of a message to a person the column has the way that it went
                return None
            entry = entry._replace(client_id="")
        return self._timed(entry)

    def _timed(self, entry: Entry) -> Entry:
        """Have the time of what ends a sign-in count from where its screens began."""
        if not entry.flow:
            return entry
        if entry.stage != TOKEN and entry.seconds is not None:
            self._begun.setdefault(entry.flow, entry.occurred_at - entry.seconds)
            if len(self._begun) > MOST_FLOWS:
                self._begun.popitem(last=False)
        began_at = self._begun.get(entry.flow)
        return entry if began_at is None else entry._replace(seconds=max(0, entry.occurred_at - began_at))

    def _has_room(self, entry: Entry) -> bool:
        minute = entry.occurred_at // MINUTE
        if minute != self._minute:
            self._minute = minute
            self._entered.clear()
        most, of_client = self._keeping.most_a_minute, (entry.client_id,)
        of_stage = (entry.client_id, entry.stage)
        if self._entered[of_client] >= most:
            return False
        if entry.outcome == REFUSED:
            if self._entered[of_stage] >= most // SHARE_OF_A_STAGE:
                return False
            self._entered[of_stage] += 1
        self._entered[of_client] += 1
        return True

    def _entry_row(self, entry: Entry) -> dict[str, Any]:
        row = entry._asdict()
        row["sent"] = orjson.dumps(entry.sent).decode()
        row["expires_at"] = entry.occurred_at + self._keeping.entries_seconds
        return row

    def _hour_rows(self, entries: Iterable[Entry], left_out: set[int]) -> Iterable[dict[str, Any]]:
        times: Counter[HourKind] = Counter()
        timed: Counter[HourKind] = Counter()
        seconds: Counter[HourKind] = Counter()
        for entry in entries:
            hour = entry.occurred_at - entry.occurred_at % HOUR
            kind = HourKind(entry.client_id, hour, entry.stage, entry.outcome, entry.error)
            times[kind] += entry.times
            if entry.seconds is not None:
                timed[kind] += 1
                seconds[kind] += entry.seconds
            if entry.id in left_out:
                times[kind._replace(stage=LEFT_OUT, outcome=entry.outcome, error="")] += 1
            if entry.stage == TOKEN and entry.outcome == OK and entry.flow in self._begun:
                took = str(bucket_of(entry.seconds or 0))
                times[kind._replace(stage=TOOK, outcome=took, error="")] += 1
        for kind in sorted(times):
            yield {
                **kind._asdict(),
                "times": times[kind],
                "timed": timed[kind],
                "seconds": seconds[kind],
                "expires_at": kind.hour + self._keeping.hours_seconds,
            }
