"""Checks the chain of what was handed on, from the lines alone: whoever keeps them needs no database.

Lines may come twice, and have a syslog header before them. With the key each seal is recomputed; without it
what can be seen is whether batches are whole and follow one another.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from tnid.soc.lines import FIELDS

Digest = Callable[[int, bytes, Sequence[Sequence[Any]]], bytes]
"""Computes a batch's seal from its number, the hash before and its events' columns."""


class Checked(NamedTuple):
    """What was found; the lines hold where `problems` is empty. `unreadable` lines hold no event."""

    batches: int
    events: int
    repeated: int
    unreadable: int
    first_batch: int
    last_batch: int
    head: str
    problems: tuple[str, ...]


class _Batch(NamedTuple):
    previous: str
    digest: str
    size: int


class Lines:
    """What was read so far, told apart by the events' ids."""

    def __init__(self) -> None:
        self._batches: dict[int, _Batch] = {}
        self._events: dict[int, dict[int, tuple[Any, ...]]] = {}
        self._repeated = self._unreadable = 0
        self._problems: list[str] = []

    def read(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            found = _parse(line)
            if found is not None:
                self._add(found)
            elif line.strip():
                self._unreadable += 1

    def _add(self, found: dict[str, Any]) -> None:
        number = found["batch"]
        batch = _Batch(found["batch_previous_hash"], found["batch_hash"], found["batch_events"])
        if self._batches.setdefault(number, batch) != batch:
            self._problems.append(f"lines of batch {number} name different seals")
        event = tuple(found.get(name) for name in FIELDS)
        events = self._events.setdefault(number, {})
        if found["id"] in events:
            self._repeated += 1
            if events[found["id"]] != event:
                self._problems.append(f"event {found['id']} came twice, and not the same")
        events[found["id"]] = event

    def check(self, digest: Digest | None) -> Checked:
        """Return what holds; `digest` is None where there is no key."""
        problems, head, last = list(self._problems), "", 0
        for number in sorted(self._batches):
            batch = self._batches[number]
            if last and number != last + 1:
                problems.append(f"batches {last + 1} to {number - 1} are missing")
            elif last and batch.previous != head:
                problems.append(f"batch {number} does not follow the batch before it")
            problems += self._find_problems(number, batch, digest)
            head, last = batch.digest, number
        count = sum(map(len, self._events.values()))
        first = min(self._batches, default=0)
        return Checked(
            len(self._batches), count, self._repeated, self._unreadable, first, last, head, tuple(problems)
        )

    def _find_problems(self, number: int, batch: _Batch, digest: Digest | None) -> list[str]:
        events = [event for _id, event in sorted(self._events[number].items())]
        if len(events) != batch.size:
            return [f"batch {number} has {len(events)} of {batch.size} events"]
        if digest is None:
            return []
        found = digest(number, bytes.fromhex(batch.previous), events)
        if hmac.compare_digest(found.hex(), batch.digest):
            return []
        return [f"batch {number} was changed after it was sealed"]


def _parse(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line, after whatever header it has; None where it is none of ours."""
    try:
        found = orjson.loads(line[line.index(b"{") :])
        bytes.fromhex(found["batch_hash"] + found["batch_previous_hash"])
        has_numbers = all(isinstance(found[name], int) for name in ("id", "batch", "batch_events"))
    except (ValueError, KeyError, TypeError):
        return None
    return found if has_numbers else None
