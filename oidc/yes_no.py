"""Claims that answer a question with yes or no, so that nobody has to hand out a date of birth, an address or
a wage.

A scope asks the common ones. The others take what is asked about from the claims parameter: `age_over` a
number of years as its `value`, `resident_of_ward` a ward's code as its `value`, or a few as its `values`, and
`works_in_park` those of industrial parks; `income_at_least` an amount a month, `tenure_at_least_months` a
number of months. With that they are named `age_over=60` or `resident_of_ward=01840,01843`, in consents and on
grants: who agreed to one question has not agreed to another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oidc.attested import INCOME_AT_LEAST, QUESTIONS, TENURE_AT_LEAST, WORKS_IN_PARK
from oidc.errors import InvalidRequest

PLAIN = ("age_over_15", "age_over_18", "resident_of_province")
AGE_OVER, RESIDENT_OF_WARD = "age_over", "resident_of_ward"
ASKING = (AGE_OVER, RESIDENT_OF_WARD, *QUESTIONS)
YES_NO_CLAIMS = (*PLAIN, *ASKING)
MOST_VALUES = 4
MOST_YEARS = 120
MOST_MONTHS = 600
INCOME_STEP, MOST_INCOME = 1_000_000, 200_000_000
_CODE = re.compile(r"[0-9]{5}")
_PARK = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


def base_of(name: str) -> str:
    """Return the claim's own name, without what is asked about."""
    return name.partition("=")[0]


def values_in(name: str) -> list[str]:
    """Return what is asked about, none where the claim says it all."""
    value = name.partition("=")[2]
    return value.split(",") if value else []


def yes_no_names(names: Iterable[str]) -> list[str]:
    """Return those of the names that are answered by yes or no."""
    return sorted(name for name in names if base_of(name) in YES_NO_CLAIMS)


def check_places(
    names: Iterable[str], is_ward: Callable[[str], bool], is_park: Callable[[str], bool]
) -> None:
    """Raise InvalidRequest where a place is asked about that there isn't: its answer would be no for ever."""
    known = {RESIDENT_OF_WARD: ("wards", is_ward), WORKS_IN_PARK: ("industrial parks", is_park)}
    for name in names:
        what, is_known = known.get(base_of(name), ("", None))
        unknown = [value for value in values_in(name) if is_known and not is_known(value)]
        if unknown:
            where = f"{what} of this province, not {', '.join(unknown)}"
            raise InvalidRequest(f"{base_of(name)} asks about {where}.")


def name_with_value(claim: str, wish: Mapping[str, Any] | None) -> str | None:
    """Return the name of an asking claim with what the claims parameter asks; None where it asks nothing.

    OpenID Connect Core §5.5.1 lets a claim say what its value means, and nothing of what both members mean
    together. Raises InvalidRequest for a bad one.
    """
    if not wish or not {"value", "values"} & wish.keys():
        return None
    if {"value", "values"} <= wish.keys():
        raise InvalidRequest(f"{claim} asks by value or by values, not by both.")
    values = wish["values"] if "values" in wish else [wish["value"]]
    if not isinstance(values, list) or not 0 < len(values) <= MOST_VALUES:
        raise InvalidRequest(f"{claim} asks about one to {MOST_VALUES} values.")
    return f"{claim}={_READERS[claim](values)}"


def _codes(values: list[Any]) -> str:
    return _names(values, _CODE, f"{RESIDENT_OF_WARD} asks about codes of five digits, as strings.")


def _parks(values: list[Any]) -> str:
    return _names(values, _PARK, f"{WORKS_IN_PARK} asks about identifiers of parks, such as yen-binh-1.")


def _names(values: list[Any], pattern: re.Pattern[str], otherwise: str) -> str:
    if not all(isinstance(value, str) and pattern.fullmatch(value) for value in values):
        raise InvalidRequest(otherwise)
    return ",".join(sorted(set(values)))


def _years(values: list[Any]) -> str:
    what = f"{AGE_OVER} asks about one number of years from 1 to {MOST_YEARS}."
    return _number(values, MOST_YEARS, 1, what)


def _months(values: list[Any]) -> str:
    what = f"{TENURE_AT_LEAST} asks about one number of months from 1 to {MOST_MONTHS}."
    return _number(values, MOST_MONTHS, 1, what)


def _amount(values: list[Any]) -> str:
    """Whole millions alone, so that nobody asks their way to a wage."""
    what = f"{INCOME_AT_LEAST} asks about one amount in VND, a multiple of {INCOME_STEP} to {MOST_INCOME}."
    return _number(values, MOST_INCOME, INCOME_STEP, what)


def _number(values: list[Any], most: int, step: int, otherwise: str) -> str:
    value = values[0]
    is_whole = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most
    if len(values) != 1 or not is_whole or value % step:
        raise InvalidRequest(otherwise)
    return str(value)


_READERS: Mapping[str, Callable[[list[Any]], str]] = {
    AGE_OVER: _years,
    RESIDENT_OF_WARD: _codes,
    INCOME_AT_LEAST: _amount,
    WORKS_IN_PARK: _parks,
    TENURE_AT_LEAST: _months,
}
