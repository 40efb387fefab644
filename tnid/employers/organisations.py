"""Organisations that confirm who works for them: asked for by somebody, approved by an operator.

Anybody may ask in an organisation's name, and nobody is told who else did: one of those who asked is
approved, and becomes its first manager. An operator may also enter one that is approved from the start.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.employers.representatives import Representatives
from tnid.employers.roles import ROLES
from tnid.employers.tax_codes import read_tax_code
from tnid.interfaces import Announcer
from tnid.parks import find_park
from tnid.stores.employers import MANAGER, EmployerStore

MOST_NAME_CHARACTERS = 200
MOST_ASKED = 5


@dataclass(frozen=True, slots=True)
class NewEmployer:
    """What is said of an organisation: `tax_code` and `name` as typed; `park` "" for none of them."""

    tax_code: str
    name: str
    park: str = ""


class Organisations:
    """Asks, approves, suspends; each method runs in the caller's unit of work and records what it did."""

    def __init__(
        self,
        store: EmployerStore,
        representatives: Representatives,
        events: Events,
        messages: Announcer,
        on_suspension: Callable[[str, int], object] = lambda _employer_id, _now: None,
    ) -> None:
        self._store = store
        self._representatives = representatives
        self._events = events
        self._messages = messages
        self._on_suspension = on_suspension

    # Looking

    def find(self, employer_id: str) -> Any:
        """Return the row of an organisation or of a request for one, or None."""
        return self._store.find(employer_id)

    def find_approved(self, tax_code: str) -> Any:
        """Return the approved organisation of a tax code as it is written, or None."""
        return self._store.find_approved(tax_code)

    def list_all(self) -> list[Any]:
        return self._store.list_all()

    def list_asked_by(self, account_id: str) -> list[Any]:
        """Return what this person asked for and no operator has decided."""
        return self._store.list_asked_by(account_id)

    # Coming into being

    def ask(self, new: NewEmployer, account_id: str, now: int) -> str | Refused:
        """Ask for an organisation; return the request's id, an earlier one's where it was asked before.

        Whether the tax code is known here, or somebody else asked for it, makes no difference to the answer.
        """
        columns = self._read(new)
        if isinstance(columns, Refused):
            return columns
        asked = self._store.list_asked_by(account_id)
        same = next((row for row in asked if row.tax_code == columns["tax_code"]), None)
        if same is not None:
            return str(same.id)
        if len(asked) >= MOST_ASKED:
            return refuse(self._events, "employer.ask", Refused("", "employer_too_many"), account_id, now)
        employer_id = new_identifier()
        self._store.add(
            id=employer_id, **columns, domain=None, domain_verified_at=None,
            requested_by=account_id, requested_at=now, approved_at=None,
        )  # fmt: skip
        self._events.record("employer.ask", account_id=account_id, now=now, details={"employer": employer_id})
        return employer_id

    def create(
        self, new: NewEmployer, now: int, *, domain: str | None = None, is_domain_verified: bool = False
    ) -> str | Refused:
        """Enter an approved organisation, by an operator; return its id. Raises Conflict in a race."""
        columns = self._read(new)
        if isinstance(columns, Refused):
            return columns
        if self._store.find_approved(columns["tax_code"]) is not None:
            return Refused("tax_code", "tax_code_taken")
        employer_id = new_identifier()
        self._store.add(
            id=employer_id, **columns, domain=domain,
            domain_verified_at=now if domain and is_domain_verified else None,
            requested_by=None, requested_at=now, approved_at=now,
        )  # fmt: skip
        self._events.record("employer.create", now=now, details={"employer": employer_id})
        return employer_id

    def _read(self, new: NewEmployer) -> dict[str, Any] | Refused:
        tax_code, name = read_tax_code(new.tax_code), read_name(new.name)
        if tax_code is None:
            return Refused("tax_code", "tax_code")
        if name is None:
            return Refused("name", "employer_name")
        park = find_park(new.park) if new.park else None
        if new.park and park is None:
            return Refused("park", "choose_one")
        return {"tax_code": tax_code, "name": name, "park": park.id if park else None}

    def approve(self, employer_id: str, now: int) -> Refused | None:
        """Approve what was asked for; who asked becomes the first manager. Raises Conflict in a race.

        `not_asked`: there is no such request; `tax_code_taken`: another one was approved under this code.
        """
        row = self._store.find(employer_id)
        if row is None or row.approved_at is not None:
            return Refused("", "not_asked")
        if self._store.find_approved(row.tax_code) is not None:
            return Refused("tax_code", "tax_code_taken")
        if self._store.approve(employer_id, now) is None:
            return Refused("", "not_asked")
        details = {"employer": employer_id}
        self._events.record("employer.approve", account_id=row.requested_by, now=now, details=details)
        if row.requested_by is not None:
            self._representatives.add(employer_id, row.requested_by, MANAGER, now)
            self._messages.announce(row.requested_by, "employer_approved", now, employer=row.name)
        return None

    def refuse(self, employer_id: str, now: int) -> Refused | None:
        """Turn a request down: it is removed, and who asked is told. `not_asked` where there is none."""
        row = self._store.drop_request(employer_id)
        if row is None:
            return Refused("", "not_asked")
        details = {"employer": employer_id}
        self._events.record("employer.refuse", account_id=row.requested_by, now=now, details=details)
        if row.requested_by is not None:
            self._messages.announce(row.requested_by, "employer_refused", now, employer=row.name)
        return None

    def describe(self, employer_id: str, name: str, park: str, now: int) -> Refused | None:
        """Change an organisation's name and park, "" for none, by an operator; its tax code stays."""
        row = self._store.find(employer_id)
        columns = self._read(NewEmployer(row.tax_code, name, park))
        if isinstance(columns, Refused):
            return columns
        self._store.describe(employer_id, columns["name"], columns["park"])
        self._events.record("employer.describe", now=now, details={"employer": employer_id})
        return None

    # Standing still

    def suspend(self, employer_id: str, now: int) -> bool:
        """Stop an organisation: nobody acts for it, and nothing that it confirmed is passed on meanwhile."""
        if not self._store.suspend(employer_id, now):
            return False
        self._on_suspension(employer_id, now)
        return self._note("suspend", employer_id, now)

    def resume(self, employer_id: str, now: int) -> bool:
        """Let a suspended organisation go on."""
        return self._store.resume(employer_id) and self._note("resume", employer_id, now)

    def _note(self, what: str, employer_id: str, now: int) -> bool:
        text = {"suspend": "employer_suspended", "resume": "employer_resumed"}[what]
        name = self._store.find(employer_id).name
        self._events.record(f"employer.{what}", now=now, details={"employer": employer_id})
        for account_id in self._representatives.list_managers(employer_id):
            self._messages.announce(account_id, text, now, employer=name)
        return True


def read_name(typed: str) -> str | None:
    """Return an organisation's name as it is kept, or None where it is none."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    is_plain = all(unicodedata.category(letter)[0] != "C" for letter in name)
    has_letter = any(letter.isalnum() for letter in name)
    return name if is_plain and has_letter and len(name) <= MOST_NAME_CHARACTERS else None


def read_representatives(given: Any) -> list[tuple[str, str]] | None:
    """Return (username, role) of each representative in an operator's document, None where it isn't that."""
    if not isinstance(given, list) or not all(_is_representative(one) for one in given):
        return None
    return [(one["username"], one["role"]) for one in given]


def _is_representative(one: Any) -> bool:
    return (
        isinstance(one, Mapping)
        and set(one) == {"username", "role"}
        and isinstance(one["username"], str)
        and one["role"] in ROLES
    )
