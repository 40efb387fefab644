"""What joins those who are made up: a helper's mandate, and an employer who says who works there."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from oidc.decoupled.user_code import new_user_code
from oidc.models import OPENID, Client
from tnid.accounts.ages import VIETNAM
from tnid.employers.organisations import NewEmployer, Organisations
from tnid.employers.tax_codes import MADE_UP
from tnid.employment.attestation import FIELDS, Attestation, parse
from tnid.employment.attestations import OPERATOR, Attestations, By
from tnid.employment.service import Employments
from tnid.interfaces import BlindIndex
from tnid.mandates.service import scopes_of
from tnid.sandbox.people import Person
from tnid.stores.mandates import BY_THE_PERSON, MandateStore, NewMandate

DAY_SECONDS = 86400
MANDATE_SECONDS = 365 * DAY_SECONDS
RENEWED_SECONDS = 30 * DAY_SECONDS
KIND = "sandbox.mandate"
EMPLOYER = "Công ty TNHH Thử Nghiệm"
PARK = "yen-binh-1"


class MandatesOfSandbox:
    """Gives a helper a mandate for each sandbox's client that accepts them."""

    def __init__(self, store: MandateStore, blind: BlindIndex) -> None:
        self._store = store
        self._blind = blind

    def ensure(self, principal_id: str, helper_id: str, client: Client, now: int) -> None:
        """Have the helper hold a mandate for all that the client may ask today.

        Raises Conflict where somebody else makes the same one at this moment.
        """
        scope = " ".join(dict.fromkeys([OPENID, *scopes_of(client)]))
        held = self._store.list_held(helper_id, client.client_id, now + RENEWED_SECONDS)
        if any(one.principal_id == principal_id and one.scope == scope for one in held):
            return
        for one in self._store.list_held(helper_id, client.client_id, now):
            self._store.end_any(one.id, now)
        self._store.add(
            NewMandate(
                id=self._id(principal_id, helper_id, client.client_id, scope, now),
                principal_id=principal_id,
                helper_id=helper_id,
                offered_to=None,
                code_hash=None,
                offer_expires_at=now,
                given_by=BY_THE_PERSON,
                created_at=now,
                accepted_at=now,
                expires_at=now + MANDATE_SECONDS,
                scopes={client.client_id: scope},
            )
        )

    def _id(self, *made_of: object) -> str:
        """Two at once would make one and the same, so that the second meets Conflict."""
        digest = bytes.fromhex(self._blind.blind_index(KIND, " ".join(map(str, made_of))))[:16]
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class Jobs:
    """Has an employer that nobody can be attest who works there, and the worker accept it."""

    def __init__(
        self, organisations: Organisations, attestations: Attestations, employments: Employments
    ) -> None:
        self._organisations = organisations
        self._attestations = attestations
        self._employments = employments

    def ensure(self, account_id: str, person: Person, now: int) -> None:
        """Have somebody's work be confirmed for a while yet."""
        shown = self._employments.find_shown(account_id, now, MADE_UP)
        if shown is not None and shown.valid_until > now + RENEWED_SECONDS:
            return
        employer = self._find_employer(now)
        said = parse(_fields(person, now), _today(now))
        if not isinstance(said, Attestation):
            raise ValueError(f"people.toml: {person.username}: {said}")
        attested = self._attestations.attest(employer, said, By(None, OPERATOR), now)
        if shown is not None or attested.employment_id is None:
            return
        code = new_user_code()
        self._attestations.invite(employer.id, attested.employment_id, code, now + DAY_SECONDS)
        offer = self._employments.find_invited(account_id, code, now)
        if offer is not None:
            self._employments.link(account_id, offer.id, offer.version, FIELDS, now, code=code)

    def _find_employer(self, now: int) -> Any:
        found = self._organisations.find_approved(MADE_UP)
        if found is None:
            self._organisations.create(NewEmployer(MADE_UP, EMPLOYER, PARK), now)
        return found or self._organisations.find_approved(MADE_UP)


def _today(now: int) -> Any:
    return datetime.fromtimestamp(now, VIETNAM).date()


def _fields(person: Person, now: int) -> dict[str, str]:
    """Return what the employer says: by the staff code alone, as there is no number."""
    work = person.work
    begun = _today(now).replace(day=1) - timedelta(days=int(work["months"]) * 30.44)
    return {
        "staff_code": work["staff_code"],
        "name": person.display_name,
        "title": work["job_title"],
        "park": PARK,
        "start_date": begun.isoformat(),
        "contract_type": work["contract_type"],
        "income": str(work["income"]),
    }
