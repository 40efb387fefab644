"""Waiting recoveries: begun, warned of at every contact, stopped by whoever the account belongs to.

A wait is for those who can show one thing alone: a code by message, or the password. When it is over they
show that again, and go on. Any sign-in with the second factor stops it, and so does the code in its warnings.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Any

from oidc.token.handles import new_identifier
from tnid.accounts.service import Events
from tnid.db import Database
from tnid.interfaces import Announcer, BlindIndex
from tnid.stores.recovery_waits import RecoveryWaitStore

MESSAGE, PASSWORD = "message", "password"
USABLE_SECONDS = 7 * 24 * 3600
"""How long a wait that is over may be used."""

# After which part of the wait each warning goes out; the first went when it began
WARNINGS = (("recovery_still_waiting", 0.5), ("recovery_still_waiting", 11 / 12), ("recovery_ready", 1.0))
LATE_SECONDS = 3600
BATCH = 100
HERE = timezone(timedelta(hours=7))
STOP_DIGITS = 8
MOST_TYPED_CHARACTERS = 32
_STOP_CODE = re.compile(rf"^[0-9]{{{STOP_DIGITS}}}$", re.ASCII)


class Waits:
    """The life of waits. Each method but `warn` runs in the caller's unit of work."""

    def __init__(
        self,
        store: RecoveryWaitStore,
        messages: Announcer,
        blind: BlindIndex,
        events: Events,
        wait_seconds: int,
    ) -> None:
        self._store = store
        self._messages = messages
        self._blind = blind
        self._events = events
        self._wait_seconds = wait_seconds

    def begin(self, account_id: str, shown: str, now: int) -> Any:
        """Begin a wait and warn of it; return its row, or that of the one which the account has already."""
        self._store.stop_expired(account_id, now)
        wait_id, ready_at = new_identifier(), now + self._wait_seconds
        is_new = self._store.insert(
            id=wait_id,
            account_id=account_id,
            shown=shown,
            stop_hash=self._hash(self._stop_code(wait_id)),
            created_at=now,
            ready_at=ready_at,
            expires_at=ready_at + USABLE_SECONDS,
            warnings=0,
            next_warning_at=self._due(now, 0),
        )
        if is_new:
            self._events.record("recovery.wait", account_id=account_id, now=now, details={"shown": shown})
            self._warn(account_id, wait_id, "recovery_waiting", ready_at, now)
        else:
            self._events.record(
                "recovery.wait", outcome="refused", reason="waits_already", account_id=account_id, now=now
            )
        return self._store.find_open(account_id, now)

    def find_open(self, account_id: str, now: int) -> Any:
        """Return the account's wait, over or not; None where there is none that may still be used."""
        return self._store.find_open(account_id, now)

    def find_ready(self, account_id: str, shown: str, now: int) -> Any:
        """Return the account's wait if it is over and this is what was shown at its beginning."""
        wait = self._store.find_open(account_id, now)
        return wait if wait is not None and wait.shown == shown and is_ready(wait, now) else None

    def complete(self, wait_id: str, now: int) -> bool:
        """Consume a wait that is over; True for one caller, once."""
        return self._store.complete(wait_id, now)

    # Stopping

    def stop(self, account_id: str, by: str, now: int) -> bool:
        """Stop the account's wait, if it has one. `by`: "sign_in", "person" or "recovery"."""
        wait = self._store.find_open(account_id, now)
        return wait is not None and self._stop(wait, by, now)

    def stop_by_code(self, typed: str, now: int) -> bool:
        """Stop the wait whose warnings hold this code."""
        code = normalise(typed)
        wait = None if code is None else self._store.find_by_stop_hash(self._hash(code), now)
        return wait is not None and self._stop(wait, "warning", now)

    def _stop(self, wait: Any, by: str, now: int) -> bool:
        if not self._store.stop(wait.id, now):
            return False
        self._events.record("recovery.stop", account_id=wait.account_id, now=now, details={"by": by})
        if by != "recovery":  # which has a message of its own
            self._messages.announce(wait.account_id, "recovery_stopped", now)
        return True

    # Warning

    def warn(self, database: Database, now: int) -> bool:
        """Send the warnings that are due; say whether more may be. A unit of work each."""
        due = self._store.list_due(now, most=BATCH)
        for wait in due:
            with database.unit():
                self._warn_again(wait, now)
        return len(due) == BATCH

    def _warn_again(self, wait: Any, now: int) -> None:
        name, _part = WARNINGS[wait.warnings]
        late = now - wait.next_warning_at
        # Nobody gains by our standing still: what was left of the time after this warning is left again
        shift = late if late > LATE_SECONDS else 0
        ready_at = wait.ready_at + shift
        number = wait.warnings + 1
        began_at = ready_at - self._wait_seconds
        is_ours = self._store.note_warning(
            wait.id,
            wait.warnings,
            next_at=self._due(began_at, number) if number < len(WARNINGS) else None,
            ready_at=ready_at,
            expires_at=wait.expires_at + shift,
        )
        if is_ours:
            self._warn(wait.account_id, wait.id, name, ready_at, now)

    def _due(self, began_at: int, number: int) -> int:
        return began_at + round(self._wait_seconds * WARNINGS[number][1])

    def _warn(self, account_id: str, wait_id: str, name: str, ready_at: int, now: int) -> None:
        code = self._stop_code(wait_id)
        self._messages.announce(
            account_id, name, now, when=local_time(ready_at), code=f"{code[:4]} {code[4:]}"
        )

    def _stop_code(self, wait_id: str) -> str:
        """Return the code that stops a wait: made anew for each warning, so that it is kept nowhere."""
        number = int(self._blind.blind_index("recovery_stop_code", wait_id)[:15], 16)
        return f"{number % 10**STOP_DIGITS:0{STOP_DIGITS}}"

    def _hash(self, code: str) -> str:
        return self._blind.blind_index("recovery_stop", code)


def is_ready(wait: Any, now: int) -> bool:
    """Say whether a wait is over: its time is, and its last warning was sent."""
    return bool(wait.ready_at <= now and wait.next_warning_at is None)


def normalise(typed: str) -> str | None:
    """Return the eight digits of a typed code, however they were spaced; None for no code."""
    if len(typed) > MOST_TYPED_CHARACTERS:
        return None
    digits = re.sub(r"[\s.\-–—]", "", unicodedata.normalize("NFKC", typed))
    return digits if _STOP_CODE.match(digits) else None


def local_time(moment: int) -> str:
    """Return a moment as people here write it, whatever their language."""
    return datetime.fromtimestamp(moment, HERE).strftime("%H:%M %d/%m/%Y")
