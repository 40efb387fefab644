"""A client's public keys: given at registration, or behind its jwks_uri and fetched when needed."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from oidc.clients.outbound import MAX_BYTES, OutboundRefused
from oidc.models import Client
from oidc.strict_json import BadJson, load_object

FRESH_SECONDS = 300
RETRY_SECONDS = 1
FAILED_SECONDS = 10
MOST_AT_ONCE = 4
MOST_CACHED = 10_000


class Fetcher(Protocol):
    def fetch(self, url: str) -> bytes:
        """Return a document; raise OutboundRefused."""


class _Fetched(NamedTuple):
    """What an address gave, or None and why it gave nothing."""

    keys: KeySet | None
    fetched_at: float
    refusal: str = ""


class ClientKeys:
    """Finds keys; what a jwks_uri gave is fetched again when it is old or lacks the kid asked for.

    A failure is remembered, too, and few fetches run at once: whoever knows a client_id could otherwise have
    us wait for its slow host as often as they like.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._cache: dict[str, _Fetched] = {}
        self._lock = threading.Lock()
        self._fetching = threading.BoundedSemaphore(MOST_AT_ONCE)

    def find(self, client: Client, kid: str | None = None) -> KeySet:
        """Return the client's keys; raise OutboundRefused where they are elsewhere and can't be had."""
        if client.keys is not None:
            keys: KeySet = client.keys
            return keys
        if "jwks" in client.metadata:
            return KeySet.import_key_set(client.metadata["jwks"])
        uri = client.metadata.get("jwks_uri")
        if uri is None:
            raise OutboundRefused("The client has registered no keys.")
        cached = self._cache.get(uri)
        if cached is None or self._is_due(cached, kid):
            cached = self._fetch(uri)
        if cached.keys is None:
            raise OutboundRefused(cached.refusal)
        return cached.keys

    def _is_due(self, cached: _Fetched, kid: str | None) -> bool:
        """OpenID Connect Core §10.1.1: an unknown kid is the signal that keys were rotated."""
        age = time.monotonic() - cached.fetched_at
        if cached.keys is None:
            return age > FAILED_SECONDS
        is_unknown = kid is not None and all(key.kid != kid for key in cached.keys.keys)
        return age > FRESH_SECONDS or (is_unknown and age > RETRY_SECONDS)

    def _fetch(self, uri: str) -> _Fetched:
        if not self._fetching.acquire(blocking=False):
            raise OutboundRefused("Too many keys are being fetched; try again in a few seconds.")
        try:
            fetched = self._read(uri)
        finally:
            self._fetching.release()
        with self._lock:
            if len(self._cache) >= MOST_CACHED:
                self._cache.clear()
            self._cache[uri] = fetched
        return fetched

    def _read(self, uri: str) -> _Fetched:
        try:
            return _Fetched(read_key_set(self._fetcher.fetch(uri)), time.monotonic())
        except OutboundRefused as error:
            return _Fetched(None, time.monotonic(), str(error))


def read_key_set(text: bytes) -> KeySet:
    """Return the JWK Set that a jwks_uri answered with; raise OutboundRefused where it is none."""
    try:
        document: Any = load_object(text, max_bytes=MAX_BYTES)
        return KeySet.import_key_set(document)
    except (BadJson, JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise OutboundRefused("jwks_uri does not answer with a JWK Set.") from error
