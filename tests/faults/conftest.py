"""Servers of four processes, on both databases; one of each for the tests that leave it standing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.security.target import Party, Target, Victim, running_target
from tests.servers import postgresql

WORKERS = 4
KINDS = ("sqlite", "postgresql")
on_sqlite = pytest.mark.parametrize("target", ["sqlite"], indirect=True)


@contextmanager
def own_target(
    kind: str, request: pytest.FixtureRequest, folder: Path, *, workers: int = WORKERS, **more: str
) -> Iterator[Target]:
    """Start a server on an empty database of its own."""
    if kind == "sqlite":
        with running_target(folder, workers=workers, **more) as running:
            yield running
        return
    server: postgresql.PostgreSQL = request.getfixturevalue("postgresql_server")
    name = server.create_database(template=request.getfixturevalue("postgresql_template"))
    try:
        with running_target(folder, workers=workers, database_url=server.url_of(name), **more) as running:
            yield running
    finally:
        server.drop_database(name)


@pytest.fixture(scope="session", params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server of four processes that the tests of this kind share."""
    folder = tmp_path_factory.mktemp("faults")
    with own_target(request.param, request, folder, TNID_CODE_LIFETIME_SECONDS="600") as running:
        yield running


@pytest.fixture(params=KINDS)
def fragile(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """A server for one test alone, which may kill it; a lost answer can be asked for again for long.

    A code outlives what the test does meanwhile.
    """
    long = {"TNID_REFRESH_REUSE_GRACE_SECONDS": "60", "TNID_CODE_LIFETIME_SECONDS": "600"}
    with own_target(request.param, request, tmp_path, workers=2, **long) as running:
        yield running


@pytest.fixture
def client(target: Target) -> Party:
    return target.new_client()


@pytest.fixture
def person(target: Target) -> Victim:
    return target.new_person()
