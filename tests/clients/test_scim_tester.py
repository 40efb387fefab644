"""scim2-tester against a running server: it reads what is published and tries every attribute by that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server

from tests.security.target import Target, running_target
from tests.tnid.employment.work import an_employer
from tnid import clock
from tnid.scim.tokens import Made

LEAST_CHECKS = 75


class OverHttp(BaseSyncSCIMClient):
    """The client of scim2-tester, by the HTTP library that is here."""

    def __init__(self, http: httpx.Client) -> None:
        super().__init__()
        self.http = http

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        return self.http.request(method, url, **more)

    def _parse_json(self, response: Any) -> Any:
        return response.json()

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return not endpoint.startswith("http") or endpoint.startswith(str(self.http.base_url))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_target(tmp_path_factory.mktemp("scim")) as running:
        yield running


@pytest.fixture
def http(target: Target) -> Iterator[httpx.Client]:
    services = target.services
    with services.database.unit():
        employer = an_employer(services, clock.now())
        made = services.employer_tokens.make(employer.id, "scim2-tester", None, clock.now())
    assert isinstance(made, Made)
    target.hide(made.token)
    headers = {"Authorization": f"Bearer {made.token}"}
    with httpx.Client(base_url=f"{target.address}/scim/v2", headers=headers, timeout=30) as client:
        yield client


def test_every_check_succeeds_and_none_is_skipped(http: httpx.Client) -> None:
    results = check_server(OverHttp(http))
    failed = [
        f"{one.title}: {one.reason} {one.data!r:.300}" for one in results if one.status != Status.SUCCESS
    ]
    assert failed == []
    assert len(results) >= LEAST_CHECKS
