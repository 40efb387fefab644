"""Who is signed in at this browser: a random name in the cookie, everything else on our side."""

from __future__ import annotations

import secrets

from flask import session

from examples.relying_party.memory import Memory
from examples.relying_party.sign_in import SignedIn

VISIT_LIFETIME_SECONDS = 8 * 3600


class Visits:
    """The browser's sign-ins, one a client."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._over = Memory()

    def find(self, client_id: str) -> SignedIn | None:
        """Return who is signed in to this client, if anybody, while their session at the provider goes on."""
        person = self._all().get(client_id)
        return None if person is None or self._over.get(f"{client_id} {person.sid}") else person

    def open(self, signed_in: SignedIn) -> None:
        """Sign a person in, under a new name: one that was planted before the sign-in is worth nothing."""
        self._rename({**self._all(), signed_in.client_id: signed_in})

    def close(self, client_id: str) -> None:
        """Sign the person out of this client."""
        self._rename({one: who for one, who in self._all().items() if one != client_id})

    def end(self, client_id: str, sid: str) -> None:
        """Sign out whoever came to this client by that session, at whichever browser."""
        self._over.set(f"{client_id} {sid}", True, VISIT_LIFETIME_SECONDS)

    def _all(self) -> dict[str, SignedIn]:
        return self._memory.get(session.get("visit", "")) or {}

    def _rename(self, sign_ins: dict[str, SignedIn]) -> None:
        self._memory.delete(session.pop("visit", ""))
        if sign_ins:
            session["visit"] = secrets.token_urlsafe(32)
            self._memory.set(session["visit"], sign_ins, VISIT_LIFETIME_SECONDS)
