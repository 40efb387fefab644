"""Moments as people say them: local time, with the day in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask_babel import format_datetime, get_timezone, gettext, lazy_gettext

from tnid import clock

# Not the calendar library's own names: it has "Thứ Hai", which is "thứ Hai" within a Vietnamese sentence
WEEKDAYS = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)


def moment(at: int) -> str:
    """Return an epoch second as text; the filter of the templates."""
    return describe_moment(at, clock.now())


def dated(at: int) -> str:
    """Return an epoch second as text with its date, today's too: for what is kept."""
    return describe_moment(at, 0)


def day(at: int) -> str:
    """Return the weekday and date of an epoch second: for what begins or ends with a day."""
    utc = datetime.fromtimestamp(at, UTC)
    return str(gettext("%(weekday)s, %(date)s", weekday=_weekday(utc), date=_date(utc)))


def describe_moment(at: int, now: int) -> str:
    """Return "today at 07:12", "yesterday at 21:02" or the weekday and date, in the person's language."""
    utc, zone = datetime.fromtimestamp(at, UTC), get_timezone()
    its_day, today = utc.astimezone(zone).date(), datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    time = format_datetime(utc, "HH:mm")
    if its_day == today:
        return str(gettext("today at %(time)s", time=time))
    if its_day == today - timedelta(days=1):
        return str(gettext("yesterday at %(time)s", time=time))
    return str(
        gettext("%(weekday)s, %(date)s at %(time)s", weekday=_weekday(utc), date=_date(utc), time=time)
    )


def _weekday(utc: datetime) -> str:
    return str(WEEKDAYS[utc.astimezone(get_timezone()).weekday()])


def _date(utc: datetime) -> str:
    return str(format_datetime(utc, gettext("dd/MM/yyyy")))
