"""The demonstration's people and clients: there after the first seed, and today's after each later one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oidc.attested import OF_STANDING, STANDING_SCOPE_CLAIMS
from tests.conftest import Clock
from tnid.demo.seed import Seeded, load_clients, seed
from tnid.services import Services

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def seeded(services: Services, clock: Clock) -> Seeded:
    return seed(services, clock.now())


def vouched(services: Services, username: str, client_id: str, now: int) -> dict[str, Any]:
    account_id = services.accounts.find_id_by_username(username)
    assert account_id is not None
    return dict(services.vouching.vouched(account_id, client_id, OF_STANDING, now).claims)


def test_there_is_somebody_for_each_scope(seeded: Seeded, services: Services, clock: Clock) -> None:
    now = clock.now()
    bay = vouched(services, "bay.hoang", "hotrocongdan", now)
    assert bay["personal_id_number"] == "019161004512" and bay["identity_level"] == 2
    gia_sang = {"code": "05467", "name": "Phường Gia Sàng"}
    assert bay["residence_ward"] == gia_sang
    ha = vouched(services, "ha.le", "ioc", now)
    assert ha["staff_roles"] == [{"role": "official", "ward": gia_sang}]
    hong, child = (
        vouched(services, "hong.mai", "suckhoe", now),
        services.accounts.find_by_username("bao.tran"),
    )
    client = services.clients.find_now("suckhoe")
    assert child is not None and client is not None
    assert hong["guardian_of"] == [services.provider.subjects.subject(client, child.id)]
    assert hong.keys() == OF_STANDING - {"staff_roles"}


def test_an_older_demonstration_gets_what_came_later(
    seeded: Seeded, services: Services, clock: Clock
) -> None:
    own = {"identity_level": {"required": True, "purpose": {"vi": "Lời của chính nơi này"}, "version": "own"}}
    for entry in load_clients():
        client: Any = services.clients.find_now(entry["slug"])
        left = [name for name in client.scope if name not in STANDING_SCOPE_CLAIMS]
        metadata = {**client.metadata, "scope": " ".join(left)}
        metadata.pop("backchannel_logout_uri", None)
        services.clients.set_metadata(client.client_id, metadata, clock.now())
        services.clients.set_consent_items(client.client_id, {}, clock.now())
    services.clients.set_consent_items("suckhoe", own, clock.now())
    before: Any = services.clients.find_now("suckhoe")
    again = seed(services, clock.now())
    assert (again.new_people, again.new_clients) == (0, 0) and again.credentials == seeded.credentials
    after: Any = services.clients.find_now("suckhoe")
    assert {"citizen", "pid", "guardian"} <= set(after.scope)
    assert after.backchannel_logout_uri == "http://localhost:8002/suckhoe/backchannel-logout"
    assert after.consent_items["identity_level"] == own["identity_level"], "the operator's own words stay"
    assert after.consent_items["guardian_of"]["required"] is False
    same = replace(after, metadata={}, consent_items={})
    assert same == replace(before, metadata={}, consent_items={}), "secrets and policy are untouched"
    for entry in load_clients():
        found: Any = services.clients.find_now(entry["slug"])
        assert set(entry.get("scope", "openid").split()) <= set(found.scope), entry["slug"]


def test_a_child_has_one_guardian_however_often_it_is_seeded(
    seeded: Seeded, services: Services, clock: Clock
) -> None:
    child = services.accounts.find_by_username("bao.tran")
    assert child is not None
    for _ in range(2):
        seed(services, clock.now())
        assert len(services.guardians.list_guardians(child.id, clock.now())) == 1
