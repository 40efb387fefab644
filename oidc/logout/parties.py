"""The clients that took part in a session: those whom its end concerns."""

from __future__ import annotations

from typing import NamedTuple

from oidc.interfaces import ClientStore, GrantStore
from oidc.models import Client


class Party(NamedTuple):
    """A client, and the person who signed in to it."""

    client: Client
    account_id: str


def parties_of_session(grants: GrantStore, clients: ClientStore, sid: str) -> list[Party]:
    """Return the clients that hold or held a grant of this session, without those that are disabled or gone.

    Back-Channel Logout 1.0 §2.5: the OP keeps track of the RPs that were logged in to in a session.
    """
    named = [(clients.find(client_id), account_id) for client_id, account_id in grants.list_parties(sid)]
    return [Party(client, account_id) for client, account_id in named if client and not client.disabled_at]
