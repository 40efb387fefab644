"""What a process knows of the screens that wait: read once for all that ask, never once for each.

A screen asks every other second, and mostly nothing has changed. So what changed is read for all screens at
once, a few times a second at most and only while somebody asks; who comes meanwhile is answered from the
last look, and waits for nobody unless that look didn't know it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from tnid.stores.qr_sign_ins import KEEP_SECONDS, QrSignInStore

LOOK_SECONDS = 0.15
# A row says in which second it changed, and may be committed later than that: a writer may wait for a lock.
# Clocks of two machines differ, too
OVERLAP_SECONDS = 10
SWEEP_SECONDS = 10
# What takes longer than this to be read is taken to fail
PATIENCE_SECONDS = 1.0
MOST_SCREENS = 20_000


class Screen:
    """One that waits: its row as last read, and what the answers to it need to remember."""

    __slots__ = ("picture", "polls", "row", "second")

    def __init__(self, row: Any) -> None:
        self.row = row
        # How often it asked in which second of this process's life
        self.second, self.polls = 0, 0
        # The last step that was drawn, its address and image
        self.picture: tuple[int, str, str] | None = None


class Look:
    """The look of one process. Every thread may call it; one at a time reads the database for all."""

    def __init__(self, store: QrSignInStore, ticks: Callable[[], float] = time.monotonic) -> None:
        """`ticks` counts seconds from whenever, and is not the clock that rows are written by."""
        self._store = store
        self._ticks = ticks
        self._screens: dict[str, Screen] = {}
        self._reading = threading.Lock()
        self._due, self._sweep_due = 0.0, 0.0
        self._begun: float | None = None
        self._has_failed = False
        # Everything, the first time
        self._since = 0

    def find(self, secret_hash: str) -> Screen | None:
        """Return the screen of a secret as of the last look; asks nobody."""
        return self._screens.get(secret_hash)

    def settle(self) -> None:
        """Wait for whoever is looking: what the look before didn't see, this one may; after a start, all."""
        if self._reading.acquire(timeout=PATIENCE_SECONDS):
            self._reading.release()

    def ask(self, secret_hash: str) -> Screen | None:
        """Return a screen that the last look didn't see, read by itself. Raises DatabaseUnavailable."""
        row = self._store.find_of_poll(secret_hash)
        if row is None:
            return None
        self._keep((row,))
        return self._screens.get(secret_hash) or Screen(row)

    def is_down(self) -> bool:
        """Say whether the last look failed, or takes so long that the database must be in trouble."""
        begun = self._begun
        return self._has_failed or (begun is not None and self._ticks() - begun > PATIENCE_SECONDS)

    def refresh(self, now: int) -> None:
        """Look again where it is time and nobody else does. Raises DatabaseUnavailable, to that one alone."""
        if self._ticks() < self._due or not self._reading.acquire(blocking=False):
            return
        try:
            if self._ticks() >= self._due:
                self._read(now)
        finally:
            self._reading.release()

    def _read(self, now: int) -> None:
        self._begun = begun = self._ticks()
        self._due = begun + LOOK_SECONDS
        try:
            self._keep(self._store.list_changed(self._since, most=MOST_SCREENS))
            self._since = now - OVERLAP_SECONDS
            self._has_failed = False
        except Exception:
            self._has_failed = True
            raise
        finally:
            self._begun = None
        if begun >= self._sweep_due:
            self._sweep_due = begun + SWEEP_SECONDS
            self._sweep(now)

    def _keep(self, rows: Iterable[Any]) -> None:
        """Note rows as they are now; beyond MOST_SCREENS a new one stays unknown, and is asked for itself."""
        screens = self._screens
        for row in rows:
            known = screens.get(row.secret_hash)
            if known is not None:
                known.row = row
            elif len(screens) < MOST_SCREENS:
                screens[row.secret_hash] = Screen(row)

    def _sweep(self, now: int) -> None:
        """Forget what is purged by now."""
        known = list(self._screens.items())
        self._screens = {key: one for key, one in known if one.row.expires_at + KEEP_SECONDS > now}
