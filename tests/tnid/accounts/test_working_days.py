"""Working days here: weekends, holidays by the sun and by the moon, and the days that stand in for them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tnid.accounts.working_days import HERE, HUNG_KINGS, TET, add_working_days, days_off, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-20", True),
        ("2026-11-21", False),
        ("2026-01-01", False),
        # Tết of the year of the horse: from the eve
        ("2026-02-13", True),
        ("2026-02-16", False),
        ("2026-02-19", False),
        # Hùng Kings on a Sunday: Monday stands in
        ("2026-04-26", False),
        ("2026-04-27", False),
        ("2026-04-28", True),
        ("2026-04-30", False),
        ("2026-05-01", False),
        ("2026-09-02", False),
        # Tết of 2027 begins on a Saturday: three of its sure days are on Saturday and Sunday
        ("2027-02-05", False),
        ("2027-02-08", False),
        ("2027-02-09", False),
        ("2027-02-10", False),
        ("2027-02-11", True),
        # At UTC+7 the moon is new before midnight
        ("2030-02-01", False),
        ("2030-04-12", False),
        # Beyond the table the sun's holidays are left
        ("2040-09-03", False),
        ("2040-09-04", True),
    ],
)
def test_offices_are_open_or_not(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


def test_the_table_is_whole_and_plausible() -> None:
    assert TET.keys() == HUNG_KINGS.keys() == set(range(2026, 2033))
    for year, tet in TET.items():
        assert tet.year == year and date(year, 1, 21) <= tet <= date(year, 2, 20)
        # Two months of 29 or 30 days, or three in a leap year, and nine days
        assert (HUNG_KINGS[year] - tet).days - 9 in (58, 59, 60, 88, 89)
        assert len(days_off(year)) >= 9


def test_a_request_before_a_long_holiday_waits_it_out() -> None:
    made = datetime(2026, 4, 29, 15, 30, tzinfo=HERE)
    by = datetime(2026, 5, 5, 15, 30, tzinfo=HERE)
    assert add_working_days(int(made.timestamp()), 2) == int(by.timestamp())
