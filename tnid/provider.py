"""Where the protocol meets the province: the provider over our stores, our people and our keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from keys.keyring import Keyring
from keys.rotation import RotationPolicy
from oidc.attested import QUESTIONS, Vouched
from oidc.clients.authentication import NoteSecret
from oidc.clients.mtls import Mtls
from oidc.clients.outbound import Outbound
from oidc.credentials.sd_jwt import ALG as CREDENTIAL_ALG
from oidc.interfaces import Consents, Events, Mandates, Registrar, Signer
from oidc.models import Grant
from oidc.parts import NoteRequest, NoteUse, ProviderConfig, Stores, ignore_request, ignore_use
from oidc.provider import Provider
from oidc.sandbox_faults import Faults
from oidc.yes_no import base_of
from tnid.accounts.verification import ASSURANCE
from tnid.consent.questions import Questions
from tnid.db import Database
from tnid.employment.card_status import CARD_SECONDS
from tnid.parks import all_parks
from tnid.sealing import KEYS, Sealer
from tnid.settings import Settings
from tnid.signin.assurance import FRESH_FACTORS_SECONDS
from tnid.stores.clients import ClientStore
from tnid.stores.decoupled import DecoupledStore
from tnid.stores.grants import GrantStore
from tnid.stores.interactions import InteractionStore
from tnid.stores.probes import ProbeStore
from tnid.stores.pushed_requests import PushedRequestStore
from tnid.stores.replay import ReplayStore
from tnid.stores.resources import ResourceStore
from tnid.stores.security_events import SecurityEventStore
from tnid.stores.signing_keys import SqlKeyStore
from tnid.wards import find_ward

DAY_SECONDS = 24 * 3600
SUBJECTS = "oidc.subjects"
"""What the salt of people's subjects is derived for: whoever names somebody to a client has the same."""
IDENTITY_NUMBER = re.compile(r"\s*([0-9]{9}|[0-9]{12})\s*")


class People(Protocol):
    """What the provider needs of accounts."""

    def claims(self, account_id: str) -> Mapping[str, Any] | None: ...
    def find_id_by_username(self, username: str) -> str | None: ...
    def claims_of_row(self, row: Any) -> Mapping[str, Any]: ...
    def verified_claims(self, account_id: str) -> Sequence[Mapping[str, Any]]: ...


class MadeUp(Protocol):
    """What the provider needs of the people who are made up, for developers to sign in as."""

    def find_or_make(self, username: str, now: int) -> str | None: ...


