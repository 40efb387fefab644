"""The disk is full: what writes is refused with 503 and done by halves nowhere, what reads goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.test_databases import PUBLIC, check_unavailable
from tests.security.target import Target, running_target
from tests.servers.processes import wait_until
from tests.servers.small_disk import filled, small_disk

MEGABYTES = 48


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", MEGABYTES) as path:
        yield path


def test_a_full_disk_is_503_for_what_writes_and_nothing_else(disk: Path, tmp_path: Path) -> None:
    folder = disk / "instance"
    with running_target(tmp_path, workers=2, TNID_INSTANCE_DIR=str(folder)) as target:
        party, person = target.new_client(), target.new_person()
        tokens, code = target.new_tokens(person, party), target.new_code(person, party)
        target.http.cookies.clear()
        with filled(disk):
            redemption = {"data": party.redemption(code), "headers": party.basic}
            check_unavailable(target.http.post("/token", **redemption))
            revocation = {"data": {"token": tokens["refresh_token"]}, "headers": party.basic}
            check_unavailable(target.http.post("/revoke", **revocation))
            check_unavailable(target.http.get("/authorize", params=party.query()))
            # A refusal that can't be recorded is no answer either
            check_unavailable(target.http.get("/userinfo", headers={"Authorization": "Bearer x"}))
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            assert target.http.get("/userinfo", headers=headers).status_code == 200
            for path in PUBLIC:
                assert target.http.get(path).status_code == 200, path
        wait_until(lambda: is_serving(target), seconds=20, what="recovery")
        assert target.is_active(party, tokens["access_token"]), "a revocation that was refused was done"
        assert target.http.post("/token", **redemption).status_code == 200, "a code was spent by halves"
        target.provider.tnid("db", "check")
        target.provider.tnid("audit", "verify")


def is_serving(target: Target) -> bool:
    return target.http.get("/userinfo", headers={"Authorization": "Bearer x"}).status_code == 401
