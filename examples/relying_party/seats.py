"""Who sits at each screen, as long as somebody touches it."""

from __future__ import annotations

import time

from examples.relying_party.sign_in import SignedIn
from examples.relying_party.visits import Visits

IDLE_SECONDS = 60


class Seats:
    """One person a screen; whoever doesn't touch it for a minute has left."""

    def __init__(self, visits: Visits, client_id: str) -> None:
        self._visits = visits
        self._client_id = client_id
        self._touched: dict[str, float] = {}

    def take(self, person: SignedIn) -> None:
        self._visits.open(person)
        self._touched[person.id_token] = time.monotonic()

    def find(self) -> SignedIn | None:
        """Return who sits here and has just touched the screen; None once they have left."""
        person = self._visits.find(self._client_id)
        if person is None or self._has_left(person):
            return None
        self._touched[person.id_token] = time.monotonic()
        return person

    def find_left(self) -> SignedIn | None:
        """Return who sat here and has left without signing out."""
        person = self._visits.find(self._client_id)
        return person if person is not None and self._has_left(person) else None

    def empty(self) -> SignedIn | None:
        """Forget who sat here; return them, to be signed out at the provider too."""
        person = self._visits.find(self._client_id)
        if person is not None:
            self._touched.pop(person.id_token, None)
            self._visits.close(self._client_id)
        return person

    def _has_left(self, person: SignedIn) -> bool:
        return time.monotonic() - self._touched.get(person.id_token, 0.0) >= IDLE_SECONDS
