"""Subject identifiers: OpenID Connect Core §8. Pairwise, so that clients can't compare notes."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from oidc.clients.redirect_uris import is_loopback
from oidc.decoupled.models import CIBA
from oidc.models import Client, Grant, Resource


def sector_of(client: Client) -> str:
    """Return the host whose clients see the same person under the same subject: §8.1.

    Registration makes sure that several hosts come with a sector_identifier_uri. A loopback host and what
    follows a private-use scheme are nobody's own, and make no sector: RFC 8252 §8. Nor does a host beside
    them: who listens on a loopback port would hear the subjects of somebody else's applications.
    """
    if client.is_pairwise and "sector_identifier_uri" not in client.metadata and _is_shared(client):
        return client.client_id
    uri = client.metadata.get("sector_identifier_uri") or next(iter(client.redirect_uris), "")
    return _owned_host(uri or _ciba_address(client)) or client.client_id


def _is_shared(client: Client) -> bool:
    return any(_owned_host(uri) is None for uri in client.redirect_uris)


def _ciba_address(client: Client) -> str:
    """CIBA Core §4: without redirect URIs, where a client is pinged, or keeps its keys, tells its sector."""
    if CIBA not in client.grant_types:
        return ""
    members = ("backchannel_client_notification_endpoint", "jwks_uri")
    return next((client.metadata[name] for name in members if name in client.metadata), "")


def _owned_host(uri: str) -> str | None:
    host = _host(uri) if uri.lower().startswith("https:") else None
    return None if is_loopback(host) else host


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
        return self._derive(sector_of(client), account_id)

    def act(self, client: Client, grant: Grant) -> dict[str, Any]:
        """Return the claim that says which helper acts for the grant's person: RFC 8693 §4.1; or nothing."""
        return {} if grant.actor_id is None else {"act": {"sub": self.subject(client, grant.actor_id)}}

    def subject_at(self, resource: Resource, client: Client, account_id: str) -> str:
        """Return the account's `sub` in the client's access token for the resource.

        Nobody may join people by it: neither two clients, nor two resources. An opaque token shows it to the
        resource alone, so there it is the resource's own. A JWT is read by the client, too: there it is of
        that resource and that client together, unless both are of one sector, which are one party.
        """
        sector, host = sector_of(client), _host(resource.identifier) or resource.identifier
        if resource.token_format == "opaque" or host == sector:  # noqa: S105  a format, no secret
            return self._derive(host, account_id)
        return self._derive(f"{host}\x00{sector}", account_id)

    def _derive(self, sector: str, account_id: str) -> str:
        digest = hmac.digest(self._salt, f"{sector}\x00{account_id}".encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()
