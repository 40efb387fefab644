"""What an application is told of those who are made up comes of everybody's code."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from dataclasses import replace

import phonenumbers
import pytest
from click.testing import CliRunner

from oidc.models import Client
from tests.conftest import Clock
from tnid.cli import main
from tnid.sandbox.people import people
from tnid.services import Services
from tnid.wards import REGION

TRIAL = Client("trial", {"redirect_uris": ["https://app.example/callback"]}, is_sandbox=True)


@pytest.fixture
def seeded(services: Services, clock: Clock) -> Services:
    with services.database.unit():
        services.clients.add(replace(TRIAL, accepts_mandates=True))
        services.sandbox.ensure_all(clock.now())
    return services


def id_of(services: Services, username: str) -> str:
    return str(services.made_up.find_row(username).id)


def test_nothing_of_them_is_anybodys() -> None:
    for person in people().values():
        if person.phone:
            number = phonenumbers.parse(person.phone)
            assert not phonenumbers.is_valid_number(number), person.username
        assert not person.email or person.email.endswith("@example.com")
    phones = [person.phone for person in people().values() if person.phone]
    assert len(phones) == len(set(phones))


def test_what_there_is_to_try() -> None:
    levels = {person.level for person in people().values()}
    assert levels == {0, 1, 2}
    assert {
        *("worker", "elder", "helper", "minor", "guardian", "minor-waiting", "engineer-kr", "moved-in"),
        *("moved-away", "disabled", "level0", "level1", "level2", "no-phone", "no-email", "long-name"),
        *("one-word", "diacritics"),
    } == set(people())


def test_a_worker_is_vouched_for(seeded: Services, clock: Clock) -> None:
    names = frozenset({"is_worker", "employer", "job_title", "industrial_park"})
    vouched = seeded.vouching.vouched(id_of(seeded, "worker"), "trial", names, clock.now())
    assert vouched.claims["is_worker"] is True
    assert vouched.claims["job_title"] == people()["worker"].work["job_title"]
    other = seeded.vouching.vouched(id_of(seeded, "level2"), "trial", names, clock.now())
    assert not other.claims.get("is_worker")


def test_a_workers_work_is_confirmed_for_as_long_as_it_is_used(seeded: Services, clock: Clock) -> None:
    for _ in range(4):
        clock.advance(150 * 86400)
        with seeded.database.unit():
            seeded.sandbox.ensure_all(clock.now())
        shown = seeded.employments.find_shown(id_of(seeded, "worker"), clock.now())
        assert shown is not None and shown.valid_until > clock.now()
    assert len(seeded.employments.list_own(id_of(seeded, "worker"))) == 1


def test_a_helper_holds_a_mandate_for_each_client_that_takes_one(seeded: Services, clock: Clock) -> None:
    helper, elder = id_of(seeded, "helper"), id_of(seeded, "elder")
    client = seeded.clients.find_now("trial")
    assert client is not None and not seeded.mandates.list_held(helper, "trial", clock.now())
    for _ in range(2):
        with seeded.database.unit():
            seeded.sandbox.ensure(people()["helper"], clock.now(), client)
    (held,) = seeded.mandates.list_held(helper, "trial", clock.now())
    assert held.principal_id == elder
    assert "trial" not in [one.client_id for one in seeded.mandates.list_clients()], "people see none of it"


def test_a_child_waits_unless_somebody_agreed(seeded: Services, clock: Clock) -> None:
    waits = {
        username
        for username in people()
        if (seeded.made_up.find_row(username).guardian_awaited_until or 0) > clock.now()
    }
    assert waits == {"minor-waiting"}
    children = seeded.guardians.list_children(id_of(seeded, "guardian"), clock.now())
    assert [child.account.username for child in children] == ["minor"]


def test_who_moved_has_the_old_address_verified(seeded: Services) -> None:
    account = seeded.accounts.get(id_of(seeded, "moved-in"))
    (verified,) = seeded.accounts.verified_claims(account.id)
    assert account.claims["address"] != verified["claims"]["address"]
    away = seeded.accounts.verified_claims(id_of(seeded, "moved-away"))[0]["claims"]["address"]
    assert away["region"] != REGION


def test_nobody_made_up_is_written_to(seeded: Services, clock: Clock) -> None:
    before = len(seeded.messages.list_kept())
    for username in people():
        account_id = id_of(seeded, username)
        with seeded.database.unit():
            seeded.messages.announce(account_id, "contact_changed", clock.now())
        assert not seeded.messages.list_by_account(account_id)
        assert seeded.messages.find_account(account_id) is None
    assert len(seeded.messages.list_kept()) == before


def test_a_sandbox_asks_all_day(seeded: Services, clock: Clock) -> None:
    subjects = seeded.provider.token._context.id_tokens._subjects
    account_id = id_of(seeded, "level2")
    with seeded.database.unit():
        vouched = subjects.vouched(account_id, "trial", frozenset(), clock.now())
        told = [
            subjects.answers(account_id, "trial", [f"age_over={years}"], vouched, clock.now())
            for years in range(50, 70)
        ]
    assert told[0] == {"age_over=50": True} and told[-1] == {"age_over=69": False}
    assert all(told)


def test_a_command_makes_them(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    command = sys.modules["tnid.cli.sandbox"]
    monkeypatch.setattr(command, "open_services", lambda: nullcontext(services))
    for new in (len(people()), 0):
        done = CliRunner().invoke(main, ["sandbox", "seed", "--json"])
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["new"] == new


def test_an_employers_own_application_is_tried_with_the_made_up_employer(
    seeded: Services, clock: Clock
) -> None:
    metadata = {**TRIAL.metadata, "scope": "openid employee"}
    names = frozenset({"employee_number"})
    seeded.clients.add(replace(TRIAL, client_id="own", metadata=metadata))
    told = seeded.vouching.vouched(id_of(seeded, "worker"), "own", names, clock.now()).claims
    assert told["employee_number"] == people()["worker"].work["staff_code"]
    seeded.clients.add(replace(TRIAL, client_id="live", metadata=metadata, is_sandbox=False))
    assert not seeded.vouching.vouched(id_of(seeded, "worker"), "live", names, clock.now()).claims.get(
        "employee_number"
    )
