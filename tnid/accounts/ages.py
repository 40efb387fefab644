"""Ages by the birthdate claim (YYYY-MM-DD, or YYYY alone), reckoned by the days of Vietnam."""

from __future__ import annotations

from datetime import MAXYEAR, date, datetime, timedelta, timezone

# Vietnam keeps no summer time, and has kept this since 1975
VIETNAM = timezone(timedelta(hours=7))
CHILD_YEARS = 16


def birthday(birthdate: str, years: int) -> int | None:
    """Return the first second at which somebody born then is so many years old; None for no date.

    Of a year alone the first day counts, and of a 29th of February the first of March.
    """
    year, rest = birthdate[:4], birthdate[4:] or "-01-01"
    try:
        day = date.fromisoformat(f"{year}{rest}")
    except ValueError:
        return None
    if day.year + years > MAXYEAR:
        return None
    try:
        reached = day.replace(year=day.year + years)
    except ValueError:
        reached = date(day.year + years, 3, 1)
    return int(datetime(reached.year, reached.month, reached.day, tzinfo=VIETNAM).timestamp())


def is_aged(birthdate: str, years: int, now: int) -> bool:
    """Say whether the person is known to be so old."""
    at = birthday(birthdate, years)
    return at is not None and at <= now


def child_until(birthdate: str, now: int) -> int | None:
    """Return when somebody who is under 16 will be 16; None for everybody else, and where nobody knows."""
    at = birthday(birthdate, CHILD_YEARS)
    return at if at is not None and at > now else None
