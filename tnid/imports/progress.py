"""How far an import is, in the hands of whoever works on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from tnid.stores.import_work import ImportWorkStore
from tnid.stores.imports import DONE, REFUSED

# Longer than any unit takes: whoever died in one is found dead by then
LEASE_SECONDS = 30
KEEP_SECONDS = 90 * 86400


class Lost(Exception):
    """Somebody else works on it by now: nothing of this unit is kept."""


@dataclass
class Held:
    """An import that is worked on. What is counted here counts once a unit that says so is committed."""

    row: Any
    state: str
    reason: str | None
    rows_read: int
    rows_applied: int
    counts: Counter[str] = field(default_factory=Counter)
    ignored: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.row.id)


def pick_up(row: Any) -> Held:
    """Return a claimed import, as far as it is."""
    counts, ignored = open_counts(row.counts)
    return Held(row, row.state, row.reason, row.rows_read, row.rows_applied, Counter(counts), ignored)


def open_counts(packed: str) -> tuple[dict[str, int], list[str]]:
    """Return how many rows there are of each outcome, and the headings that nothing was taken from."""
    kept = orjson.loads(packed)
    return kept.get("outcomes", {}), kept.get("ignored", [])


def advance(store: ImportWorkStore, held: Held, now: int) -> None:
    """Write how far it is, first thing in a unit of work: the row is held until it ends. Raises Lost."""
    is_over = held.state in (DONE, REFUSED)
    counts = orjson.dumps({"outcomes": dict(held.counts), "ignored": held.ignored}).decode()
    is_held = store.advance(
        held.id,
        held.row.holder,
        new_state=held.state,
        new_reason=held.reason,
        new_rows_read=held.rows_read,
        new_rows_applied=held.rows_applied,
        new_counts=counts,
        new_finished_at=now if is_over else None,
        new_expires_at=now + KEEP_SECONDS,
        until=now + LEASE_SECONDS,
        now=now,
    )
    if not is_held:
        raise Lost
