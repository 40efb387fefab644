"""Facts about the code that its style promises."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("oidc", "keys", "tnid", "examples", "benchmarks")
MOST_FILE_LINES = 350
MOST_FUNCTION_LINES = 45
USUAL_FUNCTION_LINES = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if "versions" not in path.parts and "node_modules" not in path.parts)


def functions() -> Iterator[tuple[str, int]]:
    """Yield every function's place and its lines of code, its docstring not counted."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", code_lines(node)


def code_lines(function: Function) -> int:
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    documented = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_no_module_is_named_for_holding_anything(name: str) -> None:
    assert [path for path in modules() if path.stem == name] == []


def test_a_file_holds_one_noun() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text().splitlines())) > MOST_FILE_LINES
    }
    assert long == {}


def test_a_function_does_one_thing() -> None:
    assert {place: lines for place, lines in functions() if lines > MOST_FUNCTION_LINES} == {}


def test_nineteen_in_twenty_functions_are_short() -> None:
    lengths = [lines for _, lines in functions()]
    short = [lines for lines in lengths if lines <= USUAL_FUNCTION_LINES]
    assert len(short) >= 0.95 * len(lengths)


def test_only_the_clock_reads_the_wall_clock() -> None:
    reading = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.parts[len(ROOT.parts)] in ("oidc", "keys", "tnid")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in WALL_CLOCK
    ]
    assert set(reading) <= {"tnid/clock.py"}


WALL_CLOCK = {
    "time.time",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
}


def test_a_lint_exemption_carries_its_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (exemption := find_exemption(line)) and len(exemption.split()) < 2
    ]
    assert bare == []


def find_exemption(line: str) -> str | None:
    """Return what follows a `noqa` or `type: ignore`, its codes first."""
    for mark in ("# noqa", "# type: ignore"):
        if mark in line:
            return line.split(mark, 1)[1]
    return None


@pytest.mark.parametrize("package", ["oidc", "keys", "tnid"])
def test_every_module_says_what_it_is(package: str) -> None:
    silent = [path for path in modules() if path.parts[len(ROOT.parts)] == package and not docstring_of(path)]
    assert [str(path) for path in silent if path.read_text().strip()] == []


def docstring_of(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text()))


def test_what_begins_first_is_there() -> None:
    assert [name for name in LONGEST_FIRST if not (ROOT / "tests" / name).exists()] == []
