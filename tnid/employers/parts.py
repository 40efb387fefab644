"""The parts of employers, wired from the program's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oidc.clients.few_at_once import FewAtOnce
from tnid.employers.domains import Domains
from tnid.employers.organisations import Organisations
from tnid.employers.people import EmployerPeople
from tnid.employers.representatives import Representatives
from tnid.provider import make_outbound
from tnid.stores.employer_people import EmployerPeopleStore
from tnid.stores.employers import EmployerStore
from tnid.stores.employments import EmploymentStore
from tnid.stores.representatives import RepresentativeStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Employers:
    """What the pages and commands of employers work with."""

    organisations: Organisations
    representatives: Representatives
    domains: Domains
    people: EmployerPeople


def build_employers(parts: Services) -> Employers:
    """Wire organisations and those who act for them."""
    database, events, messages = parts.database, parts.audit, parts.messages
    store = EmployerStore(database)
    representatives = Representatives(
        RepresentativeStore(database), store, parts.accounts, events, messages, parts.sealer
    )
    domains = Domains(
        store, FewAtOnce(make_outbound(parts.settings)), parts.limits, parts.sealer, events,
        allow_loopback=parts.settings.outbound_allow_loopback,
    )  # fmt: skip
    people = EmployerPeople(EmployerPeopleStore(database), EmploymentStore(database), parts.attestations)
    tell_suspended = parts.employment_endings.tell_suspended
    organisations = Organisations(store, representatives, events, messages, tell_suspended)
    return Employers(organisations, representatives, domains, people)
