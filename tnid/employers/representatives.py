"""Who acts for an organisation: found at each request, invited by a code, changed and removed."""

from __future__ import annotations

from typing import Any, NamedTuple

from oidc.decoupled.user_code import new_user_code, read_user_code
from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.employers.roles import ROLES, Permission, may
from tnid.interfaces import Announcer, BlindIndex, Names
from tnid.stores.employers import EmployerStore
from tnid.stores.representatives import RepresentativeStore

CODE_SECONDS = 7 * 24 * 3600
CODE_KIND = "employer.representative_code"
MOST_REPRESENTATIVES = 50


class Representative(NamedTuple):
    """Somebody who acts for an organisation. `employer` is its row (tnid.stores.employers)."""

    id: str
    account_id: str
    role: str
    employer: Any

    def may(self, permission: Permission) -> bool:
        """Say whether the role allows it here and now: for a suspended organisation nothing but ENTER."""
        is_standing_still = self.employer.suspended_at is not None
        return may(self.role, permission) and (not is_standing_still or permission is Permission.ENTER)


class Listed(NamedTuple):
    """A representative or an open invitation, as a manager sees it: `name` is "" until it was taken up."""

    id: str
    name: str
    role: str
    is_invitation: bool
    granted_at: int
    expires_at: int | None
    account_id: str | None


class Offer(NamedTuple):
    """What a code offers."""

    employer: Any
    role: str
    inviter: str


class Representatives:
    """Each method runs in the caller's unit of work and records what it did."""

    def __init__(
        self,
        store: RepresentativeStore,
        employers: EmployerStore,
        people: Names,
        events: Events,
        messages: Announcer,
        blind: BlindIndex,
    ) -> None:
        self._store = store
        self._employers = employers
        self._people = people
        self._events = events
        self._messages = messages
        self._blind = blind

    # Looking

    def find(self, employer_id: str, account_id: str) -> Representative | None:
        """Return in which role this person acts for the organisation now, or None."""
        row = self._store.find_standing(employer_id, account_id)
        return None if row is None else Representative(row.representative_id, account_id, row.role, row)

    def list_of_account(self, account_id: str) -> list[Representative]:
        """Return every organisation that this person represents, by their names."""
        rows = self._store.list_of_account(account_id)
        return [Representative(row.representative_id, account_id, row.role, row) for row in rows]

    def list_of_employer(self, employer_id: str, now: int) -> list[Listed]:
        """Return who represents it, and the invitations that are open."""
        return [self._listed(row) for row in self._store.list_of_employer(employer_id, now)]

    def list_managers(self, employer_id: str) -> list[str]:
        """Return the accounts of those who manage it."""
        return self._store.list_managers(employer_id)

    def _listed(self, row: Any) -> Listed:
        return Listed(
            row.id, self._people.find_name(row.account_id), row.role, row.accepted_at is None, row.granted_at,
            row.invitation_expires_at, row.account_id,
        )  # fmt: skip

    # By an operator

    def add(self, employer_id: str, account_id: str, role: str, now: int) -> Refused | None:
        """Make somebody a representative at once: `represents_already` where they are. Raises Conflict."""
        if self._store.find_standing(employer_id, account_id) is not None:
            return Refused("username", "represents_already")
        self._store.add(
            id=new_identifier(), employer_id=employer_id, account_id=account_id, role=role,
            granted_at=now, accepted_at=now,
        )  # fmt: skip
        self._record("representative.accept", account_id, employer_id, now, role=role)
        return None

    def remove_by_operator(self, employer_id: str, account_id: str, now: int) -> bool:
        """End somebody's role, were it the last manager's; False where they have none."""
        row = self._store.remove_by_operator(employer_id, account_id, now)
        if row is None:
            return False
        self._note_end(row, now)
        return True

    # By a manager

    def invite(self, employer_id: str, role: str, by: str, now: int) -> str | Refused:
        """Offer a role under a code; return the code, which is kept nowhere."""
        if role not in ROLES:
            return Refused("role", "choose_one")
        if len(self._store.list_of_employer(employer_id, now)) >= MOST_REPRESENTATIVES:
            return refuse(
                self._events, "representative.invite", Refused("", "representatives_too_many"), by, now
            )
        self._store.forget_expired(employer_id, now)
        code = new_user_code()
        is_made = self._store.invite(
            id=new_identifier(), employer_id=employer_id, role=role, invited_by=by,
            invitation_hash=self._hash(code), invitation_expires_at=now + CODE_SECONDS, granted_at=now,
        )  # fmt: skip
        if not is_made:
            return refuse(self._events, "representative.invite", Refused("", "represents_no_more"), by, now)
        self._record("representative.invite", by, employer_id, now, role=role)
        return code

    def change_role(self, representative_id: str, employer_id: str, role: str, by: str, now: int) -> bool:
        """Change a role; False where it isn't there, or nobody would manage the organisation any more."""
        if role not in ROLES:
            return False
        self._employers.hold(employer_id)
        row = self._store.change_role(representative_id, employer_id, role, by)
        if row is None:
            return self._deny("representative.change", by, now)
        self._record("representative.change", row.account_id, employer_id, now, role=role, by=by)
        self._tell(row.account_id, "representative_changed", employer_id, now)
        return True

    def remove(self, representative_id: str, employer_id: str, by: str, now: int) -> bool:
        """End a role or an invitation, one's own too; False as for `change_role`."""
        self._employers.hold(employer_id)
        row = self._store.remove(representative_id, employer_id, by, now)
        if row is None:
            return self._deny("representative.remove", by, now)
        self._note_end(row, now, by=by)
        return True

    # By who was invited

    def find_offer(self, typed: str, account_id: str, now: int) -> Offer | None:
        """Return what a code offers, as it was typed; the caller counts wrong guesses."""
        code = read_user_code(typed)
        row = self._store.find_offer(self._hash(code), now) if code else None
        if row is None or self._store.find_standing(row.id, account_id) is not None:
            return None
        return Offer(row, row.role, self._people.find_name(row.invited_by))

    def accept(self, typed: str, account_id: str, now: int) -> bool:
        """Take a code up; True for one caller only."""
        code = read_user_code(typed)
        row = self._store.accept(self._hash(code), account_id, now) if code else None
        if row is None:
            return False
        self._record("representative.accept", account_id, row.employer_id, now, role=row.role)
        name = self._people.find_name(account_id)
        for manager in self._store.list_managers(row.employer_id):
            if manager != account_id:
                self._tell(manager, "representative_joined", row.employer_id, now, person=name)
        return True

    # What follows

    def _note_end(self, row: Any, now: int, *, by: str | None = None) -> None:
        self._record("representative.remove", row.account_id or by, row.employer_id, now, by=by)
        if row.accepted_at is not None and row.account_id is not None:
            self._tell(row.account_id, "representative_removed", row.employer_id, now)

    def _tell(self, account_id: str, text: str, employer_id: str, now: int, **values: str) -> None:
        self._messages.announce(
            account_id, text, now, employer=self._employers.find(employer_id).name, **values
        )

    def _record(
        self, event: str, account_id: str | None, employer_id: str, now: int, **details: str | None
    ) -> None:
        said = {name: value for name, value in details.items() if value is not None}
        self._events.record(event, account_id=account_id, now=now, details={"employer": employer_id, **said})

    def _deny(self, event: str, account_id: str, now: int) -> bool:
        refuse(self._events, event, Refused("", "not_found"), account_id, now)
        return False

    def _hash(self, code: str) -> str:
        return self._blind.blind_index(CODE_KIND, code)
