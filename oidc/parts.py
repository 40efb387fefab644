"""What the endpoints are made of: wired once by the provider, and handed to each endpoint whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oidc.authorization.interaction import Interactions
from oidc.clients.authentication import ClientAuthenticator, NoteSecret
from oidc.clients.client_keys import ClientKeys
from oidc.clients.fetch_cache import Fetcher
from oidc.clients.mtls import OFF, Mtls
from oidc.interfaces import (
    ClientRegistry,
    Consents,
    DecoupledStore,
    Events,
    GrantStore,
    InteractionStore,
    Mandates,
    PushedRequestStore,
    Registrar,
    ReplayStore,
    ResourceStore,
    SecurityEventStore,
    Signer,
    Subjects,
)
from oidc.models import AuthorizationRequest, Grant
from oidc.sandbox_faults import NO_FAULTS, Faults
from oidc.subject import SubjectIdentifiers
from oidc.token.handles import Handles
from oidc.token.sender_constraint import SenderConstraint
from oidc.verified_claims import IdentityAssurance

NoteUse = Callable[[str, str, int], None]


def ignore_use(_client_id: str, _kind: str, _now: int) -> None:
    """Count nothing."""


NoteRequest = Callable[[AuthorizationRequest, int], None]


def ignore_request(_request: AuthorizationRequest, _now: int) -> None:
    """Note nothing."""


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """What the operator decides; lifetimes in seconds.

    `may_keep_login_hint` says of a login_hint whether it may be stored and shown, `is_ward` of a code whether
    somebody may be asked whether they live there, `is_park` of an identifier whether they work there.
    `note_reuse` is called with the grant that ended because a refresh token of it was used twice, and the
    time, in the same unit of work;
    `note_secret` with the client, the digest and the time where a secret opened a client, at each request.
    `admit_client` is called with a client that has proved itself, and the time; it raises TooManyRequests. So
    does `admit_stranger`, which is called with the address that a public client's pushed request comes from.
    `note_use` is called with the client, the kind and the time of each answer to a machine that leaves no
    audit row: "userinfo", "introspection", and "machine" for a token to the client itself.
    `note_request` is called with each sound request of a sandbox's client, before anybody is asked anything.
    `registrar` is asked of clients that are teams', or come with a token of theirs.
    """

    issuer: str
    code_lifetime_seconds: int = 60
    access_token_lifetime_seconds: int = 600
    resource_token_lifetime_seconds: int = 300
    id_token_lifetime_seconds: int = 600
    refresh_token_lifetime_seconds: int = 30 * 86400
    refresh_reuse_grace_seconds: int = 10
    session_lifetime_seconds: int = 12 * 3600
    interaction_lifetime_seconds: int = 600
    terminal_session_lifetime_seconds: int = 900
    terminal_idle_seconds: int = 60
    decoupled_lifetime_seconds: int = 600
    polling_interval_seconds: int = 5
    decision_max_age_seconds: int = 300
    ui_locales: tuple[str, ...] = ("vi", "en", "ko")
    registration_open: bool = False
    pushed_request_lifetime_seconds: int = 90
    may_keep_login_hint: Callable[[str], bool] = lambda _hint: True
    is_ward: Callable[[str], bool] = lambda _code: True
    is_park: Callable[[str], bool] = lambda _identifier: True
    note_reuse: Callable[[Grant, int], None] = lambda _grant, _now: None
    admit_client: Callable[[str, int], None] = lambda _client_id, _now: None
    admit_stranger: Callable[[str, int], None] = lambda _address, _now: None
    note_secret: NoteSecret = lambda _client_id, _digest, _now: None
    dpop_nonce_required: bool = False
    identity_assurance: IdentityAssurance | None = None
    mtls: Mtls = OFF
    faults: Faults = NO_FAULTS
    registrar: Registrar | None = None
    note_use: NoteUse = ignore_use
    note_request: NoteRequest = ignore_request


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the protocol keeps its records."""

    clients: ClientRegistry
    grants: GrantStore
    interactions: InteractionStore
    pushed_requests: PushedRequestStore
    replays: ReplayStore
    consents: Consents
    subjects: Subjects
    resources: ResourceStore
    decoupled: DecoupledStore
    security_events: SecurityEventStore
    mandates: Mandates


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything an endpoint may need."""

    config: ProviderConfig
    stores: Stores
    signer: Signer
    events: Events
    handles: Handles
    identifiers: SubjectIdentifiers
    interactions: Interactions
    fetcher: Fetcher
    client_keys: ClientKeys
    authenticator: ClientAuthenticator
    sender_constraint: SenderConstraint
