"""Which cards of employment count no more: the status list, as it is published.

It is the same for whoever asks, so each process makes it once a minute at most, of the few cards that are
over before their time; and whoever verifies a card by it tells nobody which.
"""

from __future__ import annotations

import hmac
import threading
from typing import NamedTuple

from oidc.credentials import status_list
from oidc.http import Response
from oidc.interfaces import Signer
from tnid.stores.employment_cards import EmploymentCardStore

PATH = "/work/card/status"
# How long a card lasts at most: so long the keys that signed it stay published
CARD_SECONDS = 90 * 86400
# What a list is made for at a time; the next million cards make it twice as long
BLOCK = 2**20
_HALF_BITS, _ROUNDS = 10, 4
_HALF = (1 << _HALF_BITS) - 1
KEEP_SECONDS = 60
# How soon whoever verifies should ask again, and when the list says nothing any more
TTL_SECONDS = 3600
LIFETIME_SECONDS = 7 * 86400


class Places:
    """Gives each card a place in the list of which nobody can tell when it was issued.

    A permutation of each block by a key (a Feistel network of four rounds), so that no place comes twice and
    nothing has to be looked for.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def place(self, number: int) -> int:
        """Return the place of a card by its number of all."""
        block, within = divmod(number, BLOCK)
        left, right = within >> _HALF_BITS, within & _HALF
        for turn in range(_ROUNDS):
            left, right = right, left ^ self._mix(block, turn, right)
        return block * BLOCK + (left << _HALF_BITS | right)

    def _mix(self, block: int, turn: int, half: int) -> int:
        digest = hmac.digest(self._key, f"{block}:{turn}:{half}".encode(), "sha256")
        return int.from_bytes(digest[:2]) & _HALF


class _Made(NamedTuple):
    response: Response
    until: int


class StatusDocument:
    """The signed list, kept as it is sent."""

    def __init__(self, store: EmploymentCardStore, places: Places, signer: Signer, uri: str) -> None:
        self._store = store
        self._places = places
        self._signer = signer
        self._uri = uri
        self._making = threading.Lock()
        self._made: _Made | None = None

    def get(self, now: int) -> Response:
        """Return the list, a minute old at most. Raises DatabaseUnavailable where it can't be made anew."""
        made = self._made
        if made is None or not made.until - KEEP_SECONDS <= now < made.until:
            with self._making:
                if self._made is made:
                    self._made = _Made(self._make(now), now + KEEP_SECONDS)
                made = self._made
        assert made is not None  # noqa: S101  made above
        return made.response

    def _make(self, now: int) -> Response:
        size = (self._store.count() // BLOCK + 1) * BLOCK
        packed = status_list.pack(map(self._places.place, self._store.list_over(now)), size)
        token = status_list.issue(
            self._signer, self._uri, packed, ttl=TTL_SECONDS, lifetime=LIFETIME_SECONDS, now=now
        )
        headers = (
            ("Content-Type", status_list.CONTENT_TYPE),
            ("Cache-Control", f"public, max-age={KEEP_SECONDS}"),
            ("Access-Control-Allow-Origin", "*"),
        )
        return Response(200, headers, token.encode("ascii"))
