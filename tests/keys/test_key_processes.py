"""Sixteen processes that share a database rotate at once: one key comes of it, published before it signs."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from sqlalchemy import create_engine

from keys.keyring import Keyring
from keys.rotation import RotationPolicy
from keys.signing_key import ALGORITHMS
from tnid.db import Database
from tnid.engine import engine_options, prepare_engine
from tnid.stores.signing_keys import SqlKeyStore

PROCESSES = 16
KEK = bytes(range(32))
POLICY = RotationPolicy(rotation_seconds=1000, publish_seconds=100, retain_seconds=600)
NOW = 1_795_000_000
# What all do at the same moment: start, tend when nothing is due, rotate by hand, tend by schedule, clean up
STEPS = (
    (NOW, "ensure"),
    (NOW + 1, "tend"),
    (NOW + 200, "rotate"),
    (NOW + 299, "tend"),
    (NOW + 300, "tend"),
    (NOW + 1200, "tend"),
    (NOW + 1299, "tend"),
    (NOW + 1300, "tend"),
    (NOW + 2099, "tend"),
)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def run_process(number: int, url: str, barrier: Barrier, folder: Path) -> None:
    """Take every step together with the others; write down what this process published and signed with."""
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    keyring = Keyring(SqlKeyStore(Database(engine)), KEK, POLICY)
    seen: list[dict[str, Any]] = []
    for now, step in STEPS:
        barrier.wait(60)
        changes = getattr(keyring, step)(now)
        barrier.wait(60)
        jwks = json.loads(keyring.jwks(now + 1))["keys"]
        tokens = [keyring.sign({"exp": now + 60}, alg=alg, typ="JWT", now=now + 1) for alg in ALGORITHMS]
        for token in tokens:
            keyring.verify(token, typ="JWT", now=now + 1)
        signers = [jws.extract_compact(token.encode()).headers()["kid"] for token in tokens]
        seen.append({"changes": changes, "jwks": [key["kid"] for key in jwks], "signers": signers})
    (folder / f"{number}.json").write_text(json.dumps(seen))
    engine.dispose()


@pytest.fixture
def seen(database_url: str, tmp_path: Path) -> Iterator[list[tuple[dict[str, Any], ...]]]:
    """For each step, what each process saw."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier = context.Barrier(PROCESSES)
    processes = [
        context.Process(target=run_process, args=(number, database_url, barrier, tmp_path))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        process.kill()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    reports = [json.loads((tmp_path / f"{number}.json").read_bytes()) for number in range(PROCESSES)]
    yield list(zip(*reports, strict=True))


def test_sixteen_processes_rotate_as_one(seen: list[tuple[dict[str, Any], ...]]) -> None:
    published_at: dict[str, int] = {}
    for (now, step), reports in zip(STEPS, seen, strict=True):
        changes = [change for report in reports for change in report["changes"]]
        for event, kid, _, _ in changes:
            if event == "published":
                published_at[kid] = now
        assert {tuple(report["jwks"]) for report in reports} == {tuple(reports[0]["jwks"])}, (
            "all publish the same"
        )
        assert {tuple(report["signers"]) for report in reports} == {tuple(reports[0]["signers"])}, (
            "one active key"
        )
        for kid in reports[0]["signers"]:
            assert kid in reports[0]["jwks"]
            assert published_at[kid] == NOW or now + 1 >= published_at[kid] + POLICY.publish_seconds
        made = [change for change in changes if change[0] == "published"]
        expected = {NOW: "ensure", NOW + 200: "rotate", NOW + 1200: "tend"}
        assert len(made) == (len(ALGORITHMS) if expected.get(now) == step else 0)
    assert len(published_at) == 3 * len(ALGORITHMS)
