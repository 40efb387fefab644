"""What every store of signing keys must do, in memory and in SQL."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from keys.memory import MemoryKeyStore
from keys.store import KeyStore, StoredKey, StoreUnavailable
from tnid.db import Database, DatabaseUnavailable
from tnid.stores.signing_keys import SqlKeyStore

KEY = StoredKey(
    "kid-1", "ES256", 1, published_at=1_795_000_000, active_from=1_795_000_900, sealed=b"\x01\x00\xff"
)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> KeyStore:
    if request.param == "memory":
        return MemoryKeyStore()
    return SqlKeyStore(request.getfixturevalue("database"))


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database of this round of `store`."""
    kind: str = request.node.callspec.params["store"]
    return kind


def test_a_new_store_is_empty(store: KeyStore) -> None:
    assert store.find_all() == ()


def test_a_key_comes_back_as_it_was(store: KeyStore) -> None:
    assert store.add(KEY)
    assert store.find_all() == (KEY,)
    assert type(store.find_all()[0].sealed) is bytes


def test_a_generation_is_added_once(store: KeyStore) -> None:
    assert store.add(KEY)
    assert not store.add(dataclasses.replace(KEY, kid="kid-2"))
    assert not store.add(KEY)
    assert store.find_all() == (KEY,)


def test_generations_are_counted_by_algorithm(store: KeyStore) -> None:
    assert store.add(KEY)
    assert store.add(dataclasses.replace(KEY, kid="kid-2", alg="RS256"))
    assert store.add(dataclasses.replace(KEY, kid="kid-3", generation=2))
    assert len(store.find_all()) == 3


def test_keys_come_in_the_same_order_however_added(store: KeyStore) -> None:
    keys = [
        dataclasses.replace(KEY, kid=f"{alg}-{generation}", alg=alg, generation=generation)
        for alg in ("ES256", "RS256")
        for generation in (1, 2, 10)
    ]
    for key in reversed(keys):
        store.add(key)
    assert store.find_all() == tuple(keys)


def test_a_key_is_removed_once(store: KeyStore) -> None:
    store.add(KEY)
    assert store.remove("kid-1")
    assert not store.remove("kid-1")
    assert not store.remove("' OR 1=1 --")
    assert store.find_all() == ()


def test_of_many_who_add_a_generation_at_once_one_succeeds(store: KeyStore) -> None:
    rivals = [dataclasses.replace(KEY, kid=f"kid-{rival}") for rival in range(16)]
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(store.add, rivals))
    assert added.count(True) == 1
    assert store.find_all() == (rivals[added.index(True)],)


def test_a_lost_database_is_known_by_the_keyrings_name_and_by_tnids(tmp_path: Path) -> None:
    store = SqlKeyStore(Database(create_engine(f"sqlite:///{tmp_path}/missing/tnid.db")))
    with pytest.raises(StoreUnavailable) as raised:
        store.find_all()
    assert isinstance(raised.value, DatabaseUnavailable)
