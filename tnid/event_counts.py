"""Counts audit events by kind, as they are sealed: what an operator watches, without a word about anybody.

The one who seals a batch counts it, in the same unit of work, so that each event counts once. The names come
from our own code; should one ever not, it is counted as "other", and so is what exceeds a bound.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from tnid.db import Database
from tnid.stores.event_counts import EventCountStore

MOST_KINDS = 2000
# In an event's details: it stands for so many of its kind
TIMES = "times"
OTHER = "other"
_WORD = re.compile(r"[a-z0-9_.-]{1,64}")


class Kind(NamedTuple):
    """What is counted together; `reason` is "" where an event has none."""

    event: str
    outcome: str
    reason: str


class EventCounts:
    """The counts of one instance."""

    def __init__(self, database: Database) -> None:
        self._store = EventCountStore(database)

    def add(self, events: Iterable[Any]) -> None:
        """Count a batch of audit events, in the caller's unit of work."""
        counted: Counter[Kind] = Counter()
        for event in events:
            counted[kind_of(event)] += times_of(event)
        known = self.find_all().keys()
        for kind, times in sorted(counted.items()):
            is_counted = kind in known or len(known) < MOST_KINDS
            self._store.add(*(kind if is_counted else Kind(OTHER, OTHER, "")), times)

    def find_all(self) -> dict[Kind, int]:
        """Return how often each kind was sealed, ever."""
        return {Kind(row.event, row.outcome, row.reason): row.times for row in self._store.list_all()}


def kind_of(event: Any) -> Kind:
    return Kind(_word(event.event), _word(event.outcome), _word(event.reason) if event.reason else "")


def times_of(event: Any) -> int:
    details = orjson.loads(event.details) if event.details else {}
    return int(details.get(TIMES, 1))


def _word(text: str) -> str:
    return text if _WORD.fullmatch(text) else OTHER
