"""The parts of acting for somebody else, wired from the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.mandates.endings import MandateEndings
from tnid.mandates.guardians import Endings, Guardians, Requirements
from tnid.mandates.service import Mandates
from tnid.signout.endings import SessionEndings
from tnid.stores.accounts import AccountStore
from tnid.stores.guardianships import GuardianshipStore
from tnid.stores.mandates import MandateStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_mandate_endings(parts: Services) -> MandateEndings:
    telling = SessionEndings(parts.grants, parts.clients, parts.outbox)
    return MandateEndings(MandateStore(parts.database), parts.grants, telling, parts.audit)


def build_mandates(parts: Services) -> Mandates:
    return Mandates(
        MandateStore(parts.database), parts.mandate_endings, parts.clients, parts.accounts, parts.audit,
        parts.sealer, parts.messages.announce, parts.settings.mandate_longest_seconds,
    )  # fmt: skip


def build_guardians(parts: Services) -> Guardians:
    settings, announce = parts.settings, parts.messages.announce
    store, waiting = GuardianshipStore(parts.database), AccountStore(parts.database)
    needed = Requirements(settings.guardian_least_identity_level, settings.guardian_least_age_years)
    endings = Endings(store, waiting, parts.grants)
    return Guardians(store, waiting, endings, parts.accounts, parts.audit, parts.sealer, announce, needed)
