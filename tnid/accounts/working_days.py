"""Working days of the offices here: Labour Code (45/2019/QH14) articles 111 and 112.

What the government decides year by year is not here: the fifth day of Tết, the second one of National Day,
and days that are swapped. A day off that we don't know of makes us quicker than the law asks, never slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY = 5
DAY = timedelta(days=1)
# New Year, Reunification, Labour, National Day
FIXED = ((1, 1), (4, 30), (5, 1), (9, 2))
# By the moon, as reckoned at UTC+7: the first day of the year, and the tenth of the third month. In 2030 the
# new moon comes at 23:07 of 2 February, so that Tết is a day before the Chinese new year
TET = {
    2026: date(2026, 2, 17), 2027: date(2027, 2, 6), 2028: date(2028, 1, 26), 2029: date(2029, 2, 13),
    2030: date(2030, 2, 2), 2031: date(2031, 1, 23), 2032: date(2032, 2, 11),
}  # fmt: skip
HUNG_KINGS = {
    2026: date(2026, 4, 26), 2027: date(2027, 4, 16), 2028: date(2028, 4, 4), 2029: date(2029, 4, 23),
    2030: date(2030, 4, 12), 2031: date(2031, 4, 1), 2032: date(2032, 4, 19),
}  # fmt: skip
SURE_DAYS_OF_TET = range(-1, 3)
"""The eve and the first three days, wherever the fifth comes to lie."""


def add_working_days(now: int, days: int) -> int:
    """Return the same hour so many working days later, here."""
    at = datetime.fromtimestamp(now, UTC).astimezone(HERE)
    while days:
        at += DAY
        days -= is_working_day(at.date())
    return int(at.timestamp())


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in days_off(day.year)


@cache
def days_off(year: int) -> frozenset[date]:
    """Return a year's holidays, and the working days that stand in for those on a weekend (article 111)."""
    holidays = sorted(_holidays(year))
    off = set(holidays)
    for holiday in holidays:
        if holiday.weekday() < SATURDAY:
            continue
        instead = holiday
        while instead.weekday() >= SATURDAY or instead in off:
            instead += DAY
        off.add(instead)
    return frozenset(off)


def _holidays(year: int) -> Iterator[date]:
    yield from (date(year, month, day) for month, day in FIXED)
    if year in TET:
        yield from (TET[year] + number * DAY for number in SURE_DAYS_OF_TET)
    if year in HUNG_KINGS:
        yield HUNG_KINGS[year]
