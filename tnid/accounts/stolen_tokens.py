"""A refresh token that was used before came again: whoever has it, its person is told, and what to do."""

from __future__ import annotations

from typing import Protocol

from oidc.models import Client, Grant
from tnid.accounts.account import Account
from tnid.interfaces import Announcer

TOKEN_REUSED = "token_reused"  # noqa: S105  the name of a text


class People(Protocol):
    def find(self, account_id: str) -> Account | None: ...


class Clients(Protocol):
    def find(self, client_id: str) -> Client | None: ...


class StolenTokens:
    """Tells of grants that ended because a token of theirs was reused."""

    def __init__(self, people: People, clients: Clients, messages: Announcer) -> None:
        self._people = people
        self._clients = clients
        self._messages = messages

    def tell(self, grant: Grant, now: int) -> None:
        """Announce it to the person, in the unit of work that ended the grant, and so once a grant."""
        person, client = self._people.find(grant.account_id), self._clients.find(grant.client_id)
        if person is not None and client is not None:
            app = client.text("client_name", person.locale)
            self._messages.announce(person.id, TOKEN_REUSED, now, app=app)
