"""Who is told that an answer is there: queued in the unit of work that holds it, sent by the housekeeper."""

from __future__ import annotations

from typing import Any

from oidc.clients.outbound import Parcel
from oidc.decoupled.models import DecoupledRequest
from oidc.decoupled.ping import Ping, find_ping_address
from oidc.models import Client
from tnid.outbox import Composer, host_of
from tnid.stores.outbox import OutboxStore

CIBA_PING = "ciba_ping"


def queue_ping(outbox: OutboxStore, request: DecoupledRequest, client: Client, now: int) -> None:
    """Queue the ping of an answered request, where its client wants one."""
    address = find_ping_address(request, client)
    if address is not None:
        account_id = request.account_id or ""
        outbox.add(CIBA_PING, client.client_id, account_id, request.id, host_of(address), now)


def ping_composer(ping: Ping) -> Composer:
    """Return what makes the request of a queued ping."""

    def compose(row: Any, now: int) -> Parcel | None:
        return ping.compose(row.reference, now)

    return compose
