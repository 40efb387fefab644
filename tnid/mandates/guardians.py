"""Guardians: for somebody under 16, an adult who is known agrees too, or no application gets an answer.

The account itself says that it waits, and until when (`accounts.guardian_awaited_until`, the sixteenth
birthday), so that every statement that matters looks at it in passing and nothing has to be done on that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from oidc.decoupled.user_code import new_user_code, read_user_code
from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.account import Account
from tnid.accounts.ages import child_until, is_aged
from tnid.accounts.refusal import Refused
from tnid.interfaces import BlindIndex
from tnid.mandates.service import Announce
from tnid.stores.guardianships import GuardianshipStore

CODE_SECONDS = 24 * 3600
CODE_KIND = "guardian.code"
STATEMENT = "2026-11"
"""Which version of the words on the page is agreed to; a change of theirs is a new one."""


class People(Protocol):
    """What is needed of accounts."""

    def find(self, account_id: str) -> Account | None: ...
    def find_name(self, account_id: str | None) -> str: ...
    def verified_claims(self, account_id: str) -> Sequence[Mapping[str, Any]]: ...


class Waiting(Protocol):
    """What is needed of the accounts' store."""

    def set_guardian_awaited(self, account_id: str, until: int | None) -> None: ...


class Grants(Protocol):
    """What ends where a guardian takes the consent back."""

    def revoke_by_account(self, account_id: str, now: int) -> int: ...


class Requirements(NamedTuple):
    """What a guardian has to be."""

    least_level: int
    least_years: int


class Child(NamedTuple):
    """A child as the guardian sees them, with the guardianship's row."""

    row: Any
    account: Account


class Endings:
    """Ends guardianships; used where an account is shut, too, before there is anybody to tell."""

    def __init__(self, store: GuardianshipStore, waiting: Waiting, grants: Grants) -> None:
        self._store = store
        self._waiting = waiting
        self._grants = grants

    def end(self, guardianship_id: str, guardian_id: str, now: int) -> Any:
        """End one; the child's account waits again unless another guardian stands by it."""
        row = self._store.end(guardianship_id, guardian_id, now)
        if row is not None and not self._store.list_by_child(row.child_id, now):
            self._waiting.set_guardian_awaited(row.child_id, row.expires_at)
            self._grants.revoke_by_account(row.child_id, now)
        return row

    def end_by_guardian(self, guardian_id: str, now: int) -> None:
        """End all of a guardian's, whose account is being shut."""
        for row in self._store.list_by_guardian(guardian_id, now):
            self.end(row.id, guardian_id, now)


