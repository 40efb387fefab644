"""Tables that people open in a spreadsheet: quoted as RFC 4180 says, and nothing in them is run."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator

# What a spreadsheet takes for the beginning of a formula; the wide forms are those of Asian keyboards
_BEGINS_FORMULA = frozenset("=+-@|%＝＋－＠")
# They are looked through, for a spreadsheet may drop them and read on
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")


def neutralise(text: str) -> str:
    """Return the text as a spreadsheet shows it and never runs it: an apostrophe before what could begin a
    formula, and no control characters but line breaks."""
    kept = "".join(c for c in text if c in "\t\r\n" or unicodedata.category(c) != "Cc")
    seen = next((c for c in kept if unicodedata.category(c) not in _INVISIBLE), "")
    is_risky = seen in _BEGINS_FORMULA if seen else False
    return f"'{kept}" if is_risky or kept[:1] in ("\t", "\r", "\n") else kept


def write_csv(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Yield a CSV file in pieces, UTF-8 with the mark by which Excel knows it; whole numbers stay."""
    yield "\ufeff".encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
            [cell if isinstance(cell, int) else neutralise("" if cell is None else str(cell)) for cell in row]
        )
        yield line.getvalue().encode()
