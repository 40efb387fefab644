"""Making those who are made up, with all that joins them: mandates, guardians, work.

They come about by the statements of everybody's, so that what an application is told of them is made by the
same code. Whoever is joined to somebody is there before it.
"""

from __future__ import annotations

from oidc.decoupled.models import DecoupledRequest
from oidc.models import Client
from oidc.token.handles import new_identifier
from tnid.accounts.ages import child_until
from tnid.mandates.guardians import STATEMENT
from tnid.sandbox.faults import SandboxFaults
from tnid.sandbox.joined import Jobs, MandatesOfSandbox
from tnid.sandbox.made_up import MadeUp
from tnid.sandbox.people import Person, people
from tnid.stores.decoupled import DecoupledStore
from tnid.stores.guardianships import GuardianshipStore

MOST_ASKED = 20


class Sandbox:
    """Has the people there when they are needed; each method runs in the caller's unit of work."""

    def __init__(
        self,
        made_up: MadeUp,
        guardianships: GuardianshipStore,
        mandates: MandatesOfSandbox,
        jobs: Jobs,
        faults: SandboxFaults,
        asked: DecoupledStore,
    ) -> None:
        self.faults = faults
        self._asked = asked
        self._made_up = made_up
        self._guardianships = guardianships
        self._mandates = mandates
        self._jobs = jobs

    def ensure(self, person: Person, now: int, client: Client | None = None) -> str:
        """Have there be the account of a person, with whom they are joined to; return its id.

        At a client that accepts mandates a helper holds theirs for it.
        """
        account_id, _is_new = self._ensure(person, now)
        if person.mandate_of and client is not None and client.accepts_mandates:
            principal_id, _is_new = self._ensure(people()[person.mandate_of], now)
            self._mandates.ensure(principal_id, account_id, client, now)
        return account_id

    def list_asked(self, client_id: str, now: int) -> list[DecoupledRequest]:
        """Return what a sandbox's client asked of somebody, unanswered."""
        return self._asked.list_of_client(client_id, now, most=MOST_ASKED)

    def ensure_all(self, now: int) -> int:
        """Have there be everybody who is made up; return how many are new."""
        return sum(self._ensure(person, now)[1] for person in people().values())

    def _ensure(self, person: Person, now: int) -> tuple[str, bool]:
        account_id, is_new = self._made_up.ensure(person, now)
        if person.guardian_of:
            child = people()[person.guardian_of]
            self._ensure_guardian(self._made_up.ensure(child, now)[0], account_id, child, now)
        if person.work:
            self._jobs.ensure(account_id, person, now)
        return account_id, is_new

    def _ensure_guardian(self, child_id: str, guardian_id: str, child: Person, now: int) -> None:
        until = child_until(child.birthdate(now), now)
        if until is None or self._guardianships.list_by_child(child_id, now):
            return
        self._guardianships.add(
            id=new_identifier(), child_id=child_id, guardian_id=guardian_id, code_hash=None,
            code_expires_at=now, statement=STATEMENT, created_at=now, agreed_at=now, expires_at=until,
        )  # fmt: skip
