"""The README of the attack catalogue names tests that are there, each case once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests" / "security" / "README.md").read_text()
HELD = re.findall(r"^\| ([A-Z]{2}-\d{3}) \|[^|]+\| `([\w/.]+)::(\w+)` \|$", PAGE, re.MULTILINE)


def test_every_row_names_its_case_once() -> None:
    cases = [case for case, _file, _test in HELD]
    rows = re.findall(r"^\| [A-Z]{2}-\d{3} \|[^|]+\|[^|]+\|$", PAGE, re.MULTILINE)
    assert len(cases) == len(set(cases)) == len(rows) > 20


@pytest.mark.parametrize(("case", "file", "test"), HELD)
def test_the_test_is_there(case: str, file: str, test: str) -> None:
    assert f"\ndef {test}(" in (ROOT / file).read_text(), case
