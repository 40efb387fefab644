"""The parts of accounts, and of their owners' control of them, wired from the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.accounts.alerts import Alerts
from tnid.accounts.closures import Closures
from tnid.accounts.data_requests import DataRequests
from tnid.accounts.identity import Identity
from tnid.accounts.profile_changes import ProfileChanges
from tnid.accounts.service import Accounts
from tnid.accounts.vault import Vault
from tnid.accounts.verification import Verifications
from tnid.stores.accounts import AccountStore
from tnid.stores.alerts import AlertStore
from tnid.stores.closures import ClosureStore
from tnid.stores.data_requests import DataRequestStore
from tnid.stores.former_numbers import FormerNumberStore
from tnid.stores.verifications import VerificationStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_accounts(parts: Services) -> Accounts:
    database, messages, audit = parts.database, parts.messages, parts.audit
    store, vault = AccountStore(database), Vault(parts.sealer)
    verifications = Verifications(VerificationStore(database), vault)
    followers = (parts.message_codes.end_all, messages.announce_changed_contacts)
    profiles = ProfileChanges(store, vault, audit, followers)
    identity = Identity(store, FormerNumberStore(database), verifications, vault, audit)
    return Accounts(
        store, parts.factors, vault, parts.passwords, verifications, identity, profiles, messages, audit,
        (parts.sessions.end_all, *parts.endings),
    )  # fmt: skip


def build_closures(parts: Services) -> Closures:
    store = ClosureStore(parts.database)
    return Closures(store, parts.sessions, parts.endings, parts.messages, parts.audit)


def build_alerts(parts: Services) -> Alerts:
    return Alerts(AlertStore(parts.database), parts.closures, parts.sealer, parts.messages, parts.audit)


def build_data_requests(parts: Services) -> DataRequests:
    return DataRequests(DataRequestStore(parts.database), parts.sealer, parts.messages, parts.audit)
