"""Pushed authorization requests: RFC 9126. The client sends its request ahead; the browser carries a handle.

A request_uri may be looked at as often as the browser reloads, and is consumed once, when its code is issued.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace

from oidc.clients.redirect_uris import is_registered
from oidc.errors import UnsafeRequest, UnusableRequestUri
from oidc.models import AuthorizationRequest, Client, PushedRequest
from oidc.parts import Parts

URN = "urn:ietf:params:oauth:request_uri:"


def is_pushed_uri(request_uri: str) -> bool:
    """Say whether this could be the request_uri of a pushed request."""
    return request_uri.startswith(URN)


def hash_uri(request_uri: str) -> str:
    """Return what is stored of a request_uri."""
    return hashlib.sha256(request_uri.encode("utf-8", "surrogatepass")).hexdigest()


class PushedRequests:
    """The life of pushed requests; each method runs in the caller's unit of work."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.stores.pushed_requests
        self._lifetime_seconds = parts.config.pushed_request_lifetime_seconds

    def push(self, request: AuthorizationRequest, now: int) -> tuple[str, int]:
        """Keep a checked request; return its request_uri of 256 random bits, and for how many seconds."""
        request_uri = URN + secrets.token_urlsafe(32)
        expires_at = now + self._lifetime_seconds
        self._store.add(PushedRequest(hash_uri(request_uri), request.client_id, request, now, expires_at))
        return request_uri, self._lifetime_seconds

    def get(self, request_uri: str, client: Client, now: int) -> AuthorizationRequest:
        """Return the request; raise UnusableRequestUri unless this client pushed it and it is still open.

        RFC 9126 §7.3: what was registered when it was pushed may have changed.
        """
        uri_hash = hash_uri(request_uri)
        pushed = self._store.find(uri_hash)
        if pushed is None or pushed.client_id != client.client_id:
            raise UnusableRequestUri("This client has pushed no request by this request_uri.")
        if pushed.consumed_at is not None:
            raise UnusableRequestUri("The request_uri was used before; push the request again.")
        if pushed.expires_at <= now:
            raise UnusableRequestUri("The request_uri has expired; push the request again.")
        if not is_registered(pushed.request.redirect_uri, client):
            raise UnsafeRequest("The redirect_uri is no longer registered.")
        return replace(pushed.request, pushed_uri_hash=uri_hash)

    def consume(self, request: AuthorizationRequest, now: int) -> bool:
        """Say whether this request may be answered with a code: once, if it was pushed."""
        return not request.pushed_uri_hash or self._store.consume(request.pushed_uri_hash, now)
