"""The database stops, hangs or is locked: refused with 503 and nothing half-written, and back by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.at_once import run_at_once
from tests.faults.conftest import on_sqlite
from tests.security.target import Party, Target, Victim, running_target
from tests.servers.postgresql import PostgreSQL, running_postgresql
from tests.servers.processes import wait_until
from tnid.engine import BUSY_TIMEOUT_MS

PATIENCE_SECONDS = BUSY_TIMEOUT_MS / 1000
HANGING_SECONDS = 20
BACK_SECONDS = 20
SCREEN = {"Cookie": "tnid_qr=some-screen"}
PUBLIC = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/healthz")


def check_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503, (answer.request.url, answer.status_code, answer.text[:300])
    assert int(answer.headers["Retry-After"]) > 0
    assert "Traceback" not in answer.text and "psycopg" not in answer.text


def requests_of(party: Party, tokens: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """Return requests that need the database, one for each endpoint."""
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    forms = (
        ("/token", party.redemption(code)),
        ("/token", party.refreshment(tokens["refresh_token"])),
        ("/introspect", {"token": tokens["access_token"]}),
        ("/revoke", {"token": tokens["refresh_token"]}),
    )
    return [
        *({"method": "POST", "url": url, "data": form, "headers": party.basic} for url, form in forms),
        {"method": "GET", "url": "/userinfo", "headers": bearer},
        {"method": "GET", "url": "/authorize", "params": party.query()},
        {"method": "GET", "url": "/login"},
        {"method": "GET", "url": "/readyz"},
        {"method": "GET", "url": "/qr/poll", "headers": SCREEN},
    ]


@pytest.fixture(scope="module")
def own_postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def on_postgresql(own_postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A provider on a PostgreSQL that the tests of this module may stop."""
    url = own_postgresql.url_of(own_postgresql.create_database())
    folder = tmp_path_factory.mktemp("stopped")
    # A code outlives the outage
    with running_target(folder, database_url=url, TNID_CODE_LIFETIME_SECONDS="600") as running:
        yield running


def test_postgresql_stops_and_comes_back(on_postgresql: Target, own_postgresql: PostgreSQL) -> None:
    target = on_postgresql
    party, person = target.new_client(), target.new_person()
    tokens, code = target.new_tokens(person, party), target.new_code(person, party)
    target.http.cookies.clear()
    own_postgresql.stop()
    try:
        for request in requests_of(party, tokens, code):
            check_unavailable(target.http.request(**request))
        for path in PUBLIC:
            assert target.http.get(path).status_code == 200, path
    finally:
        own_postgresql.start()
    wait_until(lambda: target.http.get("/readyz").status_code == 200, seconds=BACK_SECONDS, what="recovery")
    wait_until(
        lambda: target.http.get("/qr/poll", headers=SCREEN).status_code == 404,
        seconds=BACK_SECONDS,
        what="look",
    )
    # Nothing was half-done: the revocation was refused, the code is unspent
    assert target.is_active(party, tokens["access_token"])
    answer = target.http.post("/token", data=party.redemption(code), headers=party.basic)
    assert answer.status_code == 200, answer.text
    assert target.refresh(party, tokens["refresh_token"])


def test_postgresql_crashes_and_every_process_finds_back(
    on_postgresql: Target, own_postgresql: PostgreSQL
) -> None:
    target = on_postgresql
    party, person = target.new_client(), target.new_person()
    tokens = target.new_tokens(person, party)
    own_postgresql.stop(mode="immediate")
    own_postgresql.start()
    wait_until(own_postgresql.is_ready, seconds=BACK_SECONDS, what="PostgreSQL")
    wait_until(lambda: target.http.get("/readyz").status_code == 200, seconds=BACK_SECONDS, what="recovery")
    # Dead connections lie in every process's pool: none of them may cost a request
    for _ in range(12):
        with httpx.Client(base_url=target.address, timeout=30) as http:
            answer = http.post("/introspect", data={"token": tokens["access_token"]}, headers=party.basic)
            assert answer.status_code == 200 and answer.json()["active"], answer.text
    target.provider.tnid("db", "check")
    target.provider.tnid("audit", "verify")


