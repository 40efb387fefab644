"""Whose turn it is to have an application asked: that takes some seconds, and a place at work meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 2


class Turns:
    """A few at a time in this process, of each person one."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    @contextmanager
    def take(self, account_id: str) -> Iterator[bool]:
        """Say whether it is this person's turn, and keep it theirs until the block ends."""
        with self._lock:
            is_theirs = account_id not in self._taken and len(self._taken) < self._most
            if is_theirs:
                self._taken.add(account_id)
        try:
            yield is_theirs
        finally:
            if is_theirs:
                with self._lock:
                    self._taken.discard(account_id)
