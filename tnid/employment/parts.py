"""How both sides of employment are made of the parts above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.employment.attestations import Attestations
from tnid.employment.card_status import PATH as STATUS_PATH
from tnid.employment.card_status import Places, StatusDocument
from tnid.employment.cards import TYPE_PATH, Addresses, Cards
from tnid.employment.endings import Endings
from tnid.employment.service import Employments
from tnid.employment.telling import Telling
from tnid.employment.vouching import Vouching
from tnid.stores.employers import EmployerStore
from tnid.stores.employment_cards import EmploymentCardStore
from tnid.stores.employment_notices import EmploymentNoticeStore
from tnid.stores.employments import EmploymentStore
from tnid.stores.own_employments import OwnEmploymentStore
from tnid.stores.representatives import RepresentativeStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_attestations(parts: Services) -> tuple[Attestations, Endings]:
    store = EmploymentStore(parts.database)
    endings = Endings(store, EmploymentNoticeStore(parts.database), parts.sealer, parts.audit)
    return Attestations(store, parts.sealer, parts.audit, endings.carry_out), endings


def build_cards(parts: Services) -> tuple[Cards, StatusDocument]:
    """Return the cards and the list of those that are over; the first hear of whatever ends one."""
    store, issuer = EmploymentCardStore(parts.database), parts.settings.issuer
    places = Places(parts.sealer.derive("employment_cards.places"))
    addresses = Addresses(issuer, issuer + TYPE_PATH, issuer + STATUS_PATH)
    cards = Cards(store, parts.employments, parts.accounts, parts.keyring, places, addresses, parts.audit)
    parts.employments.followers.append(cards.follow_fields)
    parts.attestations.followers.append(cards.follow_fields)
    parts.employment_endings.followers.append(cards.follow_end)
    return cards, StatusDocument(store, places, parts.keyring, addresses.status)


def build_employments(parts: Services) -> Employments:
    store, ledger = OwnEmploymentStore(parts.database), parts.consents.ledger
    return Employments(
        store, parts.attestations, parts.employment_endings, parts.accounts, ledger, parts.audit
    )


def build_telling(parts: Services) -> Telling:
    """Return what tells of employments; it hears of whatever ends one."""
    telling = Telling(
        EmploymentNoticeStore(parts.database), parts.employments, parts.consents, parts.messages.announce,
        EmployerStore(parts.database).find, RepresentativeStore(parts.database).list_managers, parts.audit,
    )  # fmt: skip
    parts.accounts.identity.followers.append(telling.tell_found)
    parts.attestations.followers.append(telling.follow_fields)
    parts.employments.followers.append(telling.follow_fields)
    parts.employments.hiding_followers.append(telling.follow_hiding)
    parts.employment_endings.followers.append(telling.follow_end)
    return telling


def build_vouching(parts: Services) -> Vouching:
    return Vouching(parts.employments, parts.employers.representatives, parts.clients)
