"""Claims that answer a question with yes or no, so that nobody has to hand out a date of birth or an address.

A scope asks the common ones. Two take what is asked about from the claims parameter: `age_over` a number of
years as its `value`, `resident_of_ward` a ward's code as its `value`, or a few as its `values`. With that
they are named `age_over=60` or `resident_of_ward=01840,01843`, in consents and on grants: who agreed to one
question has not agreed to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from oidc.errors import InvalidRequest

PLAIN = ("age_over_15", "age_over_18", "resident_of_province")
AGE_OVER, RESIDENT_OF_WARD = "age_over", "resident_of_ward"
ASKING = (AGE_OVER, RESIDENT_OF_WARD)
YES_NO_CLAIMS = (*PLAIN, *ASKING)
MOST_VALUES = 4
MOST_YEARS = 120
_CODE = re.compile(r"[0-9]{5}")


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


def name_with_value(claim: str, wish: Mapping[str, Any] | None) -> str | None:
    """Return the name of an asking claim with what the claims parameter asks; None where it asks nothing.

    OpenID Connect Core §5.5.1 lets a claim say what its value means. Raises InvalidRequest for a bad one.
    """
    if not wish or not {"value", "values"} & wish.keys():
        return None
    values = wish["values"] if "values" in wish else [wish["value"]]
    if not isinstance(values, list) or not 0 < len(values) <= MOST_VALUES:
        raise InvalidRequest(f"{claim} asks about one to {MOST_VALUES} values.")
    if claim == AGE_OVER:
        return f"{claim}={_years(values)}"
    if not all(isinstance(value, str) and _CODE.fullmatch(value) for value in values):
        raise InvalidRequest(f"{claim} asks about codes of five digits, as strings.")
    return f"{claim}={','.join(sorted(set(values)))}"


def _years(values: list[Any]) -> int:
    value = values[0]
    is_years = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_YEARS
    if len(values) != 1 or not is_years:
        raise InvalidRequest(f"{AGE_OVER} asks about one number of years from 1 to {MOST_YEARS}.")
    return int(value)
