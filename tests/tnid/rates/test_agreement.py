"""Processes add up in Redis, or in the database: lost, frozen or never there, Redis is not needed."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.servers.redis import Redis, running_redis
from tnid.db import Database
from tnid.rates.agreement import Agreement, with_scheme
from tnid.rates.rules import Rule
from tnid.sealing import Sealer
from tnid.stores.throttles import ThrottleStore

RULE = Rule("pages_of_network", 100)
SEALER = Sealer(bytes(32))


@pytest.fixture
def redis() -> Iterator[Redis]:
    with running_redis() as running:
        yield running


def rows(database: Database) -> list[int]:
    return [row.failures for row in database.fetch_all(text("SELECT failures FROM throttles"))]


def agreement(database: Database, url: str | None = None) -> Agreement:
    return Agreement(ThrottleStore(database), SEALER, url)


def test_the_database_adds_up_without_redis(database: Database) -> None:
    one, two = agreement(database), agreement(database)
    assert [one.add(RULE, "192.0.2.1:7", 5), two.add(RULE, "192.0.2.1:7", 6)] == [5, 11]
    assert one.add(RULE, "192.0.2.1:8", 1) == 1
    assert sorted(rows(database)) == [1, 11]


def test_no_address_is_kept_in_clear(database: Database) -> None:
    agreement(database).add(RULE, "192.0.2.1:7", 5)
    (row,) = database.fetch_all(text("SELECT key FROM throttles"))
    assert "192.0.2.1" not in row.key and len(row.key) <= 64


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_redis_adds_up_and_the_database_is_left_alone(database: Database, redis: Redis) -> None:
    one, two = agreement(database, redis.url), agreement(database, redis.url)
    assert [one.add(RULE, "a", 5), two.add(RULE, "a", 6)] == [5, 11]
    assert rows(database) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_without_redis_the_database_goes_on(database: Database, redis: Redis, blow: int) -> None:
    counted = agreement(database, redis.url)
    counted.add(RULE, "a", 5)
    redis.process.send_signal(blow)
    try:
        assert [counted.add(RULE, "a", 5), counted.add(RULE, "a", 6)] == [5, 11]
    finally:
        redis.process.send_signal(signal.SIGCONT)
    assert rows(database) == [11]


def test_a_socket_is_named_as_the_library_names_it() -> None:
    assert with_scheme("unix:///run/redis.sock") == "redis+unix:///run/redis.sock"
    assert with_scheme("rediss://cache/1") == "rediss://cache/1"
