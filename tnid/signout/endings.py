"""What the end of a session brings with it, in the same unit of work: its grants end, its clients are told.

Those of a mandate are told of its end in the same way, while the helper's session goes on. They are told by
the housekeeper, which sends what is queued here.
"""

from __future__ import annotations

from typing import Any

from oidc.clients.outbound import Parcel
from oidc.interfaces import ClientStore
from oidc.logout.backchannel import BackChannelLogout
from oidc.logout.parties import parties_of_session
from tnid.outbox import Composer, host_of
from tnid.stores.grants import GrantStore
from tnid.stores.outbox import OutboxStore

LOGOUT_TOKEN = "logout_token"  # noqa: S105  the kind of a message
MANDATE_LOGOUT_TOKEN = "mandate_logout_token"  # noqa: S105  the kind of a message


class SessionEndings:
    """Ends what was to last as long as a session, and queues a logout token for each client of it."""

    def __init__(self, grants: GrantStore, clients: ClientStore, outbox: OutboxStore) -> None:
        self._grants = grants
        self._clients = clients
        self._outbox = outbox

    def follow(self, sid: str, now: int) -> None:
        """Do what the end of this session brings with it; once, however often it is called.

        Back-Channel Logout 1.0 §2.7: grants for offline access outlast it.
        """
        self._grants.revoke_by_session(sid, now)
        for client, account_id in parties_of_session(self._grants, self._clients, sid):
            uri = client.backchannel_logout_uri
            if uri is not None:
                self._outbox.add(LOGOUT_TOKEN, client.client_id, account_id, sid, host_of(uri), now)

    def tell_of_mandate(self, mandate_id: str, now: int) -> None:
        """Tell the clients where a helper is signed in by this mandate that their sign-in is over.

        The session is the helper's, who stays signed in here; the token names the person whom they helped.
        """
        for row in self._grants.list_mandated(mandate_id):
            client = self._clients.find(row.client_id)
            if client is None or client.disabled_at is not None or client.backchannel_logout_uri is None:
                continue
            host, reference = host_of(client.backchannel_logout_uri), f"{row.sid}.{mandate_id}"
            self._outbox.add(MANDATE_LOGOUT_TOKEN, client.client_id, row.account_id, reference, host, now)


def logout_token_composer(backchannel: BackChannelLogout) -> Composer:
    """Return what makes the request of a queued logout token; its reference begins with the session's sid."""

    def compose(row: Any, now: int) -> Parcel | None:
        return backchannel.compose(row.client_id, row.account_id, row.reference.partition(".")[0], now)

    return compose
