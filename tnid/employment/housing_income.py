"""Which income ceiling of social housing somebody is under: told in place of the wage.

The ceilings are the law's, and change with it. They are rows of a file, each in force from its date until a
later one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

ABOVE = "above"
_FILE = Path(__file__).parents[1] / "data" / "social_housing_income.json"


class Bracket(NamedTuple):
    """`name` is the kind of household whose ceiling covers the income, or "above", which has no `ceiling`.

    `since` is the day from which these ceilings are in force.
    """

    name: str
    ceiling: int | None
    since: date


class Ceilings(NamedTuple):
    """What is in force from a day on: VND a month, by kind of household."""

    since: date
    amounts: Mapping[str, int]


@cache
def all_ceilings() -> tuple[Ceilings, ...]:
    """Return every row of the file, the earliest first."""
    rows = orjson.loads(_FILE.read_bytes())["rows"]
    found = (Ceilings(date.fromisoformat(row["since"]), row["ceilings"]) for row in rows)
    return tuple(sorted(found, key=lambda one: one.since))


def bracket_of(income: int, on: date, rows: Sequence[Ceilings] | None = None) -> Bracket | None:
    """Return the smallest ceiling that covers an income on that day; None before there was any.

    `rows` are other ceilings than those of the file, the earliest first.
    """
    in_force = [row for row in (all_ceilings() if rows is None else rows) if row.since <= on]
    if not in_force:
        return None
    since, amounts = in_force[-1]
    covering = [(ceiling, name) for name, ceiling in amounts.items() if income <= ceiling]
    if not covering:
        return Bracket(ABOVE, None, since)
    ceiling, name = min(covering)
    return Bracket(name, ceiling, since)
