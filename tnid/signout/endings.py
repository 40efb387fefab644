"""What the end of a session brings with it, in the same unit of work: its grants end, its clients are told.

They are told by the housekeeper, which sends what is queued here.
"""

from __future__ import annotations

from typing import Any

from oidc.clients.outbound import Parcel
from oidc.interfaces import ClientStore, GrantStore
from oidc.logout.backchannel import BackChannelLogout
from oidc.logout.parties import parties_of_session
from tnid.outbox import Composer, host_of
from tnid.stores.outbox import OutboxStore

LOGOUT_TOKEN = "logout_token"  # noqa: S105  the kind of a message


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


def logout_token_composer(backchannel: BackChannelLogout) -> Composer:
    """Return what makes the request of a queued logout token."""

    def compose(row: Any, now: int) -> Parcel | None:
        return backchannel.compose(row.client_id, row.account_id, row.reference, now)

    return compose
