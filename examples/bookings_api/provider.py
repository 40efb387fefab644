"""What the API asks of the provider: its keys, and whether a token is still good."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import requests
from joserfc.jwk import KeySet

from examples.relying_party.configuration import Configuration

TIMEOUT_SECONDS = 5
KEYS_FRESH_SECONDS = 300
KEYS_RETRY_SECONDS = 5


class Provider:
    """The provider's metadata, keys and introspection; raises requests' exceptions where it is down."""

    def __init__(self, configuration: Configuration, client_id: str) -> None:
        self._configuration = configuration
        self._client_id = client_id
        self._metadata: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._keys_read_at = 0.0
        self._lock = threading.Lock()

    @property
    def issuer(self) -> str:
        return self._configuration.issuer

    def find_keys(self, kid: str | None) -> KeySet:
        """Return the keys; an unknown kid has them read again, for keys rotate, but not for every request."""
        with self._lock:
            age = time.monotonic() - self._keys_read_at
            is_known = self._keys is not None and any(key.kid == kid for key in self._keys.keys)
            if self._keys is None or age > (KEYS_FRESH_SECONDS if is_known else KEYS_RETRY_SECONDS):
                self._keys = KeySet.import_key_set(_get(self._endpoint("jwks_uri")))
                self._keys_read_at = time.monotonic()
            return self._keys

    def introspect(self, token: str) -> Mapping[str, Any]:
        """Ask what the token is worth now: RFC 7662 §2."""
        credentials = self._configuration.get_credentials(self._client_id)
        answer = requests.post(
            self._endpoint("introspection_endpoint"),
            data={"token": token, "token_type_hint": "access_token"},
            auth=(credentials.client_id, credentials.client_secret or ""),
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        answer.raise_for_status()
        described: Mapping[str, Any] = answer.json()
        return described

    def _endpoint(self, name: str) -> str:
        if self._metadata is None:
            # RFC 8414 §3.3: metadata that names another issuer is another's
            metadata = _get(f"{self.issuer}/.well-known/oauth-authorization-server")
            if metadata["issuer"] != self.issuer:
                raise requests.RequestException(f"the metadata are {metadata['issuer']}'s")
            self._metadata = metadata
        return str(self._metadata[name])


def _get(address: str) -> Any:
    answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    return answer.json()
