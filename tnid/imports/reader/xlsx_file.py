"""Rows of an XLSX file: the one sheet that is shown and holds a list, by openpyxl, a row at a time.

Macros, links to other files, pictures and whatever else an archive holds are not opened.
"""

from __future__ import annotations

import array
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, overload

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from tnid.imports.reader.headings import MOST_COLUMNS, Columns
from tnid.imports.reader.kinds import Unreadable
from tnid.imports.reader.large_xml import iterparse, read_sheets_by_it
from tnid.imports.reader.package import find_merged
from tnid.imports.reader.rows import Merged, Row, find_heading

MOST_SHEETS = 50
# What a spreadsheet has room for
MOST_ROWS = 1_048_576
_ITEM = f"{{{SHEET_MAIN_NS}}}si"
_PLAIN = f"{{{SHEET_MAIN_NS}}}t"


class Strings(Sequence[str]):
    """The strings that cells share, side by side: a tenth of the memory that as many objects take."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array.array("L", [0])

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "replace")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice) or not 0 <= place < len(self):
            raise IndexError
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode()


class Reader(ExcelReader):
    """openpyxl's reader, which keeps strings in little room and leaves out what no list needs."""

    def read_strings(self) -> None:
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings: Any = read_strings(source)

    def read_properties(self) -> None:
        """Who wrote it is nothing that a list needs."""

    read_custom = read_theme = read_properties

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """A sheet that is a picture holds no list."""


def read_strings(source: Any) -> Strings:
    """Return the table of shared strings; forgets each element when it is read."""
    strings = Strings()
    parser = iterparse(source, ("start", "end"))
    _event, root = next(parser)
    for event, node in parser:
        if event == "end" and node.tag == _ITEM:
            plain = node[0].text if len(node) == 1 and node[0].tag == _PLAIN else None
            # Several runs of letters, or how they are read aloud: openpyxl knows which count
            strings.append(_join_runs(node) if plain is None else plain)
            root.clear()
    return strings


def _join_runs(node: Any) -> str:
    text: Any = Text.from_tree(node)
    return str(text.content)


def open_xlsx(package: zipfile.ZipFile) -> tuple[Iterator[Row], Columns, Merged]:
    """Return the rows after the headings, the columns, and what is merged.

    Raises Unreadable: what find_heading raises, `several_sheets`, or `no_sheet` where all are hidden.
    """
    warnings.simplefilter("ignore")
    read_sheets_by_it()
    file: Any = package.fp
    reader = Reader(file, read_only=True, keep_links=False)
    reader.read()
    sheets: list[Any] = reader.wb.worksheets
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"][:MOST_SHEETS]
    found, problem = [], Unreadable("no_sheet")
    for sheet in shown:
        try:
            rows = read_rows(sheet)
            found.append((sheet, rows, find_heading(rows)[1]))
        except Unreadable as unreadable:
            # Of several, the one with something in it says what is wrong
            problem = unreadable if problem.reason in ("no_sheet", "empty") else problem
    if not found:
        raise problem
    if len(found) > 1:
        raise Unreadable("several_sheets")
    [(sheet, rows, columns)] = found
    return rows, columns, find_merged(package, sheet._worksheet_path)


def read_rows(sheet: Any) -> Iterator[Row]:
    """Yield the rows, blank ones too, as far as a spreadsheet goes."""
    # The size that the file claims is not believed: each row would be filled up to it
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MOST_ROWS:
            raise Unreadable("too_much_inside")
        yield Row(number, cells[:MOST_COLUMNS])
