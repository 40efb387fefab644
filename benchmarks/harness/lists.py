"""How long a list of 20,000 workers takes from the file to the last row, reader and database on one core."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from harness.ours import Ours
from harness.processes import BenchmarkError

ROWS = 20_000
GOAL_SECONDS = 20.0
EMPLOYER = {"tax_code": "4600305723", "name": "Công ty May Sông Công"}
HEADINGS = ("Mã nhân viên", "Họ và tên", "Số định danh cá nhân", "Ngày sinh", "Chức danh", "Ngày vào làm")


def measure_lists(folder: Path, instances: Sequence[Ours]) -> dict[str, Any]:
    """Return the seconds and rows a second of a CSV and an XLSX, each with people of its own."""
    files = {"csv": write_csv(folder / "list.csv", 0), "xlsx": write_xlsx(folder / "list.xlsx", ROWS)}
    found: dict[str, Any] = {}
    for ours in instances:
        ours.command("employer", "create", "-", given=EMPLOYER)
        found[ours.name] = {kind: _measure(ours, file) for kind, file in files.items()}
    return found


def _measure(ours: Ours, file: Path) -> dict[str, Any]:
    begun = time.monotonic()
    told = ours.command("employer", "import", str(EMPLOYER["tax_code"]), str(file))
    seconds = time.monotonic() - begun
    if told["counts"] != {"invited": ROWS}:
        raise BenchmarkError(f"{file.name}: {told['counts']}")
    return {"seconds": seconds, "per_second": ROWS / seconds, "is_reached": seconds < GOAL_SECONDS}


def workers(first: int) -> Iterator[tuple[str, ...]]:
    for place in range(first, first + ROWS):
        number = f"0191{place % 100:02d}{place:06d}"
        yield f"TNG-{place:06d}", "Nguyễn Thị Hằng", number, "15/03/1995", "Công nhân may", "01/02/2024"


def write_csv(file: Path, first: int) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *workers(first)])
    file.write_text(text.getvalue())
    return file


def write_xlsx(file: Path, first: int) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (HEADINGS, *workers(first)):
        sheet.append(row)
    book.save(file)
    return file
