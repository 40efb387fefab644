"""The parts of consent, wired from the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.consent.ledger import LEDGER_PURPOSE, Ledger
from tnid.consent.notices import Notices
from tnid.consent.service import Consents
from tnid.stores.consent_ledger import ConsentLedgerStore
from tnid.stores.consents import ConsentStore
from tnid.stores.security_events import SecurityEventStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_consents(parts: Services) -> Consents:
    database, lifetime = parts.database, parts.settings.consent_lifetime_seconds
    ledger = Ledger(ConsentLedgerStore(database), parts.sealer.derive(LEDGER_PURPOSE))
    notices = Notices(SecurityEventStore(database), parts.clients, parts.outbox)
    return Consents(ConsentStore(database), parts.grants, parts.audit, ledger, notices, lifetime)
