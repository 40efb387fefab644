"""The reader as a program: what it says on its way out, and what it takes of the machine."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.tnid.imports.lists import HEADINGS, WORKERS, make_csv, make_many, make_shared, make_xlsx, with_part
from tnid.imports import reader

PROGRAM = Path(reader.__file__).with_name("__main__.py")
SHEET = "xl/worksheets/sheet1.xml"
MOST_BYTES = 64 * 1024 * 1024


class Ran(NamedTuple):
    """What the program said, and the most memory that it held."""

    events: list[dict[str, Any]]
    most_kib: int

    @property
    def reason(self) -> str:
        return str(self.events[-1].get("refused", ""))


# A process counts what whoever began it held: so a small one begins it
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], env={}).returncode
sys.exit(f"{code} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
"""


def run(content: bytes, tmp_path: Path, most_rows: int = 250_000) -> Ran:
    file = tmp_path / "list"
    file.write_bytes(content)
    command = [sys.executable, "-I", str(PROGRAM), str(most_rows), str(MOST_BYTES)]
    with file.open("rb") as source, (tmp_path / "events").open("wb") as said:
        ran = subprocess.run(
            [sys.executable, "-I", "-c", LAUNCHER, *command],
            stdin=source, stdout=said, stderr=subprocess.PIPE, text=True, env={}, check=False,
        )  # fmt: skip
    events = [json.loads(line) for line in (tmp_path / "events").read_text().splitlines()]
    return Ran(events, int(ran.stderr.splitlines()[-1].split()[-1]))


@pytest.mark.parametrize("make", [make_csv, make_xlsx, make_shared])
def test_the_program_writes_a_line_a_row(make: Any, tmp_path: Path) -> None:
    ran = run(make([HEADINGS, *WORKERS]), tmp_path)
    assert [next(iter(event)) for event in ran.events] == ["columns", "row", "row", "end"]
    assert ran.events[1]["values"]["name"] == "Nguyễn Thị Hằng"


def test_merged_cells_that_never_close_take_no_time(tmp_path: Path) -> None:
    package = make_xlsx([HEADINGS, *WORKERS])
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        xml = opened.read(SHEET)
    # Each tries every later one, if it may, and the program is over before it said a word
    begun = b"<!--" + b"<mergeCell " * 60_000 + b"-->"
    ran = run(with_part(package, SHEET, xml.replace(b"</worksheet>", begun + b"</worksheet>")), tmp_path)
    assert ran.events and ran.events[-1] == {"end": 2, "has_more": False}


@pytest.mark.parametrize("make", [make_csv, make_shared])
def test_200_000_rows_are_read_in_little_memory(make: Any, tmp_path: Path) -> None:
    ran = run(make([HEADINGS[:4], *(worker[:4] for worker in make_many(200_000))]), tmp_path)
    assert ran.events[-1] == {"end": 200_000, "has_more": False}
    assert ran.most_kib < 128 * 1024


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<si><t>&c;</t></si></sst>"""
PARTS = ("xl/sharedStrings.xml", SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_multiply_are_refused_in_every_part(part: str, encoding: str, tmp_path: Path) -> None:
    harm = LAUGHS.decode().encode(encoding)
    ran = run(with_part(make_shared([HEADINGS, *WORKERS]), part, harm), tmp_path)
    assert ran.reason == "broken"
    assert len(ran.events) == 1


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet>" + b"<row/>" * 3_000_000,
        b"<worksheet>" + b"<row>" * 3_000_000,
        b"<a" * 9_000_000,
        b'<worksheet><sheetData><row r="1048577"/></sheetData></worksheet>',
        b'<worksheet><sheetData><row r="99999999999999"/></sheetData></worksheet>',
    ],
    ids=["rows", "deep", "open", "far", "farther"],
)
def test_a_sheet_made_to_take_memory_or_time_ends_in_a_refusal(sheet: bytes, tmp_path: Path) -> None:
    harm = sheet.replace(
        b"<worksheet>", b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
    )
    ran = run(with_part(make_xlsx([HEADINGS]), SHEET, harm), tmp_path)
    assert ran.reason in ("broken", "too_much_inside", "empty")
    assert ran.most_kib < 200 * 1024


def test_the_system_bounds_its_memory_and_time_and_keeps_no_core() -> None:
    command = [sys.executable, "-I", str(PROGRAM), "10", "1000000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env={}) as process:
        assert process.stdin
        assert process.stdout
        # A list that goes on: its first rows are out when the limits stand
        process.stdin.write(b"1\n")
        limits = ""
        while "184549376" not in limits and process.poll() is None:
            limits = Path(f"/proc/{process.pid}/limits").read_text()
        process.stdin.close()
    bounds = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert bounds["Max address space"] == ["184549376", "184549376"]
    assert bounds["Max cpu time"] == ["180", "180"]
    assert bounds["Max core file size"] == ["0", "0"]


def test_the_program_ends_when_nobody_listens(tmp_path: Path) -> None:
    command = [sys.executable, "-I", str(PROGRAM), "250000", str(MOST_BYTES)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env={}) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(make_csv([HEADINGS, *make_many(20_000)]))
        process.stdin.close()
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) is not None
