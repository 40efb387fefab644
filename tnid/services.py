"""Every part of the program, wired by hand in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from flask import current_app, g, has_request_context

from keys.keyring import Keyring
from keys.rotation import RotationPolicy
from oidc.authorization.interaction import Interactions
from oidc.provider import Provider
from tnid import clock
from tnid.accounts.alerts import Alerts
from tnid.accounts.closures import Closures
from tnid.accounts.data_requests import DataRequests
from tnid.accounts.identity import Identity
from tnid.accounts.passwords import Passwords
from tnid.accounts.profile_changes import ProfileChanges
from tnid.accounts.service import Accounts
from tnid.accounts.vault import Vault
from tnid.accounts.verification import Verifications
from tnid.audit import Audit, event_columns
from tnid.consent.ledger import LEDGER_PURPOSE, Ledger
from tnid.consent.notices import Notices
from tnid.consent.service import Consents
from tnid.db import Database
from tnid.enrolment.service import Enrolment
from tnid.mandates.guardians import Endings, Guardians, Requirements
from tnid.mandates.service import Mandates
from tnid.messages.codes import MessageCodes
from tnid.messages.service import Messages
from tnid.officials.counter import Counter, Materials, build_counter
from tnid.provider import build_provider, build_stores
from tnid.recovery.parts import Recovering, build_recovery
from tnid.sealing import Sealer, load_master_key
from tnid.settings import Settings
from tnid.signin.challenges import Challenges
from tnid.signin.factors import Factors
from tnid.signin.half_sign_ins import HalfSignIns
from tnid.signin.limits import Limits
from tnid.signin.passkeys import Passkeys
from tnid.signin.sessions import Sessions
from tnid.signout.endings import SessionEndings
from tnid.stores.accounts import AccountStore
from tnid.stores.activations import ActivationStore
from tnid.stores.alerts import AlertStore
from tnid.stores.assisted_recoveries import AssistedRecoveryStore
from tnid.stores.clients import ClientStore
from tnid.stores.closures import ClosureStore
from tnid.stores.consent_ledger import ConsentLedgerStore
from tnid.stores.consents import ConsentStore
from tnid.stores.data_requests import DataRequestStore
from tnid.stores.decoupled import DecoupledStore
from tnid.stores.factors import FactorStore
from tnid.stores.former_numbers import FormerNumberStore
from tnid.stores.grants import GrantStore
from tnid.stores.guardianships import GuardianshipStore
from tnid.stores.mandates import MandateStore
from tnid.stores.message_codes import MessageCodeStore
from tnid.stores.messages import MessageStore
from tnid.stores.outbox import OutboxStore
from tnid.stores.passkeys import PasskeyStore
from tnid.stores.replay import ReplayStore
from tnid.stores.resources import ResourceStore
from tnid.stores.security_events import SecurityEventStore
from tnid.stores.sessions import SessionStore
from tnid.stores.sign_ins import SignInStore
from tnid.stores.signing_keys import SqlKeyStore
from tnid.stores.throttles import ThrottleStore
from tnid.stores.verifications import VerificationStore

EXTENSION = "tnid"
DAY_SECONDS = 24 * 3600


class Safety(NamedTuple):
    """What an owner's control of their account hangs on; reached by the services' own names."""

    closures: Closures
    alerts: Alerts
    data_requests: DataRequests


@dataclass(frozen=True, slots=True)
class Services:
    """What views, commands and the front work with."""

    settings: Settings
    database: Database
    sealer: Sealer
    keyring: Keyring
    provider: Provider
    clients: ClientStore
    resources: ResourceStore
    grants: GrantStore
    accounts: Accounts
    safety: Safety
    enrolment: Enrolment
    passwords: Passwords
    factors: Factors
    passkeys: Passkeys
    sessions: Sessions
    half_sign_ins: HalfSignIns
    consents: Consents
    mandates: Mandates
    guardians: Guardians
    limits: Limits
    audit: Audit
    outbox: OutboxStore
    messages: Messages
    message_codes: MessageCodes
    counter: Counter

    @property
    def interactions(self) -> Interactions:
        return self.provider.interactions

    @property
    def closures(self) -> Closures:
        return self.safety.closures

    @property
    def alerts(self) -> Alerts:
        return self.safety.alerts

    @property
    def data_requests(self) -> DataRequests:
        return self.safety.data_requests

    @property
    def recovery(self) -> Recovering:
        return build_recovery(self)


def build_services(settings: Settings, database: Database) -> Services:
    """Wire the program. Raises MasterKeyError where the master key can't be used."""
    sealer, audit = Sealer(load_master_key(settings.master_key_file)), Audit(database)
    keyring = Keyring(SqlKeyStore(database), sealer.derive("keys"), _rotation_policy(settings))
    clients, grants = ClientStore(database), GrantStore(database, event_columns)
    resources, outbox = ResourceStore(database), OutboxStore(database)
    consents = _consents(settings, database, sealer, clients, grants, outbox, audit)
    passwords = Passwords(sealer.derive("accounts.password"), settings.argon2_concurrency)
    factors = Factors(FactorStore(database), sealer)
    sessions, half_sign_ins = _sessions(settings, database, SessionEndings(grants, clients, outbox))
    ends = _ends(database, sessions, half_sign_ins, grants)
    endings = (*ends, DecoupledStore(database, sealer).deny_all)
    limits = Limits(ThrottleStore(database), sealer)
    messages, message_codes = _messages(settings, database, outbox, sealer, limits, audit)
    accounts = _accounts(database, sealer, factors, passwords, messages, message_codes, audit, endings)
    mandates = _mandates(database, grants, clients, accounts, audit, sealer, messages, settings)
    stores = build_stores(database, clients, resources, grants, consents, accounts, sealer, mandates, audit)
    provider = build_provider(settings, sealer, keyring, stores, audit)
    of_counter = Materials(settings, database, sealer, accounts, passwords, factors, messages, audit, endings)
    return Services(
        settings=settings,
        database=database,
        sealer=sealer,
        keyring=keyring,
        provider=provider,
        clients=clients,
        resources=resources,
        grants=grants,
        accounts=accounts,
        safety=_safety(database, sealer, sessions, endings[1:], messages, audit),
        enrolment=Enrolment(accounts, limits, messages, audit),
        passwords=passwords,
        factors=factors,
        passkeys=_passkeys(settings, database, sealer),
        sessions=sessions,
        half_sign_ins=half_sign_ins,
        consents=consents,
        mandates=mandates,
        guardians=_guardians(database, grants, accounts, audit, sealer, messages, settings),
        limits=limits,
        audit=audit,
        outbox=outbox,
        messages=messages,
        message_codes=message_codes,
        counter=build_counter(of_counter),
    )


