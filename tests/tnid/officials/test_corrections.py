"""What was checked of somebody is corrected by two officials, or by one and a time: its person is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import PASSWORD, InProcess, Someone
from tests.tnid.officials.conftest import NAME, NUMBER, begin_account, code_of, compare, find
from tests.tnid.officials.test_counter import account_id_of, activate, refusals
from tnid.officials.recoveries import COLLECT_SECONDS
from tnid.services import Services

Browsers = Callable[..., InProcess]
Open = Callable[[Someone], InProcess]
OTHER_NAME = "Nông Thị Bích Ngọc"


@pytest.fixture
def desk(ha: Someone, open_counter: Open) -> InProcess:
    """Hà's desk, at which a person was checked who has come back."""
    opened = open_counter(ha)
    begin_account(opened)
    return opened


@pytest.fixture
def second_desk(new_official: Callable[..., Someone], open_counter: Open) -> InProcess:
    return open_counter(new_official("tu.le"))


def correct(browser: InProcess, name: str = OTHER_NAME, birthdate: str = "10/03/1995") -> Page:
    """Compare the card of the person who was checked before, on which this stands."""
    page = find(browser)
    browser.open(f"{page.path}/card")
    browser.page.get("gender-0").checked = True
    browser.submit("card_submit", {"name": name, "birthdate": birthdate})
    assert browser.page.path.endswith("/compare"), browser.page
    return compare(browser)


def verified_name(services: Services) -> object:
    (verified,) = services.accounts.verified_claims(account_id_of(services))
    return verified["claims"]["name"]


def told(services: Services) -> list[str]:
    return [row.text for row in services.messages.list_by_account(account_id_of(services))]


def give_phone(services: Services, clock: Clock) -> None:
    phone = {"phone_number": "0912345678"}
    services.accounts.change_profile(account_id_of(services), phone, clock.now())


def test_one_official_changes_nothing_and_its_person_is_told(
    desk: InProcess, services: Services, clock: Clock
) -> None:
    give_phone(services, clock)
    page = correct(desk)
    assert page.status == 200 and "chưa có gì thay đổi" in page.words()
    assert verified_name(services) == NAME
    assert services.accounts.get(account_id_of(services)).profile["name"] == NAME
    assert "counter_correction_asked" in told(services)
    again = correct(desk)
    assert again.status == 400 and verified_name(services) == NAME
    assert refusals(services, "counter.asked_to_correct") == ["correction_waits"]


def test_a_second_official_who_reads_the_same_makes_it_good(
    desk: InProcess, second_desk: InProcess, services: Services, clock: Clock
) -> None:
    give_phone(services, clock)
    correct(desk)
    differing = correct(second_desk, name="Nông Thị Bích Hà")
    assert differing.status == 400 and verified_name(services) == NAME
    page = correct(second_desk)
    assert page.status == 200 and verified_name(services) == OTHER_NAME
    assert "counter_corrected" in told(services)
    # What is right now needs no second word, and is none
    assert correct(desk).status == 200
    assert services.counter.corrections.find_of_account(account_id_of(services), clock.now()) is None


def test_time_stands_in_for_the_second_official(
    desk: InProcess, ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    correct(desk, birthdate="11/03/1995")
    clock.advance(services.settings.counter_recovery_wait_seconds)
    assert correct(open_counter(ha), birthdate="11/03/1995").status == 200
    (verified,) = services.accounts.verified_claims(account_id_of(services))
    assert verified["claims"]["birthdate"] == "1995-03-11"


def test_a_word_is_worth_nothing_after_its_time_or_when_the_role_is_gone(
    desk: InProcess,
    second_desk: InProcess,
    ha: Someone,
    new_official: Callable[..., Someone],
    open_counter: Open,
    services: Services,
    clock: Clock,
) -> None:
    correct(desk)
    services.counter.roles.revoke_official(ha.id, clock.now())
    assert correct(second_desk).status == 200
    assert verified_name(services) == NAME, "the second one's word is the first again"
    clock.advance(services.settings.counter_recovery_wait_seconds + COLLECT_SECONDS)
    assert correct(open_counter(new_official("van.le"))).status == 200
    assert verified_name(services) == NAME


def test_its_person_stops_it(
    desk: InProcess, second_desk: InProcess, new_browser: Browsers, services: Services
) -> None:
    find(desk)
    home = new_browser()
    activate(home, code_of(desk.click("print_slip")))
    browser = new_browser()
    correct(desk)
    services.factors.remove_all(account_id_of(services))
    person = services.accounts.get(account_id_of(services))
    browser.open("/account")
    browser.submit("login_submit", {"login_username": person.username, "login_password": PASSWORD})
    assert browser.open("/account").has("correction_news")
    browser.open("/account/touched")
    assert not browser.click("stop_correction").has("stop_correction")
    assert correct(second_desk).status == 200
    assert verified_name(services) == NAME


def test_what_is_the_same_needs_no_second_official(desk: InProcess, services: Services) -> None:
    page = correct(desk, name=NAME)
    assert page.status == 200 and "chưa có gì thay đổi" not in page.words()
    assert NUMBER not in page.text
