"""What clients keep at addresses of their own, fetched when it is needed and kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

from oidc.clients.outbound import OutboundRefused

FAILED_SECONDS = 10
MOST_AT_ONCE = 4
MOST_CACHED = 10_000

Kept = TypeVar("Kept")


class Fetcher(Protocol):
    def fetch(self, url: str) -> bytes:
        """Return a document; raise OutboundRefused."""


class _Fetched(NamedTuple, Generic[Kept]):
    """What an address gave, or None and why it gave nothing."""

    kept: Kept | None
    fetched_at: float
    refusal: str = ""


class FetchCache(Generic[Kept]):
    """Keeps what addresses gave, as `read` understood it.

    A failure is remembered, too, and few fetches run at once: whoever knows a client_id could otherwise have
    us wait for its slow host as often as they like.
    """

    def __init__(self, fetcher: Fetcher, read: Callable[[bytes], Kept]) -> None:
        self._fetcher = fetcher
        self._read = read
        self._cache: dict[str, _Fetched[Kept]] = {}
        self._lock = threading.Lock()
        self._fetching = threading.BoundedSemaphore(MOST_AT_ONCE)

    def get(self, name: str, url: str, is_due: Callable[[Kept, float], bool]) -> Kept:
        """Return what is kept under `name`; raise OutboundRefused where `url` gives nothing.

        It is fetched again where `is_due`, called with what is kept and its age in seconds, says so.
        """
        found = self._cache.get(name)
        if found is None or self._is_due(found, is_due):
            found = self._fetch(name, url)
        if found.kept is None:
            raise OutboundRefused(found.refusal)
        return found.kept

    @staticmethod
    def _is_due(found: _Fetched[Kept], is_due: Callable[[Kept, float], bool]) -> bool:
        age = time.monotonic() - found.fetched_at
        return age > FAILED_SECONDS if found.kept is None else is_due(found.kept, age)

    def _fetch(self, name: str, url: str) -> _Fetched[Kept]:
        if not self._fetching.acquire(blocking=False):
            raise OutboundRefused("Too many addresses are being fetched; try again in a few seconds.")
        try:
            fetched = self._ask(url)
        finally:
            self._fetching.release()
        with self._lock:
            if len(self._cache) >= MOST_CACHED:
                self._cache.clear()
            self._cache[name] = fetched
        return fetched

    def _ask(self, url: str) -> _Fetched[Kept]:
        try:
            return _Fetched(self._read(self._fetcher.fetch(url)), time.monotonic())
        except OutboundRefused as error:
            return _Fetched(None, time.monotonic(), str(error))
