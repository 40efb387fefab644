"""Names of keys that are new: for developers to see whether their application reads the JWKS again.

A real rotation would touch everybody. So a key is published under one more name, `<kid>~<name>`, from the
moment on in which a sandbox first asks for that; there is one name for everybody in ten minutes. A process
notices within two seconds that there is one, and a token that has it leaves a second later than that.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson

from keys.compact import NAME_MARK
from keys.keyring import Keyring
from tnid.db import DatabaseUnavailable
from tnid.stores.replay import ReplayStore

SLOT_SECONDS = 600
SLOTS = 3
REREAD_SECONDS = 2
PURPOSE = "sandbox key"


class NewKeys:
    """Which of the last slots had somebody who asked."""

    def __init__(self, store: ReplayStore) -> None:
        self._store = store

    def name(self, now: int) -> str:
        """Return this slot's name, which is published from now on."""
        slot = now // SLOT_SECONDS
        if not self._store.is_consumed(PURPOSE, str(slot)):
            self._store.consume(PURPOSE, str(slot), (slot + SLOTS) * SLOT_SECONDS)
        return str(slot)

    def list(self, now: int) -> tuple[str, ...]:
        """Return the names that are published."""
        slots = (str(now // SLOT_SECONDS - age) for age in range(SLOTS))
        return tuple(slot for slot in slots if self._store.is_consumed(PURPOSE, slot))


class NamedKeys:
    """A keyring with its keys' further names; all else is the keyring's own."""

    def __init__(self, keyring: Keyring, new_keys: NewKeys) -> None:
        self._keyring = keyring
        self._new_keys = new_keys
        self._names: tuple[str, ...] = ()
        self._read_at = 0
        self._made: tuple[tuple[bytes, tuple[str, ...]], bytes] | None = None
        self.sign, self.verify, self.algorithms = keyring.sign, keyring.verify, keyring.algorithms

    def jwks(self, now: int) -> bytes:
        """Return the JWK Set; where nobody asked for a new name it is the keyring's, as it is."""
        published = self._keyring.jwks(now)
        if abs(now - self._read_at) >= REREAD_SECONDS:
            self._read_at = now
            # Keys are told while the database is away, too: with the names that there were
            with suppress(DatabaseUnavailable):
                self._names = self._new_keys.list(now)
        if not self._names:
            return published
        made_of = published, self._names
        if self._made is None or self._made[0] != made_of:
            self._made = made_of, _with_names(published, self._names)
        return self._made[1]


def _with_names(published: bytes, names: tuple[str, ...]) -> bytes:
    keys: list[dict[str, Any]] = orjson.loads(published)["keys"]
    more = [{**key, "kid": f"{key['kid']}{NAME_MARK}{name}"} for key in keys for name in names]
    return orjson.dumps({"keys": [*keys, *more]})
