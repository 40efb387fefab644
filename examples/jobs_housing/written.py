"""How days are written for people: by the clock of the province."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

PROVINCE = timezone(timedelta(hours=7))


def write_day(epoch: int | None) -> str:
    """Return the day as 22/11/2026; "" for none."""
    if epoch is None:
        return ""
    return datetime.fromtimestamp(epoch, UTC).astimezone(PROVINCE).strftime("%d/%m/%Y")
