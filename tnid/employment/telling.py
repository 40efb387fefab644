"""What workers and applications are told of an employment: that it is offered, has changed, is due to be
confirmed again, or counts no more.

The employer's side never looks at accounts. So the housekeeper looks for whose number it is, once for each
row; whoever comes with the number later is told when it is recorded as theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from oidc.attested import LISTINGS
from oidc.interfaces import Events
from tnid.accounts.ages import VIETNAM
from tnid.db import Database
from tnid.employment.claims import FIELD_CLAIMS, claims_of
from tnid.employment.service import Employment
from tnid.stores.employment_notices import HELD, NEAR, NOTHING, OVER, EmploymentNoticeStore

WEEK_SECONDS = 7 * 86400
REMIND_SECONDS = 2 * WEEK_SECONDS
FORGET_SECONDS = 30 * 86400
END_OF_TIME = 2**62

Announce = Callable[..., None]
"""`announce(account_id, name, now, **values)` tells a person on their channels."""


class Employments(Protocol):
    """What is needed of tnid.employment.service."""

    def list_offers(self, account_id: str, now: int) -> list[Employment]: ...
    def find_own(self, account_id: str, employment_id: str) -> Employment | None: ...


class Consents(Protocol):
    """What is needed of tnid.consent.service."""

    def tell_attested_ended(
        self,
        account_id: str,
        claims: Iterable[str],
        now: int,
        *,
        tax_code: str = "",
        registered: frozenset[str] = frozenset(),
    ) -> None: ...


class Telling:
    """Tells each thing once. `find_employer` and `list_managers` look an employer up by its id."""

    def __init__(
        self,
        store: EmploymentNoticeStore,
        employments: Employments,
        consents: Consents,
        announce: Announce,
        find_employer: Callable[[str], Any],
        list_managers: Callable[[str], Iterable[str]],
        events: Events,
    ) -> None:
        self._store = store
        self._employments = employments
        self._consents = consents
        self._announce = announce
        self._find_employer = find_employer
        self._list_managers = list_managers
        self._events = events

    # Offers and changes

    def tell_offers(self, database: Database, now: int, *, most: int) -> bool:
        """Tell up to `most` rows' people of what is new for them; say if more may wait. A unit for each."""
        untold = self._store.list_untold(most)
        for row in untold:
            with database.unit():
                if self._store.mark_told(row, now):
                    self._tell_offer(row, now)
        return len(untold) == most

    def _tell_offer(self, row: Any, now: int) -> None:
        if row.account_id is not None:
            own = self._employments.find_own(row.account_id, row.id)
            if own is not None and row.ended_at is None and own.undecided:
                self._announce(row.account_id, "work_changed", now, employer=row.employer_name)
        elif row.person_id is not None:
            # By number and by name, as the person will find it
            offers = self._employments.list_offers(row.person_id, now)
            if row.id in {one.id for one in offers}:
                self._announce(row.person_id, "work_offered", now, employer=row.employer_name)

    def tell_found(self, account_id: str, now: int) -> None:
        """Tell a person whose number was just recorded what waits for them."""
        for one in self._employments.list_offers(account_id, now):
            # Where the housekeeper has not looked at it yet, it need not
            self._store.mark_told(one.row, now)
            self._announce(account_id, "work_offered", now, employer=one.row.employer_name)

    # The confirmation's end

    def remind(self, database: Database, now: int, *, most: int) -> bool:
        """Tell whose confirmation is nearly over, is over or is held back; say if more may wait."""
        stages = ((HELD, END_OF_TIME), (NEAR, now), (NOTHING, now + REMIND_SECONDS))
        found = [self._store.list_due(stage, until, most) for stage, until in stages]
        for row in (row for rows in found for row in rows):
            with database.unit():
                self._remind(row, now)
        return any(len(rows) == most for rows in found)

    def _remind(self, row: Any, now: int) -> None:
        is_held = row.suspended_at is not None
        # Of an employer that goes on again, the rest is for the next look
        stage = NOTHING if row.reminded == HELD and not is_held else _stage_of(row, now)
        if not self._store.mark_reminded(row, stage):
            return
        if row.reminded == HELD:
            if is_held:
                self._tell_ended(row, "work_held", now)
        elif is_held or _ends_first(row):
            # Who was told that it is held back, or that the work ends, hears nothing of confirming it again
            return
        elif stage == OVER:
            self._tell_ended(row, "work_lapsed", now)
        else:
            self._announce(row.account_id, "work_due", now, **_words(row))

    def _tell_ended(self, row: Any, text: str, now: int) -> None:
        self._announce(row.account_id, text, now, **_words(row))
        event = {"work_held": "employment.hold", "work_lapsed": "employment.lapse"}[text]
        details = {"employment": row.id, "employer": row.tax_code}
        self._events.record(event, account_id=row.account_id, now=now, details=details)
        self._end_claims(row, frozenset(row.accepted.split()), now)

    def remind_employers(self, database: Database, now: int, *, most: int) -> bool:
        """Tell who manages employers whom to confirm again, once a week at most; say if more may wait."""
        after, until, last = now - FORGET_SECONDS, now + REMIND_SECONDS, now - WEEK_SECONDS
        due = self._store.list_employers_due(after, until, last, most)
        for row in due:
            with database.unit():
                if self._store.mark_employer(row.id, last, now):
                    for account_id in self._list_managers(row.id):
                        self._announce(account_id, "employer_due", now, employer=row.name, count=str(row.due))
        return len(due) == most

    # As others end it

    def follow_end(self, row: Any, now: int) -> None:
        """Tell of work that is over: its worker, and the applications that knew of it."""
        name = self._find_employer(row.employer_id).name
        self._announce(row.account_id, "work_ended", now, employer=name)
        self._end_claims(row, frozenset(row.accepted.split()), now)

    def follow_fields(self, row: Any, fields: frozenset[str], now: int) -> None:
        """Tell the applications that knew them of fields that are not accepted any more."""
        self._end_claims(row, fields & frozenset(row.accepted.split()), now)

    def follow_hiding(self, row: Any, now: int) -> None:
        """Tell listings of jobs and homes that the employer is none of theirs any more."""
        if "employer" in row.accepted.split():
            self._tell_applications(row, FIELD_CLAIMS["employer"], now, registered=LISTINGS)

    def _end_claims(self, row: Any, fields: frozenset[str], now: int) -> None:
        if fields:
            left = frozenset(row.accepted.split()) - fields
            self._tell_applications(row, claims_of(fields, left), now)

    def _tell_applications(self, row: Any, claims: Iterable[str], now: int, **to: frozenset[str]) -> None:
        tax_code = self._find_employer(row.employer_id).tax_code
        self._consents.tell_attested_ended(row.account_id, claims, now, tax_code=tax_code, **to)


def _stage_of(row: Any, now: int) -> int:
    if row.valid_until <= now:
        return OVER
    return NEAR if row.valid_until <= now + REMIND_SECONDS else NOTHING


def _ends_first(row: Any) -> bool:
    return row.ends_at is not None and row.ends_at <= row.valid_until


def _words(row: Any) -> Mapping[str, str]:
    day = datetime.fromtimestamp(row.valid_until, UTC).astimezone(VIETNAM)
    return {"employer": row.employer_name, "day": day.strftime("%d/%m/%Y")}
