"""Every part of the program, wired by hand: a line a part, in the order in which they need one another.

How a feature's parts are made of those above them stands in its folder, in `parts.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, g, has_request_context

from oidc.authorization.interaction import Interactions
from tnid import clock
from tnid.accounts.parts import build_accounts, build_alerts, build_closures, build_data_requests
from tnid.accounts.passwords import Passwords
from tnid.accounts.stolen_tokens import StolenTokens
from tnid.admin.parts import build_admin
from tnid.audit import Audit, event_columns
from tnid.badges.parts import build_badges
from tnid.challenge.parts import build_challenge
from tnid.checker.parts import build_checker, build_sent_requests
from tnid.client_log.parts import build_client_log, build_uses
from tnid.consent.parts import build_consents
from tnid.db import Database
from tnid.developers.parts import build_developers, build_registrar
from tnid.developers.secret_uses import SecretUses
from tnid.employers.parts import build_employers
from tnid.employment.parts import (
    build_attestations,
    build_cards,
    build_employments,
    build_telling,
)
from tnid.enrolment.service import Enrolment
from tnid.imports.parts import build_lists
from tnid.mandates.guardians import Endings
from tnid.mandates.parts import build_guardians, build_mandate_endings, build_mandates
from tnid.messages.parts import build_message_codes, build_messages
from tnid.monitoring.figures import Figures
from tnid.officials.parts import build_counter
from tnid.playground.parts import build_playground
from tnid.provider import build_keyring, build_provider, build_stores
from tnid.qr.parts import build_qr_sign_ins, build_qr_tickets
from tnid.rates.parts import build_rates, make_admission, make_admission_of_strangers
from tnid.recovery.parts import build_recovery
from tnid.reviews.parts import build_reviews
from tnid.sandbox.new_keys import NamedKeys
from tnid.sandbox.parts import build_sandbox
from tnid.scim.parts import build_employer_tokens, build_scim
from tnid.sealing import load_sealer
from tnid.settings import Settings
from tnid.signin.factors import Factors
from tnid.signin.limits import Limits
from tnid.signin.parts import build_half_sign_ins, build_passkeys, build_sessions
from tnid.standing.parts import build_vouching
from tnid.stores.accounts import AccountStore
from tnid.stores.activations import ActivationStore
from tnid.stores.assisted_recoveries import AssistedRecoveryStore
from tnid.stores.card_corrections import CardCorrectionStore
from tnid.stores.client_secrets import ClientSecretStore
from tnid.stores.clients import ClientStore
from tnid.stores.decoupled import DecoupledStore
from tnid.stores.desks import DeskStore
from tnid.stores.employment_cards import EmploymentCardStore
from tnid.stores.factors import FactorStore
from tnid.stores.grants import GrantStore
from tnid.stores.guardianships import GuardianshipStore
from tnid.stores.outbox import OutboxStore
from tnid.stores.resources import ResourceStore
from tnid.stores.throttles import ThrottleStore
from tnid.switches import Switches

EXTENSION = "tnid"


class Services:
    """What views, commands and the front work with."""

    def __init__(self, settings: Settings, database: Database, figures: Figures | None = None) -> None:
        """Wire the program. Raises MasterKeyError where the master key can't be used."""
        self.settings, self.database, self.figures = settings, database, figures or Figures()
        self.sealer = load_sealer(settings.master_key_file)
        self.audit = Audit(database)
        self.switches = Switches(database, self.audit)
        self.keyring = build_keyring(settings, database, self.sealer)
        self.clients, self.resources = ClientStore(database), ResourceStore(database)
        self.grants = GrantStore(database, event_columns)
        self.client_log, self.uses = build_client_log(self), build_uses(self)
        self.outbox = OutboxStore(database)
        self.limits = Limits(ThrottleStore(database), self.sealer)
        self.messages = build_messages(self)
        self.message_codes = build_message_codes(self)
        self.passwords = Passwords(self.sealer.derive("accounts.password"), settings.argon2_concurrency)
        self.factors = Factors(FactorStore(database), self.sealer)
        self.passkeys = build_passkeys(self)
        self.sessions = build_sessions(self)
        self.half_sign_ins = build_half_sign_ins(self)
        self.qr_sign_ins, self.qr_tickets = build_qr_sign_ins(self), build_qr_tickets(self)
        self.mandate_endings = build_mandate_endings(self)
        self.badges = build_badges(self)
        self.endings = what_ends(self)
        self._wire_accounts()
        self._wire_work()
        self.mandates = build_mandates(self)
        self.guardians = build_guardians(self)
        self.made_up, self.sandbox = build_sandbox(self)
        self.sent_requests = build_sent_requests(self)
        self._wire_provider()
        self.recovery = build_recovery(self)
        self.playground = build_playground(self)
        self.developers = build_developers(self)
        self.checker = build_checker(self)
        self._wire_staff()

    def _wire_provider(self) -> None:
        """Wire the protocol, and how often it may be asked."""
        stores = build_stores(
            self.database, self.clients, self.resources, self.grants, self.consents, self.accounts,
            self.made_up, self.vouching, self.sealer, self.mandates, self.audit,
        )  # fmt: skip
        stolen = StolenTokens(self.accounts, self.clients, self.messages)
        self.rates, self.rate_rules = build_rates(self)
        self.challenge = build_challenge(self)
        self.provider = build_provider(
            self.settings, self.sealer, NamedKeys(self.keyring, self.sandbox.faults.new_keys), stores,
            self.audit, stolen.tell, make_admission(self), make_admission_of_strangers(self),
            SecretUses(ClientSecretStore(self.database)).note,
            self.sandbox.faults, build_registrar(self), self.uses.note, self.sent_requests.note,
        )  # fmt: skip

    def _wire_accounts(self) -> None:
        """Wire people's accounts, and what becomes of them."""
        self.accounts = build_accounts(self)
        self.closures = build_closures(self)
        self.alerts = build_alerts(self)
        self.data_requests = build_data_requests(self)
        self.enrolment = Enrolment(self.accounts, self.limits, self.messages, self.audit)
        self.consents = build_consents(self)

    def _wire_work(self) -> None:
        """Wire employers, and what they say of whom."""
        self.attestations, self.employment_endings = build_attestations(self)
        self.employments = build_employments(self)
        self.employment_cards, self.card_status = build_cards(self)
        self.work_telling = build_telling(self)
        self.employers = build_employers(self)
        self.vouching = build_vouching(self)
        self.lists = build_lists(self)
        self.employer_tokens, self.scim = build_employer_tokens(self), build_scim(self)

    def _wire_staff(self) -> None:
        """Wire those who work for the province: at a counter, and as operators."""
        self.desks = DeskStore(self.database, self.settings.staff_idle_seconds)
        self.going_live = build_reviews(self)
        self.counter = build_counter(self)
        self.admin = build_admin(self)

    @property
    def interactions(self) -> Interactions:
        return self.provider.interactions


def what_ends(parts: Services) -> tuple[Callable[[str, int], object], ...]:
    """Return what ends all that is open for an account but its sessions; grants after what they come of."""
    database, grants = parts.database, parts.grants
    guardianships = Endings(GuardianshipStore(database), AccountStore(database), grants)
    return (
        parts.half_sign_ins.end_all,
        # What is on its way at a counter: somebody else may have asked for it
        AssistedRecoveryStore(database).stop,
        ActivationStore(database).void_of_account,
        CardCorrectionStore(database).stop,
        parts.mandate_endings.end_all,
        guardianships.end_by_guardian,
        grants.revoke_by_account,
        DecoupledStore(database, parts.sealer).deny_all,
        parts.qr_sign_ins.end_all,
        parts.badges.end_all,
        EmploymentCardStore(database).revoke_of_account,
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
