"""The worker's side: what employers offer, what of it is accepted field by field, and what may be known.

Each method runs in the caller's unit of work, and records what the worker decided: in the audit log, and with
the decision's own terms in the ledger of consents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from oidc.interfaces import Events
from tnid.accounts.account import Account
from tnid.accounts.refusal import Refused, refuse
from tnid.accounts.verification import SEEN_IN_PERSON_LEVEL
from tnid.consent.ledger import CHANGED, GIVEN, WITHDRAWN
from tnid.employment.attestation import FIELDS
from tnid.employment.endings import Endings
from tnid.employment.shown import Shown, shown_of
from tnid.enrolment.names import is_same_name
from tnid.stores.own_employments import OwnEmploymentStore

LEDGER_PREFIX = "employer:"
"""In the ledger of consents it stands before a tax code, where others have a client's id."""


class Ledger(Protocol):
    """What is needed of tnid.consent.ledger."""

    def append(
        self, account_id: str, client_id: str, action: str, terms: Mapping[str, Any], now: int
    ) -> Any: ...


class People(Protocol):
    """What is needed of accounts: the person, and what was held against a document, the best first."""

    def get(self, account_id: str) -> Account: ...
    def verified_claims(self, account_id: str) -> Sequence[Mapping[str, Any]]: ...


class Values(Protocol):
    """What is needed of the employer's side: a row opened, and the hash of an invitation's code."""

    def open_values(self, row: Any) -> dict[str, Any]: ...
    def code_hash(self, code: str) -> str: ...


