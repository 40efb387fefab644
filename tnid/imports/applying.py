"""From rows that wait to employments: a few hundred in a unit of work, so that nobody waits long for it.

The outcome of a row is written in the unit that applies it. Whoever takes an import up again finds the rows
that have none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from tnid.db import Conflict, Database
from tnid.employment.attestation import Attestation
from tnid.employment.attestations import AMBIGUOUS, Attested, By
from tnid.imports.progress import Held, advance
from tnid.imports.rows import open_said
from tnid.imports.staging import row_context
from tnid.interfaces import Seals
from tnid.stores.import_work import ImportWorkStore
from tnid.stores.imports import DONE

UNIT_ROWS = 100


class Attests(Protocol):
    """What is needed of tnid.employment."""

    def attest_all(
        self, employer: Any, of_each: Sequence[Attestation], by: By, now: int
    ) -> list[Attested]: ...


class Waiting(NamedTuple):
    """A row that is still to be applied."""

    number: int
    said: Attestation


class Applying:
    """Applies what was staged."""

    def __init__(self, database: Database, store: ImportWorkStore, seals: Seals, attests: Attests) -> None:
        self._database = database
        self._store = store
        self._seals = seals
        self._attests = attests

    def apply(self, held: Held, find_employer: Callable[[], Any], now: Callable[[], int]) -> Iterator[None]:
        """Apply every row; yields between units. Raises Lost, and whatever `find_employer` raises, which is
        asked anew for each unit: it may have been suspended."""
        by = By(held.row.begun_by, held.row.through)
        units = 0
        while rows := self._store.list_open(held.id, UNIT_ROWS):
            # Opened before the transaction: meanwhile others write
            unit = [self._open(held, row) for row in rows]
            self._apply_unit(held, find_employer(), unit, by, now())
            units += 1
            if units & (units - 1) == 0:
                # Each time it has doubled: plans made for a small table read the whole of a large one
                self._store.refresh_statistics()
            yield
        held.state = DONE
        with self._database.unit():
            advance(self._store, held, now())

    def _open(self, held: Held, row: Any) -> Waiting:
        packed = self._seals.open(bytes(row.values_sealed), row_context(held.id, row.row_number))
        return Waiting(row.row_number, open_said(packed))

    def _apply_unit(self, held: Held, employer: Any, unit: Sequence[Waiting], by: By, now: int) -> None:
        try:
            self._apply(held, employer, unit, by, now)
        except Conflict:
            # Somebody changed one of them at this moment, by another way: found again one by one
            for waiting in unit:
                self._apply_alone(held, employer, waiting, by, now)

    def _apply_alone(self, held: Held, employer: Any, waiting: Waiting, by: By, now: int) -> None:
        for _try in range(3):
            try:
                return self._apply(held, employer, [waiting], by, now)
            except Conflict:
                continue
        with self._database.unit():
            found = Attested(AMBIGUOUS, None, "", "changed_meanwhile")
            self._note(held, Counter({AMBIGUOUS: 1}), now)
            self._settle(held, waiting, found)
        return None

    def _apply(self, held: Held, employer: Any, unit: Sequence[Waiting], by: By, now: int) -> None:
        with self._database.unit():
            # Held first, and said how far at the end: another worker's unit waits here, and is lost
            advance(self._store, held, now)
            found = self._attests.attest_all(employer, [waiting.said for waiting in unit], by, now)
            self._settle_all(held, unit, found)
            self._note(held, Counter(one.outcome for one in found), now)

    def _settle_all(self, held: Held, unit: Sequence[Waiting], found: Sequence[Attested]) -> None:
        """Write the outcome of each row: what most have by one statement, after the others'."""
        kinds = Counter((one.outcome, one.field, one.reason) for one in found)
        outcome, field, reason = usual = kinds.most_common(1)[0][0]
        for waiting, one in zip(unit, found, strict=True):
            if (one.outcome, one.field, one.reason) != usual:
                self._settle(held, waiting, one)
        new = {"new_outcome": outcome, "new_field": field, "new_reason": reason}
        self._store.settle_range(held.id, unit[0].number, unit[-1].number, **new)

    def _settle(self, held: Held, waiting: Waiting, found: Attested) -> None:
        outcome = {"new_outcome": found.outcome, "new_field": found.field, "new_reason": found.reason}
        self._store.settle(held.id, waiting.number, **outcome)

    def _note(self, held: Held, outcomes: Counter[str], now: int) -> None:
        held.counts += outcomes
        held.rows_applied += outcomes.total()
        advance(self._store, held, now)
