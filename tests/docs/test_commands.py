"""Every `tnid …` command in the documentation is one, with the options and arguments that stand there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tnid.cli import main

ROOT = Path(__file__).resolve().parents[2]
# The changelog tells of several at once
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.*")})
# Fenced blocks, and code between words
CODE = re.compile(r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
# The program's name where a command begins, up to where the shell would end it
COMMAND = re.compile(r"(?:^\s*|&& |; |/bin/)tnid ([a-z][^#;&|<>\n)]*)", re.MULTILINE)
RUNBOOKS = ROOT / "docs" / "operations" / "runbooks"


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the words of each command of a page, without the program's name."""
    text = page.read_text()
    code = [a or b for a, b in CODE.findall(text)] if page.suffix == ".md" else [exec_lines(text)]
    for found in (found for one in code for found in COMMAND.findall(one)):
        yield shlex.split(found.replace("…", " "))


def exec_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.startswith(("Exec", "#   ")))


def find_fault(words: list[str]) -> str | None:
    """Say what is wrong with a command, None where it is one."""
    found: click.Command = main
    left = list(words)
    while isinstance(found, click.Group) and left and not left[0].startswith("-"):
        name = left.pop(0)
        if name not in found.commands:
            return f"there is no {name}"
        found = found.commands[name]
    options = {name: one for one in found.params if isinstance(one, click.Option) for name in one.opts}
    arguments = 0
    while left:
        word = left.pop(0)
        if not word.startswith("-") or word == "-":
            arguments += 1
        elif word.split("=")[0] not in {*options, "--help"}:
            return f"there is no option {word}"
        elif word in options and not options[word].is_flag and left:
            left.pop(0)
    most = sum(one.nargs if one.nargs > 0 else 99 for one in found.params if isinstance(one, click.Argument))
    return None if isinstance(found, click.Group) or arguments <= most else "too many arguments"


def test_every_command_in_the_documentation_is_one() -> None:
    named = [(page, words) for page in PAGES for words in commands(page)]
    faults = [
        f"{page.relative_to(ROOT)}: tnid {' '.join(words)}: {fault}"
        for page, words in named
        if (fault := find_fault(words))
    ]
    assert faults == []
    assert len(named) > 100, "they are found"


@pytest.mark.parametrize(
    "command",
    ["nothing", "audit nothing", "audit verify --nothing", "keys list MORE", "outbox list --all"],
)
def test_a_command_that_is_none_is_seen(command: str) -> None:
    assert find_fault(command.split()) is not None


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: str(page.stem))
def test_a_runbook_says_what_is_seen_what_to_do_and_when_it_is_over(page: Path) -> None:
    if page.stem == "index":
        linked = set(re.findall(r"\]\(([\w-]+\.md)\)", page.read_text()))
        assert linked == {other.name for other in RUNBOOKS.glob("*.md")} - {"index.md"}
        return
    headings = re.findall(r"^## (.*)$", page.read_text(), re.MULTILINE)
    assert headings[0] == "What is seen" and headings[-1] == "When it is over"
    assert any("hat to do" in heading for heading in headings)
