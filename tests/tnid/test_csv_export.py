"""Tables for a spreadsheet: whatever somebody typed into them is shown and never run."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tnid.csv_export import neutralise, write_csv


def read_back(*row: object) -> list[str]:
    content = b"".join(write_csv([row]))
    [found] = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return found


@pytest.mark.parametrize(
    "text",
    [
        *('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "＝1"),
        *("\t=1", " =1", "\u200b=1", "\u00a0+1", "\r\n=1", "\x01=1"),
    ],
)
def test_in_002_what_could_begin_a_formula_follows_an_apostrophe(text: str) -> None:
    assert neutralise(text).startswith("'")


@pytest.mark.parametrize("text", ["Nguyễn Thị Hằng", "O'Brien", "a=b", "1-2", "", "김민수", "Tổ 3, ca 2"])
def test_in_002_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert read_back(text) == [text]


def test_in_002_quotation_marks_and_line_breaks_stay_in_their_cell() -> None:
    row = ['He said "hi"', "a\nb", "c,d;e\tf", 7]
    assert read_back(*row) == ['He said "hi"', "a\nb", "c,d;e\tf", "7"]
    assert b'"He said ""hi"""' in b"".join(write_csv([row]))


@given(st.text())
def test_in_002_nothing_begins_a_formula_whatever_is_typed(text: str) -> None:
    made = neutralise(text)
    visible = made.lstrip("".join(c for c in made if unicodedata.category(c) in ("Zs", "Cf", "Zl", "Zp")))
    assert not visible.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert "\x00" not in made
