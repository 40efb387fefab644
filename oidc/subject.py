"""Subject identifiers: OpenID Connect Core §8. Pairwise, so that clients can't compare notes."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from urllib.parse import urlsplit

from oidc.models import Client


def sector_of(client: Client) -> str:
    """Return the host whose clients see the same person under the same subject: §8.1.

    Registration makes sure that several hosts come with a sector_identifier_uri.
    """
    uri = client.metadata.get("sector_identifier_uri") or next(iter(client.redirect_uris), "")
    return _host(uri) or client.client_id


@lru_cache(4096)
def _host(uri: str) -> str | None:
    return urlsplit(uri).hostname


class SubjectIdentifiers:
    """Derives `sub`; the salt must never change, or every relying party loses its people."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt

    def subject(self, client: Client, account_id: str) -> str:
        """Return the account's `sub` at this client: 43 characters, or the account's id if public."""
        if not client.is_pairwise:
            return account_id
        message = f"{sector_of(client)}\x00{account_id}".encode()
        digest = hmac.digest(self._salt, message, hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()
