"""What became of each row: page by page on the screen, or as a whole for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Response
from flask_babel import gettext

from tnid import services
from tnid.csv_export import write_csv
from tnid.imports.rows import NEED_ATTENTION, OUTCOMES
from tnid.imports.service import Import
from tnid.imports.words import OUTCOMES as OUTCOME_WORDS
from tnid.imports.words import words_of_field, words_of_row

ATTENTION, ALL = "attention", "all"
PAGE_ROWS = 50
EXPORT_ROWS = 2000


class Reported(NamedTuple):
    """A row of a report, in words."""

    number: int
    staff_code: str
    outcome: str
    is_fine: bool
    field: str
    reason: str


class Report(NamedTuple):
    """A page of a report: `show` is what it is narrowed to, `after` the row after which the next begins."""

    show: str
    rows: list[Reported]
    after: int | None
    needing: int
    is_first: bool


def make_report(found: Import, show: str, after: str) -> Report:
    """Return a page of the report: what needs attention, everything, or one outcome."""
    if show not in (ATTENTION, ALL, *OUTCOMES) or (show == ATTENTION and not found.needing):
        show = ALL
    begin = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    wanted = {ATTENTION: NEED_ATTENTION, ALL: ()}.get(show, (show,))
    rows = services.current().lists.list_report(found, wanted, begin, PAGE_ROWS + 1)
    more = rows[PAGE_ROWS - 1].row_number if len(rows) > PAGE_ROWS else None
    return Report(show, [_say(row) for row in rows[:PAGE_ROWS]], more, found.needing, begin == 0)


def _say(row: Any) -> Reported:
    is_fine = row.outcome not in NEED_ATTENTION
    outcome = str(OUTCOME_WORDS[row.outcome])
    return Reported(
        row.row_number, row.staff_code or "", outcome, is_fine, words_of_field(row), words_of_row(row)
    )


def write_report(found: Import) -> Response:
    """Return the report as CSV: rows, staff codes, outcomes and reasons, and nothing else of anybody."""
    return Response(b"".join(write_csv(_table(found))), mimetype="text/csv")


def _table(found: Import) -> Iterator[tuple[object, ...]]:
    yield gettext("Row"), gettext("Staff code"), gettext("Outcome"), gettext("Column"), gettext("Reason")
    after = 0
    while rows := services.current().lists.list_report(found, (), after, EXPORT_ROWS):
        for row in map(_say, rows):
            yield row.number, row.staff_code, row.outcome, row.field, row.reason
        after = rows[-1].row_number
