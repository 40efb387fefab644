"""A client's secrets: two at most, each with its dates, one ending while the other works."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from oidc.clients.authentication import hash_secret
from oidc.models import Client
from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tests.tnid.developers.settings_world import SettingsWorld, make_world
from tnid.accounts.refusal import Refused
from tnid.app import Application
from tnid.developers.secrets import DAY_SECONDS, Secret
from tnid.services import Services


@pytest.fixture
def world(services: Services, clock: Clock, new_person: Callable[..., Someone]) -> SettingsWorld:
    return make_world(services, clock, new_person("vinh", totp=True, claims={"email": "vinh@example.vn"}))


def make(world: SettingsWorld, env: str = "sandbox", **options: Any) -> str | Refused:
    with world.services.database.unit():
        return world.services.developers.secrets.make(
            world.client(env), world.clock.now(), by=world.owner.id, **options
        )


def end(world: SettingsWorld, secret: Secret, env: str = "sandbox", **options: Any) -> Refused | None:
    with world.services.database.unit():
        return world.services.developers.secrets.end(
            world.client(env), secret.id, world.clock.now(), by=world.owner.id, **options
        )


def listed(world: SettingsWorld, env: str = "sandbox") -> list[Secret]:
    return world.services.developers.secrets.list_of(world.client(env), world.clock.now())


def opens(app: Application, client: Client, secret: str) -> bool:
    """Say whether the secret is taken at the token endpoint: then it is the code that is wrong."""
    basic = b64encode(f"{client.client_id}:{secret}".encode()).decode()
    answer = app.test_client().post(
        "/token",
        data={"grant_type": "authorization_code", "code": "x", "redirect_uri": "https://app.example/cb"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.json["error"] in ("invalid_grant", "invalid_client", "invalid_request"), answer.json
    return bool(answer.json["error"] != "invalid_client")


def test_a_new_secret_works_beside_the_old_one_until_its_day(
    world: SettingsWorld, app: Application, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tnid.stores.clients.CACHE_SECONDS", -1)
    first = make(world, overlap=0)
    assert isinstance(first, str)
    second = make(world, overlap=7 * DAY_SECONDS)
    assert isinstance(second, str) and second != first
    new, old = listed(world)
    assert (new.ends_at, old.ends_at) == (None, clock.now() + 7 * DAY_SECONDS)
    assert new.made_by == world.owner.id and new.created_at == clock.now()
    assert opens(app, world.client(), first) and opens(app, world.client(), second)
    clock.advance(7 * DAY_SECONDS)
    assert not opens(app, world.client(), first), "at the very second, whether or not the housekeeper came"
    assert opens(app, world.client(), second)
    assert [one.id for one in listed(world)] == [new.id]


def test_the_housekeeper_takes_out_what_is_over(world: SettingsWorld, clock: Clock) -> None:
    make(world, overlap=DAY_SECONDS)
    secrets, database = world.services.developers.secrets, world.services.database
    assert len(world.client().secret_hashes) == 2 and not secrets.end_due(database, clock.now(), most=10)
    assert len(world.client().secret_hashes) == 2
    clock.advance(DAY_SECONDS)
    secrets.end_due(database, clock.now(), most=10)
    client = world.client()
    assert len(client.secret_hashes) == 1 and client.secret_ends == {}
    assert len(listed(world)) == 1


def test_there_are_two_at_most(world: SettingsWorld) -> None:
    assert isinstance(make(world), str)
    assert make(world) == Refused("", "secrets_two")
    assert len(listed(world)) == 2
    assert isinstance(make(world, overlap=0), str), "instead of both"
    assert len(listed(world)) == 1


def test_the_same_form_makes_one(world: SettingsWorld) -> None:
    assert isinstance(make(world, attempt="a" * 20), str)
    assert make(world, attempt="a" * 20, overlap=0) == Refused("", "secret_made")
    assert len(listed(world)) == 2


def test_of_many_at_once_one_is_made(world: SettingsWorld) -> None:
    def once(number: int) -> bool:
        return isinstance(make(world, attempt=f"attempt-{number}"), str)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(once, range(8))) == 1
    assert len(listed(world)) == 2 and len(world.client().secret_hashes) == 2


def test_the_last_one_is_ended_only_by_somebody_who_is_sure(world: SettingsWorld) -> None:
    (only,) = listed(world)
    assert end(world, only) == Refused("", "secret_last")
    assert end(world, only, is_sure=True) is None and listed(world) == []
    assert end(world, only) is None, "twice is once"


def test_one_that_is_going_to_end_does_not_count_as_another(world: SettingsWorld) -> None:
    make(world, overlap=DAY_SECONDS)
    new, old = listed(world)
    assert end(world, new) == Refused("", "secret_last")
    assert end(world, old) is None and [one.id for one in listed(world)] == [new.id]


def test_an_end_is_planned_and_put_off(world: SettingsWorld, clock: Clock) -> None:
    make(world)
    new, old = listed(world)
    secrets, now = world.services.developers.secrets, clock.now()

    def plan(secret: Secret, ends_at: int | None) -> Refused | None:
        with world.services.database.unit():
            return secrets.plan_end(world.client(), secret.id, ends_at, now, by=world.owner.id)

    assert plan(old, now + DAY_SECONDS) is None and listed(world)[1].ends_at == now + DAY_SECONDS
    assert plan(new, now + DAY_SECONDS) == Refused("", "secret_last")
    assert plan(old, None) is None and listed(world)[1].ends_at is None
    assert world.client().secret_ends == {}


def test_the_last_use_is_noted_once_an_hour(
    world: SettingsWorld, app: Application, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tnid.stores.clients.CACHE_SECONDS", -1)
    secret = make(world, overlap=0)
    assert isinstance(secret, str) and listed(world)[0].last_used_at is None
    assert not opens(app, world.client(), "wrong") and listed(world)[0].last_used_at is None
    assert opens(app, world.client(), secret) and listed(world)[0].last_used_at == clock.now()
    begun = clock.now()
    clock.advance(3599)
    assert opens(app, world.client(), secret) and listed(world)[0].last_used_at == begun
    clock.advance(1)
    assert opens(app, world.client(), secret) and listed(world)[0].last_used_at == begun + 3600


def test_owners_hear_of_what_opens_the_live_client_and_of_nothing_else(world: SettingsWorld) -> None:
    def told() -> list[str]:
        return [row.text for row in world.services.messages.list_by_account(world.owner.id)]

    make(world)
    assert told() == []
    make(world, "live")
    end(world, listed(world, "live")[1], "live")
    assert sorted(told()) == ["client_secret_ended", "client_secret_made"]


def test_who_left_the_team_meanwhile_makes_none(
    world: SettingsWorld, new_person: Callable[..., Someone]
) -> None:
    stranger = new_person("khac")
    with world.services.database.unit():
        made = world.services.developers.secrets.make(world.client(), world.clock.now(), by=stranger.id)
    assert made == Refused("", "changed_meanwhile") and len(listed(world)) == 1


def test_no_secret_and_no_digest_stands_in_the_log(world: SettingsWorld) -> None:
    secret = make(world)
    assert isinstance(secret, str)
    rows = repr(world.services.audit.list_by_account(world.owner.id))
    assert "client_secret.make" in rows
    assert secret not in rows and hash_secret(secret).hex() not in rows
    assert secret not in repr(world.client()) and hash_secret(secret).hex() not in repr(listed(world))


def test_a_client_without_secrets_gets_none(world: SettingsWorld) -> None:
    world.save(token_endpoint_auth_method="none")
    assert make(world) == Refused("", "secret_unfit")
