"""What is vouched for about a person, whoever does: each claim from whom it is of, by one look at each."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from oidc.attested import NOTHING, OF_STANDING, Vouched
from oidc.models import Client
from tnid.standing.service import Standing


class Clients(Protocol):
    def find(self, client_id: str) -> Client | None: ...


class Work(Protocol):
    """What is needed of employment."""

    def vouched(self, account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched: ...


class Vouching:
    """Each method runs in the caller's unit of work, and looks at no more than the names need."""

    def __init__(self, work: Work, standing: Standing, clients: Clients) -> None:
        self._work = work
        self._standing = standing
        self._clients = clients

    def vouched(self, account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched:
        """Return what this client is told: see `oidc.interfaces.Subjects`."""
        return self._look(account_id, client_id, names, now, opens_number=True)

    def shown(self, account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched:
        """Return the same for a page: a number stays sealed, and its mask stands for it."""
        return self._look(account_id, client_id, names, now, opens_number=False)

    def _look(
        self, account_id: str, client_id: str, names: frozenset[str], now: int, *, opens_number: bool
    ) -> Vouched:
        of_standing = names & OF_STANDING
        of_work = names - of_standing
        found = self._work.vouched(account_id, client_id, of_work, now) if of_work else NOTHING
        client = self._clients.find(client_id) if of_standing else None
        if client is None:
            return found
        told = self._standing.tell(account_id, client, of_standing, now, opens_number=opens_number)
        return replace(found, claims={**found.claims, **told}) if told else found
