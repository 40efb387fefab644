"""From a received file to rows that wait: each sealed, or judged to be bad. Nothing is applied yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from tnid.accounts.ages import VIETNAM
from tnid.accounts.refusal import Refused
from tnid.db import Database
from tnid.employment.attestations import AMBIGUOUS
from tnid.imports.progress import Held, advance
from tnid.imports.reading import read_list
from tnid.imports.rows import BAD, Judged, judge, pack_said
from tnid.interfaces import Sealer
from tnid.stores.import_work import ImportWorkStore
from tnid.stores.imports import APPLYING, READING

UNIT_ROWS = 500
PARTS_AT_ONCE = 8
# What is said of an import that was read to its end, but not to the file's
NOT_ALL_READ = "rows_not_read"


class ListRefused(Exception):
    """The list is refused as a whole; the reason has words in tnid.imports.messages."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Staging:
    """Reads a file in units of work that are over soon."""

    def __init__(
        self,
        database: Database,
        store: ImportWorkStore,
        sealer: Sealer,
        number_index: Callable[[str], str],
        most_rows: int,
    ) -> None:
        self._database = database
        self._store = store
        self._sealer = sealer
        self._number_index = number_index
        self._most_rows = most_rows

    def stage(self, held: Held, tax_code: str, now: Callable[[], int]) -> Iterator[None]:
        """Keep every row and go on to applying; yields between units. Raises ListRefused and Lost.

        Taken up after an end half-way, it reads again and passes over what is kept.
        """
        held.state = READING
        last = self._store.last_row(held.id)
        digest = hashlib.sha256()
        today = datetime.fromtimestamp(now(), VIETNAM).date()
        pieces = self._open_pieces(held, digest.update)
        events = read_list(
            pieces, self._most_rows, held.row.size_bytes, lambda: advance(self._store, held, now())
        )
        rows = self._judge_all(held, events, tax_code, today, last)
        while unit := list(islice(rows, UNIT_ROWS)):
            self._keep(held, unit, now())
            yield
        if held.row.digest not in (None, digest.hexdigest()):
            raise ListRefused("damaged")
        yield from self._settle_twice(held, now)
        held.state = APPLYING
        self._finish(held, now)

    def _open_pieces(self, held: Held, look: Callable[[bytes], object]) -> Iterator[bytes]:
        for position in self._store.list_positions(held.id):
            piece = self._sealer.open(
                self._store.get_part(held.id, position), part_context(held.id, position)
            )
            look(piece)
            yield piece

    def _judge_all(
        self, held: Held, events: Iterator[dict[str, Any]], tax_code: str, today: date, last: int
    ) -> Iterator[Judged]:
        for event in events:
            if "refused" in event:
                raise ListRefused(event["refused"])
            if "columns" in event:
                held.ignored = list(event["ignored"])
            elif event.get("has_more"):
                held.reason = NOT_ALL_READ
            elif event.get("row", 0) > last:
                yield judge(event, tax_code, today)

    def _keep(self, held: Held, unit: list[Judged], now: int) -> None:
        rows = [self._columns_of(held, judged) for judged in unit]
        held.rows_read += len(rows)
        bad = sum(1 for row in rows if row["outcome"])
        held.counts[BAD] += bad
        held.rows_applied += bad
        with self._database.unit():
            advance(self._store, held, now)
            self._store.add_rows(rows)

    def _columns_of(self, held: Held, judged: Judged) -> Mapping[str, Any]:
        said = judged.said
        row = {"import_id": held.id, "row_number": judged.number, "staff_code": judged.staff_code or None}
        if isinstance(said, Refused):
            found = {"outcome": BAD, "field": said.field, "reason": said.reason, "is_applied": 1}
            return {**row, **found, "number_index": None, "values_sealed": None}
        sealed = self._sealer.seal(pack_said(said), row_context(held.id, judged.number))
        index = self._number_index(said.number) if said.number else None
        kept = {"number_index": index, "values_sealed": sealed, "is_applied": 0}
        return {**row, **kept, "outcome": None, "field": None, "reason": None}

    def _settle_twice(self, held: Held, now: Callable[[], int]) -> Iterator[None]:
        """Leave aside whoever is on the list more than once: nobody can tell which row is right."""
        for column, field, reason in (
            ("number_index", "personal_id_number", "number_twice"),
            ("staff_code", "staff_code", "staff_code_twice"),
        ):
            values = iter(self._store.list_twice(held.id, column))
            outcome = {"new_outcome": AMBIGUOUS, "new_field": field, "new_reason": reason}
            while unit := list(islice(values, UNIT_ROWS)):
                self._settle(held, column, unit, outcome, now())
                yield

    def _settle(
        self, held: Held, column: str, values: list[str], outcome: Mapping[str, str], now: int
    ) -> None:
        with self._database.unit():
            advance(self._store, held, now)
            count = sum(self._store.settle_equal(held.id, column, value, **outcome) for value in values)
            held.counts[AMBIGUOUS] += count
            held.rows_applied += count
            advance(self._store, held, now)

    def _finish(self, held: Held, now: Callable[[], int]) -> None:
        with self._database.unit():
            advance(self._store, held, now())
        drop_all(self._database, lambda: self._store.drop_parts(held.id, PARTS_AT_ONCE), PARTS_AT_ONCE)


def drop_all(database: Database, drop: Callable[[], int], most: int) -> None:
    """Remove what there is, in units of work that are over soon."""
    count = most
    while count == most:
        with database.unit():
            count = drop()


def part_context(import_id: str, position: int) -> str:
    """Say where a sealed piece of a file lies."""
    return f"import_parts.content:{import_id}:{position}"


def row_context(import_id: str, row_number: int) -> str:
    """Say where the sealed values of a row lie."""
    return f"import_rows.values:{import_id}:{row_number}"
