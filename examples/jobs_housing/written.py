"""How days and moments are written for people: by the clock of the province."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

PROVINCE = timezone(timedelta(hours=7))


def write_day(epoch: int | None) -> str:
    """Return the day as 22/11/2026; "" for none."""
    return "" if epoch is None else _at(epoch).strftime("%d/%m/%Y")


def write_moment(epoch: int) -> str:
    """Return the moment as 09:05, 14/03/2026."""
    return _at(epoch).strftime("%H:%M, %d/%m/%Y")


def write_iso_day(day: str) -> str:
    """Return an ISO date, as claims hold them, as 14/03/2026; "" for none."""
    return "/".join(reversed(day[:10].split("-"))) if day else ""


def day_of(epoch: int) -> str:
    """Return the day as an ISO date."""
    return _at(epoch).date().isoformat()


def _at(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC).astimezone(PROVINCE)
