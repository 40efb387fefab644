"""One file from its first byte to its last row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from tnid.imports.reader.csv_file import open_csv
from tnid.imports.reader.kinds import CSV, Unreadable, find_kind
from tnid.imports.reader.rows import Event, Merged, find_heading, read_rows


def read_file(source: BinaryIO, most_rows: int, most_bytes: int) -> Iterator[Event]:
    """Yield what is read of a file, as the program writes it. Raises Unreadable, at any row.

    The whole file is read first: who writes it need not read meanwhile.
    """
    content = source.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise Unreadable("too_large")
    if find_kind(content) == CSV:
        rows = open_csv(content)
        _number, columns = find_heading(rows)
        merged = Merged()
    else:
        # Only here: a CSV needs none of it
        from tnid.imports.reader.package import open_package  # noqa: PLC0415  as above
        from tnid.imports.reader.xlsx_file import open_xlsx  # noqa: PLC0415  as above

        rows, columns, merged = open_xlsx(open_package(content))
    yield {"columns": list(columns.places), "ignored": list(columns.ignored)}
    yield from read_rows(rows, columns, merged, most_rows)
