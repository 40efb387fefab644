"""What somebody looks for, as they say themselves: a job, a home. Nobody confirms it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tnid.accounts.refusal import Unfit
from tnid.parks import all_parks
from tnid.wards import find_ward

KINDS = (
    *("sewing", "electronics", "mechanics", "food", "building", "warehouse", "driving", "guarding"),
    *("cleaning", "office", "other"),
)
HOUSEHOLDS = ("single", "with_child", "couple")
"""As the income ceilings of social housing tell them apart."""

MOST_WARDS = 3
MOST_PEOPLE = 20
LEAST_WAGE, MOST_WAGE = 1_000_000, 200_000_000
LEAST_RENT, MOST_RENT = 100_000, 100_000_000

Reader = Callable[[Any], Any]


def check_job_seeker(value: Any) -> dict[str, Any]:
    """Return what somebody wants of a job: `parks`, `kinds`, `wage_from` (VND a month), `may_be_found`.

    The last is always there: whether recruiters may find the person who looks. Raises Unfit.
    """
    read = _read(value, _OF_JOB, "job_seeker")
    return {"may_be_found": False, **read}


def check_housing_seeker(value: Any) -> dict[str, Any]:
    """Return what somebody wants of a home: `household`, `people`, `wards`, `rent_to` (VND a month).

    The first is never left out. Raises Unfit.
    """
    read = _read(value, _OF_HOME, "housing_seeker")
    if "household" not in read:
        raise Unfit("housing_seeker")
    return read


def _read(value: Any, readers: Mapping[str, Reader], reason: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not value.keys() <= readers.keys():
        raise Unfit(reason)
    read = {name: readers[name](value[name]) for name in readers if name in value}
    if any(one is None for one in read.values()):
        raise Unfit(reason)
    return {name: one for name, one in read.items() if one != []}


def _some(value: Any, is_known: Callable[[str], bool], most: int) -> list[str] | None:
    if not isinstance(value, list) or len(value) > most or len(set(map(str, value))) != len(value):
        return None
    return value if all(isinstance(one, str) and is_known(one) for one in value) else None


def _whole(value: Any, least: int, most: int) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and least <= value <= most else None


_OF_JOB: Mapping[str, Reader] = {
    "parks": lambda value: _some(value, [park.id for park in all_parks()].__contains__, len(all_parks())),
    "kinds": lambda value: _some(value, KINDS.__contains__, len(KINDS)),
    "wage_from": lambda value: _whole(value, LEAST_WAGE, MOST_WAGE),
    "may_be_found": lambda value: value if isinstance(value, bool) else None,
}
_OF_HOME: Mapping[str, Reader] = {
    "household": lambda value: value if value in HOUSEHOLDS else None,
    "people": lambda value: _whole(value, 1, MOST_PEOPLE),
    "wards": lambda value: _some(value, lambda code: find_ward(code) is not None, MOST_WARDS),
    "rent_to": lambda value: _whole(value, LEAST_RENT, MOST_RENT),
}
