"""The tokens of personnel systems: shown once, kept as a hash, over at once when they are revoked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from tests.conftest import Clock
from tests.tnid.scim.conftest import System
from tnid.accounts.refusal import Refused
from tnid.app import Application
from tnid.scim.tokens import LIFETIME_SECONDS, MOST_TOKENS, PREFIX, Made
from tnid.services import Services
from tnid.signin.limits import SCIM_TOKEN_FROM_NETWORK
from tnid.stores.employer_tokens import employer_tokens
from tnid.stores.employers import employers


def make(services: Services, employer: Any, now: int, label: str = "HRM") -> Made | Refused:
    with services.database.unit():
        return services.employer_tokens.make(employer.id, label, None, now)


def status(system: System) -> int:
    return system.send("GET", "/Users").status_code


def test_a_token_is_kept_as_a_hash_alone(services: Services, employer: Any, clock: Clock) -> None:
    made = make(services, employer, clock.now())
    assert isinstance(made, Made) and made.token.startswith(PREFIX) and len(made.token) == len(PREFIX) + 43
    (row,) = services.database.fetch_all(select(employer_tokens))
    assert made.token not in str(row) and made.token.removeprefix(PREFIX) not in str(row)
    assert row.expires_at == clock.now() + LIFETIME_SECONDS


@pytest.mark.parametrize(
    ("label", "reason"), [("", "required"), ("x" * 61, "too_long"), ("a\u202eb", "characters")]
)
def test_a_label_is_a_line_of_text(
    label: str, reason: str, services: Services, employer: Any, clock: Clock
) -> None:
    assert make(services, employer, clock.now(), label) == Refused("label", reason)


def test_an_employer_has_a_few_tokens_and_no_more(services: Services, employer: Any, clock: Clock) -> None:
    made = [make(services, employer, clock.now()) for _ in range(MOST_TOKENS + 1)]
    assert made[-1] == Refused("label", "too_many_tokens")
    assert isinstance(made[0], Made)
    services.employer_tokens.revoke(employer.id, made[0].token_id, None, clock.now())
    assert isinstance(make(services, employer, clock.now()), Made)


def test_a_revoked_token_opens_nothing_from_that_moment(
    system: System, services: Services, clock: Clock
) -> None:
    assert status(system) == 200
    (row,) = services.employer_tokens.list_live(system.employer.id, clock.now())
    with services.database.unit():
        assert services.employer_tokens.revoke(system.employer.id, row.id, None, clock.now()) == "HRM"
    assert status(system) == 401
    assert services.employer_tokens.list_live(system.employer.id, clock.now()) == []


def test_nobody_revokes_anothers_token(
    system: System, other: System, services: Services, clock: Clock
) -> None:
    (row,) = services.employer_tokens.list_live(system.employer.id, clock.now())
    assert services.employer_tokens.revoke(other.employer.id, row.id, None, clock.now()) is None
    assert status(system) == 200


def test_a_token_lives_for_a_year(system: System, clock: Clock) -> None:
    clock.advance(LIFETIME_SECONDS - 1)
    assert status(system) == 200
    clock.advance(1)
    assert status(system) == 401


def test_the_token_of_a_suspended_employer_opens_nothing(
    system: System, services: Services, clock: Clock
) -> None:
    suspend = update(employers).where(employers.c.id == system.employer.id)
    services.database.execute(suspend.values(suspended_at=clock.now()))
    assert system.refused("GET", "/Users") == (403, "")
    services.database.execute(suspend.values(suspended_at=None))
    assert status(system) == 200


def test_when_it_was_used_is_noted_once_a_minute(system: System, services: Services, clock: Clock) -> None:
    def last_used() -> int | None:
        (row,) = services.employer_tokens.list_live(system.employer.id, clock.now())
        return row.last_used_at

    assert last_used() is None
    begun = clock.now()
    status(system)
    assert last_used() == begun
    clock.advance(59)
    status(system)
    assert last_used() == begun
    clock.advance(1)
    status(system)
    assert last_used() == begun + 60


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic dTpw", f"Bearer {PREFIX}short", "Bearer x y"],
)
def test_what_is_no_token_is_told_so_in_scims_words(authorization: str, system: System) -> None:
    answer = system.send("GET", "/Users", headers={"Authorization": authorization.encode()})
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["status"] == "401"


def test_a_token_in_the_address_opens_nothing(app: Application, system: System) -> None:
    transport = httpx.WSGITransport(app=app.wsgi_app)
    with httpx.Client(transport=transport, base_url="http://localhost:8000") as client:
        answer = client.get("/scim/v2/Users", params={"access_token": system.token})
    assert answer.status_code == 401


def test_wrong_tokens_are_slowed_and_shut_nobody_out(
    new_system: Callable[..., System], employer: Any, app: Application
) -> None:
    right = new_system(employer, ip="198.51.100.7")
    wrong = System(app, employer, PREFIX + "A" * 43, ip="198.51.100.7")
    told = [status(wrong) for _ in range(SCIM_TOKEN_FROM_NETWORK.allowed + 1)]
    assert set(told[:-1]) == {401} and told[-1] == 429
    assert status(right) == 200
    elsewhere = System(app, employer, PREFIX + "A" * 43, ip="198.51.100.8")
    assert status(elsewhere) == 401
