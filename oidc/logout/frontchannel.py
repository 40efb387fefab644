"""Front-channel logout: OpenID Connect Front-Channel Logout 1.0. The frames of the signed-out page."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from oidc.logout.parties import parties_of_session
from oidc.parts import Parts

# A browser loads no more in the seconds that it has, and the policy that names them is a header
MOST_FRAMES = 50


class FrontChannelLogout:
    """Says which pages of clients the browser loads when its session has ended."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._stores = parts.stores

    def list_frames(self, sid: str) -> list[str]:
        """Return the addresses to load, each with `iss` and `sid` (§3: both or neither)."""
        parties = parties_of_session(self._stores.grants, self._stores.clients, sid)
        uris = [party.client.frontchannel_logout_uri for party in parties]
        return sorted({self._with_session(uri, sid) for uri in uris if uri is not None})[:MOST_FRAMES]

    def _with_session(self, uri: str, sid: str) -> str:
        parts = urlsplit(uri)
        added = urlencode({"iss": self._issuer, "sid": sid})
        return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
