"""What the application remembers of its visitors: in its own memory, gone when it stops.

A cookie then holds nothing but a random name. Use a database where there is more than one process.
"""

from __future__ import annotations

import threading
import time
from typing import Any


class Memory:
    """A cache as Authlib expects one (get, set, delete): bounded, and each entry has its end."""

    def __init__(self, most_entries: int = 10_000) -> None:
        self._entries: dict[str, tuple[float, Any]] = {}
        self._most_entries = most_entries
        self._lock = threading.Lock()

    def get(self, key: str) -> Any:
        ends_at, value = self._entries.get(key, (0.0, None))
        return value if ends_at > time.monotonic() else None

    def set(self, key: str, value: Any, lifetime_seconds: float) -> None:
        with self._lock:
            self._entries.pop(key, None)
            if len(self._entries) >= self._most_entries:
                self._drop_ended_or_oldest()
            self._entries[key] = (time.monotonic() + lifetime_seconds, value)

    def delete(self, key: str) -> None:
        with self._lock:
            self._entries.pop(key, None)

    def _drop_ended_or_oldest(self) -> None:
        now = time.monotonic()
        ended = [key for key, (ends_at, _) in self._entries.items() if ends_at <= now]
        for key in ended or [next(iter(self._entries))]:
            del self._entries[key]
