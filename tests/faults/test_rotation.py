"""Sixteen processes rotate the keys at the same moment: one key signs, and each was shown first."""

from __future__ import annotations

import json
import multiprocessing
from multiprocessing.synchronize import Barrier as BarrierType
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.servers.provider import environ_for
from tnid import settings as settings_module
from tnid.housekeeping import open_services
from tnid.migrations import upgrade
from tnid.settings import Settings

PROCESSES = 16
NOW = 1_800_000_000


def rotate(settings: Settings, barrier: BarrierType, now: int) -> None:
    """Be a process of the provider that rotates the keys as an operator in a hurry would."""
    services = open_services(settings)
    barrier.wait(120)
    services.keyring.rotate(now, immediately=True)
    services.keyring.tend(now)


def kids_of(published: bytes) -> set[str]:
    return {key["kid"] for key in json.loads(published)["keys"]}


def test_one_key_signs_whoever_rotates(database_url: str, tmp_path: Path) -> None:
    environ = environ_for(tmp_path, 1, database_url, TNID_LOG_LEVEL="error")
    settings = settings_module.load({n: v for n, v in environ.items() if n.startswith("TNID_")})
    upgrade(settings.database_url)
    watching = open_services(settings).keyring
    watching.ensure(NOW)
    before = kids_of(watching.jwks(NOW))
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(PROCESSES)
    rivals = [context.Process(target=rotate, args=(settings, barrier, NOW)) for _ in range(PROCESSES)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join(120)
    assert [rival.exitcode for rival in rivals] == [0] * PROCESSES
    published, after = watching.jwks(NOW + 2), NOW + 10
    for alg in ("RS256", "ES256"):
        (active,) = (key for key in watching.list_keys(after) if key.alg == alg and key.status == "active")
        assert active.published_at < active.active_from, "it signed before it was shown"
        token = watching.sign({"sub": "x"}, alg=alg, typ="JWT", now=after)
        shown = KeySet.import_key_set(json.loads(published))
        assert jwt.decode(token, shown, algorithms=[alg]).header["kid"] == active.kid
    every = {key.kid for key in watching.list_keys(after)}
    assert every == before | kids_of(published), "a key was made that nobody is shown"
    assert len(every) == 4, "more than one rotation was done"
