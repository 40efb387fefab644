"""Client authentication: RFC 6749 §2.3 and OpenID Connect Core §9, exactly one method a request."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import unquote_plus

from oidc.clients.assertion import ASSERTION_TYPE, AssertionChecker
from oidc.clients.mtls import MTLS_METHODS, CertificateChecker
from oidc.errors import InvalidClient, InvalidRequest, OAuthError
from oidc.http import Request
from oidc.interfaces import ClientStore
from oidc.models import Client

AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
NoteSecret = Callable[[str, bytes, int], None]
_NO_HASH = hashlib.sha256(b"").digest()
_REFUSAL = "Client authentication failed."


class Credentials(NamedTuple):
    method: str
    client_id: str
    secret: str


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a client secret: it is random, so one fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


class ClientAuthenticator:
    """Finds out which client is calling. No such client and a wrong secret look the same, in time too."""

    def __init__(
        self,
        clients: ClientStore,
        assertions: AssertionChecker,
        certificates: CertificateChecker,
        admit: Callable[[str, int], None],
        note_secret: NoteSecret = lambda _client_id, _digest, _now: None,
    ) -> None:
        """`admit` may send away a client that asks too often, once it has proved itself; `note_secret` is
        told of each secret that opened a client, after it did."""
        self._admit = admit
        self._note_secret = note_secret
        self._clients = clients
        self._assertions = assertions
        self._certificates = certificates

    def authenticate(self, request: Request, parameters: Mapping[str, str], now: int) -> Client:
        """Return the client; raise InvalidClient, or InvalidRequest for two methods at once."""
        credentials = read_credentials(request, parameters)
        named = self._clients.find(credentials.client_id) if is_client_id(credentials.client_id) else None
        client = None if named is None or named.disabled_at is not None else named
        try:
            return self._check(client, credentials, request, now)
        except OAuthError as error:
            if named is not None:
                error.client_id = named.client_id
                error.detail = error.detail or _explain(named, credentials)
            raise

    def _check(self, client: Client | None, credentials: Credentials, request: Request, now: int) -> Client:
        if credentials.method == "private_key_jwt":
            self._assertions.check(client, credentials.secret, now)
        elif credentials.method != "none":
            digest = check_secret(client, credentials.secret, now)
            if client is not None and client.auth_method == credentials.method:
                self._note_secret(client.client_id, digest, now)
        elif client is not None and client.auth_method in MTLS_METHODS:
            # RFC 8705 §2: the request names the client, and its connection proves it
            self._certificates.check(client, request.certificate, now)
            self._admit(client.client_id, now)
            return client
        if client is None or client.auth_method != credentials.method:
            raise InvalidClient(_REFUSAL)
        if not client.is_public:
            # Of a public one anybody could use the share up
            self._admit(client.client_id, now)
        return client


def _explain(client: Client, credentials: Credentials) -> str:
    """Return for the developer's own log what the answer tells nobody."""
    if client.disabled_at is not None:
        return "The client is switched off."
    if client.auth_method != credentials.method:
        return f"The client is registered for {client.auth_method}; it was called by {credentials.method}."
    return f"What was sent by {credentials.method} is not what the client is registered with."


def is_client_id(text: str) -> bool:
    """Say whether this could be an identifier at all: RFC 6749 Appendix A.1, printable ASCII."""
    return bool(text) and text.isascii() and text.isprintable()


def read_credentials(request: Request, parameters: Mapping[str, str]) -> Credentials:
    """Return the one method that the request uses: RFC 6749 §2.3 forbids more than one."""
    offered = [
        name
        for name, is_there in (
            ("client_secret_basic", bool(request.authorization)),
            ("client_secret_post", "client_secret" in parameters),
            ("private_key_jwt", "client_assertion" in parameters or "client_assertion_type" in parameters),
        )
        if is_there
    ]
    if len(offered) > 1:
        raise InvalidRequest("Only one client authentication method may be used.")
    method = offered[0] if offered else "none"
    client_id = parameters.get("client_id", "")
    if method == "client_secret_basic":
        return _read_basic(request.authorization, client_id)
    if method == "private_key_jwt":
        return _read_assertion(parameters)
    return Credentials(method, client_id, parameters.get("client_secret", ""))


def _read_basic(header: str, client_id: str) -> Credentials:
    """RFC 6749 §2.3.1: identifier and secret are form-encoded before they are joined."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("The token endpoint takes the Basic scheme.")
    try:
        text = b64decode(encoded.strip(), validate=True).decode("utf-8")
        user, colon, secret = text.partition(":")
        user, secret = unquote_plus(user, errors="strict"), unquote_plus(secret, errors="strict")
    except (Base64Error, ValueError) as error:
        raise InvalidClient("The Authorization header is not well-formed.") from error
    if not colon:
        raise InvalidClient("The Authorization header is not well-formed.")
    if client_id and client_id != user:
        raise InvalidRequest("client_id differs from the one in the Authorization header.")
    return Credentials("client_secret_basic", user, secret)


def _read_assertion(parameters: Mapping[str, str]) -> Credentials:
    if parameters.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in parameters:
        raise InvalidClient(f"client_assertion goes with client_assertion_type={ASSERTION_TYPE}.")
    assertion = parameters["client_assertion"]
    client_id = parameters.get("client_id") or AssertionChecker.claimed_client_id(assertion)
    return Credentials("private_key_jwt", client_id, assertion)


def check_secret(client: Client | None, secret: str, now: int) -> bytes:
    """Return the digest of the secret; raise InvalidClient unless it is one of the client's that works now.

    The work is the same for no client.
    """
    presented = hash_secret(secret)
    hashes = client.secret_hashes if client and client.secret_hashes else (_NO_HASH,)
    fits = [hmac.compare_digest(presented, stored) for stored in hashes]
    if client is None or not secret or not any(fits):
        raise InvalidClient(_REFUSAL)
    if client.secret_ends.get(presented.hex(), now + 1) <= now:
        raise InvalidClient(_REFUSAL)
    return presented
