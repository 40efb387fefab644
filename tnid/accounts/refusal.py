"""An expected refusal is a value: the reason is stable, the forms translate it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oidc.interfaces import Events


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something was not done: the field it concerns ("" for none) and a stable word."""

    field: str
    reason: str
    retry_after_seconds: int = 0


class Unfit(ValueError):
    """A claim's value is not what the claim holds; the argument is the stable reason."""


def refuse(
    events: Events,
    event: str,
    refused: Refused,
    account_id: str | None,
    now: int,
    *,
    client_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Refused:
    """Keep in the audit log that something was not done; return why."""
    events.record(
        event, outcome="refused", reason=refused.reason, account_id=account_id, client_id=client_id, now=now,
        details=details,
    )  # fmt: skip
    return refused
