"""The parts of the checker, wired by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.checker.asking import Asker
from tnid.checker.guided import Guide
from tnid.checker.sent import SentRequests
from tnid.checker.service import Checker
from tnid.provider import make_outbound
from tnid.stores.client_checks import ClientCheckStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_sent_requests(parts: Services) -> SentRequests:
    return SentRequests(ClientCheckStore(parts.database), parts.sealer)


def build_checker(parts: Services) -> Checker:
    store = ClientCheckStore(parts.database)
    asker = Asker(make_outbound(parts.settings), parts.keyring, parts.settings.issuer, store)
    guide = Guide(parts.sandbox.faults, parts.client_log)
    return Checker(store, parts.sent_requests, parts.client_log, asker, guide, parts.audit)
