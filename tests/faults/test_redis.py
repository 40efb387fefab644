"""Redis killed, emptied or frozen: nothing but speed is lost, for what must hold is in the database."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as redis_client

from tests.security.target import Party, Target, Victim, running_target
from tests.servers.processes import wait_until
from tests.servers.redis import Redis, running_redis

# So low that a handful of pages is told to the others
BOUNDS = {"TNID_RATE_NETWORK_PAGES": "600", "TNID_TRUSTED_PROXIES": "127.0.0.1"}
WRONG_TRIES = 12


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with running_redis() as running:
        yield running


@pytest.fixture(scope="module")
def target(redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder: Path = tmp_path_factory.mktemp("redis")
    with running_target(folder, workers=2, TNID_REDIS_URL=redis.url, **BOUNDS) as running:
        yield running


def try_password(target: Target, person: Victim, password: str) -> int:
    """Try a password as a browser without scripts would; return the status."""
    target.http.cookies.clear()
    browser = target.http
    page = browser.get("/login", follow_redirects=True)
    token = page.text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    form = {"csrf_token": token, "username": person.username, "password": password}
    return browser.post(str(page.url), data=form).status_code


def press(target: Target) -> None:
    """Ask for enough pages that the processes tell one another."""
    for _ in range(60):
        target.http.get("/login")


def blow_by(redis: Redis, kind: str) -> None:
    if kind == "emptied":
        with redis_client.Redis(port=redis.port) as connection:
            connection.flushall()
    else:
        redis.process.send_signal(signal.SIGSTOP if kind == "frozen" else signal.SIGKILL)


@pytest.mark.parametrize("blow", ["emptied", "frozen", "killed"])
def test_lockouts_and_replay_protection_hold(target: Target, redis: Redis, blow: str) -> None:
    # Each from a network of its own, whose bound the others didn't use up
    target.http.headers["X-Forwarded-For"] = f"198.51.100.{ord(blow[0])}:40000"
    party, person = target.new_client(), target.new_person()
    code = target.new_code(person, party)
    assert target.http.post("/token", data=party.redemption(code), headers=party.basic).status_code == 200
    tries = [try_password(target, person, "wrong") for _ in range(WRONG_TRIES)]
    assert tries[-1] == 429
    press(target)
    blow_by(redis, blow)
    try:
        press(target)
        assert try_password(target, person, person.password) == 429, "a lockout was forgotten"
        again = target.http.post("/token", data=party.redemption(code), headers=party.basic)
        assert again.status_code == 400, "a spent code was taken again"
        assert signs_in(target, party)
    finally:
        if redis.process.poll() is None:
            redis.process.send_signal(signal.SIGCONT)
    # Whatever it was, the processes go on adding up: in Redis, or in the database
    wait_until(lambda: press(target) or has_counts(target, redis), seconds=15, what="agreement")


def signs_in(target: Target, party: Party) -> bool:
    other = target.new_person(totp=False)
    return try_password(target, other, other.password) == 303 and bool(target.new_tokens(other, party))


def has_counts(target: Target, redis: Redis) -> bool:
    if redis.process.poll() is None:
        with redis_client.Redis(port=redis.port) as connection:
            return bool(connection.keys("tnid*"))
    # A wrong password counts by one; so much at a time is what processes tell one another
    return bool(target.fetch_all("SELECT 1 AS x FROM throttles WHERE failures >= 30"))
