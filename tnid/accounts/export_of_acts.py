"""Of the copy: what others asked and were told about a person, and where the province knows them."""

from __future__ import annotations

from typing import Any

from tnid.accounts.account import Account
from tnid.accounts.readable import readable, utc
from tnid.services import Services
from tnid.stores.appointments import AppointmentStore
from tnid.stores.counter_people import CounterPeopleStore
from tnid.stores.probes import ProbeStore
from tnid.stores.roles import RoleStore


def list_told(services: Services, person: Account, _now: int) -> Any:
    """Return what applications were told of the person's decisions, and what they answered."""
    return [
        {
            "client_id": one.client_id,
            "kind": one.kind,
            "claims": list(one.claims),
            "created_at": utc(one.created_at),
            "delivered_at": utc(one.delivered_at),
            "answer": one.outcome,
            "reason": one.reason,
            "answered_at": utc(one.answered_at),
        }
        for one in services.consents.notices.list_by_account(person.id)
    ]


def list_questions(services: Services, person: Account, _now: int) -> Any:
    """Return what was asked by yes/no claims, of the year that counts and before."""
    return [
        {
            "asked_by": row.client_id,
            "about": row.about,
            "values": row.asked.split(),
            "since": utc(row.began_at),
        }
        for row in ProbeStore(services.database).list_by_account(person.id)
    ]


def list_roles(services: Services, person: Account, _now: int) -> Any:
    """Return the offices that the person has or had."""
    rows = RoleStore(services.database).list_ever(person.id)
    return [readable(row, but=("id", "account_id")) for row in rows]


def list_appointments(services: Services, person: Account, now: int) -> Any:
    """Return the requests that wait until the person was at a counter."""
    rows = AppointmentStore(services.database).list_by_account(person.id, now)
    return [readable(row, but=("id", "account_id", "interaction_uid")) for row in rows]


def find_recovery(services: Services, person: Account, now: int) -> Any:
    """Return the recovery that waits, None where none does."""
    row = services.recovery.waits.find_open(person.id, now)
    return None if row is None else readable(row, but=("id", "account_id", "stop_hash"))


def find_commune_of(services: Services, person: Account, _now: int) -> Any:
    """Return the commune that looks after the person though no address says so, None where none does."""
    row = CounterPeopleStore(services.database).find(person.id)
    return None if row is None else readable(row, but=("account_id",))
