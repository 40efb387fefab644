"""An expected refusal is a value: the reason is stable, the forms translate it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something was not done: the field it concerns ("" for none) and a stable word."""

    field: str
    reason: str
    retry_after_seconds: int = 0


class Unfit(ValueError):
    """A claim's value is not what the claim holds; the argument is the stable reason."""
