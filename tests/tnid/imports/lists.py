"""Lists of made-up workers, as files of every kind that employers have."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

HEADINGS = ("Mã nhân viên", "Họ và tên", "Số định danh cá nhân", "Ngày sinh", "Chức danh", "Ngày vào làm")
WORKERS = (
    ("NV001", "Nguyễn Thị Hằng", "019195000101", "15/03/1995", "Công nhân lắp ráp", "01/02/2024"),
    ("NV002", "Trần Văn Đức", "019095000102", "1995-07-20", "Tổ trưởng", "2-3-2024"),
)

Sheet = Any


def make_csv(rows: Sequence[Sequence[object]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    lines = (delimiter.join(str(cell) for cell in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)


def make_xlsx(rows: Sequence[Sequence[object]], change: Callable[[Sheet], None] | None = None) -> bytes:
    """Return a workbook of one sheet; `change` does with it what the rows can't say."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    return save(book)


def save(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def make_many(count: int, first: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield as many workers, each with a number and a code of their own."""
    for place in range(first, first + count):
        name = f"Nguyễn Thị {'Hằng Hạnh Hương Loan Lan'.split()[place % 5]}"  # noqa: SIM905  names
        yield (
            f"NV{place:06d}",
            name,
            f"0191{place % 100:02d}{place:06d}",
            "15/03/1995",
            "Công nhân",
            "01/02/2024",
        )


@contextmanager
def opened(package: bytes) -> Iterator[tuple[zipfile.ZipFile, zipfile.ZipFile, io.BytesIO]]:
    """Yield an archive, a new one to write, and its file."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        yield old, new, file


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    """Return the archive with one part replaced or added."""
    with opened(package) as (old, new, file):
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return file.getvalue()


SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def make_shared(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a workbook as Excel writes it: the strings in a table, and in the cells their places."""
    package = make_xlsx([["x"]])
    places: dict[str, int] = {}
    lines = []
    for number, row in enumerate(rows, 1):
        cells = (f'<c t="s"><v>{places.setdefault(cell, len(places))}</v></c>' for cell in row)
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    sheet = f"<worksheet {SPREADSHEET}><sheetData>{''.join(lines)}</sheetData></worksheet>"
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in places)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        types = archive.read("[Content_Types].xml")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    package = with_part(package, "[Content_Types].xml", types.replace(b"</Types>", override.encode()))
    package = with_part(package, "xl/sharedStrings.xml", f"<sst {SPREADSHEET}>{items}</sst>".encode())
    return with_part(package, "xl/worksheets/sheet1.xml", sheet.encode())
