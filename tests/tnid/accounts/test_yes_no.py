"""Yes or no from verified data, and how much may be asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from oidc.attested import NOTHING
from oidc.clients.registration import new_client
from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tnid.accounts.yes_no import answer
from tnid.consent.questions import MOST_QUESTIONS, YEAR_SECONDS, Questions
from tnid.services import Services
from tnid.stores.probes import ProbeStore

HERE = {"locality": "Phường Đức Xuân", "region": "Tỉnh Thái Nguyên", "country": "VN"}


def known(**claims: Any) -> list[dict[str, Any]]:
    return [{"verification": {}, "claims": claims}]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("now", "is_adult"),
    [("2026-06-14T16:59:59", False), ("2026-06-14T17:00:00", True), ("2026-06-16T00:00:00", True)],
)
def test_a_birthday_begins_at_midnight_here(now: str, is_adult: bool) -> None:
    assert answer("age_over_18", known(birthdate="2008-06-15"), at(now)) is is_adult


def test_who_was_born_on_a_leap_day_is_older_the_day_after_in_other_years() -> None:
    born = known(birthdate="2008-02-29")
    assert answer("age_over_18", born, at("2026-02-28T10:00:00")) is False
    assert answer("age_over=18", born, at("2026-03-01T10:00:00")) is True


@pytest.mark.parametrize("birthdate", ["", "1990", "0000-03-27", "27/03/1990"])
def test_without_a_whole_birthdate_there_is_no_answer(birthdate: str) -> None:
    assert answer("age_over_18", known(birthdate=birthdate), at("2026-01-01")) is None


def test_residence_is_told_by_the_verified_address() -> None:
    assert answer("resident_of_province", known(address=HERE), 0) is True
    assert answer("resident_of_ward=01840", known(address=HERE), 0) is True
    assert answer("resident_of_ward=01843,01840", known(address=HERE), 0) is True
    assert answer("resident_of_ward=01843", known(address=HERE), 0) is False
    elsewhere = {**HERE, "region": "Tỉnh Cao Bằng"}
    assert answer("resident_of_province", known(address=elsewhere), 0) is False
    assert answer("resident_of_ward=01840", known(address=elsewhere), 0) is False, "a namesake elsewhere"
    assert answer("resident_of_province", known(address={"country": "VN"}), 0) is None
    assert answer("resident_of_province", [], 0) is None and answer("age_over_18", [], 0) is None


@pytest.fixture
def questions(services: Services) -> Questions:
    return Questions(ProbeStore(services.database), services.clients, services.audit)


def ages(*years: int) -> list[str]:
    return [f"age_over={year}" for year in years]


def test_nobody_finds_an_age_out_by_asking(
    questions: Questions, lan: Someone, services: Services, clock: Clock
) -> None:
    verified = known(birthdate="1990-01-02", address=HERE)

    def ask(*names: str, client_id: str = "jobs") -> set[str]:
        with services.database.unit():
            return set(questions.answers(lan.id, client_id, names, verified, clock.now()))

    asked = ages(30, 40, 35, 38)[:MOST_QUESTIONS]
    assert {name for one in asked for name in ask(one)} == set(asked)
    assert ask("age_over=37") == set() and ask("age_over_18") == set(), "18 is an age like any other"
    event = services.audit.list_by_account(lan.id)[0]
    assert (event.event, event.outcome, event.reason) == ("claims.answer", "refused", "too_many_questions")
    assert "37" not in str(event.details)
    assert ask(asked[0]) == {asked[0]}, "what was asked before may be asked again"
    assert ask("resident_of_ward=01840") == {"resident_of_ward=01840"}, "another line of questions"
    assert ask("age_over=37", client_id="clinic") == {"age_over=37"}
    clock.advance(YEAR_SECONDS)
    assert ask("age_over=37") == {"age_over=37"}


def test_an_income_is_asked_about_less(
    questions: Questions, lan: Someone, services: Services, clock: Clock
) -> None:
    def ask(name: str) -> bool:
        with services.database.unit():
            return bool(questions.answers(lan.id, "bank", [name], [], clock.now(), {name: True}))

    wages = [f"income_at_least={million}000000" for million in (8, 12, 10, 11)]
    assert [ask(name) for name in wages] == [True, True, False, False]
    assert ask(wages[0]), "what was asked before may be asked again"
    assert [ask(f"tenure_at_least_months={months}") for months in (6, 12, 24, 36, 48)] == [True] * 4 + [False]
    assert ask("works_in_park=diem-thuy,yen-binh-1") and ask("works_in_park=song-cong-1,quyet-thang")
    assert not ask("works_in_park=phu-binh") and ask("works_in_park=diem-thuy")
    clock.advance(YEAR_SECONDS)
    assert ask(wages[2])


def test_clients_of_one_sector_ask_as_one(
    questions: Questions, lan: Someone, services: Services, clock: Clock
) -> None:
    """They know a person by the same `sub`: what one is told, another can put beside its own."""
    verified, ids = known(birthdate="1990-01-02"), []
    for host in ("a.example", "a.example", "b.example"):
        document = {
            "client_name": "Việc làm",
            "redirect_uris": [f"https://{host}/callback"],
            "token_endpoint_auth_method": "none",
        }
        made, _ = new_client(document, clock.now(), by_operator=True)
        services.clients.add(made)
        ids.append(made.client_id)

    def ask(client_id: str, *years: int) -> int:
        with services.database.unit():
            return len(questions.answers(lan.id, client_id, ages(*years), verified, clock.now()))

    one, sibling, other = ids
    assert (ask(one, 30, 40), ask(sibling, 35, 38), ask(sibling, 37), ask(one, 36)) == (2, 2, 0, 0)
    assert (ask(sibling, 30), ask(other, 37)) == (1, 1)


def test_every_code_of_a_list_counts(
    questions: Questions, lan: Someone, services: Services, clock: Clock
) -> None:
    verified = known(address=HERE)
    names = ["resident_of_ward=01840,01843,01846", "resident_of_ward=01849,01852"]
    answers = [bool(questions.answers(lan.id, "jobs", [name], verified, clock.now())) for name in names]
    assert answers == [True, False]


def test_a_person_whose_identity_nobody_checked_answers_nothing(
    services: Services, new_person: Callable[..., Someone], clock: Clock
) -> None:
    claims = {"birthdate": "1990-01-02", "address": HERE}
    subjects = services.provider.userinfo._subjects
    told = [
        dict(subjects.answers(one.id, "jobs", ["age_over_18", "resident_of_province"], NOTHING, clock.now()))
        for one in (
            new_person("a0.thu", claims=claims),
            new_person("a1.thu", claims=claims, identity_level=1),
        )
    ]
    assert told == [{}, {"age_over_18": True, "resident_of_province": True}]
