"""Back-channel logout: OpenID Connect Back-Channel Logout 1.0. Composes what a relying party is told.

Sending it, and sending it again, is the business of whoever runs the provider: a sign-out never waits for a
relying party.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from oidc.clients.outbound import Parcel
from oidc.models import Client
from oidc.parts import Parts

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPE = "logout+jwt"
LIFETIME_SECONDS = 120  # §2.4: preferably at most two minutes in the future


class BackChannelLogout:
    """Composes logout tokens."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._clients = parts.stores.clients
        self._signer = parts.signer
        self._identifiers = parts.identifiers

    def compose(self, client_id: str, account_id: str, sid: str, now: int) -> Parcel | None:
        """Return the request of §2.5 with a fresh token; None where there is nobody to be told any more."""
        client = self._clients.find_now(client_id)
        if client is None or client.disabled_at is not None or client.backchannel_logout_uri is None:
            return None
        token = self.issue(client, account_id, sid, now)
        return Parcel(client.backchannel_logout_uri, urlencode({"logout_token": token}).encode())

    def issue(self, client: Client, account_id: str, sid: str, now: int) -> str:
        """Return a logout token: §2.4. It holds no nonce, so that it never passes for an ID token."""
        claims = {
            "iss": self._issuer,
            "sub": self._identifiers.subject(client, account_id),
            "aud": client.client_id,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "events": {EVENT: {}},
            "sid": sid,
        }
        return self._signer.sign(claims, alg=client.id_token_alg, typ=TYPE, now=now)
