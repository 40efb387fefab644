"""The employer's side: who works there, confirmed, changed and ended.

Nothing here looks at an account: whether somebody has one, an employer learns only by their linking it.
Each method runs in the caller's unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.db import Conflict
from tnid.employment.attestation import Attestation, ends_at_of, pack
from tnid.interfaces import Sealer
from tnid.stores.employments import EmploymentStore

CONFIRMED_SECONDS = 183 * 86400
MATCHED, INVITED, ENDED, UNKNOWN, AMBIGUOUS = "matched", "invited", "ended", "unknown", "ambiguous"
LIST, PAGE, SCIM, OPERATOR = "list", "page", "scim", "operator"
# A changed figure releases nothing new: only its bracket, and whether it reaches an amount
_COMPARED = ("park", "title", "start_date", "contract_type")


class By(NamedTuple):
    """Who says so: an account, None for a program or an operator; and how (LIST, PAGE, SCIM, OPERATOR)."""

    account_id: str | None
    through: str


class Attested(NamedTuple):
    """What became of it. `reason` says why where it is UNKNOWN or AMBIGUOUS, about `field`."""

    outcome: str
    employment_id: str | None = None
    field: str = ""
    reason: str = ""


class Attestations:
    """What employers attest. Every act is audited by its caller's feature, a list as one.

    `followers` are told of changed fields that had been accepted and are offered again: the row, the fields
    and when.
    """

    def __init__(
        self,
        store: EmploymentStore,
        sealer: Sealer,
        events: Events,
        carry_out_end: Callable[[Any, int], None],
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._events = events
        self._carry_out_end = carry_out_end
        self.followers: list[Callable[[Any, frozenset[str], int], object]] = []

    def number_index(self, number: str) -> str:
        """Return what an identification number is compared by; accounts have the same of theirs."""
        return self._sealer.blind_index("personal_id_number", number)

    def attest(self, employer: Any, said: Attestation, by: By, now: int) -> Attested:
        """Take over what an employer says of one worker; the same again only confirms it anew.

        What is not said stays as it was. A changed field is offered to the worker again. Raises Conflict
        where somebody else changes the same row at this moment.
        """
        index = self.number_index(said.number) if said.number else None
        return self._take_over(
            employer, self._find(employer.id, said.staff_code, index, now), said, index, by, now
        )

    def attest_all(self, employer: Any, of_each: Sequence[Attestation], by: By, now: int) -> list[Attested]:
        """Take over what a list says of workers of whom none is on it twice, as `attest` does of one.

        Those whom the employer's list doesn't know are found out by one look.
        """
        indexes = [self.number_index(said.number) if said.number else None for said in of_each]
        codes = [said.staff_code for said in of_each if said.staff_code]
        known = self._store.find_known(employer.id, codes, [index for index in indexes if index])
        outcomes = []
        for said, index in zip(of_each, indexes, strict=True):
            is_known = said.staff_code in known or index in known
            found = self._find(employer.id, said.staff_code, index, now) if is_known else None
            outcomes.append(self._take_over(employer, found, said, index, by, now))
        return outcomes

    def _take_over(
        self, employer: Any, found: Any, said: Attestation, index: str | None, by: By, now: int
    ) -> Attested:
        if isinstance(found, Attested):
            return found
        ends_at = ends_at_of(said.end_date)
        if found is None:
            if ends_at is not None and ends_at <= now:
                return Attested(UNKNOWN, None, "staff_code", "not_on_list")
            return Attested(INVITED, self._add(employer, said, index, by, now))
        self._replace(found, said, index, by, now)
        return _outcome_of(found, ends_at)

    def amend(
        self,
        employer: Any,
        employment_id: str,
        said: Attestation,
        by: By,
        now: int,
        *,
        cleared: Iterable[str] = (),
    ) -> Attested:
        """Take over what an employer says of the worker of one row, whose staff code it may change by that.

        `cleared` are the values, `end_date` among them, that are so no more; otherwise as `attest`.
        """
        row = self._current(self._store.find(employer.id, employment_id), now)
        if row is None:
            return Attested(UNKNOWN, None, "staff_code", "not_on_list")
        index = self.number_index(said.number) if said.number else None
        clash = self._find_clash(row, said.staff_code, index, now)
        if clash is not None:
            return clash
        self._replace(row, said, index, by, now, cleared=frozenset(cleared))
        return _outcome_of(row, ends_at_of(said.end_date))

    def _find_clash(self, row: Any, code: str, index: str | None, now: int) -> Attested | None:
        """Say what of a changed code or number is another's, or can't be changed; None where nothing is."""
        if code and code != row.staff_code:
            other = self._current(self._store.find_by_staff_code(row.employer_id, code), now)
            if other is not None:
                return Attested(AMBIGUOUS, None, "staff_code", "staff_code_of_another")
        if index is None or index == row.number_index:
            return None
        if row.number_index or row.account_id:
            return Attested(AMBIGUOUS, None, "personal_id_number", "number_is_settled")
        if self._current(self._store.find_by_number(row.employer_id, index), now) is not None:
            return Attested(AMBIGUOUS, None, "personal_id_number", "number_of_another")
        return None

    def _find(self, employer_id: str, code: str, index: str | None, now: int) -> Any:
        """Return the row that is meant, None for a new one, or that nobody can tell which is."""
        by_code = self._current(self._store.find_by_staff_code(employer_id, code), now) if code else None
        if by_code is not None and by_code.number_index == index:
            return by_code
        by_number = self._current(self._store.find_by_number(employer_id, index), now) if index else None
        if by_code is None:
            if by_number is not None and code and by_number.staff_code:
                return Attested(AMBIGUOUS, None, "personal_id_number", "number_of_another")
            return by_number
        if by_number is not None:
            return Attested(AMBIGUOUS, None, "personal_id_number", "number_of_another")
        # A row that had no number may get one until its worker is known
        if index and (by_code.number_index or by_code.account_id):
            return Attested(AMBIGUOUS, None, "staff_code", "staff_code_of_another")
        return by_code

    def _current(self, row: Any, now: int) -> Any:
        """Return the row, None once its last day is over: that end is carried out first."""
        if row is None or row.ends_at is None or row.ends_at > now:
            return row
        self._carry_out_end(row, now)
        return None

    def _add(self, employer: Any, said: Attestation, index: str | None, by: By, now: int) -> str:
        employment_id = new_identifier()
        values = {**({"park": employer.park} if employer.park else {}), **said.values()}
        self._store.add(
            id=employment_id, employer_id=employer.id, staff_code=said.staff_code or None,
            number_index=index, values_sealed=self._seal(employment_id, values), accepted="", refused="",
            is_hidden=0, attested_at=now, attested_by=by.account_id, attested_through=by.through,
            valid_until=now + CONFIRMED_SECONDS, ends_at=ends_at_of(said.end_date), version=1,
            created_at=now, updated_at=now,
        )  # fmt: skip
        return employment_id

    def _replace(
        self,
        row: Any,
        said: Attestation,
        index: str | None,
        by: By,
        now: int,
        *,
        cleared: frozenset[str] = frozenset(),
    ) -> None:
        before = self.open_values(row)
        after = {name: value for name, value in before.items() if name not in cleared} | said.values()
        changed = frozenset(name for name in _COMPARED if before.get(name) != after.get(name))
        changed |= before.keys() - after.keys()
        accepted = [name for name in row.accepted.split() if name not in changed]
        is_offered_again = len(accepted) < len(row.accepted.split())
        is_replaced = self._store.replace(
            row.id,
            row.version,
            new_staff_code=said.staff_code or row.staff_code,
            new_number_index=row.number_index or index,
            new_values=row.values_sealed if after == before else self._seal(row.id, after),
            new_accepted=" ".join(accepted),
            to_be_told=int(is_offered_again or (index is not None and row.number_index is None)),
            new_ends_at=ends_at_of(said.end_date) or (None if "end_date" in cleared else row.ends_at),
            by_account=by.account_id,
            by_way=by.through,
            new_valid_until=now + CONFIRMED_SECONDS,
            now=now,
        )
        if not is_replaced:
            raise Conflict
        for follow in self.followers if is_offered_again else ():
            follow(row, changed, now)

    def confirm(self, employer_id: str, employment_id: str, by: By, now: int) -> bool:
        """Say of one worker that all of it is still so, for another six months; False for no such row."""
        return self._store.confirm(
            employer_id, employment_id,
            by_account=by.account_id, by_way=by.through, new_valid_until=now + CONFIRMED_SECONDS, now=now,
        )  # fmt: skip

    def end(self, employer_id: str, employment_id: str, ends_at: int, now: int) -> Refused | None:
        """Set the first second after the last day of work: from then on it is known to nobody."""
        # What ended a moment ago goes on by no later day, even if nobody was told yet
        row = self._current(self._store.find(employer_id, employment_id), now)
        if row is None:
            return Refused("", "not_on_list")
        begun = self.open_values(row).get("start_date", "")
        if begun and ends_at < (ends_at_of(begun) or 0):
            return Refused("end_date", "before_start")
        self._store.set_end(employer_id, employment_id, ends_at, now)
        return None

    def invite(self, employer_id: str, employment_id: str, code: str, until: int) -> bool:
        """Make a code by which the worker finds the offer; False where somebody linked it by now."""
        return self._store.invite(employer_id, employment_id, self.code_hash(code), until)

    def count(self, employer_id: str, due_before: int) -> Any:
        """Return how many `people` an employer's list has, and of these are `linked`, and `due` by then."""
        return self._store.count(employer_id, due_before)

    def code_hash(self, code: str) -> str:
        return self._sealer.blind_index("employment_invitation", code)

    def open_values(self, row: Any) -> dict[str, Any]:
        """Return what was attested of a row that is not over; {} once it is erased."""
        if row.values_sealed is None:
            return {}
        opened = self._sealer.open(bytes(row.values_sealed), f"employments.values:{row.id}")
        values: dict[str, Any] = orjson.loads(opened)
        return values

    def _seal(self, employment_id: str, values: dict[str, Any]) -> bytes:
        return self._sealer.seal(pack(values), f"employments.values:{employment_id}")


def _outcome_of(row: Any, ends_at: int | None) -> Attested:
    if ends_at is not None:
        return Attested(ENDED, row.id)
    return Attested(MATCHED if row.account_id else INVITED, row.id)