class Vouching(Protocol):
    """What the provider needs of those who vouch for people."""

    def vouched(self, account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched: ...


class Subjects:
    """Gives the protocol a person's claims."""

    def __init__(
        self, people: People, made_up: MadeUp, grants: GrantStore, questions: Questions, vouching: Vouching
    ) -> None:
        self._people = people
        self._made_up = made_up
        self._grants = grants
        self._questions = questions
        self.vouched = vouching.vouched

    def claims(self, account_id: str) -> Mapping[str, Any] | None:
        return self._people.claims(account_id)

    def find_by_login_hint(self, hint: str, now: int, *, is_sandbox: bool = False) -> str | None:
        """By username alone: a phone number may be a whole family's, and is easily gone through."""
        return self._made_up.find_or_make(hint, now) if is_sandbox else self._people.find_id_by_username(hint)

    def claims_of_grant(self, grant_id: str, now: int) -> tuple[Grant, Mapping[str, Any]] | None:
        found = self._grants.find_live_with_account(grant_id, now)
        if found is None:
            return None
        grant, account = found
        return grant, self._people.claims_of_row(account)

    def answers(
        self, account_id: str, client_id: str, names: Sequence[str], vouched: Vouched, now: int
    ) -> Mapping[str, bool]:
        is_of_work = all(base_of(name) in QUESTIONS for name in names)
        verified = () if is_of_work else self._people.verified_claims(account_id)
        return self._questions.answers(account_id, client_id, names, verified, now, vouched.answers)

    def verified_claims(self, account_id: str) -> Sequence[Mapping[str, Any]]:
        return self._people.verified_claims(account_id)


def may_keep_login_hint(hint: str) -> bool:
    """Say whether a login_hint may be stored and shown: the number of an identity card may be neither."""
    return IDENTITY_NUMBER.fullmatch(hint) is None


def build_keyring(settings: Settings, database: Database, sealer: Sealer) -> Keyring:
    """Wire the signing keys, which rest sealed, and live as long as what they signed."""
    longest = max(settings.id_token_lifetime_seconds, settings.resource_token_lifetime_seconds)
    policy = RotationPolicy(
        rotation_seconds=settings.key_rotation_seconds,
        publish_seconds=settings.key_publish_seconds,
        retain_seconds=max(DAY_SECONDS, longest),
        # Cards on paper outlive every token: the keys that signed them stay published
        retain_longer={CREDENTIAL_ALG: CARD_SECONDS},
    )
    kek, *others = sealer.derive_seals(KEYS)
    return Keyring(SqlKeyStore(database), kek, policy, other_keks=others)


def build_stores(
    database: Database,
    clients: ClientStore,
    resources: ResourceStore,
    grants: GrantStore,
    consents: Consents,
    people: People,
    made_up: MadeUp,
    vouching: Vouching,
    sealer: Sealer,
    mandates: Mandates,
    events: Events,
) -> Stores:
    """Return the protocol's stores: those that the province uses, too, and those that nobody else does."""
    return Stores(
        clients=clients,
        grants=grants,
        interactions=InteractionStore(database),
        pushed_requests=PushedRequestStore(database),
        replays=ReplayStore(database),
        consents=consents,
        subjects=Subjects(
            people, made_up, grants, Questions(ProbeStore(database), clients, events), vouching
        ),
        resources=resources,
        decoupled=DecoupledStore(database, sealer),
        security_events=SecurityEventStore(database),
        mandates=mandates,
    )


def mtls_of(settings: Settings) -> Mtls:
    """Return what the operator set up for certificates of clients."""
    authorities = settings.client_ca_file.read_bytes() if settings.client_ca_file else b""
    base = (settings.mtls_url or "").rstrip("/")
    return Mtls(settings.client_certificate_header is not None, authorities, base)


# What the protocol calls as the settings do
OF_SETTINGS = (
    "issuer",
    "code_lifetime_seconds",
    "access_token_lifetime_seconds",
    "resource_token_lifetime_seconds",
    "id_token_lifetime_seconds",
    "refresh_token_lifetime_seconds",
    "refresh_reuse_grace_seconds",
    "session_lifetime_seconds",
    "interaction_lifetime_seconds",
    "terminal_session_lifetime_seconds",
    "terminal_idle_seconds",
    "registration_open",
    "dpop_nonce_required",
)


def build_provider(
    settings: Settings,
    sealer: Sealer,
    signer: Signer,
    stores: Stores,
    events: Events,
    note_reuse: Callable[[Grant, int], None],
    admit_client: Callable[[str, int], None],
    admit_stranger: Callable[[str, int], None],
    note_secret: NoteSecret,
    faults: Faults,
    registrar: Registrar | None = None,
    note_use: NoteUse = ignore_use,
    note_request: NoteRequest = ignore_request,
) -> Provider:
    """Wire the provider; its secrets come from the master key, each for one purpose."""
    shared: dict[str, Any] = {name: getattr(settings, name) for name in OF_SETTINGS}
    config = ProviderConfig(
        **shared,
        decision_max_age_seconds=min(settings.fresh_sign_in_seconds, FRESH_FACTORS_SECONDS),
        mtls=mtls_of(settings),
        may_keep_login_hint=may_keep_login_hint,
        is_ward=lambda code: find_ward(code) is not None,
        is_park=lambda identifier: identifier in {park.id for park in all_parks()},
        note_reuse=note_reuse,
        admit_client=admit_client,
        admit_stranger=admit_stranger,
        note_secret=note_secret,
        identity_assurance=ASSURANCE,
        faults=faults,
        registrar=registrar,
        note_use=note_use,
        note_request=note_request,
    )
    return Provider(
        config,
        stores,
        signer,
        events,
        token_key=sealer.derive("oidc.tokens"),
        subject_salt=sealer.derive(SUBJECTS),
        fetcher=make_outbound(settings),
    )


def make_outbound(settings: Settings) -> Outbound:
    """Return what connects to clients' addresses."""
    return Outbound(allow_loopback=settings.outbound_allow_loopback, ca_file=settings.outbound_ca_file)
