"""The keys in use: signs and verifies tokens, publishes the JWK Set, and tends the keys' lives."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from keys import compact, rotation
from keys.compact import InvalidToken
from keys.envelope import KeyEnvelope, KeyUnreadable
from keys.generate import generate_key
from keys.key_set import KeySet
from keys.rotation import Action, Publish, Remove, RotationPolicy
from keys.signing_key import ALGORITHMS
from keys.store import KeyStore, StoredKey, StoreUnavailable

WAIT_SECONDS = 0.1  # how long a thread waits for another's reading of the store, which takes a millisecond
FOREVER = -1


class KeyStatus(NamedTuple):
    """One key's place in its life, for operators."""

    kid: str
    alg: str
    status: Literal["next", "active", "retired"]
    published_at: int
    active_from: int
    retired_at: int | None
    removed_from: int | None


class Change(NamedTuple):
    """Something done to the keys, for the audit trail."""

    event: Literal["published", "removed"]
    kid: str
    alg: str
    active_from: int


class Reading(NamedTuple):
    """What one reading of the store gave."""

    read_at: int
    stored: tuple[StoredKey, ...]
    key_set: KeySet  # of those stored that are published


class Keyring:
    """Signs with the active keys of a store shared by processes; one a process, used by all its threads.

    The store is read at most once in `reload_seconds`, by one thread; where it is slow the others go on with
    what they have. Keys are opened and parsed once. Raises KeyUnreadable for a kek of a wrong length.
    """

    def __init__(
        self,
        store: KeyStore,
        kek: bytes,
        policy: RotationPolicy,
        reload_seconds: int = 1,
        *,
        other_keks: Sequence[bytes] = (),
    ) -> None:
        """`other_keks` open what is still, or already, sealed under them."""
        self._store = store
        self._envelope = KeyEnvelope(kek, *other_keks)
        self._policy = policy
        self._reload_seconds = reload_seconds
        self._reloading = threading.Lock()
        self._last: Reading | None = None
        self._tried_at = 0

    def sign(self, claims: Mapping[str, Any], *, alg: str, typ: str, now: int, name: str = "") -> str:
        """Return the claims as a compact JWS by the active key of `alg`; its header holds alg, kid and typ.

        `name` calls the key by a further name, which is its caller's to publish.

        Raises StoreUnavailable where the store has been out of reach for longer than a new key waits to be
        used, and ValueError for a programmer's mistake: an algorithm that we have no keys for, claims that
        aren't JSON, or an `exp` after the time for which a retired key is kept.
        """
        if claims.get("exp", now) > now + self._policy.retention(alg):
            raise ValueError("the token would outlive its key: raise retain_seconds")
        key_set = self._load_to_sign(now)
        key = key_set.find_active(alg, now)
        if key is None:
            raise ValueError(f"there is no key to sign with {alg}")
        header = compact.serialize_header(key, typ, name) if name else key_set.serialize_header(key, typ)
        return compact.serialize(header, claims, key)

    def verify(self, token: str, *, typ: str | None, now: int, allow_expired: bool = False) -> dict[str, Any]:
        """Return the claims of a token that we signed, of this `typ` (None: of any), and that is good now.

        Checks form, type, signature, `exp`, `nbf` and `iat`; not `iss`, `aud` or any other claim.
        `allow_expired` takes a token past its `exp`, for as long as its key is kept (an id_token_hint).
        Raises InvalidToken for anything else that may come, StoreUnavailable where the keys can't be read.
        """
        parsed = compact.parse(token)
        if typ is not None and parsed.typ != typ:
            raise InvalidToken("typ")
        key = self._load(now).key_set.find(parsed.kid)
        if key is None or key.alg != parsed.alg:
            raise InvalidToken("unknown_key")
        if not key.verify(parsed.signing_input, parsed.signature):
            raise InvalidToken("signature")
        claims = compact.read_object(parsed.payload)
        compact.check_times(claims, now, allow_expired=allow_expired)
        return claims

    def jwks(self, now: int) -> bytes:
        """Return the JWK Set (RFC 7517): each algorithm's next, active and not yet forgotten keys.

        While the store can't be read it is the last one known. Raises only where there never was one.
        """
        try:
            return self._load(now).key_set.jwks
        except (StoreUnavailable, KeyUnreadable):
            if self._last is None:
                raise
            return self._last.key_set.jwks

    def algorithms(self) -> tuple[str, ...]:
        """Return the algorithms that sign() takes."""
        return ALGORITHMS

    def ensure(self, now: int) -> tuple[Change, ...]:
        """Before the first request: read every key, and make those that are missing, active at once.

        Raises KeyUnreadable where one can't be opened (then nothing has been written), and StoreUnavailable.
        """
        return self.tend(now)

    def tend(self, now: int) -> tuple[Change, ...]:
        """Do what is due (see rotation.plan), unless another process was first; return what this one did."""
        return self._apply(rotation.plan(self._reload(now).stored, now, self._policy), now)

    def rotate(self, now: int, immediately: bool = False) -> tuple[Change, ...]:
        """Publish a new key for each algorithm, to sign once it has been published for long enough.

        `immediately` lets it sign as soon as every process of ours has read it, before relying parties'
        caches have; those that look a new kid up will find it. The old keys stay published either way.
        """
        wait_seconds = rotation.IMMEDIATE_SECONDS if immediately else self._policy.publish_seconds
        return self._apply(rotation.plan_rotation(self._reload(now).stored, now, wait_seconds), now)

    def withdraw(self, kid: str, now: int) -> Change | None:
        """Remove a retired key before its time, as one that leaked: what it signed is good no more.

        None for a key that signs, that will sign, or that isn't there.
        """
        retired = {one.kid for one in self.list_keys(now) if one.status == "retired"}
        removals = [Remove(key) for key in self._store.find_all() if key.kid == kid and kid in retired]
        return next(iter(self._apply(removals, now)), None)

    def list_keys(self, now: int) -> tuple[KeyStatus, ...]:
        """Return every key and its place in its life, fresh from the store."""
        stored = self._store.find_all()
        return tuple(self._describe(key, stored, now) for key in stored)

    def _load(self, now: int, wait_seconds: float = WAIT_SECONDS) -> Reading:
        """Return the last reading; make a new one where that was last tried reload_seconds ago."""
        last = self._last
        if last is not None and self._is_tried(now):
            return last
        if not self._reloading.acquire(timeout=FOREVER if last is None else wait_seconds):
            assert last is not None  # noqa: S101  without one we wait forever
            return last
        try:
            last = self._last
            return last if last is not None and self._is_tried(now) else self._read(now)
        finally:
            self._reloading.release()

    def _load_to_sign(self, now: int) -> KeySet:
        """Return the keys; raise StoreUnavailable where they may be so old that another key signs by now."""
        for wait_seconds in (WAIT_SECONDS, FOREVER):
            last = self._load(now, wait_seconds)
            if now - last.read_at <= self._policy.publish_seconds:
                return last.key_set
        raise StoreUnavailable("the signing keys are not known to be current")

    def _is_tried(self, now: int) -> bool:
        return abs(now - self._tried_at) < self._reload_seconds

    def _reload(self, now: int) -> Reading:
        with self._reloading:
            return self._read(now)

    def _read(self, now: int) -> Reading:
        """Read the store, holding the lock; open only those keys that weren't there before."""
        try:
            stored = self._store.find_all()
            published = tuple(
                key for key in stored if not rotation.is_expired(key, stored, now, self._policy)
            )
            key_set = self._last.key_set if self._last else None
            if key_set is None or key_set.stored != published:
                key_set = KeySet(published, self._envelope, key_set)
            self._last = Reading(now, stored, key_set)
        finally:
            self._tried_at = now
        return self._last

    def _apply(self, actions: Iterable[Action], now: int) -> tuple[Change, ...]:
        changes = tuple(change for action in actions if (change := self._do(action, now)))
        self._reload(now)
        return changes

    def _do(self, action: Action, now: int) -> Change | None:
        """Do it; None where another process was first."""
        if isinstance(action, Publish):
            key = generate_key(action.alg)
            sealed = self._envelope.seal(key)
            stored = StoredKey(key.kid, action.alg, action.generation, now, action.active_from, sealed)
            return change("published", stored) if self._store.add(stored) else None
        return change("removed", action.key) if self._store.remove(action.key.kid) else None

    def _describe(self, key: StoredKey, stored: tuple[StoredKey, ...], now: int) -> KeyStatus:
        retired_at = rotation.find_retirement(key, stored)
        removed_from = (
            None if retired_at is None else rotation.removal_time(key.alg, retired_at, self._policy)
        )
        if key == rotation.find_active(rotation.list_generations(stored, key.alg), now):
            status: Literal["next", "active", "retired"] = "active"
        else:
            status = "retired" if retired_at is not None and retired_at <= now else "next"
        return KeyStatus(
            key.kid, key.alg, status, key.published_at, key.active_from, retired_at, removed_from
        )


def change(event: Literal["published", "removed"], key: StoredKey) -> Change:
    return Change(event, key.kid, key.alg, key.active_from)
