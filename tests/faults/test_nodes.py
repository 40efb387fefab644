"""Two nodes, a primary and its replica: one of each is killed while people use the provider."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.faults.nodes_load import User, find_lost, find_wrong, people_at, wait_for_answers
from tests.security.target import Target, running_target
from tests.servers.cluster import Cluster, running_cluster
from tests.servers.haproxy import running_haproxy
from tests.servers.processes import free_port, wait_until
from tests.servers.provider import Provider, running_provider

USERS = 6
BACK_SECONDS = 30
WARM_ANSWERS = 10
PUBLIC = ("/.well-known/openid-configuration", "/jwks")


@contextmanager
def two_nodes(folder: Path, cluster: Cluster) -> Iterator[tuple[Target, Provider, str]]:
    """Yield the first node and its database, the second, and the address of the balancer before both."""
    cluster.create_database("tnid")
    front = free_port()
    address = f"http://localhost:{front}"
    more = {
        "TNID_ISSUER": address,
        "TNID_TRUSTED_PROXIES": "127.0.0.1",
        # What was lost with the primary may be asked for again until another one has taken over
        "TNID_REFRESH_REUSE_GRACE_SECONDS": "60",
        "TNID_MASTER_KEY_FILE": str(folder / "one" / "instance" / "master.key"),
    }
    url = cluster.url_of("tnid")
    for name in ("one", "two"):
        (folder / name).mkdir()
    with (
        running_target(folder / "one", workers=1, database_url=url, **more) as target,
        running_provider(folder / "two", workers=1, database_url=url, **more) as second,
        running_haproxy(folder, front, (target.provider.port, second.port)),
    ):
        yield target, second, address


@contextmanager
def in_use(target: Target, address: str) -> Iterator[list[User]]:
    """Have people use the provider by the balancer, until the block ends."""
    parties = [target.new_client() for _ in range(USERS)]
    with people_at(target, address, parties) as users:
        wait_for_answers(users, WARM_ANSWERS)
        yield users


def wait_until_back(users: list[User], since: float) -> None:
    """Wait until everybody is served again who was in the middle of something."""
    wait_until(lambda: all(user.answered_at > since for user in users), seconds=BACK_SECONDS, what="service")


def test_a_node_and_then_the_primary_die_under_load(tmp_path: Path) -> None:
    with running_cluster() as cluster, two_nodes(tmp_path, cluster) as (target, second, address):
        with in_use(target, address) as users:
            second.kill()
            wait_for_answers(users, WARM_ANSWERS)
            second.start()
            died = cluster.get_primary()
            died.kill()
            killed_at = time.monotonic()
            # Keys and discovery need no database, also while no node is ready
            for path in PUBLIC:
                assert httpx.get(address + path, timeout=20).status_code == 200
            # Behind whatever was still on its way
            wait_until_back(users, killed_at + 1)
            wait_for_answers(users, WARM_ANSWERS)
            died.start()
            wait_until(cluster.is_safe, seconds=60, what="replica that has caught up")
        assert find_wrong(users) == []
        assert all(user.answers[503] for user in users), "nothing failed, so nothing was shown"
        assert find_lost(target, users) == []
        target.provider.tnid("db", "check")
        target.provider.tnid("audit", "verify")
