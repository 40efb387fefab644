"""An organisation's people as its representatives see them: what it said itself, and how far each is.

Identification numbers are kept nowhere and shown nowhere; somebody is found by one all the same, as by a name
or a staff code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tnid.accounts.numbers import is_personal_id_number
from tnid.employment.attestations import Attestations
from tnid.enrolment.names import bare_key
from tnid.stores.employer_people import ALL, EmployerPeopleStore
from tnid.stores.employments import EmploymentStore

PAGE_PEOPLE = 50
MOST_FOUND = 50
MOST_TYPED = 100
BATCH_PEOPLE = 1000
DUE_SOON_SECONDS = 30 * 86400


class Worker(NamedTuple):
    """Somebody on an organisation's list. `values` is what was attested (tnid.employment.attestation)."""

    id: str
    staff_code: str
    values: Mapping[str, Any]
    is_linked: bool
    is_due: bool
    valid_until: int
    attested_at: int
    ends_at: int | None

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))


class Page(NamedTuple):
    """One page of a list: its number from 1, of how many, and how many people there are in all."""

    workers: list[Worker]
    number: int
    pages: int
    total: int


class EmployerPeople:
    """Looks through an organisation's list; changes nothing."""

    def __init__(
        self, store: EmployerPeopleStore, employments: EmploymentStore, attestations: Attestations
    ) -> None:
        self._store = store
        self._employments = employments
        self._attestations = attestations

    def list_page(self, employer_id: str, state: str, number: int, now: int) -> Page:
        """Return a page of those in a state (tnid.stores.employer_people), the last where there are fewer."""
        due_before = now + DUE_SOON_SECONDS
        total = self._store.count(employer_id, state, due_before)
        pages = max(1, -(-total // PAGE_PEOPLE))
        number = min(max(number, 1), pages)
        skipped = (number - 1) * PAGE_PEOPLE
        rows = self._store.list_page(employer_id, state, due_before, skipped=skipped, most=PAGE_PEOPLE)
        return Page([self._worker(row, now) for row in rows], number, pages, total)

    def list_all(self, employer_id: str, now: int) -> Iterator[Worker]:
        """Yield everybody on the list, by their staff codes."""
        for row in self._rows(employer_id, now):
            yield self._worker(row, now)

    def find(self, employer_id: str, employment_id: str, now: int) -> Worker | None:
        row = self._employments.find(employer_id, employment_id)
        return None if row is None else self._worker(row, now)

    def search(self, employer_id: str, typed: str, now: int) -> list[Worker]:
        """Return those whose staff code or number this is, or whose name holds it, up to MOST_FOUND."""
        text = " ".join(typed[:MOST_TYPED].split())
        if not text:
            return []
        exact = self._employments.find_by_staff_code(employer_id, text)
        number = "".join(text.split())
        if exact is None and is_personal_id_number(number):
            index = self._attestations.number_index(number)
            exact = self._employments.find_by_number(employer_id, index)
        if exact is not None:
            return [self._worker(exact, now)]
        return self._search_names(employer_id, bare_key(text), now)

    def _search_names(self, employer_id: str, key: str, now: int) -> list[Worker]:
        found: list[Worker] = []
        for row in self._rows(employer_id, now):
            worker = self._worker(row, now)
            if key in bare_key(worker.name) or key in worker.staff_code.casefold():
                found.append(worker)
            if len(found) == MOST_FOUND:
                break
        return found

    def _rows(self, employer_id: str, now: int) -> Iterator[Any]:
        skipped = 0
        while rows := self._store.list_page(employer_id, ALL, now, skipped=skipped, most=BATCH_PEOPLE):
            yield from rows
            skipped += len(rows)

    def _worker(self, row: Any, now: int) -> Worker:
        return Worker(
            row.id, row.staff_code or "", self._attestations.open_values(row), row.account_id is not None,
            row.valid_until <= now + DUE_SOON_SECONDS, row.valid_until, row.attested_at, row.ends_at,
        )  # fmt: skip
