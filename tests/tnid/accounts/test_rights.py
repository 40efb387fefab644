"""Requests under the law: their clock, who sees them, and what an operator answers."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tnid.accounts.data_requests import DAYS, MOST_WAITING
from tnid.accounts.refusal import Refused
from tnid.accounts.working_days import HERE, add_working_days
from tnid.services import Services

DAY = 86400
WORDS = "Xin đừng dùng số điện thoại của tôi."


def at(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=HERE).timestamp())


@pytest.mark.parametrize(
    ("made", "by"),
    [
        ("2026-11-23T09:00", "2026-11-25T09:00"),  # Monday
        ("2026-11-26T09:00", "2026-11-30T09:00"),  # Thursday
        ("2026-11-27T23:30", "2026-12-01T23:30"),  # Friday
        ("2026-11-28T09:00", "2026-12-01T09:00"),  # Saturday
        ("2026-11-29T00:10", "2026-12-01T00:10"),  # Sunday
    ],
)
def test_two_working_days(made: str, by: str) -> None:
    assert add_working_days(at(made), 2) == at(by)


def make(services: Services, person: Someone, kind: str, now: int) -> Refused | None:
    with services.database.unit():
        return services.data_requests.make(person.id, kind, WORDS, now)


@pytest.mark.parametrize(("kind", "days"), DAYS.items())
def test_each_has_its_days(kind: str, days: int, lan: Someone, services: Services, clock: Clock) -> None:
    assert make(services, lan, kind, clock.now()) is None
    (one,) = services.data_requests.list_by_account(lan.id)
    assert one.due_at == clock.now() + days * DAY
    assert not one.is_late(one.due_at) and one.is_late(one.due_at + 1)


def test_what_was_not_offered_is_refused_in_our_own_words(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    page = browser.open("/account/rights")
    choice = page.document.xpath("//input[@value='restrict']")[0]
    choice.set("value", "nope")
    choice.set("checked", "checked")
    page = browser.submit("request_submit", {"words": WORDS})
    assert page.status == 400 and "Hãy chọn một mục." in page.words() and WORDS in page.text


def test_a_person_asks_sees_the_clock_and_reads_the_answer(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    page = browser.open("/account/rights")
    page.document.xpath("//input[@value='restrict']")[0].set("checked", "checked")
    page = browser.submit("request_submit", {"words": WORDS})
    assert page.status == 200 and WORDS in page.words()
    (one,) = services.data_requests.list_by_account(lan.id)
    with services.database.unit():
        assert services.data_requests.acknowledge(one.id, clock.advance(60))
        assert not services.data_requests.acknowledge(one.id, clock.now())
        assert services.data_requests.answer(one.id, "done", "Đã tắt tin nhắn.", clock.now()) is None
        assert services.data_requests.answer(one.id, "refused", "Không.", clock.now()) is not None
    assert "Đã tắt tin nhắn." in browser.open("/account/rights").words()
    events = [row.event for row in services.audit.list_by_account(lan.id)]
    assert events[:3] == ["request.answer", "request.acknowledge", "request.make"]


def test_what_is_wrong_keeps_what_was_typed(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    browser.open("/account/rights")
    page = browser.submit("request_submit", {"words": WORDS})
    assert page.status == 400 and WORDS in page.get("words").text_content()
    answer = browser.post(f"{ISSUER}/account/rights", kind="hack", words=WORDS)
    assert answer.status_code == 400 and WORDS in answer.text
    answer = browser.post(f"{ISSUER}/account/rights", kind="see", words="x" * 2001)
    assert answer.status_code == 400


def test_nobody_sees_anothers(
    browser: InProcess, lan: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    make(services, minh, "see", clock.now())
    lan.sign_in(browser)
    assert WORDS not in browser.open("/account/rights").words()


def test_only_so_many_wait_at_once(lan: Someone, services: Services, clock: Clock) -> None:
    made = [make(services, lan, "see", clock.now()) for _ in range(MOST_WAITING + 1)]
    assert [one for one in made if one is not None] == [Refused("", "too_many_requests")]


def test_the_words_are_sealed(lan: Someone, services: Services, clock: Clock) -> None:
    make(services, lan, "see", clock.now())
    rows = services.database.fetch_all(text("SELECT * FROM data_requests"))
    assert WORDS.encode() not in bytes(rows[0].words_sealed)


def test_the_most_urgent_comes_first(lan: Someone, minh: Someone, services: Services, clock: Clock) -> None:
    make(services, lan, "delete", clock.now())
    make(services, minh, "see", clock.now() + DAY)
    found = services.data_requests.list_all(only_open=True)
    assert [one.username for one in found] == ["minh", "lan.nguyen"]


def ask(browser: InProcess, attempt: str, words: str) -> int:
    """Send the form of the page that `attempt` is of; return the answer's status."""
    answer = browser.post(f"{ISSUER}/account/rights", kind="object", words=words, attempt=attempt)
    return answer.status_code


def new_attempt(browser: InProcess) -> str:
    return str(browser.open("/account/rights").document.xpath("//input[@name='attempt']/@value")[0])


def test_a_form_that_is_sent_twice_makes_one_request(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser)
    attempt = new_attempt(browser)
    assert [ask(browser, attempt, WORDS), ask(browser, attempt, WORDS)] == [303, 303]
    assert len(services.data_requests.list_by_account(lan.id)) == 1
    events = [row.event for row in services.audit.list_by_account(lan.id)]
    assert events.count("request.make") == 1
    assert ask(browser, attempt, "Và xin đừng gọi điện.") == 303, "the same page, after the back button"
    assert ask(browser, new_attempt(browser), WORDS) == 303, "somebody may ask for the same once more"
    assert len(services.data_requests.list_by_account(lan.id)) == 3


def test_the_last_form_that_fits_may_be_sent_twice(lan: Someone, services: Services, clock: Clock) -> None:
    with services.database.unit():
        made = [
            services.data_requests.make(lan.id, "see", WORDS, clock.now(), attempt=str(number))
            for number in [*range(MOST_WAITING), MOST_WAITING - 1]
        ]
    assert made == [None] * (MOST_WAITING + 1)


def test_blanks_are_no_words(browser: InProcess, lan: Someone, services: Services) -> None:
    lan.sign_in(browser)
    assert ask(browser, new_attempt(browser), " \n ") == 400
    assert services.data_requests.list_by_account(lan.id) == []
