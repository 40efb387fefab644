"""What somebody typed of a worker: dates in three styles, amounts, numbers that a spreadsheet broke."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tnid.employment.work import LISTED
from tnid.accounts.refusal import Refused
from tnid.employment.attestation import _READERS, Attestation, ends_at_of, parse

TODAY = date(2026, 11, 22)


def read(**changes: str) -> Attestation | list[Refused]:
    return parse({**LISTED, **changes}, TODAY)


@pytest.mark.parametrize(
    "typed", ["01/03/2020", "1/3/2020", "2020-03-01", "1-3-2020", "1.3.2020", "2020-03-01T00:00:00"]
)
def test_a_date_is_read_in_three_styles(typed: str) -> None:
    found = read(start_date=typed)
    assert isinstance(found, Attestation)
    assert found.start_date == "2020-03-01"


@pytest.mark.parametrize(
    "typed", ["31/02/2020", "03/13/2020", "2020-13-01", "1/3/20", "hôm qua", "０1/03/2020", "44000"]
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    assert read(start_date=typed) == [Refused("start_date", "date")]


@pytest.mark.parametrize(
    "typed", ["12500000", "12.500.000", "12,500,000", "12 500 000", "12.500.000 đ", "12.500.000VND"]
)
def test_an_amount_is_read_as_it_is_written(typed: str) -> None:
    found = read(income=typed)
    assert isinstance(found, Attestation)
    assert found.income == 12_500_000


@pytest.mark.parametrize("typed", ["12,5 triệu", "12.5", "-1", "1e7", "12.50.000", "9" * 25, "१२३"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    assert read(income=typed) == [Refused("income", "amount")]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1.9090000123E+10", "number_as_power"),
        ("19090000123", "number_without_zero"),
        ("090123456", "old_card_number"),
        ("0190900001234", "personal_id_number"),
        ("01909000012a", "personal_id_number"),
        ("٠١٩٠٩٠٠٠٠١٢٣", "personal_id_number"),
    ],
)
def test_what_is_wrong_with_a_number_is_told_apart(typed: str, reason: str) -> None:
    assert read(personal_id_number=typed) == [Refused("personal_id_number", reason)]


def test_every_fault_is_told_at_once() -> None:
    found = read(start_date="x", income="y", park="Hà Nội", contract_type="miệng")
    assert isinstance(found, list)
    assert {fault.field for fault in found} == {"start_date", "income", "park", "contract_type"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, Refused("name", "required")),
        ({"staff_code": "", "personal_id_number": ""}, Refused("staff_code", "nobody_named")),
        ({"birthdate": "02/01/2010", "start_date": "01/01/2025"}, Refused("birthdate", "too_young")),
        ({"start_date": "01/06/2027"}, Refused("start_date", "too_far_ahead")),
        ({"end_date": "01/01/2020"}, Refused("end_date", "before_start")),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict[str, str], fault: Refused) -> None:
    assert read(**changes) == [fault]


def test_a_last_day_is_worked_to_its_end_in_vietnam() -> None:
    assert ends_at_of("2026-11-22") == 1_795_366_800
    assert ends_at_of("") is None


def test_neither_number_nor_wage_is_in_a_repr() -> None:
    assert "019090000123" not in repr(read())
    assert "12500000" not in repr(read())


@given(st.fixed_dictionaries({name: st.text(max_size=60) for name in _READERS}))
def test_whatever_is_typed_is_read_or_refused(fields: dict[str, str]) -> None:
    found = parse(fields, TODAY)
    assert isinstance(found, Attestation) or (found and all(fault.reason for fault in found))
