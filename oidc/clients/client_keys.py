"""A client's public keys: given at registration, or behind its jwks_uri and fetched when needed."""

from __future__ import annotations

from typing import Any, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from oidc.clients.fetch_cache import MOST_CACHED, FetchCache, Fetcher
from oidc.clients.outbound import MAX_BYTES, OutboundRefused
from oidc.models import Client
from oidc.strict_json import BadJson, load_object

FRESH_SECONDS = 300
STALE_SECONDS = 3600
RETRY_SECONDS = 1
MOST_DOUBLINGS = 6


class _Imported(NamedTuple):
    """Registered keys, and what they were made of: importing them again would cost more than a signature."""

    jwks: Any
    keys: KeySet


class ClientKeys:
    """Finds keys; what a jwks_uri gave is fetched again when it is old or lacks the kid asked for."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetched = FetchCache(fetcher, read_key_set, stale_seconds=STALE_SECONDS)
        self._imported: dict[str, _Imported] = {}

    def find(self, client: Client, kid: str | None = None) -> KeySet:
        """Return the client's keys; raise OutboundRefused where they are elsewhere and can't be had."""
        if "jwks" in client.metadata:
            return self._import(client.client_id, client.metadata["jwks"])
        uri = client.metadata.get("jwks_uri")
        if uri is None:
            raise OutboundRefused("The client has registered no keys.")

        def is_due(keys: KeySet, age: float, repeats: int) -> bool:
            # OpenID Connect Core §10.1.1: an unknown kid is the signal that keys were rotated. Anybody can
            # send one, so each look that finds nothing new makes the next wait twice as long
            is_unknown = kid is not None and all(key.kid != kid for key in keys.keys)
            wait_seconds = RETRY_SECONDS * 2 ** min(repeats, MOST_DOUBLINGS)
            return age > FRESH_SECONDS or (is_unknown and age > wait_seconds)

        return self._fetched.get(uri, uri, is_due)

    def _import(self, client_id: str, jwks: Any) -> KeySet:
        found = self._imported.get(client_id)
        if found is None or (found.jwks is not jwks and found.jwks != jwks):
            if len(self._imported) >= MOST_CACHED:
                self._imported.clear()
            self._imported[client_id] = found = _Imported(jwks, KeySet.import_key_set(jwks))
        return found.keys


def read_key_set(text: bytes) -> KeySet:
    """Return the JWK Set that a jwks_uri answered with; raise OutboundRefused where it is none."""
    try:
        document: Any = load_object(text, max_bytes=MAX_BYTES)
        return KeySet.import_key_set(document)
    except (BadJson, JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise OutboundRefused("jwks_uri does not answer with a JWK Set.", reason="not_jwks") from error
