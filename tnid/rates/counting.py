"""Counts in the process, and agrees with the other processes in the background: no request waits for it.

A process tells the others of what it counted of a subject once that is a share of what is allowed, once a
second at most, and learns what they counted. Whoever stays far within bounds costs no statement; whoever
doesn't gets one share a process, and a second's worth, more than is allowed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from tnid.rates.rules import MINUTE_SECONDS, Rule

SHARE = 20
MOST_SUBJECTS = 50_000
AGREE_SECONDS = 1.0

# Adds to what all processes counted under a rule's key in this window; returns the sum
Agree = Callable[[Rule, str, int], int]
# Told once a minute of each subject for which there is no more room
NoteShut = Callable[[Rule, str, int], None]
_Key = tuple[Rule, int, str]

log = logging.getLogger(__name__)


class _Tally:
    """One subject's count in one window: what all are known to have counted, and what only we know."""

    __slots__ = ("agreed", "is_noted", "unsent")

    def __init__(self) -> None:
        self.agreed = self.unsent = 0
        self.is_noted = False

    @property
    def total(self) -> int:
        return self.agreed + self.unsent


class Rates:
    """Says whether there is room for one more; made once a process."""

    def __init__(self, agree: Agree, note_shut: NoteShut) -> None:
        self._agree = agree
        self._note_shut = note_shut
        self._tallies: dict[_Key, _Tally] = {}
        self._due: set[_Key] = set()
        # From this second on there is room for everybody, as far as is known: most requests ask no more
        self._all_open_at = 0
        self._lock = threading.Lock()
        self._is_due = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, rule: Rule, subject: str, now: int) -> int:
        """Count one more; return 0, or for how many seconds there is no room."""
        key = (rule, now // MINUTE_SECONDS, subject)
        with self._lock:
            tally = self._tallies.get(key) or self._begin(key)
            tally.unsent += 1
            if tally.unsent * SHARE >= rule.allowed and key not in self._due:
                self._note_due(key)
            seconds = _seconds_shut(rule, tally, now)
            if seconds:
                self._all_open_at = max(self._all_open_at, now + seconds)
            is_news, tally.is_noted = bool(seconds) and not tally.is_noted, tally.is_noted or bool(seconds)
        if is_news:
            self._note_shut(rule, subject, now)
        return seconds

    def seconds_shut(self, rule: Rule, subject: str, now: int) -> int:
        """Return for how many seconds there is no room, and count nothing."""
        if self.is_open_to_all(now):
            return 0
        tally = self._tallies.get((rule, now // MINUTE_SECONDS, subject))
        return 0 if tally is None else _seconds_shut(rule, tally, now)

    def is_open_to_all(self, now: int) -> bool:
        """Say whether nobody, of any rule, is known to have used up their room."""
        return now >= self._all_open_at

    def agree(self) -> None:
        """Tell the others of what is due, and learn what they counted."""
        with self._lock:
            due, self._due = self._due, set()
            self._is_due.clear()
        for key in due:
            self._agree_on(key)

    def _agree_on(self, key: _Key) -> None:
        rule, window, subject = key
        with self._lock:
            tally = self._tallies.get(key)
            if tally is None:
                return
            sent, tally.unsent = tally.unsent, 0
            tally.agreed += sent
        found = self._agree(rule, f"{subject}:{window}", sent)
        tally.agreed = max(tally.agreed, found)
        if tally.agreed > rule.allowed:
            self._all_open_at = max(self._all_open_at, (window + 1) * MINUTE_SECONDS)

    def _begin(self, key: _Key) -> _Tally:
        if len(self._tallies) >= MOST_SUBJECTS:
            self._forget(key[1])
        tally = self._tallies[key] = _Tally()
        return tally

    def _forget(self, window: int) -> None:
        """Keep this window's busiest: earlier ones are over, or somebody floods us with ever new subjects."""
        present = [item for item in self._tallies.items() if item[0][1] == window]
        present.sort(key=lambda item: item[1].total, reverse=True)
        self._tallies = dict(present[: MOST_SUBJECTS // 10])

    def _note_due(self, key: _Key) -> None:
        self._due.add(key)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="rates", daemon=True)
            self._thread.start()
        self._is_due.set()

    def _run(self) -> None:
        while True:
            self._is_due.wait()
            try:
                self.agree()
            except Exception:  # without this thread every process would go by its own count for ever
                log.exception("processes could not agree on what they counted")
            time.sleep(AGREE_SECONDS)


def _seconds_shut(rule: Rule, tally: _Tally, now: int) -> int:
    if tally.total <= rule.allowed:
        return 0
    return MINUTE_SECONDS - now % MINUTE_SECONDS
