"""What is entered of an audit event: made of it alone, and of nothing in it that says who."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import orjson

from oidc.sent import without_personal
from tnid.client_log.stages import REFUSED, Kind, kind_of

# Denied on a phone or at a device's page: the event of somebody's no is one of success
DENIED = frozenset({"decoupled.deny"})
# What has no code of the protocol's in its details
_WITHOUT_ERROR = {
    "outbox.put_off": "delivery_failed",
    "outbox.give_up": "delivery_failed",
    "rate.exceed": "temporarily_unavailable",
}
MOST_WORD = 64
MOST_DESCRIPTION = 300


class Entry(NamedTuple):
    """One entry, and what is counted; `times` events of one kind came as one."""

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
    is_entered: bool
    times: int = 1


def read_entry(event: Any) -> Entry | None:
    """Return what a developer may know of an audit event's row, None where it is nothing to them."""
    details: dict[str, Any] = orjson.loads(event.details) if event.details else {}
    kind = kind_of(event.event, event.outcome, details)
    # What names nobody is entered where the protocol refused it: its number stands on somebody's screen
    if kind is None or not (event.client_id or "error" in details):
        return None
    return _entry(event, kind, details)


def _entry(event: Any, kind: Kind, details: dict[str, Any]) -> Entry:
    is_denied = event.event in DENIED
    outcome = REFUSED if is_denied else str(event.outcome)
    error = "access_denied" if is_denied else str(details.get("error", ""))
    if outcome == REFUSED:
        error = error or _WITHOUT_ERROR.get(event.event, "")
    told = " ".join(str(details[name]) for name in ("description", "detail") if details.get(name))
    return Entry(
        id=event.id,
        client_id=event.client_id or "",
        occurred_at=event.occurred_at,
        request_id=event.request_id or "",
        flow=hash_flow(str(details.get("flow", ""))),
        stage=kind.stage,
        outcome=outcome,
        error=error[:MOST_WORD],
        reason=_reason(event, error),
        description=without_personal(told)[:MOST_DESCRIPTION],
        sent=_sent(details),
        seconds=_seconds(event, details),
        is_entered=kind.is_entered,
        times=max(1, int(details.get("times", 1))),
    )


def hash_flow(flow: str) -> str:
    """Return what links the entries of one sign-in: nothing that is of use anywhere else."""
    return hashlib.sha256(f"client_log:{flow}".encode()).hexdigest()[:24] if flow else ""


def _reason(event: Any, error: str) -> str:
    """Return the word that says more than the code, "" where it says the same."""
    reason = str(event.reason or "")
    return "" if reason == error else reason[:MOST_WORD]


def _sent(details: dict[str, Any]) -> dict[str, str]:
    sent = {str(name): str(value) for name, value in dict(details.get("sent", {})).items()}
    kind = details.get("kind")
    return {**sent, "kind": str(kind)} if kind else sent


def _seconds(event: Any, details: dict[str, Any]) -> int | None:
    if "seconds" in details:
        return max(0, int(details["seconds"]))
    return max(0, event.occurred_at - int(details["since"])) if "since" in details else None
