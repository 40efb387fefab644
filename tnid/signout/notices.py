"""Who is told that a session has ended: queued in the unit of work that ends it, sent by the housekeeper."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from oidc.clients.outbound import Parcel
from oidc.interfaces import ClientStore, GrantStore
from oidc.logout.backchannel import BackChannelLogout
from oidc.logout.parties import parties_of_session
from tnid.outbox import Composer
from tnid.stores.outbox import OutboxStore

LOGOUT_TOKEN = "logout_token"  # noqa: S105  the kind of a message


class LogoutNotices:
    """Queues a logout token for each client of a session that has registered where to send it."""

    def __init__(self, grants: GrantStore, clients: ClientStore, outbox: OutboxStore) -> None:
        self._grants = grants
        self._clients = clients
        self._outbox = outbox

    def queue(self, sid: str, now: int) -> None:
        """Queue what the end of this session causes; once, however often it is called."""
        for client, account_id in parties_of_session(self._grants, self._clients, sid):
            uri = client.backchannel_logout_uri
            if uri is not None:
                host = urlsplit(uri).netloc[-255:].lower()
                self._outbox.add(LOGOUT_TOKEN, client.client_id, account_id, sid, host, now)


def logout_token_composer(backchannel: BackChannelLogout) -> Composer:
    """Return what makes the request of a queued logout token."""

    def compose(row: Any, now: int) -> Parcel | None:
        return backchannel.compose(row.client_id, row.account_id, row.reference, now)

    return compose
