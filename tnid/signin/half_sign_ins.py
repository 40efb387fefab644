"""Half sign-ins: the password was right, and the second factor has ten minutes and ten tries."""

from __future__ import annotations

from typing import Any

from tnid.signin.sessions import MOST_COOKIE_CHARACTERS, hash_cookie, new_cookie_value
from tnid.stores.sign_ins import SignInStore

TRIES = 10
"""NIST SP 800-63B-4 section 3.2.2 bounds wrong tries; this bounds those after one right password."""


class HalfSignIns:
    """The life of half sign-ins, without Flask."""

    def __init__(self, store: SignInStore, lifetime_seconds: int) -> None:
        self._store = store
        self._lifetime_seconds = lifetime_seconds

    def begin(self, account_id: str, now: int) -> str:
        """Return the cookie's value."""
        value = new_cookie_value()
        self._store.insert(hash_cookie(value), account_id, now, now + self._lifetime_seconds)
        return value

    def find(self, value: str, now: int) -> Any:
        if not value or len(value) > MOST_COOKIE_CHARACTERS:
            return None
        return self._store.find(hash_cookie(value), now)

    def count_try(self, id_hash: str) -> int | None:
        """Count a try before it is looked at; return its number, or None where none is left."""
        return self._store.count_try(id_hash, TRIES)

    def end(self, id_hash: str, now: int) -> bool:
        return self._store.end(id_hash, now)

    def end_all(self, account_id: str, now: int) -> int:
        """End every half sign-in of an account: its password is another one now."""
        return self._store.end_all(account_id, now)
