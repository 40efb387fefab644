"""The ping: CIBA Core 1.0 §10.2. Tells a client that an answer is there, and no more than that.

Sending it is the business of whoever runs the provider: no decision waits for a client.
"""

from __future__ import annotations

import orjson

from oidc.clients.ciba_metadata import MODE, NOTIFICATION_ENDPOINT, PING
from oidc.clients.outbound import Parcel
from oidc.decoupled.backchannel_authentication import auth_req_id_of
from oidc.decoupled.models import CIBA, DecoupledRequest
from oidc.models import Client
from oidc.parts import Parts


def find_ping_address(request: DecoupledRequest, client: Client) -> str | None:
    """Return where a client wants to be pinged about a request, None where it polls."""
    if request.grant_type != CIBA or client.metadata.get(MODE) != PING:
        return None
    address: str | None = client.metadata.get(NOTIFICATION_ENDPOINT)
    return address


class Ping:
    """Composes pings."""

    def __init__(self, parts: Parts) -> None:
        self._clients = parts.stores.clients
        self._store = parts.stores.decoupled
        self._handles = parts.handles

    def compose(self, request_id: str, now: int) -> Parcel | None:
        """Return the request of §10.2; None where the client has the answer already, or can't get it now."""
        found = self._store.find(request_id)
        client = self._clients.find_now(found.client_id) if found is not None else None
        if found is None or client is None or client.disabled_at is not None:
            return None
        address = find_ping_address(found, client)
        if address is None or found.redeemed_at is not None or found.expires_at <= now:
            return None
        body = orjson.dumps({"auth_req_id": auth_req_id_of(self._handles, found.id)})
        return Parcel(address, body, "application/json", f"Bearer {found.notification_token}")
