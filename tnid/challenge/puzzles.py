"""A puzzle that costs a browser a second, and an attacker as much for each few guesses; or a wait.

A ticket says when it was made, for which browser, and where its person wanted to go. It is stored nowhere: a
keyed hash vouches for it, and what was used is remembered until it would have expired.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import NamedTuple

import orjson

TICKET_SECONDS = 600
WAIT_SECONDS = 20
BITS = 16
MOST_CHARACTERS = 4096
MOST_SOLUTION_CHARACTERS = 20


class Ticket(NamedTuple):
    """What somebody is given to solve, or to wait with."""

    id: str
    made_at: int
    browser: str
    return_to: str

    @property
    def opens_at(self) -> int:
        """When it is good without having been solved."""
        return self.made_at + WAIT_SECONDS

    @property
    def expires_at(self) -> int:
        return self.made_at + TICKET_SECONDS


class Tickets:
    """Makes tickets and reads them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, browser: str, return_to: str, now: int) -> Ticket:
        return Ticket(secrets.token_urlsafe(16), now, browser, return_to)

    def write(self, ticket: Ticket) -> str:
        payload = base64.urlsafe_b64encode(orjson.dumps(list(ticket)))
        return f"{payload.decode()}.{self._mac(payload)}"

    def read(self, text: str, browser: str, now: int) -> Ticket | None:
        """Return the ticket, None where it isn't ours, isn't this browser's or has expired."""
        ticket = self.find(text, browser)
        return ticket if ticket is not None and ticket.made_at <= now < ticket.expires_at else None

    def find(self, text: str, browser: str) -> Ticket | None:
        """Return the ticket, expired ones too: it still says where its person wanted to go."""
        payload, _, mac = text[:MOST_CHARACTERS].encode("ascii", "replace").partition(b".")
        if not hmac.compare_digest(self._mac(payload).encode(), mac):
            return None
        ticket = Ticket(*orjson.loads(base64.urlsafe_b64decode(payload)))
        return ticket if ticket.browser == browser else None

    def _mac(self, payload: bytes) -> str:
        return hmac.digest(self._key, payload, "sha256").hex()


def is_solved(ticket: Ticket, solution: str) -> bool:
    """Say whether SHA-256 of the ticket's id, a colon and the solution begins with BITS zero bits."""
    if not solution.isascii() or not solution.isdigit() or len(solution) > MOST_SOLUTION_CHARACTERS:
        return False
    digest = hashlib.sha256(f"{ticket.id}:{solution}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - BITS) == 0


def solve(ticket: Ticket) -> str:
    """Return the least solution, as a browser would find it."""
    number = 0
    while not is_solved(ticket, str(number)):
        number += 1
    return str(number)
