"""What every source of people's work does, in memory and in SQL: it tells what was asked, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from oidc.attested import NOTHING, Vouched
from oidc.clients.registration import new_client
from oidc.memory import MemoryEvents, MemoryGrants, MemorySubjects
from tests.conftest import Clock
from tests.tnid.employment.work import a_person, an_employer, attest, linked
from tnid.app import create_app
from tnid.settings import Settings

NAMES = frozenset({"is_worker", "job_title", "income_at_least=8000000", "verified_claims/job_title"})
TOLD = {"is_worker": True, "job_title": "Công nhân may"}
Source = tuple[Any, str, int]


@pytest.fixture(params=["memory", "sql"])
def source(
    request: pytest.FixtureRequest, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Source:
    """Return the subjects, somebody who works, and the time; `jobs` is a client."""
    return in_memory(clock) if request.param == "memory" else in_sql(settings, clock, monkeypatch)


def in_memory(clock: Clock) -> Source:
    subjects = MemorySubjects(MemoryGrants(MemoryEvents()))
    subjects.people["an"] = {}
    claims = {**TOLD, "employment_start_date": "2020-03-01"}
    record = {"verification": {}, "claims": claims}
    subjects.working["an"] = Vouched(claims, {"income_at_least=8000000": True}, record)
    return subjects, "an", clock.now()


def in_sql(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setattr("tnid.app.ensure_keys", lambda _parts: None)
    services, now = create_app(settings).extensions["tnid"], clock.now()
    document = {"client_id": "jobs", "redirect_uris": ["https://rp.example/cb"], "scope": "openid worker"}
    services.clients.add(new_client(document, now, by_operator=True)[0])
    account_id = a_person(services, now)
    attest(services, an_employer(services, now), now)
    linked(services, account_id, now)
    return services.provider.userinfo._subjects, account_id, now


def test_what_is_asked_is_told_and_no_more(source: Source) -> None:
    subjects, account_id, now = source
    found = subjects.vouched(account_id, "jobs", NAMES, now)
    assert found.claims == TOLD and found.answers == {"income_at_least=8000000": True}
    assert found.record is not None and found.record["claims"].items() >= TOLD.items()
    one = subjects.vouched(account_id, "jobs", frozenset({"job_title"}), now)
    assert one == Vouched({"job_title": "Công nhân may"})


def test_answers_are_those_of_the_look(source: Source) -> None:
    subjects, account_id, now = source
    names = ["income_at_least=8000000"]
    vouched = subjects.vouched(account_id, "jobs", frozenset(names), now)
    assert subjects.answers(account_id, "jobs", names, vouched, now) == {"income_at_least=8000000": True}
    assert subjects.answers(account_id, "jobs", names, NOTHING, now) == {}


def test_nobody_elses_work_is_told(source: Source) -> None:
    subjects, _, now = source
    assert subjects.vouched("nobody", "jobs", NAMES, now) == NOTHING
