"""The provider: every endpoint of the protocol, wired by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import orjson

from oidc import discovery
from oidc.authorization.endpoint import AuthorizationEndpoint, Lifetimes
from oidc.authorization.interaction import Interactions
from oidc.clients.assertion import AssertionChecker
from oidc.clients.authentication import ClientAuthenticator
from oidc.clients.client_keys import ClientKeys, Fetcher
from oidc.clients.registration_endpoint import RegistrationEndpoint
from oidc.http import JSON, Response
from oidc.interfaces import (
    ClientRegistry,
    Consents,
    Events,
    GrantStore,
    InteractionStore,
    ReplayStore,
    Signer,
    Subjects,
)
from oidc.logout.end_session import EndSession
from oidc.resource.userinfo import UserInfoEndpoint
from oidc.subject import SubjectIdentifiers
from oidc.token.endpoint import TokenEndpoint
from oidc.token.grants import TokenContext
from oidc.token.handles import Handles
from oidc.token.id_token import IdTokens
from oidc.token.introspection import IntrospectionEndpoint
from oidc.token.revocation import RevocationEndpoint

JWKS_MAX_AGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """What the operator decides; lifetimes in seconds."""

    issuer: str
    code_lifetime_seconds: int = 60
    access_token_lifetime_seconds: int = 600
    id_token_lifetime_seconds: int = 600
    refresh_token_lifetime_seconds: int = 30 * 86400
    refresh_reuse_grace_seconds: int = 10
    session_lifetime_seconds: int = 12 * 3600
    interaction_lifetime_seconds: int = 600
    ui_locales: tuple[str, ...] = ("vi", "en", "ko")
    registration_open: bool = False


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the protocol keeps its records."""

    clients: ClientRegistry
    grants: GrantStore
    interactions: InteractionStore
    replays: ReplayStore
    consents: Consents
    subjects: Subjects


class Provider:
    """The endpoints. `token_key` MACs tokens, `subject_salt` makes pairwise subjects: 32 bytes each."""

    def __init__(
        self,
        config: ProviderConfig,
        stores: Stores,
        signer: Signer,
        events: Events,
        *,
        token_key: bytes,
        subject_salt: bytes,
        fetcher: Fetcher,
    ) -> None:
        self.config = config
        self.signer = signer
        self.subjects = SubjectIdentifiers(subject_salt)
        self.handles = Handles(token_key)
        self.interactions = Interactions(stores.interactions, config.interaction_lifetime_seconds)
        keys = ClientKeys(fetcher)
        audiences = (config.issuer, discovery.endpoint_uri(config.issuer, "token_endpoint"))
        authenticator = ClientAuthenticator(stores.clients, AssertionChecker(audiences, stores.replays, keys))
        self.authorization = self._authorization(stores, signer, events)
        self.token = TokenEndpoint(authenticator, self._token_context(stores, signer, events))
        self.userinfo = UserInfoEndpoint(stores.clients, stores.subjects, self.subjects, self.handles, events)
        self.introspection = IntrospectionEndpoint(
            config.issuer, authenticator, self.handles, stores.grants, stores.replays, self.subjects, events
        )
        self.revocation = RevocationEndpoint(
            authenticator, self.handles, stores.grants, stores.replays, events
        )
        self.registration = RegistrationEndpoint(
            discovery.endpoint_uri(config.issuer, "registration_endpoint"),
            stores.clients,
            self.handles,
            fetcher,
            events,
            is_open=config.registration_open,
        )
        self.end_session = EndSession(stores.clients, signer, self.subjects)
        self._metadata = orjson.dumps(
            discovery.metadata(config.issuer, signer.algorithms(), config.ui_locales)
        )

    def _authorization(self, stores: Stores, signer: Signer, events: Events) -> AuthorizationEndpoint:
        config = self.config
        return AuthorizationEndpoint(
            config.issuer,
            stores.clients,
            stores.grants,
            stores.consents,
            self.interactions,
            signer,
            self.subjects,
            events,
            Lifetimes(
                code=config.code_lifetime_seconds,
                online=config.session_lifetime_seconds,
                offline=config.refresh_token_lifetime_seconds,
            ),
        )

    def _token_context(self, stores: Stores, signer: Signer, events: Events) -> TokenContext:
        config = self.config
        id_tokens = IdTokens(
            config.issuer, signer, self.subjects, stores.subjects, config.id_token_lifetime_seconds
        )
        return TokenContext(
            grants=stores.grants,
            handles=self.handles,
            id_tokens=id_tokens,
            events=events,
            access_token_lifetime_seconds=config.access_token_lifetime_seconds,
            refresh_reuse_grace_seconds=config.refresh_reuse_grace_seconds,
        )

    def metadata(self) -> Response:
        """Return the discovery document."""
        return cacheable(self._metadata)

    def jwks(self, now: int) -> Response:
        """Return the public signing keys."""
        return cacheable(self.signer.jwks(now))


@lru_cache(4)
def cacheable(document: bytes) -> Response:
    """Answer with a public document that a cache may keep for five minutes."""
    etag = f'"{hashlib.sha256(document).hexdigest()[:32]}"'
    headers = (*JSON, ("Cache-Control", f"public, max-age={JWKS_MAX_AGE_SECONDS}"), ("ETag", etag))
    return Response(200, headers, document)
