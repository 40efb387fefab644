"""From the rows of a sheet to what is known of each: the same for every kind of file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tnid.imports.reader.cells import Fault, read_cell
from tnid.imports.reader.fonts import find_font
from tnid.imports.reader.headings import MOST_COLUMNS, MOST_ROWS_ABOVE, Columns, find_columns
from tnid.imports.reader.kinds import Unreadable

Event = dict[str, Any]
# As many rows are looked at to say that a list is in an old font as a whole
_SAMPLE_ROWS = 50
_IN_WORDS = ("name", "title")


class Row(NamedTuple):
    """A row as the file has it; the spreadsheet's own count of rows."""

    number: int
    cells: Sequence[object]


class Merged(NamedTuple):
    """Which cells were made one: (first row, last row, first column, last column), all from 1."""

    ranges: Sequence[tuple[int, int, int, int]] = ()

    def find_rows(self, columns: Iterable[int]) -> tuple[list[int], list[int]]:
        """Return where stretches of rows begin and end that have merged cells in these columns (from 0)."""
        places = set(columns)
        touched = sorted(
            (first, last)
            for first, last, left, right in self.ranges
            if any(left <= place + 1 <= right for place in places)
        )
        begins: list[int] = []
        ends: list[int] = []
        for first, last in touched:
            if ends and first <= ends[-1] + 1:
                ends[-1] = max(ends[-1], last)
            else:
                begins.append(first)
                ends.append(last)
        return begins, ends


def find_heading(rows: Iterator[Row]) -> tuple[int, Columns]:
    """Return the number of the row of headings, and the columns; what comes after it is left in `rows`.

    Raises Unreadable where there is none: an old font's reason where that is why.
    """
    seen: list[str] = []
    problem = None
    for row in rows:
        cells = [cell if isinstance(cell, str) else "" for cell in row.cells[:MOST_COLUMNS]]
        try:
            columns = find_columns(cells)
        except Unreadable as unreadable:
            # Or else a line above the table that says whose list it is
            problem, columns = problem or unreadable, None
        if columns is not None:
            return row.number, columns
        seen += cells
        if row.number >= MOST_ROWS_ABOVE:
            break
    raise problem or Unreadable(find_font(seen) or ("no_heading" if any(seen) else "empty"))


def read_rows(rows: Iterator[Row], columns: Columns, merged: Merged, most_rows: int) -> Iterator[Event]:
    """Yield an event a row that isn't blank, and the end. Raises Unreadable for an old font."""
    begins, ends = merged.find_rows(columns.places.values())
    count = in_old_font = 0
    reason = ""
    for row in rows:
        values, fault = read_values(row.cells, columns)
        if not values and not fault:
            continue
        if count == most_rows:
            yield {"end": count, "has_more": True}
            return
        place = bisect_right(begins, row.number) - 1
        if place >= 0 and row.number <= ends[place]:
            fault = ("", "merged")
        font = None if fault else find_font(values.get(field, "") for field in _IN_WORDS)
        if font:
            fault, reason, in_old_font = ("name", font), font, in_old_font + 1
        count += 1
        if count == _SAMPLE_ROWS and 2 * in_old_font > count:
            raise Unreadable(reason)
        yield {"row": row.number, "values": values, **({"fault": fault} if fault else {})}
    if count and 2 * in_old_font > count:
        raise Unreadable(reason)
    if not count:
        raise Unreadable("no_rows")
    yield {"end": count, "has_more": False}


def read_values(cells: Sequence[object], columns: Columns) -> tuple[dict[str, str], tuple[str, str] | None]:
    """Return the values that are there, and the first fault."""
    values: dict[str, str] = {}
    fault = None
    for field, place in columns.places.items():
        try:
            text = read_cell(field, cells[place] if place < len(cells) else None)
        except Fault as found:
            fault = fault or (field, found.reason)
        else:
            if text:
                values[field] = text
    return values, fault
