"""Few documents of clients at a time: who names slow hosts holds up others who name any, and nobody else."""

from __future__ import annotations

import threading

from oidc.clients.fetch_cache import MOST_AT_ONCE, Fetcher
from oidc.clients.outbound import OutboundRefused


class FewAtOnce:
    """A Fetcher around another one, for what is fetched while somebody waits for the answer."""

    def __init__(self, fetcher: Fetcher, most: int = MOST_AT_ONCE) -> None:
        self._fetcher = fetcher
        self._places = threading.BoundedSemaphore(most)

    def fetch(self, url: str) -> bytes:
        """Return a document; raise OutboundRefused, also where too many are being fetched."""
        if not self._places.acquire(blocking=False):
            raise OutboundRefused("Too many addresses are being fetched; try again in a few seconds.")
        try:
            return self._fetcher.fetch(url)
        finally:
            self._places.release()

    def check(self, url: str) -> None:
        """Raise OutboundRefused where the text alone says that this can never be connected to."""
        self._fetcher.check(url)