class Employment(NamedTuple):
    """An employment as its worker sees it. `values` is what is attested, or kept where it is over.

    Fields that are in neither `accepted` nor `refused` are offered. `version` is what a decision is about.
    `shows_income` is False for whoever wasn't seen in person: whose card it is that somebody photographed,
    nobody knows.
    """

    row: Any
    values: Mapping[str, Any]
    shows_income: bool = False

    @property
    def shown_values(self) -> dict[str, Any]:
        """Return the values as far as this person may read them."""
        return {name: value for name, value in self.values.items() if name != "income" or self.shows_income}

    @property
    def id(self) -> str:
        return str(self.row.id)

    @property
    def version(self) -> int:
        return int(self.row.version)

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(self.row.accepted.split())

    @property
    def refused(self) -> frozenset[str]:
        return frozenset(self.row.refused.split())

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields of which something is attested, in order."""
        return tuple(name for name in FIELDS if name == "employer" or name in self.values)

    @property
    def undecided(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in self.accepted | self.refused)


class Employments:
    """What a worker does, and what others may know.

    `followers` are told of fields that are not accepted any more: the row, the fields and when;
    `hiding_followers` of a row whose employer listings are not to know any more.
    """

    def __init__(
        self,
        store: OwnEmploymentStore,
        values: Values,
        endings: Endings,
        people: People,
        ledger: Ledger,
        events: Events,
    ) -> None:
        self._store = store
        self._values = values
        self._endings = endings
        self._people = people
        self._ledger = ledger
        self._events = events
        self.followers: list[Callable[[Any, frozenset[str], int], object]] = []
        self.hiding_followers: list[Callable[[Any, int], object]] = []

    # What is offered

    def list_offers(self, account_id: str, now: int) -> list[Employment]:
        """Return what is offered to the person: by their number, and by their name as well."""
        return [one for one in self._list_free(account_id, now) if one.row.declined_at is None]

    def list_declined(self, account_id: str, now: int) -> list[Employment]:
        """Return what the person declined or took back, and would find again."""
        return [one for one in self._list_free(account_id, now) if one.row.declined_at is not None]

    def count_waiting(self, account_id: str, now: int) -> int:
        """Return how many employments wait for a decision: offers, and what changed since it was accepted."""
        own = self.list_own(account_id)
        return len(self.list_offers(account_id, now)) + sum(
            one.row.ended_at is None and bool(one.undecided) for one in own
        )

    def _list_free(self, account_id: str, now: int) -> list[Employment]:
        found = [self._open(row, account_id) for row in self._store.list_free(account_id, now)]
        return [one for one in found if self._is_named(account_id, one)]

    def find_invited(self, account_id: str, code: str, now: int) -> Employment | None:
        """Return the offer of a code, if it is for somebody of this name. The caller counts tries."""
        row = self._store.find_invited(account_id, self._values.code_hash(code), now)
        found = None if row is None else self._open(row, account_id)
        return found if found is not None and self._is_named(account_id, found) else None

    def link(
        self,
        account_id: str,
        employment_id: str,
        seen: int,
        accepted: Iterable[str],
        now: int,
        *,
        code: str = "",
    ) -> Refused | None:
        """Make an offer the person's own, with the fields that they accept; the others are refused.

        `seen` is the version that was shown. Refused with `gone` where it is offered no more, or is another
        by now.
        """
        offer = self.find_offer(account_id, employment_id, now, code=code)
        if offer is None:
            return refuse(self._events, "employment.link", Refused("", "gone"), account_id, now)
        kept, declined = _split(offer, accepted)
        new = {"new_accepted": " ".join(kept), "new_refused": " ".join(declined), "now": now}
        code_hash = self._values.code_hash(code) if code else ""
        if not self._store.link(account_id, employment_id, seen, code_hash, **new):
            return refuse(self._events, "employment.link", Refused("", "gone"), account_id, now)
        self._note("employment.link", GIVEN, account_id, offer, kept, declined, now)
        return None

    def decline(self, account_id: str, employment_id: str, now: int, *, code: str = "") -> bool:
        """Say that an offer is for somebody else, or unwanted: it is offered no more."""
        offer = self.find_offer(account_id, employment_id, now, code=code)
        code_hash = self._values.code_hash(code) if code else ""
        if offer is None or not self._store.decline(account_id, employment_id, code_hash, now):
            return False
        self._record("employment.decline", account_id, offer, now)
        return True

    def find_offer(
        self, account_id: str, employment_id: str, now: int, *, code: str = ""
    ) -> Employment | None:
        """Return an offer of the person's number or of this code, one that they declined too."""
        invited = self.find_invited(account_id, code, now) if code else None
        if invited is not None and invited.id == employment_id:
            return invited
        return next((one for one in self._list_free(account_id, now) if one.id == employment_id), None)

    def _is_named(self, account_id: str, offer: Employment) -> bool:
        """A list with another's number by mistake must not show one worker's data to another."""
        verified = self._people.verified_claims(account_id)
        name = str(verified[0]["claims"].get("name", "")) if verified else ""
        return bool(name) and is_same_name(name, str(offer.values.get("name", "")))

    # What is the worker's own

    def list_own(self, account_id: str) -> list[Employment]:
        """Return what the person linked, the latest first, and what they keep of what is over."""
        return [self._open(row, account_id) for row in self._store.list_of_account(account_id)]

    def find_own(self, account_id: str, employment_id: str) -> Employment | None:
        row = self._store.find_of_account(account_id, employment_id)
        return None if row is None else self._open(row, account_id)

    def decide(
        self, account_id: str, employment_id: str, seen: int, accepted: Iterable[str], now: int
    ) -> Refused | None:
        """Set which fields are accepted; all others are refused. Refused with `gone` as `link` does."""
        own = self.find_own(account_id, employment_id)
        if own is None or own.row.ended_at is not None:
            return refuse(self._events, "employment.decide", Refused("", "gone"), account_id, now)
        kept, declined = _split(own, accepted)
        new = {"new_accepted": " ".join(kept), "new_refused": " ".join(declined)}
        if not self._store.decide(account_id, employment_id, seen, **new):
            return refuse(self._events, "employment.decide", Refused("", "gone"), account_id, now)
        self._note("employment.decide", CHANGED, account_id, own, kept, declined, now)
        self._follow(own.row, own.accepted.difference(kept), now)
        return None

    def set_hidden(self, account_id: str, employment_id: str, now: int, *, is_hidden: bool) -> bool:
        """Keep the employer from listings of jobs and housing, or don't."""
        own = self.find_own(account_id, employment_id)
        if own is None or not self._store.set_hidden(account_id, employment_id, is_hidden=is_hidden):
            return False
        self._record("employment.hide" if is_hidden else "employment.unhide", account_id, own, now)
        for follow in self.hiding_followers if is_hidden and not own.row.is_hidden else ():
            follow(own.row, now)
        return True

    def unlink(self, account_id: str, employment_id: str, now: int) -> bool:
        """Take all of it back: nobody knows of it any more, and it is offered no more."""
        own = self.find_own(account_id, employment_id)
        if own is None or not self._store.unlink(account_id, employment_id, now):
            return False
        self._note("employment.unlink", WITHDRAWN, account_id, own, [], list(own.fields), now)
        self._follow(own.row, own.accepted, now)
        return True

    def release(self, account_id: str, now: int) -> None:
        """Unlink all, in the unit of work that erases the account: what employers say is theirs to keep."""
        self._store.release(account_id, now)

    def forget(self, account_id: str, employment_id: str, now: int) -> bool:
        """Remove from the person's own list what is over."""
        own = self.find_own(account_id, employment_id)
        if own is None or not self._store.forget(account_id, employment_id):
            return False
        self._record("employment.forget", account_id, own, now)
        return True

    def _follow(self, row: Any, fields: frozenset[str], now: int) -> None:
        for follow in self.followers if fields else ():
            follow(row, fields, now)

    # What may be known

    def list_shown(self, account_id: str, now: int) -> list[Shown]:
        """Return each employment of which something may be known at this moment, the latest linked first."""
        rows = self._store.list_live(account_id, now)
        return [shown_of(row, self._values.open_values(row)) for row in rows]

    def find_shown(self, account_id: str, now: int, tax_code: str | None = None) -> Shown | None:
        """Return the latest linked one, or the one at the employer of this tax code; None for none."""
        rows = self._store.list_live(account_id, now)
        row = next((row for row in rows if tax_code in (None, row.tax_code)), None)
        return None if row is None else shown_of(row, self._values.open_values(row))

    def _open(self, row: Any, account_id: str) -> Employment:
        is_over = row.ended_at is not None
        values = self._endings.open_history(row) if is_over else self._values.open_values(row)
        level = self._people.get(account_id).identity_level
        return Employment(row, values, shows_income=level >= SEEN_IN_PERSON_LEVEL)

    def _note(
        self,
        event: str,
        action: str,
        account_id: str,
        about: Employment,
        kept: Sequence[str],
        declined: Sequence[str],
        now: int,
    ) -> None:
        terms = {
            "employment": about.id,
            "employer": about.row.tax_code,
            "client_name": about.row.employer_name,
            "attested_at": about.row.attested_at,
            "accepted": list(kept),
            "refused": list(declined),
        }
        entry = self._ledger.append(account_id, LEDGER_PREFIX + about.row.tax_code, action, terms, now)
        self._record(event, account_id, about, now, accepted=list(kept), ledger=entry.hash.hex())

    def _record(self, event: str, account_id: str, about: Employment, now: int, **more: Any) -> None:
        details = {"employment": about.id, "employer": about.row.tax_code, **more}
        self._events.record(event, account_id=account_id, now=now, details=details)


def _split(about: Employment, accepted: Iterable[str]) -> tuple[list[str], list[str]]:
    ticked = frozenset(accepted)
    kept = [name for name in about.fields if name in ticked]
    return kept, [name for name in about.fields if name not in ticked]
