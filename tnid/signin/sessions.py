"""Sessions: who is signed in at a browser. A cookie's value is a secret of which only the hash is stored.

A session gets a new id whenever its trust rises, and the old id is dead at once. Its `sid`, which relying
parties know, stays as long as the same person goes on in the same browser.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

from oidc.models import EndUser
from tnid.signin.assurance import Assurance
from tnid.stores.sessions import SessionStore

TOUCH_SECONDS = 60
MOST_COOKIE_CHARACTERS = 128


def hash_cookie(value: str) -> str:
    """Return what is stored of a cookie's value."""
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()


def new_cookie_value() -> str:
    """Return 256 random bits."""
    return secrets.token_urlsafe(32)


class Place(NamedTuple):
    """Where a session was begun, for its owner to recognise."""

    ip: str
    user_agent: str


class Proof(NamedTuple):
    """When the person proved who they are elsewhere, and how long a session of it may last."""

    auth_time: int
    lifetime_seconds: int


class Sessions:
    """The life of sessions, without Flask; each method runs in the caller's unit of work.

    `on_end` is called with the sid of each session that is ended, wherever that is, and the time; not of one
    that runs out.
    """

    def __init__(
        self, store: SessionStore, lifetime_seconds: int, on_end: Callable[[str, int], None]
    ) -> None:
        self._store = store
        self._lifetime_seconds = lifetime_seconds
        self._on_end = on_end

    def look_up_with_consent(
        self, value: str, client_id: str, now: int, *, with_mandate: bool = False, is_sandbox: bool = False
    ) -> Any:
        """Return the live session's row with what its person agreed to share with the client, by one SELECT.

        None where there is no such session. Once a minute it notes that the session was seen.
        """
        if not value or len(value) > MOST_COOKIE_CHARACTERS:
            return None
        found = self._store.find_live_with_consent(
            hash_cookie(value), client_id, now, with_mandate=with_mandate, is_sandbox=is_sandbox
        )
        if found is not None and is_touch_due(found, now):
            self.touch(value, now)
        return found

    def look_up(self, value: str, now: int, *, is_sandbox: bool = False) -> Any:
        """Return the live session's row, or None; writes nothing."""
        if not value or len(value) > MOST_COOKIE_CHARACTERS:
            return None
        return self._store.find_live(hash_cookie(value), now, is_sandbox=is_sandbox)

    def touch(self, value: str, now: int) -> None:
        self._store.touch(hash_cookie(value), now)

    def begin(
        self,
        account_id: str,
        assurance: Assurance,
        place: Place,
        now: int,
        proof: Proof | None = None,
        *,
        bind: Callable[[str], str] = str,
    ) -> tuple[str, str]:
        """Begin a session; return its cookie's value and its sid.

        `bind` makes of the value what will be presented, where that is more than the value alone.
        """
        value, sid = new_cookie_value(), secrets.token_urlsafe(24)
        proof = proof or Proof(now, self._lifetime_seconds)
        self._store.insert(
            id_hash=hash_cookie(bind(value)),
            sid=sid,
            account_id=account_id,
            auth_time=proof.auth_time,
            acr=assurance.acr,
            amr=" ".join(assurance.amr),
            ip=place.ip,
            user_agent=place.user_agent,
            created_at=now,
            last_seen_at=now,
            expires_at=now + min(proof.lifetime_seconds, self._lifetime_seconds),
        )
        return value, sid

    def renew(self, old_value: str, assurance: Assurance, now: int) -> str | None:
        """Sign the same person in again; return the new cookie's value, or None where the session ended."""
        value = new_cookie_value()
        is_renewed = self._store.renew(
            hash_cookie(old_value),
            hash_cookie(value),
            auth_time=now,
            acr=assurance.acr,
            amr=" ".join(assurance.amr),
            expires_at=now + self._lifetime_seconds,
        )
        return value if is_renewed else None

    def change_trust(
        self, old_value: str, assurance: Assurance, now: int, *, bind: Callable[[str], str] = str
    ) -> str | None:
        """Set what a session's factors prove; return the new cookie's value, or None where it ended."""
        value = new_cookie_value()
        is_changed = self._store.change_trust(
            hash_cookie(old_value),
            hash_cookie(bind(value)),
            acr=assurance.acr,
            amr=" ".join(assurance.amr),
            now=now,
        )
        return value if is_changed else None

    def find_account(self, sid: str) -> str | None:
        """Return whose session this is, or was."""
        return self._store.find_account(sid)

    def end(self, sid: str, now: int) -> bool:
        """End one session; False where it had ended."""
        is_ended = self._store.end(sid, now)
        if is_ended:
            self._on_end(sid, now)
        return is_ended

    def end_all(self, account_id: str, now: int, *, except_sid: str = "") -> int:
        """End every session of an account but one; return how many."""
        count = self._store.end_all(account_id, now, except_sid=except_sid)
        # Read after the write, so that none slips in between
        for sid in self._store.list_ended(account_id, now) if count else ():
            self._on_end(sid, now)
        return count

    def list_live(self, account_id: str, now: int) -> list[Any]:
        """Return the account's live sessions, the last seen first."""
        return self._store.list_live(account_id, now)


def is_touch_due(row: Any, now: int) -> bool:
    return bool(row.last_seen_at <= now - TOUCH_SECONDS)


def end_user_of(row: Any) -> EndUser:
    return EndUser(
        account_id=row.account_id,
        sid=row.sid,
        auth_time=row.auth_time,
        acr=row.acr,
        amr=tuple(row.amr.split()),
        identity_level=row.identity_level,
        is_waiting=bool(row.is_waiting),
        expires_at=row.session_expires_at,
        is_sandbox=bool(row.is_sandbox),
    )
