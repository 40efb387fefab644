"""The income ceilings of social housing: dated, and told in place of a wage."""

from __future__ import annotations

from datetime import date

import pytest

from tnid.employment.housing_income import Bracket, Ceilings, all_ceilings, bracket_of

FROM = date(2026, 4, 1)
LATER = Ceilings(date(2028, 1, 1), {"single": 30_000_000, "with_child": 40_000_000, "couple": 60_000_000})


@pytest.mark.parametrize(
    ("income", "name", "ceiling"),
    [
        (0, "single", 25_000_000),
        (25_000_000, "single", 25_000_000),
        (25_000_001, "with_child", 35_000_000),
        (35_000_000, "with_child", 35_000_000),
        (35_000_001, "couple", 50_000_000),
        (50_000_000, "couple", 50_000_000),
        (50_000_001, "above", None),
    ],
)
def test_the_smallest_ceiling_that_covers_it(income: int, name: str, ceiling: int | None) -> None:
    assert bracket_of(income, FROM) == Bracket(name, ceiling, FROM)


def test_before_the_first_row_there_is_none() -> None:
    assert bracket_of(10_000_000, date(2026, 3, 31)) is None


def test_a_later_row_takes_over_on_its_day() -> None:
    rows = (*all_ceilings(), LATER)
    assert bracket_of(30_000_000, date(2027, 12, 31), rows) == Bracket("with_child", 35_000_000, FROM)
    assert bracket_of(30_000_000, LATER.since, rows) == Bracket("single", 30_000_000, LATER.since)


def test_the_rows_of_the_file_are_in_order_and_of_one_kind() -> None:
    rows = all_ceilings()
    assert list(rows) == sorted(rows, key=lambda row: row.since)
    assert len({row.since for row in rows}) == len(rows)
    assert all(list(row.amounts) == ["single", "with_child", "couple"] for row in rows)
