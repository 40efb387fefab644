"""What the provider sends by itself, in a signed token: it counts once signature, type and addressee fit."""

from __future__ import annotations

import json
from typing import Any

import requests
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from examples.relying_party.configuration import Configuration

SECONDS = 10
ALGORITHMS = ["RS256", "ES256"]


class ProvidersWord:
    """Reads tokens that are for this application's clients."""

    def __init__(self, configuration: Configuration) -> None:
        self.issuer = configuration.issuer
        self._configuration = configuration

    def read(self, client_id: str, token: bytes, typ: str) -> dict[str, Any] | None:
        """Return the claims; None for a token that isn't the provider's, or of another type or client.

        Raises requests.RequestException where the provider's keys can't be had: then nobody can tell.
        """
        try:
            # Whoever signed it, what isn't for us costs the provider no look-up
            if jws.extract_compact(token).headers().get("typ") != typ:
                return None
            keys = KeySet.import_key_set(self._get(self.metadata()["jwks_uri"]))
            claims = json.loads(jws.deserialize_compact(token, keys, algorithms=ALGORITHMS).payload or b"")
        except requests.RequestException:
            raise
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            return None
        aud = self._configuration.get_credentials(client_id).client_id
        is_ours = isinstance(claims, dict) and (claims.get("iss"), claims.get("aud")) == (self.issuer, aud)
        return claims if is_ours else None

    def metadata(self) -> dict[str, Any]:
        return self._get(f"{self.issuer}/.well-known/openid-configuration")

    def _get(self, address: str) -> dict[str, Any]:
        answer = requests.get(address, timeout=SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
