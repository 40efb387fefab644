"""Passes: a browser that solved a puzzle, or waited, may try a few times within half an hour."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from tnid.challenge.puzzles import Ticket, is_solved
from tnid.signin.limits import CHALLENGE_WAITS_FROM_NETWORK, TRIES_OF_PASS, Bucket, network_of
from tnid.stores.replay import ReplayStore

if TYPE_CHECKING:
    from oidc.interfaces import Events
    from tnid.signin.limits import Limits

PASS_SECONDS = 1800
PURPOSE = "challenge"


class Passes:
    """Gives passes for tickets and looks at them; in the caller's unit of work."""

    def __init__(self, key: bytes, limits: Limits, replays: ReplayStore, events: Events) -> None:
        self._key = key
        self._limits = limits
        self._replays = replays
        self._events = events

    def give(self, ticket: Ticket, solution: str, address: str, now: int) -> str | None:
        """Return a pass for a ticket that was solved or waited with, once; or None."""
        reason = self._find_obstacle(ticket, solution, address, now)
        if reason is None and not self._replays.consume(PURPOSE, ticket.id, ticket.expires_at):
            reason = "used"
        outcome = "ok" if reason is None else "refused"
        how = reason or ("solved" if solution else "waited")
        self._events.record("challenge.pass", outcome=outcome, reason=how, now=now)
        return None if reason else self._write(ticket.id, ticket.browser, now + PASS_SECONDS)

    def is_used(self, ticket: Ticket) -> bool:
        """Say whether a pass was given for the ticket."""
        return self._replays.is_consumed(PURPOSE, ticket.id)

    def _find_obstacle(self, ticket: Ticket, solution: str, address: str, now: int) -> str | None:
        if solution:
            return None if is_solved(ticket, solution) else "wrong"
        if now < ticket.opens_at:
            return "too_early"
        waits = Bucket(CHALLENGE_WAITS_FROM_NETWORK, network_of(address))
        return None if self._limits.take(waits, now) else "too_many"

    def is_good(self, text: str, browser: str, now: int) -> bool:
        """Say whether this is a pass of this browser that has not expired."""
        return self._read(text, browser, now) is not None

    def take_try(self, text: str, browser: str, now: int) -> bool:
        """Use up one of a pass's tries; False where it has none left."""
        pass_id = self._read(text, browser, now)
        return pass_id is not None and self._limits.take(Bucket(TRIES_OF_PASS, pass_id), now)

    def _write(self, pass_id: str, browser: str, expires_at: int) -> str:
        return f"{pass_id}.{expires_at}.{self._mac(pass_id, expires_at, browser)}"

    def _read(self, text: str, browser: str, now: int) -> str | None:
        pass_id, _, rest = text[:256].partition(".")
        digits, _, mac = rest.partition(".")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
            return None
        expected = self._mac(pass_id, int(digits), browser)
        is_ours = hmac.compare_digest(expected.encode(), mac.encode("utf-8", "replace"))
        return pass_id if is_ours and now < int(digits) else None

    def _mac(self, pass_id: str, expires_at: int, browser: str) -> str:
        return hmac.digest(self._key, f"{pass_id}.{expires_at}.{browser}".encode(), "sha256").hex()