class Guardians:
    """Every act on a guardianship, in the caller's unit of work."""

    def __init__(
        self,
        store: GuardianshipStore,
        waiting: Waiting,
        endings: Endings,
        people: People,
        events: Events,
        blind: BlindIndex,
        announce: Announce,
        requirements: Requirements,
    ) -> None:
        self._store = store
        self._waiting = waiting
        self._endings = endings
        self._people = people
        self._events = events
        self._blind = blind
        self._announce = announce
        self._requirements = requirements

    def find_child_until(self, account_id: str, now: int) -> int | None:
        """Return the sixteenth birthday of somebody who is younger, by the date that is known; else None."""
        person = self._people.find(account_id)
        return None if person is None else child_until(str(person.profile.get("birthdate", "")), now)

    def make_code(self, child_id: str, now: int) -> str | None:
        """Return a new code for the child to hand over; older ones end. None for somebody of 16 or more."""
        until = self.find_child_until(child_id, now)
        if until is None:
            return None
        code = new_user_code()
        self._store.end_offers(child_id, now)
        self._add(child_id, until, now, code_hash=self._hash(code))
        self._events.record("guardian.ask", account_id=child_id, now=now)
        return code

    def find_obstacle(self, account_id: str, now: int) -> Refused | None:
        """Say why somebody can't be a guardian: known too little, or not grown up by a verified date."""
        person = self._people.find(account_id)
        if person is None or person.identity_level < self._requirements.least_level:
            return Refused("", "guardian_level")
        dates = (str(one["claims"].get("birthdate", "")) for one in self._people.verified_claims(account_id))
        if not any(is_aged(date, self._requirements.least_years, now) for date in dates):
            return Refused("", "guardian_age")
        return None

    def find_offer(self, typed: str, guardian_id: str, now: int) -> Child | None:
        """Return the child who made this code; the caller counts wrong guesses."""
        code = read_user_code(typed)
        row = self._store.find_by_code(self._hash(code), guardian_id, now) if code else None
        return None if row is None else self._child(row)

    def agree(self, typed: str, guardian_id: str, now: int) -> bool:
        """Agree for the child under this code; True for one caller only, who is fit to be a guardian."""
        code = read_user_code(typed)
        if code is None or self.find_obstacle(guardian_id, now) is not None:
            return False
        row = self._store.agree(self._hash(code), guardian_id, now)
        if row is None:
            return False
        self._note_agreement(row.id, row.child_id, guardian_id, now)
        self._announce(row.child_id, "guardian_agreed", now, guardian=self._people.find_name(guardian_id))
        return True

    def agree_at_counter(self, child_id: str, guardian_id: str, official_id: str, now: int) -> Refused | None:
        """Record what a representative agreed to at the counter, before an official who saw their papers."""
        until = self.find_child_until(child_id, now)
        if until is None or child_id == guardian_id:
            return Refused("child", "no_child")
        refused = self.find_obstacle(guardian_id, now)
        if refused is not None:
            return refused
        self._store.end_offers(child_id, now)
        guardianship_id = self._add(child_id, until, now, guardian_id=guardian_id, agreed_at=now)
        self._note_agreement(guardianship_id, child_id, guardian_id, now, official_id=official_id)
        return None

    def _add(
        self,
        child_id: str,
        until: int,
        now: int,
        *,
        code_hash: bytes | None = None,
        guardian_id: str | None = None,
        agreed_at: int | None = None,
    ) -> str:
        guardianship_id = new_identifier()
        self._store.add(
            id=guardianship_id,
            child_id=child_id,
            guardian_id=guardian_id,
            code_hash=code_hash,
            code_expires_at=now + CODE_SECONDS,
            statement=STATEMENT,
            created_at=now,
            agreed_at=agreed_at,
            expires_at=until,
        )
        return guardianship_id

    def _note_agreement(
        self, guardianship_id: str, child_id: str, guardian_id: str, now: int, **more: str
    ) -> None:
        self._waiting.set_guardian_awaited(child_id, None)
        details = {"guardianship": guardianship_id, "statement": STATEMENT, **more}
        for event, account_id in (("guardian.agree", child_id), ("guardian.give", guardian_id)):
            self._events.record(event, account_id=account_id, now=now, details=details)

    def end(self, guardianship_id: str, guardian_id: str, now: int) -> bool:
        """Take the guardian's consent back: the child's applications stop; False for another's."""
        row = self._endings.end(guardianship_id, guardian_id, now)
        if row is None:
            return False
        for event, account_id in (("guardian.withdraw", row.child_id), ("guardian.end", guardian_id)):
            details = {"guardianship": guardianship_id}
            self._events.record(event, account_id=account_id, now=now, details=details)
        self._announce(row.child_id, "guardian_withdrew", now, guardian=self._people.find_name(guardian_id))
        return True

    def list_children(self, guardian_id: str, now: int) -> list[Child]:
        """Return the children for whom this person agreed."""
        rows = self._store.list_by_guardian(guardian_id, now)
        return [child for child in map(self._child, rows) if child is not None]

    def list_guardians(self, child_id: str, now: int) -> list[tuple[Any, str]]:
        """Return who agreed for this child: the row, and the name."""
        return [
            (row, self._people.find_name(row.guardian_id)) for row in self._store.list_by_child(child_id, now)
        ]

    def _child(self, row: Any) -> Child | None:
        account = self._people.find(row.child_id)
        return None if account is None or account.disabled_at is not None else Child(row, account)

    def _hash(self, code: str) -> bytes:
        return bytes.fromhex(self._blind.blind_index(CODE_KIND, code))
