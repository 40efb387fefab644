"""What clients keep at addresses of their own, fetched when it is needed and kept for a while."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

from oidc.clients.outbound import OutboundRefused

FAILED_SECONDS = 10
MOST_AT_ONCE = 4
MOST_CACHED = 10_000
SOON_SECONDS = 60

Kept = TypeVar("Kept")
IsDue = Callable[[Kept, float, int], bool]


class Fetcher(Protocol):
    def fetch(self, url: str) -> bytes:
        """Return a document; raise OutboundRefused."""

    def check(self, url: str) -> None:
        """Raise OutboundRefused where the text alone says that this can never be connected to."""


class _Fetched(NamedTuple, Generic[Kept]):
    """What an address gave, or None and why it gave nothing; both where what it gave before is kept.

    `repeats` counts the fetches that gave the same once more, each soon after the one before.
    """

    kept: Kept | None
    fetched_at: float
    refusal: str = ""
    digest: bytes = b""
    good_at: float = 0.0
    repeats: int = 0


class FetchCache(Generic[Kept]):
    """Keeps what addresses gave, as `read` understood it.

    A failure is remembered, too, and few fetches run at once: whoever knows a client_id could otherwise have
    us wait for its slow host as often as they like. What was had stays good for `stale_seconds` while its
    address gives nothing: else a stranger's requests and a moment's outage would shut a client out. Where
    strangers choose the names, `most` is how many they may fill our memory with.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        read: Callable[[bytes], Kept],
        *,
        stale_seconds: float = -1,
        most: int = MOST_CACHED,
    ) -> None:
        self._fetcher = fetcher
        self._read = read
        self._stale_seconds = stale_seconds
        self._most = most
        self._cache: dict[str, _Fetched[Kept]] = {}
        self._lock = threading.Lock()
        self._fetching = threading.BoundedSemaphore(MOST_AT_ONCE)

    def get(self, name: str, url: str, is_due: IsDue[Kept]) -> Kept:
        """Return what is kept under `name`; raise OutboundRefused where `url` gives nothing.

        It is fetched again where `is_due` says so, called with what is kept, its age in seconds and how often
        in a row it was fetched for nothing.
        """
        found = self._cache.get(name)
        if found is None or self._is_due(found, is_due):
            found = self._fetch(name, url, found)
        if found.kept is None:
            raise OutboundRefused(found.refusal)
        return found.kept

    @staticmethod
    def _is_due(found: _Fetched[Kept], is_due: IsDue[Kept]) -> bool:
        age = time.monotonic() - found.fetched_at
        if found.kept is None or found.refusal:
            return age > FAILED_SECONDS
        return is_due(found.kept, age, found.repeats)

    def _fetch(self, name: str, url: str, before: _Fetched[Kept] | None) -> _Fetched[Kept]:
        if not self._fetching.acquire(blocking=False):
            if before and self._may_keep(before, time.monotonic()):
                return before
            raise OutboundRefused("Too many addresses are being fetched; try again in a few seconds.")
        try:
            fetched = self._settle(self._ask(url), before)
        finally:
            self._fetching.release()
        with self._lock:
            if len(self._cache) >= self._most:
                self._cache.clear()
            self._cache[name] = fetched
        return fetched

    def _ask(self, url: str) -> _Fetched[Kept]:
        try:
            document = self._fetcher.fetch(url)
            kept, now = self._read(document), time.monotonic()
            return _Fetched(kept, now, digest=hashlib.sha256(document).digest(), good_at=now)
        except OutboundRefused as error:
            return _Fetched(None, time.monotonic(), str(error))

    def _settle(self, fetched: _Fetched[Kept], before: _Fetched[Kept] | None) -> _Fetched[Kept]:
        """Return what is known now, given what was known before."""
        if before is None or before.kept is None:
            return fetched
        if fetched.kept is None:
            if not self._may_keep(before, fetched.fetched_at):
                return fetched
            return before._replace(fetched_at=fetched.fetched_at, refusal=fetched.refusal)
        is_repeat = fetched.digest == before.digest
        is_soon = fetched.fetched_at - before.fetched_at <= SOON_SECONDS
        return fetched._replace(repeats=before.repeats + 1) if is_repeat and is_soon else fetched

    def _may_keep(self, before: _Fetched[Kept], now: float) -> bool:
        return before.kept is not None and now - before.good_at <= self._stale_seconds
