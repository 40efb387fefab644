"""An audit event as whoever watches us reads it: one JSON object a line (docs/operations/soc.md).

A line holds what the row holds, and what is needed to check the chain: its batch's number, size, hash and the
hash before. Nothing is added about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

# As the rows have them, in the order in which they are sealed
FIELDS = (
    *("id", "occurred_at", "event", "outcome", "reason", "account_id", "client_id", "ip", "port"),
    *("user_agent", "request_id", "details"),
)


class Line(NamedTuple):
    """One event on its way."""

    event: str
    outcome: str
    occurred_at: int
    text: bytes


def lines_of(batch: Any, events: Iterable[Any]) -> list[Line]:
    """Return the lines of one sealed batch, in the events' order."""
    sealed = {
        "batch": batch.id,
        "batch_events": batch.event_count,
        "batch_hash": bytes(batch.hash).hex(),
        "batch_previous_hash": bytes(batch.previous_hash).hex(),
    }
    return [_line(event, sealed) for event in events]


def _line(event: Any, sealed: dict[str, Any]) -> Line:
    row = {name: getattr(event, name) for name in FIELDS}
    found = {"time": timestamp(event.occurred_at), **row, **sealed}
    present = {name: value for name, value in found.items() if value is not None}
    return Line(event.event, event.outcome, event.occurred_at, orjson.dumps(present))


def timestamp(at: int) -> str:
    """Return a time as RFC 3339 has it, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
