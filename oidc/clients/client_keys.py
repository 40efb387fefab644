"""A client's public keys: given at registration, or behind its jwks_uri and fetched when needed."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from oidc.clients.outbound import MAX_BYTES, OutboundRefused
from oidc.models import Client
from oidc.strict_json import BadJson, load_object

FRESH_SECONDS = 300
RETRY_SECONDS = 1
MOST_CACHED = 10_000


class Fetcher(Protocol):
    def fetch(self, url: str) -> bytes:
        """Return a document; raise OutboundRefused."""


class _Fetched(NamedTuple):
    keys: KeySet
    fetched_at: float


class ClientKeys:
    """Finds keys; what a jwks_uri gave is fetched again when it is old or lacks the kid asked for."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._cache: dict[str, _Fetched] = {}
        self._lock = threading.Lock()

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
        if cached is not None and not self._is_due(cached, kid):
            return cached.keys
        return self._fetch(uri).keys

    def _is_due(self, cached: _Fetched, kid: str | None) -> bool:
        """OpenID Connect Core §10.1.1: an unknown kid is the signal that keys were rotated."""
        age = time.monotonic() - cached.fetched_at
        is_unknown = kid is not None and all(key.kid != kid for key in cached.keys.keys)
        return age > FRESH_SECONDS or (is_unknown and age > RETRY_SECONDS)

    def _fetch(self, uri: str) -> _Fetched:
        try:
            keys = KeySet.import_key_set(load_object(self._fetcher.fetch(uri), max_bytes=MAX_BYTES))  # type: ignore[arg-type]
        except (BadJson, JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise OutboundRefused("jwks_uri does not answer with a JWK Set.") from error
        fetched = _Fetched(keys, time.monotonic())
        with self._lock:
            if len(self._cache) >= MOST_CACHED:
                self._cache.clear()
            self._cache[uri] = fetched
        return fetched
