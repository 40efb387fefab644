"""One server for all cases of a test process, and one attacker for each case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.attack import Attack
from tests.security.target import Party, Target, Victim, running_target


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server with two worker processes on SQLite."""
    with running_target(tmp_path_factory.mktemp("target")) as running:
        yield running


@pytest.fixture
def attack(target: Target) -> Iterator[Attack]:
    """An attacker; what holds after every case is checked at the end."""
    attacker = Attack(target)
    yield attacker
    attacker.finish()


@pytest.fixture(scope="session")
def shared_client(target: Target) -> Party:
    """A confidential client, for cases that leave it as it is."""
    return target.new_client()


@pytest.fixture(scope="session")
def shared_person(target: Target) -> Victim:
    """A person, for cases that leave them as they are."""
    return target.new_person()


@pytest.fixture
def client(target: Target) -> Party:
    return target.new_client()


@pytest.fixture
def person(target: Target) -> Victim:
    return target.new_person()
