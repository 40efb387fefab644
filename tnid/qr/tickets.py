"""Tickets: a sign-in by QR as one phone's browser holds it, once it has read a fresh picture or a typed code.

A picture dies within seconds, but signing in on the way takes longer: the ticket stands for the picture that
was read in time. It opens nothing in another browser, so that the link can't be handed on.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from tnid.qr.frames import ID_CHARACTERS

# A picture or code was read, or the person has said yes and has only to prove who they are
SHOWN, AGREED = "s", "a"
MAC_CHARACTERS = 32


class Ticket(NamedTuple):
    """What a ticket stands for."""

    qr_id: str
    kind: str


class Tickets:
    """Makes and reads them; nothing is stored. `key` is derived for nothing else."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, ticket: Ticket, browser: str) -> str:
        """Return the text of a ticket for the browser whose secret id is `browser`."""
        return f"{ticket.qr_id}.{ticket.kind}{self._mac(ticket, browser)}"

    def read(self, text: str, browser: str) -> Ticket | None:
        """Return what a ticket of this very browser stands for; None of any other."""
        qr_id, _, rest = text.partition(".")
        ticket = Ticket(qr_id, rest[:1])
        is_one = len(qr_id) == ID_CHARACTERS and ticket.kind in (SHOWN, AGREED) and text.isascii()
        is_own = is_one and hmac.compare_digest(rest[1:], self._mac(ticket, browser))
        return ticket if is_own else None

    def _mac(self, ticket: Ticket, browser: str) -> str:
        message = f"{ticket.kind}:{ticket.qr_id}:{browser}".encode()
        return hmac.digest(self._key, message, hashlib.sha256).hex()[:MAC_CHARACTERS]