def _consents(
    settings: Settings,
    database: Database,
    sealer: Sealer,
    clients: ClientStore,
    grants: GrantStore,
    outbox: OutboxStore,
    audit: Audit,
) -> Consents:
    ledger = Ledger(ConsentLedgerStore(database), sealer.derive(LEDGER_PURPOSE))
    notices = Notices(SecurityEventStore(database), clients, outbox)
    lifetime = settings.consent_lifetime_seconds
    return Consents(ConsentStore(database), grants, audit, ledger, notices, lifetime)


def _accounts(
    database: Database,
    sealer: Sealer,
    factors: Factors,
    passwords: Passwords,
    messages: Messages,
    codes: MessageCodes,
    audit: Audit,
    ends: Iterable[Callable[[str, int], object]],
) -> Accounts:
    vault = Vault(sealer)
    verifications = Verifications(VerificationStore(database), vault)
    store = AccountStore(database)
    profiles = ProfileChanges(store, vault, audit, (codes.end_all, messages.announce_changed_contacts))
    identity = Identity(store, FormerNumberStore(database), verifications, vault, audit)
    return Accounts(
        store, factors, vault, passwords, verifications, identity, profiles, messages, audit, ends
    )


def _safety(
    database: Database,
    sealer: Sealer,
    sessions: Sessions,
    ends: Iterable[Callable[[str, int], object]],
    messages: Messages,
    audit: Audit,
) -> Safety:
    closures = Closures(ClosureStore(database), sessions, ends, messages, audit)
    alerts = Alerts(AlertStore(database), closures, sealer, messages, audit)
    return Safety(closures, alerts, DataRequests(DataRequestStore(database), sealer, messages, audit))


