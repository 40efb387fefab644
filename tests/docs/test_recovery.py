"""docs/recovery.md holds every combination once, as the code decides it, and names tests that are there."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from tnid.recovery.ways import Shown, find_way

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "recovery.md").read_text()
TESTS = (ROOT / "tests" / "tnid" / "recovery" / "test_paths.py").read_text()
CELLS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines()]
ROWS = [cells for cells in CELLS if cells[0].isdigit()]
YES, NO, EITHER = "✓", "–", "·"


class Case(NamedTuple):
    """What a person has, of what account."""

    has_factor: bool
    password: bool
    app: bool
    passkey: bool
    recovery_code: bool
    message: bool
    level: int

    @property
    def shown(self) -> Shown:
        return Shown(self.password, self.app, self.passkey, self.recovery_code, self.message)


def cases() -> list[Case]:
    """Return every combination that there can be: no factor is at hand that was never set up."""
    everything = (Case(*held, level) for *held, level in product(*([(False, True)] * 6), range(3)))
    return [c for c in everything if c.has_factor or not (c.app or c.passkey or c.recovery_code)]


def fits(cells: list[str], case: Case) -> bool:
    states = zip(cells[1:7], case[:6], strict=True)
    return str(case.level) in cells[7].split() and all(
        state == EITHER or (state == YES) is has for state, has in states
    )


def test_the_table_says_no_more_than_yes_no_and_either() -> None:
    assert len(ROWS) > 10
    assert {state for cells in ROWS for state in cells[1:7]} <= {YES, NO, EITHER}


@pytest.mark.parametrize(
    "case", cases(), ids=lambda case: "".join("01"[int(v)] for v in case[:6]) + f"-{case.level}"
)
def test_every_combination_stands_in_one_row_and_goes_the_way_it_says(case: Case) -> None:
    found = [cells for cells in ROWS if fits(cells, case)]
    assert len(found) == 1, found
    way = find_way(case.shown, has_factor=case.has_factor, identity_level=case.level)
    assert way.value == found[0][8]


@pytest.mark.parametrize("cells", ROWS, ids=lambda cells: f"row-{cells[0]}")
def test_every_row_is_walked_by_a_test(cells: list[str]) -> None:
    named = re.findall(r"`(test_row_(\d+)_\w+)`", cells[10])
    assert [number for _name, number in named] == [cells[0]]
    assert f"def {named[0][0]}(" in TESTS
