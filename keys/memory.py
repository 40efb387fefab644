"""A store of signing keys in memory: for tests, and for programs that keep nothing."""

from __future__ import annotations

import threading

from keys.store import StoredKey


class MemoryKeyStore:
    """Keeps keys for as long as the process lives; shared by its threads."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, int], StoredKey] = {}
        self._lock = threading.Lock()

    def find_all(self) -> tuple[StoredKey, ...]:
        with self._lock:
            return tuple(self._keys[place] for place in sorted(self._keys))

    def add(self, key: StoredKey) -> bool:
        place = (key.alg, key.generation)
        with self._lock:
            if place in self._keys:
                return False
            self._keys[place] = key
            return True

    def remove(self, kid: str) -> bool:
        with self._lock:
            places = [place for place, key in self._keys.items() if key.kid == kid]
            for place in places:
                del self._keys[place]
            return bool(places)
