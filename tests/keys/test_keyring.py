"""The keyring signs by the active key, sees others' rotations within a second, outlives a lost store."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from keys.compact import InvalidToken, parse
from keys.envelope import KeyUnreadable
from keys.keyring import Keyring
from keys.memory import MemoryKeyStore
from keys.rotation import IMMEDIATE_SECONDS, RotationPolicy
from keys.signing_key import ALGORITHMS
from keys.store import StoredKey, StoreUnavailable

KEK = bytes(range(32))
POLICY = RotationPolicy(rotation_seconds=10_000, publish_seconds=100, retain_seconds=600)
NOW = 1_795_000_000


class WatchedStore(MemoryKeyStore):
    """Counts the readings, and is out of reach when told to be."""

    def __init__(self) -> None:
        super().__init__()
        self.readings = 0
        self.is_lost = False

    def find_all(self) -> tuple[StoredKey, ...]:
        self.readings += 1
        if self.is_lost:
            raise StoreUnavailable("lost")
        return super().find_all()


@pytest.fixture(scope="module")
def first_keys() -> tuple[StoredKey, ...]:
    """Keys made at NOW, once for all tests."""
    store = MemoryKeyStore()
    Keyring(store, KEK, POLICY).ensure(NOW)
    return store.find_all()


@pytest.fixture
def store(first_keys: tuple[StoredKey, ...]) -> WatchedStore:
    made = WatchedStore()
    for key in first_keys:
        made.add(key)
    return made


@pytest.fixture
def keyring(store: WatchedStore) -> Keyring:
    return Keyring(store, KEK, POLICY)


def claims(now: int = NOW) -> dict[str, Any]:
    return {"iss": "https://id.example", "sub": "Nguyễn", "exp": now + 600, "iat": now}


def sign(keyring: Keyring, now: int = NOW, alg: str = "ES256") -> str:
    return keyring.sign(claims(now), alg=alg, typ="JWT", now=now)


def kids(keyring: Keyring, now: int) -> list[str]:
    return [key["kid"] for key in orjson.loads(keyring.jwks(now))["keys"]]


def signer(keyring: Keyring, now: int) -> str:
    parsed = jwt.decode(sign(keyring, now), KeySet.import_key_set(orjson.loads(keyring.jwks(now))))
    return str(parsed.header["kid"])


def test_ensure_makes_the_first_keys_and_then_leaves_them() -> None:
    keyring = Keyring(MemoryKeyStore(), KEK, POLICY)
    assert [(change.event, change.alg) for change in keyring.ensure(NOW)] == [
        ("published", alg) for alg in ALGORITHMS
    ]
    assert keyring.ensure(NOW) == ()
    assert {status.status for status in keyring.list_keys(NOW)} == {"active"}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_another_library_verifies_our_tokens_by_our_jwks(keyring: Keyring, alg: str) -> None:
    key_set = KeySet.import_key_set(orjson.loads(keyring.jwks(NOW)))
    token = jwt.decode(sign(keyring, alg=alg), key_set, algorithms=[alg])
    assert token.claims == claims()
    assert token.header == {"alg": alg, "typ": "JWT", "kid": token.header["kid"]}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_verify_our_tokens(keyring: Keyring, alg: str) -> None:
    assert keyring.verify(sign(keyring, alg=alg), typ="JWT", now=NOW + 599) == claims()
    assert keyring.verify(sign(keyring, alg=alg), typ=None, now=NOW) == claims()


def test_jwks_has_distinct_kids_and_no_private_member(keyring: Keyring) -> None:
    keyring.rotate(NOW)
    keys = orjson.loads(keyring.jwks(NOW))["keys"]
    assert len({key["kid"] for key in keys}) == len(keys) == 4
    assert not any(key.keys() & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} for key in keys)


def test_jwks_is_the_same_bytes_until_the_keys_change(keyring: Keyring) -> None:
    before = keyring.jwks(NOW)
    assert keyring.jwks(NOW + 50) is before
    keyring.rotate(NOW + 50)
    assert keyring.jwks(NOW + 50) != before


def test_the_store_is_read_at_most_once_a_second(keyring: Keyring, store: WatchedStore) -> None:
    for _ in range(10):
        sign(keyring)
        keyring.jwks(NOW)
    assert store.readings == 1
    sign(keyring, NOW + 1)
    assert store.readings == 2


def test_another_process_sees_a_rotation_within_a_second(keyring: Keyring, store: WatchedStore) -> None:
    other = Keyring(store, KEK, POLICY)
    other.jwks(NOW)
    published = keyring.rotate(NOW)
    assert {change.kid for change in published} <= set(kids(other, NOW + 1))


def test_all_processes_change_to_the_new_key_at_the_same_second(
    keyring: Keyring, store: WatchedStore
) -> None:
    other = Keyring(store, KEK, POLICY)
    before = signer(other, NOW)
    new = next(change.kid for change in keyring.rotate(NOW) if change.alg == "ES256")
    assert [signer(k, NOW + 99) for k in (keyring, other)] == [before, before]
    assert [signer(k, NOW + 100) for k in (keyring, other)] == [new, new]


def test_rotating_immediately_waits_until_every_process_has_read_the_key(keyring: Keyring) -> None:
    before = signer(keyring, NOW)
    new = next(change.kid for change in keyring.rotate(NOW, immediately=True) if change.alg == "ES256")
    assert signer(keyring, NOW + IMMEDIATE_SECONDS - 1) == before
    assert signer(keyring, NOW + IMMEDIATE_SECONDS) == new


def test_an_old_token_verifies_until_it_expires_and_its_key_goes_after(
    keyring: Keyring, store: WatchedStore
) -> None:
    keyring.rotate(NOW)
    token = sign(keyring, NOW + 99)
    assert keyring.verify(token, typ="JWT", now=NOW + 698)
    kept_until = NOW + 100 + 600 + 100
    assert keyring.tend(kept_until - 1) == ()
    assert keyring.verify(token, typ="JWT", now=kept_until - 1, allow_expired=True)
    assert [change.event for change in keyring.tend(kept_until)] == ["removed", "removed"]
    assert len(store.find_all()) == 2
    with pytest.raises(InvalidToken, match="unknown_key"):
        keyring.verify(token, typ="JWT", now=kept_until, allow_expired=True)


def test_an_expired_key_is_not_published_even_where_nobody_tends(keyring: Keyring) -> None:
    keyring.rotate(NOW)
    assert len(kids(keyring, NOW + 799)) == 4
    assert len(kids(keyring, NOW + 800)) == 2


def test_keys_are_listed_with_their_place_in_life(keyring: Keyring) -> None:
    keyring.rotate(NOW)
    listed = {(s.status, s.active_from, s.retired_at, s.removed_from) for s in keyring.list_keys(NOW)}
    assert listed == {("active", NOW, NOW + 100, NOW + 800), ("next", NOW + 100, None, None)}
    assert [s.status for s in keyring.list_keys(NOW + 100)] == ["retired", "active"] * 2


def test_a_token_that_would_outlive_its_key_is_not_signed(keyring: Keyring) -> None:
    with pytest.raises(ValueError, match="outlive"):
        keyring.sign({"exp": NOW + 601}, alg="ES256", typ="JWT", now=NOW)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "RS512", ""])
def test_no_other_algorithm_is_signed_with(keyring: Keyring, alg: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        sign(keyring, alg=alg)


def test_jwks_is_served_while_the_store_is_lost(keyring: Keyring, store: WatchedStore) -> None:
    known = keyring.jwks(NOW)
    store.is_lost = True
    assert keyring.jwks(NOW + 5000) is known
    store.is_lost = False
    assert keyring.jwks(NOW + 5001) is known


def test_a_lost_store_is_tried_once_a_second(keyring: Keyring, store: WatchedStore) -> None:
    keyring.jwks(NOW)
    store.is_lost = True
    for _ in range(10):
        keyring.jwks(NOW + 1)
    assert store.readings == 2


def test_nothing_is_signed_by_keys_not_known_to_be_current(keyring: Keyring, store: WatchedStore) -> None:
    keyring.jwks(NOW)
    store.is_lost = True
    with pytest.raises(StoreUnavailable):
        sign(keyring, NOW + 101)
    with pytest.raises(StoreUnavailable):
        sign(keyring, NOW + 101)
    store.is_lost = False
    assert sign(keyring, NOW + 102)


def test_without_a_store_from_the_start_there_is_no_jwks(keyring: Keyring, store: WatchedStore) -> None:
    store.is_lost = True
    with pytest.raises(StoreUnavailable):
        keyring.jwks(NOW)


def test_a_wrong_kek_stops_the_start_and_writes_nothing(store: WatchedStore) -> None:
    before = store.find_all()
    with pytest.raises(KeyUnreadable):
        Keyring(store, bytes(32), POLICY).ensure(NOW + 50_000)
    with pytest.raises(KeyUnreadable):
        Keyring(store, b"", POLICY)
    assert store.find_all() == before


def test_one_changed_bit_stops_the_start(first_keys: tuple[StoredKey, ...]) -> None:
    store = MemoryKeyStore()
    sealed = first_keys[0].sealed
    store.add(dataclasses.replace(first_keys[0], sealed=sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]))
    with pytest.raises(KeyUnreadable):
        Keyring(store, KEK, POLICY).ensure(NOW)


def test_threads_share_a_keyring_while_it_rotates(keyring: Keyring) -> None:
    clock = [NOW]
    stop = threading.Event()

    def sign_and_verify() -> int:
        signed = 0
        while not stop.is_set() or not signed:
            now = clock[0]
            assert keyring.verify(sign(keyring, now), typ="JWT", now=now)["sub"] == "Nguyễn"
            signed += 1
        return signed

    with ThreadPoolExecutor(8) as pool:
        signers = [pool.submit(sign_and_verify) for _ in range(7)]
        try:
            for _ in range(3):
                keyring.rotate(clock[0], immediately=True)
                clock[0] += IMMEDIATE_SECONDS
        finally:
            stop.set()
        assert all(future.result() for future in signers)


def test_all_threads_that_come_after_a_long_pause_have_the_new_key(
    keyring: Keyring, store: WatchedStore
) -> None:
    sign(keyring)
    new = next(c.kid for c in Keyring(store, KEK, POLICY).rotate(NOW) if c.alg == "ES256")
    readings = store.readings
    start = threading.Barrier(8)

    def sign_late(_: int) -> str:
        start.wait(30)
        return sign(keyring, NOW + 5000)

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(sign_late, range(8)))
    assert {parse(token).kid for token in tokens} == {new}
    assert store.readings == readings + 1


def test_one_thread_reads_while_the_others_go_on(keyring: Keyring, store: WatchedStore) -> None:
    keyring.jwks(NOW)
    reading, release = threading.Event(), threading.Event()
    find_all = store.find_all

    def slow_find_all() -> tuple[StoredKey, ...]:
        reading.set()
        release.wait(30)
        return find_all()

    store.find_all = slow_find_all  # type: ignore[method-assign]
    reader = threading.Thread(target=keyring.jwks, args=(NOW + 1,))
    reader.start()
    try:
        assert reading.wait(30)
        assert sign(keyring, NOW + 2)
    finally:
        release.set()
        reader.join()


def test_a_retired_key_can_be_withdrawn_and_no_other(keyring: Keyring) -> None:
    old = sign(keyring)
    kid = parse(old).kid
    assert keyring.withdraw(kid, NOW) is None, "it signs"
    keyring.rotate(NOW)
    successor = next(key.kid for key in keyring.list_keys(NOW) if key.status == "next" and key.alg == "ES256")
    assert keyring.withdraw(successor, NOW) is None, "it will sign"
    later = NOW + POLICY.publish_seconds
    assert keyring.verify(old, typ="JWT", now=later)
    assert keyring.withdraw(kid, later) is not None
    assert keyring.withdraw(kid, later) is None
    with pytest.raises(InvalidToken) as refused:
        keyring.verify(old, typ="JWT", now=later)
    assert refused.value.reason == "unknown_key"
    assert parse(sign(keyring, later)).kid == successor
