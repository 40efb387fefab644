"""The parts of the counter, wired by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.accounts.vault import Vault
from tnid.officials.activations import Activations
from tnid.officials.acts import Acts
from tnid.officials.appointments import Appointments
from tnid.officials.corrections import Corrections
from tnid.officials.handover import Handover
from tnid.officials.people import People
from tnid.officials.recoveries import AssistedRecoveries
from tnid.officials.roles import Roles
from tnid.officials.visits import Visits
from tnid.stores.accounts import AccountStore
from tnid.stores.activations import ActivationStore
from tnid.stores.appointments import AppointmentStore
from tnid.stores.assisted_recoveries import AssistedRecoveryStore
from tnid.stores.card_corrections import CardCorrectionStore
from tnid.stores.counter_people import CounterPeopleStore
from tnid.stores.official_acts import OfficialActStore
from tnid.stores.roles import RoleStore
from tnid.stores.visits import VisitStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Counter:
    """What the pages of the counter work with."""

    roles: Roles
    people: People
    visits: Visits
    acts: Acts
    activations: Activations
    handover: Handover
    recoveries: AssistedRecoveries
    corrections: Corrections
    appointments: Appointments


def build_counter(parts: Services) -> Counter:
    """Wire the counter."""
    database, accounts, events = parts.database, parts.accounts, parts.audit
    messages, settings = parts.messages, parts.settings
    claims = CounterPeopleStore(database)
    acts = Acts(OfficialActStore(database), accounts, messages, events)
    activations = Activations(ActivationStore(database), parts.sealer)
    return Counter(
        roles=Roles(RoleStore(database), events, settings.role_idle_seconds),
        people=People(accounts, AccountStore(database), Vault(parts.sealer), claims),
        visits=Visits(VisitStore(database), parts.sealer),
        acts=acts,
        activations=activations,
        handover=Handover(
            activations, accounts, claims, parts.passwords, parts.factors, messages, events,
            (parts.sessions.end_all, *parts.endings),
        ),
        recoveries=AssistedRecoveries(
            AssistedRecoveryStore(database), activations, acts, messages, events,
            settings.counter_recovery_wait_seconds,
        ),
        corrections=Corrections(
            CardCorrectionStore(database), parts.sealer, acts, messages, events,
            settings.counter_recovery_wait_seconds,
        ),
        appointments=Appointments(AppointmentStore(database), events, settings.appointment_seconds),
    )  # fmt: skip
