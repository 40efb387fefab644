"""The parts of operators, wired by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.accounts.vault import Vault
from tnid.admin.audit_desk import AuditDesk
from tnid.admin.care import Care
from tnid.admin.mass_endings import MassEndings
from tnid.admin.operators import Operators
from tnid.admin.outbox_care import OutboxCare
from tnid.admin.people import People
from tnid.admin.requests import Requests
from tnid.audit import CHAIN_PURPOSE, Chain
from tnid.messages.carrier import MessageCarrier
from tnid.messages.service import KIND as MESSAGE
from tnid.stores.accounts import AccountStore
from tnid.stores.audit_checks import AuditCheckStore
from tnid.stores.audit_search import AuditSearchStore
from tnid.stores.client_overview import ClientOverviewStore
from tnid.stores.mass_endings import MassEndingStore
from tnid.stores.messages import MessageStore
from tnid.stores.official_acts import OfficialActStore
from tnid.stores.operator_requests import OperatorRequestStore
from tnid.stores.roles import RoleStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Admin:
    """What the pages and commands of operators work with."""

    operators: Operators
    requests: Requests
    mass_endings: MassEndings
    people: People
    care: Care
    clients: ClientOverviewStore
    outbox: OutboxCare
    audit: AuditDesk


def build_admin(parts: Services) -> Admin:
    """Wire the operators' parts."""
    database, settings = parts.database, parts.settings
    operators = Operators(RoleStore(database), parts.audit, settings.role_idle_seconds)
    people = People(
        parts.accounts, AccountStore(database), Vault(parts.sealer), OfficialActStore(database), parts.limits,
        parts.audit,
    )  # fmt: skip
    # Of what it can do, keeping what became of a message is all that is needed here
    carrier = MessageCarrier(MessageStore(database), parts.messages, {}, settings.issuer)
    return Admin(
        operators=operators,
        requests=Requests(OperatorRequestStore(database), parts),
        mass_endings=MassEndings(MassEndingStore(database), parts.clients, settings.session_idle_seconds),
        people=people,
        care=Care(people, parts.accounts, operators, parts.sessions, parts.limits, parts.qr_sign_ins.end_all),
        clients=ClientOverviewStore(database),
        audit=AuditDesk(
            AuditSearchStore(database),
            AuditCheckStore(database),
            Chain(database, parts.sealer.derive(CHAIN_PURPOSE)),
            parts.audit,
            parts.limits,
        ),
        outbox=OutboxCare(parts.outbox, {MESSAGE: carrier}, parts.audit),
    )
