"""The parts of the counter, wired by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from oidc.interfaces import Events
from tnid.accounts.passwords import Passwords
from tnid.accounts.service import Accounts
from tnid.accounts.vault import Vault
from tnid.db import Database
from tnid.interfaces import Announcer, Sealer
from tnid.officials.activations import Activations
from tnid.officials.acts import Acts
from tnid.officials.appointments import Appointments
from tnid.officials.handover import Handover
from tnid.officials.people import People
from tnid.officials.recoveries import AssistedRecoveries
from tnid.officials.roles import Roles
from tnid.officials.visits import Visits
from tnid.settings import Settings
from tnid.signin.factors import Factors
from tnid.stores.accounts import AccountStore
from tnid.stores.activations import ActivationStore
from tnid.stores.appointments import AppointmentStore
from tnid.stores.assisted_recoveries import AssistedRecoveryStore
from tnid.stores.counter_people import CounterPeopleStore
from tnid.stores.desks import DeskStore
from tnid.stores.official_acts import OfficialActStore
from tnid.stores.roles import RoleStore
from tnid.stores.visits import VisitStore


@dataclass(frozen=True, slots=True)
class Counter:
    """What the pages of the counter work with."""

    roles: Roles
    desks: DeskStore
    people: People
    visits: Visits
    acts: Acts
    activations: Activations
    handover: Handover
    recoveries: AssistedRecoveries
    appointments: Appointments


@dataclass(frozen=True, slots=True)
class Materials:
    """What the counter is made of, and the rest of the program has, too."""

    settings: Settings
    database: Database
    sealer: Sealer
    accounts: Accounts
    passwords: Passwords
    factors: Factors
    messages: Announcer
    events: Events
    endings: Iterable[Callable[[str, int], object]]


def build_counter(made_of: Materials) -> Counter:
    """Wire the counter."""
    database, events, messages = made_of.database, made_of.events, made_of.messages
    claims, account_store = CounterPeopleStore(database), AccountStore(database)
    acts = Acts(OfficialActStore(database), made_of.accounts, messages, events)
    activations = Activations(ActivationStore(database), made_of.sealer)
    settings = made_of.settings
    return Counter(
        roles=Roles(RoleStore(database), events, settings.role_idle_seconds),
        desks=DeskStore(database, settings.staff_idle_seconds),
        people=People(made_of.accounts, account_store, Vault(made_of.sealer), claims),
        visits=Visits(VisitStore(database), made_of.sealer),
        acts=acts,
        activations=activations,
        handover=Handover(
            activations, made_of.accounts, claims, made_of.passwords,
            made_of.factors, messages, events, tuple(made_of.endings),
        ),
        recoveries=AssistedRecoveries(
            AssistedRecoveryStore(database), activations, acts, messages, events,
            made_of.settings.counter_recovery_wait_seconds,
        ),
        appointments=Appointments(AppointmentStore(database), events, made_of.settings.appointment_seconds),
    )  # fmt: skip