def test_postgresql_hangs(on_postgresql: Target, own_postgresql: PostgreSQL) -> None:
    target = on_postgresql
    party, person = target.new_client(), target.new_person()
    tokens = target.new_tokens(person, party)
    own_postgresql.freeze()
    try:
        with httpx.Client(base_url=target.address, timeout=HANGING_SECONDS) as http:
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            for path in PUBLIC:
                assert http.get(path).status_code == 200, path
            asked = (
                lambda: http.get("/userinfo", headers=headers),
                lambda: http.get("/qr/poll", headers=SCREEN),
            )
            for answer in run_at_once(asked):
                check_unavailable(answer)
            assert http.get("/jwks").status_code == 200
    finally:
        own_postgresql.thaw()
    wait_until(lambda: target.http.get("/readyz").status_code == 200, seconds=BACK_SECONDS, what="recovery")
    assert target.is_active(party, tokens["access_token"])


@contextmanager
def table_locked(server: PostgreSQL, target: Target, table: str) -> Iterator[None]:
    """Hold a table so that nobody writes to it."""
    name = str(target.database._engine.url.database)
    conninfo = f"host={server.folder} user=postgres dbname={name}"
    with psycopg.connect(conninfo) as connection:
        connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE".encode())
        yield
        connection.rollback()


def test_au_002_nothing_is_done_that_can_not_be_recorded(
    on_postgresql: Target, own_postgresql: PostgreSQL
) -> None:
    target = on_postgresql
    party, person = target.new_client(), target.new_person()
    tokens, code = target.new_tokens(person, party), target.new_code(person, party)
    with table_locked(own_postgresql, target, "audit_events"):
        # IR-009: a revocation that wasn't stored is not answered by 200
        form = {"token": tokens["refresh_token"]}
        asked = (
            lambda: target.http.post("/revoke", data=form, headers=party.basic),
            lambda: target.http.post("/token", data=party.redemption(code), headers=party.basic),
        )
        for answer in run_at_once(asked):
            check_unavailable(answer)
    assert target.is_active(party, tokens["access_token"])
    answer = target.http.post("/token", data=party.redemption(code), headers=party.basic)
    assert answer.status_code == 200, answer.text


@contextmanager
def sqlite_locked(target: Target) -> Iterator[None]:
    """Hold SQLite's one write lock, as a backup or a person with a shell might."""
    path = Path(str(target.database._engine.url.database))
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@on_sqlite
def test_sqlite_locked_for_long_is_503_and_nothing_half_written(
    target: Target, client: Party, person: Victim
) -> None:
    tokens, code = target.new_tokens(person, client), target.new_code(person, client)
    wrong, revocation = {"Authorization": "Bearer x"}, {"token": tokens["refresh_token"]}
    with sqlite_locked(target):
        # A refusal that can't be recorded is no answer either
        asked = (
            lambda: target.http.post("/token", data=client.redemption(code), headers=client.basic),
            lambda: target.http.post("/revoke", data=revocation, headers=client.basic),
            lambda: target.http.get("/userinfo", headers=wrong),
        )
        for answer in run_at_once(asked):
            check_unavailable(answer)
            assert answer.elapsed.total_seconds() < 2 * PATIENCE_SECONDS + 5
        # What only reads goes on
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert target.http.get("/userinfo", headers=headers).status_code == 200
        for path in PUBLIC:
            assert target.http.get(path).status_code == 200
    assert target.is_active(client, tokens["access_token"])
    answer = target.http.post("/token", data=client.redemption(code), headers=client.basic)
    assert answer.status_code == 200, answer.text


@on_sqlite
def test_sqlite_locked_for_a_moment_is_waited_for(target: Target, client: Party, person: Victim) -> None:
    code = target.new_code(person, client)
    with ThreadPoolExecutor(1) as threads:
        with sqlite_locked(target):
            pending = threads.submit(
                httpx.post, target.address + "/token",
                data=client.redemption(code), headers=client.basic, timeout=30,
            )  # fmt: skip
            with pytest.raises(TimeoutError):
                pending.result(1)
        assert pending.result(30).status_code == 200
