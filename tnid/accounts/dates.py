"""Dates of birth as people write them here, and who is too young for an account of their own.

A day is a day of Vietnam, as in `ages`: a birthday begins at midnight there.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from tnid.accounts.ages import VIETNAM
from tnid.accounts.refusal import Refused

LEAST_AGE_YEARS = 14
EARLIEST_YEAR = "1900"

_DAY_MONTH_YEAR = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$")
_YEAR_MONTH_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")


def write_date(birthdate: str) -> str:
    """Return a birthdate as people write it here; a year alone stays one."""
    found = _YEAR_MONTH_DAY.match(birthdate)
    return f"{found[3]}/{found[2]}/{found[1]}" if found else birthdate


def read_date(typed: str) -> str | None:
    """Return 27/3/1995 as 1995-03-27, "" for nothing, None for what is no date."""
    found = _DAY_MONTH_YEAR.match(typed)
    if found is None:
        return typed if not typed or re.fullmatch(r"[0-9]{4}(-[0-9]{2}-[0-9]{2})?", typed) else None
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"


def check_age(birthdate: str, now: int) -> Refused | None:
    """Refuse a day that is still to come or that nobody alive was born on, and a person who is under 14.

    The year 0000 stands for one that isn't told (OpenID Connect Core §5.1).
    """
    if "0000-99" < birthdate < EARLIEST_YEAR:
        return Refused("birthdate", "birthdate")
    if birthdate > _today(now).isoformat():
        return Refused("birthdate", "birthdate_ahead")
    return Refused("birthdate", "too_young") if is_too_young(birthdate, now) else None


def is_too_young(birthdate: str, now: int) -> bool:
    """Say whether the person is under 14: a child's account is its representative's to open."""
    found = _YEAR_MONTH_DAY.match(birthdate)
    today = _today(now)
    if found is None:
        return birthdate.isdigit() and today.year - int(birthdate) < LEAST_AGE_YEARS
    born = (int(found[1]), int(found[2]), int(found[3]))
    return born > (today.year - LEAST_AGE_YEARS, today.month, today.day) and born[0] != 0


def _today(now: int) -> date:
    return datetime.fromtimestamp(now, VIETNAM).date()
