"""How both sides of employment are made of the parts above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.employment.attestations import Attestations
from tnid.employment.endings import Endings
from tnid.employment.service import Employments
from tnid.employment.vouching import Vouching
from tnid.stores.employments import EmploymentStore
from tnid.stores.own_employments import OwnEmploymentStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_attestations(parts: Services) -> tuple[Attestations, Endings]:
    store = EmploymentStore(parts.database)
    endings = Endings(store, parts.sealer, parts.audit)
    return Attestations(store, parts.sealer, parts.audit, endings.carry_out), endings


def build_employments(parts: Services) -> Employments:
    store, ledger = OwnEmploymentStore(parts.database), parts.consents.ledger
    return Employments(
        store, parts.attestations, parts.employment_endings, parts.accounts, ledger, parts.audit
    )


def build_vouching(parts: Services) -> Vouching:
    return Vouching(parts.employments, parts.employers.representatives, parts.clients)
