"""Challenges for passkeys: random, good for a few minutes, in one browser, for one purpose, once.

A challenge carries its own time and a keyed hash over what it is for, so that showing a sign-in page stores
nothing; that it was used is stored (hashed), by one conditional statement. Why: docs/decisions/0012.
"""

from __future__ import annotations

import hmac
import secrets

from tnid.stores.replay import ReplayStore

LIFETIME_SECONDS = 300
_PURPOSE = "passkey.challenge"
_RANDOM_BYTES, _TIME_BYTES, _MAC_BYTES = 16, 8, 32
_BYTES = _RANDOM_BYTES + _TIME_BYTES + _MAC_BYTES


class Challenges:
    """Makes challenges and consumes them. `context` says whose ceremony it is: the same both times."""

    def __init__(self, store: ReplayStore, key: bytes) -> None:
        self._store = store
        self._key = key

    def make(self, context: str, now: int) -> bytes:
        body = secrets.token_bytes(_RANDOM_BYTES) + (now + LIFETIME_SECONDS).to_bytes(_TIME_BYTES, "big")
        return body + self._mac(body, context)

    def consume(self, challenge: bytes, context: str, now: int) -> bool:
        """Spend a challenge; False where it is another's, too old, or spent: True for one caller once."""
        body, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
        if len(challenge) != _BYTES or not hmac.compare_digest(mac, self._mac(body, context)):
            return False
        expires_at = int.from_bytes(body[_RANDOM_BYTES:], "big")
        return now < expires_at and self._store.consume(_PURPOSE, challenge.hex(), expires_at)

    def _mac(self, body: bytes, context: str) -> bytes:
        return hmac.digest(self._key, body + context.encode(), "sha256")
