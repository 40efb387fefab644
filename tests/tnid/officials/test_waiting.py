"""A request that waits for a visit to a commune: it goes on where it stopped, days later, once."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tests.tnid.officials.conftest import compare
from tnid.services import Services

Browsers = Callable[..., InProcess]
Open = Callable[[Someone], InProcess]
DAY = 86400
PURGE_PUSHED = text("DELETE FROM pushed_requests")


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def strict_app(new_app: Callable[..., str]) -> str:
    return new_app("housing", least_identity_level=2)


def make_appointment(person: Someone, browser: InProcess, address: str) -> str:
    person.sign_in(browser, address)
    assert browser.page.path == "/requirement"
    return browser.click("appointment_make").text_of("appointment_reference")


def check_at_counter(desk: InProcess, reference: str) -> None:
    desk.open("/officials")
    desk.click("by_reference")
    assert desk.submit("find_submit", {"reference": reference.lower().replace("-", " ")}).has("visit_level")
    desk.click("begin_card")
    desk.page.get("gender-0").checked = True
    card = {"number": "019195004567", "name": "Nguyễn Thị Lan", "birthdate": "10/03/1995"}
    desk.submit("card_submit", card)
    assert compare(desk).get("visit_level").get("data-level") == "2"


def test_a_request_goes_on_days_later_with_what_was_found(
    lan: Someone, ha: Someone, strict_app: str, open_counter: Open, browser: InProcess, clock: Clock
) -> None:
    reference = make_appointment(lan, browser, strict_app)
    assert "019195004567" not in browser.page.text
    clock.advance(3 * DAY)
    check_at_counter(open_counter(ha), reference)
    lan.sign_in(browser)
    page = browser.click("continue_1")
    assert page.has("consent_allow"), page
    browser.click("consent_allow")
    answer = parse_qs(urlsplit(browser.page.url).query)
    assert browser.page.url.startswith(CALLBACK) and answer["code"] and answer["state"] == ["s" * 32]
    # Once
    assert "continue_1" not in browser.open("/account").text


def test_it_goes_on_at_the_same_link_after_a_sign_out(
    lan: Someone, ha: Someone, strict_app: str, open_counter: Open, browser: InProcess, clock: Clock
) -> None:
    reference = make_appointment(lan, browser, strict_app)
    browser.open("/account")
    browser.open("/logout")
    browser.click("logout_confirm")
    assert browser.get("/account").status_code == 303
    check_at_counter(open_counter(ha), reference)
    lan.sign_in(browser)
    assert browser.click("continue_1").has("consent_allow")


def test_before_the_check_the_link_leads_to_the_same_requirement(
    lan: Someone, strict_app: str, browser: InProcess, services: Services
) -> None:
    reference = make_appointment(lan, browser, strict_app)
    (row,) = services.counter.appointments.list_by_account(lan.id, lan.clock.now())
    assert browser.open(f"/resume/{row.interaction_uid}").path == "/requirement"
    assert browser.click("appointment_make").text_of("appointment_reference") == reference


def test_another_browser_or_person_neither_sees_nor_cancels_it(
    lan: Someone,
    minh: Someone,
    strict_app: str,
    browser: InProcess,
    new_browser: Browsers,
    services: Services,
) -> None:
    make_appointment(lan, browser, strict_app)
    (row,) = services.counter.appointments.list_by_account(lan.id, lan.clock.now())
    other = new_browser()
    minh.sign_in(other)
    assert other.get(f"/appointment/{row.id}").status_code == 404
    assert other.post(f"/appointment/{row.id}/cancel").status_code == 404
    assert other.get(f"/resume/{row.interaction_uid}").status_code == 400


def test_somebody_else_at_the_same_browser_is_told_that_the_request_waits(
    lan: Someone, minh: Someone, strict_app: str, browser: InProcess, services: Services
) -> None:
    make_appointment(lan, browser, strict_app)
    (row,) = services.counter.appointments.list_by_account(lan.id, lan.clock.now())
    browser.open("/logout")
    browser.click("logout_confirm")
    minh.sign_in(browser, f"/resume/{row.interaction_uid}")
    assert browser.page.path == "/requirement"
    page = browser.click("appointment_make")
    assert page.path == "/requirement" and page.status == 200
    assert services.counter.appointments.list_by_account(minh.id, lan.clock.now()) == []
    assert len(services.counter.appointments.list_by_account(lan.id, lan.clock.now())) == 1


def test_cancelling_tells_the_application(lan: Someone, strict_app: str, browser: InProcess) -> None:
    make_appointment(lan, browser, strict_app)
    browser.click("appointment_cancel")
    assert browser.page.url.startswith(CALLBACK)
    assert parse_qs(urlsplit(browser.page.url).query)["error"] == ["access_denied"]


def test_after_two_weeks_it_is_over(
    lan: Someone, strict_app: str, browser: InProcess, services: Services, clock: Clock
) -> None:
    make_appointment(lan, browser, strict_app)
    (row,) = services.counter.appointments.list_by_account(lan.id, clock.now())
    clock.advance(14 * DAY)
    page = browser.open(f"/resume/{row.interaction_uid}")
    assert (page.status, page.error_code) == (400, "interaction_expired")
    assert services.counter.appointments.list_by_account(lan.id, clock.now()) == []


def test_a_pushed_request_waits_once(
    lan: Someone,
    ha: Someone,
    strict_app: str,
    open_counter: Open,
    browser: InProcess,
    clock: Clock,
    services: Services,
) -> None:
    asked = dict(httpx.URL(strict_app).params)
    answer = browser.send("POST", "/par", data=asked)
    assert answer.status_code == 201, answer.text
    pushed = {"client_id": "housing", "request_uri": answer.json()["request_uri"]}
    reference = make_appointment(lan, browser, str(httpx.URL("/authorize", params=pushed)))
    # The handle is spent by the waiting, in this browser and any other
    assert browser.open("/authorize", **pushed).status == 400
    clock.advance(DAY)
    services.database.execute(PURGE_PUSHED)
    check_at_counter(open_counter(ha), reference)
    lan.sign_in(browser)
    browser.click("continue_1")
    browser.click("consent_allow")
    assert "code=" in browser.page.url
