"""Moments as people say them: local time, with the day in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask_babel import format_datetime, get_timezone, gettext

from tnid import clock


def moment(at: int) -> str:
    """Return an epoch second as text; the filter of the templates."""
    return describe_moment(at, clock.now())


def dated(at: int) -> str:
    """Return an epoch second as text with its date, today's too: for what is kept."""
    return describe_moment(at, 0)


def describe_moment(at: int, now: int) -> str:
    """Return "today at 07:12", "yesterday at 21:02" or the weekday and date, in the person's language."""
    utc, zone = datetime.fromtimestamp(at, UTC), get_timezone()
    day, today = utc.astimezone(zone).date(), datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    time = format_datetime(utc, "HH:mm")
    if day == today:
        return str(gettext("today at %(time)s", time=time))
    if day == today - timedelta(days=1):
        return str(gettext("yesterday at %(time)s", time=time))
    date = format_datetime(utc, gettext("dd/MM/yyyy"))
    weekday = format_datetime(utc, "EEEE")
    return str(gettext("%(weekday)s, %(date)s at %(time)s", weekday=weekday, date=date, time=time))
