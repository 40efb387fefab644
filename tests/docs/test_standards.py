"""docs/standards.md names tests that are there, for standards that the code names too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "standards.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "`tests/" in line]
CITED = re.compile(r"RFC (\d{4})")
# Cited where a rule is taken from them; nothing that a client could follow or rely on
BACKGROUND = {"3986", "4514", "5280", "6761", "7493", "7800", "8259", "9110", "9440"}


def listed() -> set[str]:
    """Return the numbers of the RFCs that the page lists."""
    found = set()
    for row in ROWS:
        found |= set(re.findall(r"\b\d{4}\b", row.split("|")[1]))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_standard_is_shown_by_tests_that_exist(row: str) -> None:
    named = re.findall(r"`(tests/[^`]+)`", row)
    assert named and not [name for name in named if not (ROOT / name).is_file()]


def test_every_rfc_that_the_protocol_follows_is_listed() -> None:
    cited = {number for path in (ROOT / "oidc").rglob("*.py") for number in CITED.findall(path.read_text())}
    assert cited - listed() - BACKGROUND == set()