def _ends(
    database: Database, sessions: Sessions, half_sign_ins: HalfSignIns, grants: GrantStore
) -> tuple[Callable[[str, int], object], ...]:
    """Return what ends what is open for an account that is shut; the grants last, after what they come of."""
    guardianships = Endings(GuardianshipStore(database), AccountStore(database), grants)
    mandates = MandateStore(database)
    return (
        *(sessions.end_all, half_sign_ins.end_all),
        # What is on its way at a counter: somebody else may have asked for it
        *(AssistedRecoveryStore(database).stop, ActivationStore(database).void_of_account),
        *(mandates.end_by_account, guardianships.end_by_guardian, grants.revoke_by_account),
    )


def _guardians(
    database: Database,
    grants: GrantStore,
    accounts: Accounts,
    audit: Audit,
    sealer: Sealer,
    messages: Messages,
    settings: Settings,
) -> Guardians:
    store, waiting = GuardianshipStore(database), AccountStore(database)
    needed = Requirements(settings.guardian_least_identity_level, settings.guardian_least_age_years)
    endings = Endings(store, waiting, grants)
    return Guardians(store, waiting, endings, accounts, audit, sealer, messages.announce, needed)


def _mandates(
    database: Database,
    grants: GrantStore,
    clients: ClientStore,
    accounts: Accounts,
    audit: Audit,
    sealer: Sealer,
    messages: Messages,
    settings: Settings,
) -> Mandates:
    longest, store = settings.mandate_longest_seconds, MandateStore(database)
    return Mandates(store, grants, clients, accounts, audit, sealer, messages.announce, longest)


def _passkeys(settings: Settings, database: Database, sealer: Sealer) -> Passkeys:
    challenges = Challenges(ReplayStore(database), sealer.derive("passkeys.challenge"))
    return Passkeys(
        PasskeyStore(database), challenges, sealer.derive("passkeys.user_handle"), settings.issuer
    )


def _sessions(
    settings: Settings, database: Database, endings: SessionEndings
) -> tuple[Sessions, HalfSignIns]:
    store = SessionStore(database, settings.session_idle_seconds)
    half_sign_ins = HalfSignIns(SignInStore(database), settings.sign_in_lifetime_seconds)
    return Sessions(store, settings.session_lifetime_seconds, endings.follow), half_sign_ins


def _messages(
    settings: Settings, database: Database, outbox: OutboxStore, sealer: Sealer, limits: Limits, audit: Audit
) -> tuple[Messages, MessageCodes]:
    messages = Messages(
        MessageStore(database), outbox, AccountStore(database), sealer,
        sendable=settings.message_channels, keeps=settings.keeps_messages,
    )  # fmt: skip
    return messages, MessageCodes(MessageCodeStore(database), messages, limits, sealer, audit)


def _rotation_policy(settings: Settings) -> RotationPolicy:
    return RotationPolicy(
        rotation_seconds=settings.key_rotation_seconds,
        publish_seconds=settings.key_publish_seconds,
        retain_seconds=max(
            DAY_SECONDS, settings.id_token_lifetime_seconds, settings.resource_token_lifetime_seconds
        ),
    )


def current() -> Services:
    """Return the parts of the application that is running."""
    parts: Services = current_app.extensions[EXTENSION]
    return parts


def now() -> int:
    """Return the time of the current request: one and the same from its first line to its last."""
    if not has_request_context():
        return clock.now()
    if "now" not in g:
        g.now = clock.now()
    return int(g.now)
