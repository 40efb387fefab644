"""Rows of a CSV file: commas, semicolons or tabs; quoted line breaks; UTF-8 with or without its mark."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice

from tnid.imports.reader.fonts import find_encoding
from tnid.imports.reader.headings import LEAST_KNOWN, MOST_ROWS_ABOVE, find_columns
from tnid.imports.reader.kinds import SAMPLE_BYTES, Unreadable
from tnid.imports.reader.rows import Row

DELIMITERS = (",", ";", "\t")
# As much as a cell of a spreadsheet holds: past it a quotation mark was opened and never closed
MOST_CELL = 32_767
# By which Excel is told the delimiter, and which it doesn't count
_SEPARATOR_LINE = "sep="


def open_csv(content: bytes) -> Iterator[Row]:
    """Yield the rows. Raises Unreadable, at any row: an encoding's reason, or `broken`."""
    csv.field_size_limit(MOST_CELL)
    check_encoding(content)
    delimiter = find_delimiter(content[:SAMPLE_BYTES].decode("utf-8-sig", "ignore"))
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    if not text.readline(16).lower().startswith(_SEPARATOR_LINE):
        text.seek(0)
    # Strict: a quotation mark that is never closed would make one cell of all that follows, and no word of it
    return _read(csv.reader(text, delimiter=delimiter, strict=True))


def check_encoding(content: bytes) -> None:
    """Raise Unreadable where the bytes are no UTF-8; they are looked at a piece at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for begin in range(0, len(content), SAMPLE_BYTES):
        piece = content[begin : begin + SAMPLE_BYTES]
        if b"\x00" in piece:
            raise Unreadable("not_a_list")
        try:
            decoder.decode(piece, final=begin + SAMPLE_BYTES >= len(content))
        except UnicodeDecodeError:
            raise Unreadable(find_encoding(piece)) from None


def find_delimiter(sample: str) -> str:
    """Return the delimiter that makes the most headings of one of the first rows."""
    first = sample.split("\n", 1)[0].strip()
    if first.lower().startswith(_SEPARATOR_LINE) and first[len(_SEPARATOR_LINE) :] in DELIMITERS:
        return first[len(_SEPARATOR_LINE) :]
    return max(DELIMITERS, key=lambda delimiter: _count_headings(sample, delimiter))


def _count_headings(sample: str, delimiter: str) -> int:
    """Return how many headings, or else how many cells, this delimiter finds in a row."""
    most = 0
    try:
        for row in islice(csv.reader(io.StringIO(sample), delimiter=delimiter), MOST_ROWS_ABOVE):
            try:
                found = find_columns(row)
            except Unreadable:
                return LEAST_KNOWN
            most = max(most, len(found.places) if found else 0)
    except csv.Error:
        return 0
    return most


def _read(rows: Iterator[list[str]]) -> Iterator[Row]:
    number = 0
    while True:
        try:
            cells = next(rows, None)
        except csv.Error:
            raise Unreadable("broken") from None
        if cells is None:
            return
        number += 1
        yield Row(number, cells)
