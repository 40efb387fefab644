"""Shut by its owner: the panic button, the answer "it wasn't me", and the wait before a deletion.

Whatever is open for the account ends in the same unit of work. The password alone opens it no more; a
recovery does, which sets a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from oidc.interfaces import Events
from tnid.interfaces import Announcer
from tnid.stores.closures import ClosureStore


class Sessions(Protocol):
    def end_all(self, account_id: str, now: int, *, except_sid: str = "") -> int: ...


class Closures:
    """Each method runs in the caller's unit of work and records what it changed."""

    def __init__(
        self,
        store: ClosureStore,
        sessions: Sessions,
        endings: Iterable[Callable[[str, int], object]],
        messages: Announcer,
        events: Events,
    ) -> None:
        """`endings` end what is open for an account beside its sessions, given its id and the time."""
        self._store = store
        self._sessions = sessions
        self._endings = tuple(endings)
        self._messages = messages
        self._events = events

    def shut(self, account_id: str, now: int, *, cause: str, keep_sid: str = "") -> bool:
        """Shut an account for its owner, whose own session may live on; False where it was shut before.

        Also then everything ends: what slipped in meanwhile is worth nothing anyway. `cause` is a stable
        word for the log, such as "panic".
        """
        # The row first: whoever signs in at this moment finds it shut
        is_done = self._store.shut(account_id, keep_sid or None, now)
        self.end_all(account_id, now, keep_sid=keep_sid)
        if is_done:
            self._events.record("account.shut", account_id=account_id, now=now, details={"cause": cause})
            self._messages.announce(account_id, "account_shut", now)
        return is_done

    def ask_deletion(self, account_id: str, now: int, wait_seconds: int) -> int | None:
        """Have an account erased after the wait; return when, None where that was asked before.

        Until then it serves no application. Signing in leads to where it is cancelled.
        """
        due_at = now + wait_seconds
        is_done = self._store.ask_deletion(account_id, due_at)
        self.end_all(account_id, now)
        if not is_done:
            return None
        self._events.record("account.ask_deletion", account_id=account_id, now=now)
        self._messages.announce(account_id, "deletion_asked", now)
        return due_at

    def cancel_deletion(self, account_id: str, now: int) -> bool:
        """Keep the account; False where there is nothing to cancel, or it is too late."""
        is_done = self._store.cancel_deletion(account_id, now)
        if is_done:
            self._events.record("account.cancel_deletion", account_id=account_id, now=now)
            self._messages.announce(account_id, "deletion_cancelled", now)
        return is_done

    def list_due(self, now: int, *, most: int) -> list[str]:
        """Return the accounts whose wait is over."""
        return self._store.list_due(now, most=most)

    def is_due(self, account_id: str, now: int) -> bool:
        """Say whether the wait is over, and hold it so until the unit of work ends: no cancelling now."""
        return self._store.hold_due(account_id, now)

    def end_all(self, account_id: str, now: int, *, keep_sid: str = "") -> None:
        """End every session but one, and every half sign-in, grant and waiting request."""
        self._sessions.end_all(account_id, now, except_sid=keep_sid)
        for end in self._endings:
            end(account_id, now)

    def reopen(self, account_id: str, now: int) -> bool:
        """Open it again, once its owner has proved by recovery who they are; False where it wasn't shut.

        Call it before a new session begins: whatever slipped in while it was shut ends here.
        """
        is_done = self._store.reopen(account_id)
        if is_done:
            self.end_all(account_id, now)
            self._events.record("account.reopen", account_id=account_id, now=now)
        return is_done
