"""Ages by the birthdate claim, on the days of Vietnam."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tnid.accounts.ages import birthday, child_until, is_aged
from tnid.accounts.dates import check_age
from tnid.accounts.refusal import Refused


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_a_birthday_begins_at_midnight_in_vietnam() -> None:
    assert birthday("2010-11-22", 16) == at("2026-11-21T17:00:00")


@pytest.mark.parametrize(
    ("birthdate", "reached"),
    [("2010", "2025-12-31T17:00:00"), ("2008-02-29", "2024-02-28T17:00:00")],
)
def test_a_year_alone_and_a_leap_day_have_birthdays(birthdate: str, reached: str) -> None:
    assert birthday(birthdate, 16) == at(reached)


def test_a_leap_day_is_a_first_of_march_in_other_years() -> None:
    assert birthday("2008-02-29", 18) == at("2026-02-28T17:00:00")


@pytest.mark.parametrize("birthdate", ["", "0000-03-14", "1995-13-01", "x", "9995-01-01"])
def test_what_is_no_date_says_nothing(birthdate: str) -> None:
    now = at("2026-11-22T00:00:00")
    assert birthday(birthdate, 16) is None
    assert child_until(birthdate, now) is None and not is_aged(birthdate, 18, now)


def test_somebody_is_a_child_until_the_sixteenth_birthday() -> None:
    birthday_16 = at("2026-11-21T17:00:00")
    assert child_until("2010-11-22", birthday_16 - 1) == birthday_16
    assert child_until("2010-11-22", birthday_16) is None
    assert is_aged("2010-11-22", 16, birthday_16) and not is_aged("2010-11-22", 16, birthday_16 - 1)


@pytest.mark.parametrize(
    ("when", "outcome"),
    [("2026-11-22T16:59:59", Refused("birthdate", "too_young")), ("2026-11-22T17:00:00", None)],
)
def test_somebody_is_old_enough_from_midnight_in_vietnam(when: str, outcome: Refused | None) -> None:
    assert check_age("2012-11-23", at(when)) == outcome


def test_a_day_that_has_begun_in_vietnam_is_not_ahead() -> None:
    ahead = Refused("birthdate", "birthdate_ahead")
    assert check_age("2026-11-23", at("2026-11-22T16:59:59")) == ahead
    assert check_age("2026-11-23", at("2026-11-22T17:00:00")) != ahead


@pytest.mark.parametrize("birthdate", ["1800-01-01", "1899-12-31", "1899", "0001-01-01"])
def test_nobody_alive_was_born_in_another_century_but_the_last(birthdate: str) -> None:
    assert check_age(birthdate, at("2026-11-22T00:00:00")) == Refused("birthdate", "birthdate")


@pytest.mark.parametrize("birthdate", ["1900-01-01", "1900", "0000-03-14"])
def test_the_oldest_and_those_who_do_not_tell_their_year_are_taken(birthdate: str) -> None:
    assert check_age(birthdate, at("2026-11-22T00:00:00")) is None
