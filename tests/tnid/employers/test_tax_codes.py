"""Enterprise codes: weights, check digit, branches."""

from __future__ import annotations

import pytest

from tnid.employers.tax_codes import is_tax_code, read_tax_code

VALID = ["4600305723", "0100233488", "0314409058-002"]


@pytest.mark.parametrize("code", VALID)
def test_what_was_given_out_is_one(code: str) -> None:
    assert is_tax_code(code) and read_tax_code(code) == code


@pytest.mark.parametrize("code", VALID)
def test_every_single_wrong_digit_is_noticed(code: str) -> None:
    for place in range(10):
        for digit in set("0123456789") - {code[place]}:
            assert not is_tax_code(code[:place] + digit + code[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        *("0100233480", "4600305724", "", "460030572", "46003057230", "0314409058-02", "0314409058-0021"),
        *("0314409058-", "-002", "0314409058-000", "0314409058-00a", "４６００３０５７２３", "4600305723\n"),
        *(" 4600305723", "٤٦٠٠٣٠٥٧٢٣", "4600305723-002\n", "0314409058002", "+460030572", "46e0305723"),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_tax_code(text)


def test_a_check_of_ten_was_never_given_out() -> None:
    # 31 x 2 + 29 x 1 + 19 x 1 = 110, a multiple of eleven
    assert not any(is_tax_code(f"210100000{digit}") for digit in range(10))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" 4600305723 ", "4600305723"),
        ("46.0030.5723", "4600305723"),
        ("4600 305 723", "4600305723"),
        ("４６００３０５７２３", "4600305723"),
        ("0314409058\u2013002", "0314409058-002"),
        ("0314409058 - 002", "0314409058-002"),
        ("0314409058002", "0314409058-002"),
    ],
)
def test_it_is_read_as_people_type_it(typed: str, code: str) -> None:
    assert read_tax_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "abc", "4600305724", "0314409058-", "4600305723 " * 10, "MST 4600305723"]
)
def test_what_is_none_is_not_guessed_at(typed: str) -> None:
    assert read_tax_code(typed) is None
