"""Which claims each field of an employment opens, and what they say."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from oidc.attested import (
    ALWAYS,
    EMPLOYEE_NUMBER,
    EMPLOYER_CLAIM,
    HOUSING_INCOME,
    INCOME_AT_LEAST,
    TENURE_AT_LEAST,
    WORKS_IN_PARK,
)
from oidc.yes_no import base_of, values_in
from tnid.accounts.ages import VIETNAM
from tnid.employment.housing_income import bracket_of
from tnid.employment.shown import Shown
from tnid.parks import find_park

FIELD_CLAIMS: Mapping[str, tuple[str, ...]] = {
    # A bracket of income names who verified it
    "employer": (EMPLOYER_CLAIM, HOUSING_INCOME),
    "park": ("industrial_park", WORKS_IN_PARK),
    "title": ("job_title",),
    "start_date": ("employment_start_date", TENURE_AT_LEAST),
    "contract_type": ("employment_contract_type",),
    "income": (HOUSING_INCOME, INCOME_AT_LEAST),
}


def claims_of(ended: Iterable[str], left: Iterable[str] = ()) -> frozenset[str]:
    """Return the claims that end with these fields, while `left` are those that still stand.

    With the last field, what is told beside every field ends, too.
    """
    fields = frozenset(ended)
    names = frozenset(name for field in fields for name in FIELD_CLAIMS[field])
    return names if not fields or frozenset(left) - fields else names.union(ALWAYS, [EMPLOYEE_NUMBER])


def day_of(at: int) -> date:
    """Return the day here of an epoch second."""
    return datetime.fromtimestamp(at, UTC).astimezone(VIETNAM).date()


def tell(shown: Shown, now: int, *, names_employer: bool, is_own: bool = False) -> dict[str, Any]:
    """Return the claims of an employment; who the employer is only where that may be known.

    `is_own` says that the employer itself is told: it alone knows the worker by its own code.
    """
    park = find_park(shown.park) if shown.park else None
    named = names_employer and bool(shown.tax_code)
    told = {
        "is_worker": True,
        "employment_confirmed_at": day_of(shown.confirmed_at).isoformat(),
        # What ends with a day ends in the first second after it
        "employment_valid_until": day_of(shown.valid_until - 1).isoformat(),
        EMPLOYER_CLAIM: {"name": shown.employer_name, "tax_code": shown.tax_code} if named else None,
        EMPLOYEE_NUMBER: shown.staff_code if is_own else "",
        "industrial_park": {"id": park.id, "name": park.name} if park else None,
        "job_title": shown.title,
        "employment_start_date": shown.start_date,
        "employment_contract_type": shown.contract_type,
        HOUSING_INCOME: _tell_bracket(shown, now, by=shown.employer_name if named else ""),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def _tell_bracket(shown: Shown, now: int, *, by: str) -> dict[str, Any] | None:
    """Return the ceiling that covers the income today, and never the income."""
    bracket = bracket_of(shown.income, day_of(now)) if shown.income is not None else None
    if bracket is None:
        return None
    told = {
        "bracket": bracket.name,
        "ceiling": bracket.ceiling,
        "ceiling_since": bracket.since.isoformat(),
        "verified_by": by or None,
        "verified_at": day_of(shown.confirmed_at).isoformat(),
    }
    return {name: value for name, value in told.items() if value is not None}


def answer(name: str, shown: Shown, now: int) -> bool | None:
    """Return the answer to one yes/no question, None where the field that tells it isn't there."""
    values = values_in(name)
    match base_of(name):
        case base if base == INCOME_AT_LEAST and shown.income is not None:
            return shown.income >= int(values[0])
        case base if base == WORKS_IN_PARK and shown.park:
            return shown.park in values
        case base if base == TENURE_AT_LEAST and shown.start_date:
            since = date.fromisoformat(shown.start_date)
            return months_after(since, int(values[0])) <= day_of(now)
    return None


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
