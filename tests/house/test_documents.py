"""The decisions have numbers of their own, and what the documents link to is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_no_two_decisions_share_a_number() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert sorted(set(numbers)) == numbers


def test_a_decision_begins_with_its_number() -> None:
    titles = {path.name: path.read_text().split("\n", 1)[0] for path in DECISIONS}
    assert [name for name, title in titles.items() if not title.startswith(f"# {name[:4]}: ")] == []


def test_what_a_document_links_to_is_there() -> None:
    assert [f"{path.name}: {target}" for path, target in links() if not (path.parent / target).exists()] == []


def links() -> Iterator[tuple[Path, str]]:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        for target in LINK.findall(path.read_text()):
            yield path, target
