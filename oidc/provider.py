"""The provider: every endpoint of the protocol, wired by hand."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

import orjson

from oidc import discovery
from oidc.authorization.endpoint import AuthorizationEndpoint
from oidc.authorization.interaction import Interactions
from oidc.authorization.pushed_request_endpoint import PushedRequestEndpoint
from oidc.authorization.waiting import WaitingRequests
from oidc.clients.assertion import AssertionChecker
from oidc.clients.authentication import ClientAuthenticator
from oidc.clients.client_keys import ClientKeys
from oidc.clients.fetch_cache import Fetcher
from oidc.clients.mtls import CertificateChecker
from oidc.clients.registration_endpoint import RegistrationEndpoint
from oidc.decoupled.backchannel_authentication import BackchannelAuthenticationEndpoint
from oidc.decoupled.device_authorization import DeviceAuthorizationEndpoint
from oidc.decoupled.ping import Ping
from oidc.decoupled.requests import DecoupledRequests
from oidc.http import JSON, Response
from oidc.interfaces import (
    Events,
    Signer,
)
from oidc.logout.backchannel import BackChannelLogout
from oidc.logout.end_session import EndSession
from oidc.logout.frontchannel import FrontChannelLogout
from oidc.parts import Parts, ProviderConfig, Stores
from oidc.preview import Previews
from oidc.resource.userinfo import UserInfoEndpoint
from oidc.security_events.answers import SecurityEventAnswers
from oidc.security_events.tokens import SecurityEvents
from oidc.subject import SubjectIdentifiers
from oidc.token.dpop import Nonces, Proofs
from oidc.token.endpoint import TokenEndpoint
from oidc.token.handles import Handles
from oidc.token.introspection import IntrospectionEndpoint
from oidc.token.revocation import RevocationEndpoint
from oidc.token.sender_constraint import SenderConstraint

JWKS_MAX_AGE_SECONDS = 300


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
        parts = wire(config, stores, signer, events, fetcher, token_key=token_key, subject_salt=subject_salt)
        self.config = config
        self.signer = signer
        self.subjects = parts.identifiers
        self.handles = parts.handles
        self.interactions = parts.interactions
        self.waiting = WaitingRequests(parts)
        self.authorization = AuthorizationEndpoint(parts)
        self.pushed_requests = PushedRequestEndpoint(parts)
        self.token = TokenEndpoint(parts)
        self.userinfo = UserInfoEndpoint(parts)
        self.previews = Previews(parts, self.authorization, self.userinfo)
        self.introspection = IntrospectionEndpoint(parts)
        self.revocation = RevocationEndpoint(parts)
        self.device_authorization = DeviceAuthorizationEndpoint(parts)
        self.backchannel_authentication = BackchannelAuthenticationEndpoint(parts)
        self.ping = Ping(parts)
        self.decoupled = DecoupledRequests(parts)
        self.registration = RegistrationEndpoint(parts)
        self.end_session = EndSession(parts)
        self.backchannel_logout = BackChannelLogout(parts)
        self.security_events = SecurityEvents(parts)
        self.security_event_answers = SecurityEventAnswers(parts)
        self.frontchannel_logout = FrontChannelLogout(parts)
        self._metadata = orjson.dumps(
            discovery.metadata(config.issuer, signer.algorithms(), config.ui_locales, config.mtls)
            | discovery.assurance(config.identity_assurance)
        )

    def metadata(self) -> Response:
        """Return the discovery document."""
        return cacheable(self._metadata)

    def jwks(self, now: int) -> Response:
        """Return the public signing keys."""
        return cacheable(self.signer.jwks(now))


def wire(
    config: ProviderConfig,
    stores: Stores,
    signer: Signer,
    events: Events,
    fetcher: Fetcher,
    *,
    token_key: bytes,
    subject_salt: bytes,
) -> Parts:
    """Make what the endpoints share."""
    keys = ClientKeys(fetcher)
    # RFC 9126 §2: whatever it is sent to, an assertion may be meant for any of them
    called = (
        "token_endpoint",
        "pushed_authorization_request_endpoint",
        "backchannel_authentication_endpoint",  # CIBA Core §7.1
        "device_authorization_endpoint",
    )
    audiences = (config.issuer, *(discovery.endpoint_uri(config.issuer, name) for name in called))
    nonces = Nonces(hmac.digest(token_key, b"dpop nonces", hashlib.sha256))
    proofs = Proofs(stores.replays, nonces, requires_nonce=config.dpop_nonce_required)
    assertions = AssertionChecker(audiences, stores.replays, keys)
    return Parts(
        config=config,
        stores=stores,
        signer=signer,
        events=events,
        handles=Handles(token_key),
        identifiers=SubjectIdentifiers(subject_salt),
        interactions=Interactions(stores.interactions, config.interaction_lifetime_seconds),
        fetcher=fetcher,
        client_keys=keys,
        authenticator=ClientAuthenticator(
            stores.clients,
            assertions,
            CertificateChecker(config.mtls, keys),
            config.admit_client,
            config.note_secret,
        ),
        sender_constraint=SenderConstraint(proofs, discovery.addresses(config.issuer, config.mtls)),
    )


@lru_cache(4)
def cacheable(document: bytes) -> Response:
    """Answer with a public document that a cache may keep for five minutes."""
    etag = f'"{hashlib.sha256(document).hexdigest()[:32]}"'
    headers = (*JSON, ("Cache-Control", f"public, max-age={JWKS_MAX_AGE_SECONDS}"), ("ETag", etag))
    return Response(200, headers, document)
