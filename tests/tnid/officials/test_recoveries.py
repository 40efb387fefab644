"""Giving an account back: two officials, or one and three days of warning, and never by oneself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.officials.conftest import GIA_SANG, NUMBER, TAN_CUONG, code_of, find, take_down_card, tick_all
from tests.tnid.officials.test_counter import activate, refusals
from tnid.officials.visits import Card
from tnid.services import Services

Browsers = Callable[..., InProcess]
Open = Callable[[Someone], InProcess]
HOUR = 3600
NEW_PASSWORD = "đồi chè mây trắng 7 nương"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def bay(new_person: Callable[..., Someone]) -> Someone:
    """Somebody who was checked in person, and has lost everything."""
    address = {"locality": "Phường Gia Sàng", "region": "Tỉnh Thái Nguyên"}
    claims = {"name": "Hoàng Thị Bảy", "phone_number": "0912000104", "address": address}
    return new_person(
        "bay.hoang", personal_id_number=NUMBER, identity_level=2, totp=True, claims=claims, trusted=True
    )


def ask(desk: InProcess) -> None:
    find(desk)
    desk.click("begin_recovery")
    tick_all(desk)
    desk.submit("recover_submit")


def test_two_officials_give_an_account_back(
    bay: Someone,
    ha: Someone,
    open_counter: Open,
    new_official: Callable[..., Someone],
    new_browser: Browsers,
    services: Services,
    clock: Clock,
) -> None:
    thief = new_browser()
    bay.sign_in(thief)
    desk, second = open_counter(ha), open_counter(new_official("thu.vu"))
    ask(desk)
    visit = desk.page.url
    # Not by oneself, and not before
    assert not desk.open("/officials/recoveries").has("agree_1")
    desk.open(visit)
    assert not desk.click("print_recovery").has("slip_code")
    second.open("/officials/recoveries")
    second.click("agree_1")
    desk.open(visit)
    slip = desk.click("print_recovery")
    home = new_browser()
    activate(home, code_of(slip), password=NEW_PASSWORD)
    assert thief.get("/account").status_code == 303
    assert not services.factors.is_enrolled(bay.id)
    assert services.factors.count_recovery_codes(bay.id) == 10
    account = services.accounts.get(bay.id)
    assert (account.username, account.identity_level) == ("bay.hoang", 2)
    bay.password, bay.totp_secret = NEW_PASSWORD, None
    assert bay.sign_in(new_browser()).path == "/account"
    texts = [row.text for row in services.messages.list_by_account(bay.id)]
    assert {"counter_recovery_asked", "counter_recovery_agreed", "counter_recovered"} <= set(texts)


def test_one_official_and_three_days(
    bay: Someone, ha: Someone, open_counter: Open, clock: Clock, services: Services
) -> None:
    ask(open_counter(ha))
    clock.advance(72 * HOUR - 60)
    desk = open_counter(ha)
    find(desk)
    assert not desk.click("print_recovery").has("slip_code")
    clock.advance(60)
    find(desk)
    assert desk.click("print_recovery").has("slip_code")
    # Once
    find(desk)
    assert not desk.page.has("print_recovery")
    assert refusals(services, "counter.printed_to_recover") == ["not_ready"]


def test_the_person_stops_it(
    bay: Someone, ha: Someone, open_counter: Open, new_browser: Browsers, services: Services
) -> None:
    desk = open_counter(ha)
    ask(desk)
    visit = desk.page.path
    home = new_browser()
    bay.sign_in(home, "/account/touched")
    home.click("stop_recovery")
    answer = desk.post(f"{visit}/slip/recover")
    assert answer.status_code == 303
    assert services.counter.recoveries.find_of_account(bay.id, services_now(services)) is None


def services_now(services: Services) -> int:
    return int(services.database.fetch_one(text("SELECT MAX(occurred_at) AS now FROM audit_events")).now)


def test_an_official_of_another_commune_neither_sees_nor_agrees(
    bay: Someone,
    ha: Someone,
    open_counter: Open,
    new_official: Callable[..., Someone],
    services: Services,
) -> None:
    ask(open_counter(ha))
    (row,) = services.database.fetch_all(text("SELECT id FROM assisted_recoveries"))
    other = open_counter(new_official("tu.ly", TAN_CUONG))
    assert "Hoàng Thị Bảy" not in other.open("/officials/recoveries").text
    for act in ("agree", "stop"):
        assert other.post(f"/officials/recoveries/{row.id}/{act}").status_code == 404
    assert refusals(services, "counter.agreed_to_recover") == ["not_found"] * 2


def test_nobody_agrees_to_their_own_request_by_a_direct_post(
    bay: Someone, ha: Someone, open_counter: Open, services: Services
) -> None:
    desk = open_counter(ha)
    ask(desk)
    (row,) = services.database.fetch_all(text("SELECT id FROM assisted_recoveries"))
    desk.post(f"/officials/recoveries/{row.id}/agree")
    assert refusals(services, "counter.agreed_to_recover") == ["asked_oneself"]
    (row,) = services.database.fetch_all(text("SELECT agreed_at FROM assisted_recoveries"))
    assert row.agreed_at is None


def test_an_official_whose_own_account_it_is_sees_nothing_of_it(
    ha: Someone,
    open_counter: Open,
    new_person: Callable[..., Someone],
    services: Services,
    clock: Clock,
) -> None:
    claims = {"name": "Vũ Thu", "address": {"locality": "Phường Gia Sàng"}}
    thu = new_person("thu.vu", totp=True, personal_id_number=NUMBER, claims=claims)
    services.counter.roles.grant_official(thu.id, GIA_SANG, clock.now())
    ask(open_counter(ha))
    (row,) = services.database.fetch_all(text("SELECT id FROM assisted_recoveries"))
    own = open_counter(thu)
    assert "Vũ Thu" not in own.open("/officials/recoveries").document.get_element_by_id("main").text_content()
    assert own.post(f"/officials/recoveries/{row.id}/agree").status_code == 404


def test_grave_acts_need_a_fresh_sign_in(
    bay: Someone,
    ha: Someone,
    open_counter: Open,
    new_official: Callable[..., Someone],
    services: Services,
    clock: Clock,
) -> None:
    """AD-005: the second factor within five minutes, and a second official."""
    desk, second = open_counter(ha), open_counter(new_official("thu.vu"))
    ask(desk)
    (row,) = services.database.fetch_all(text("SELECT id FROM assisted_recoveries"))
    clock.advance(301)
    answer = second.post(f"/officials/recoveries/{row.id}/agree")
    assert answer.headers["location"].startswith("/resume/")
    (row,) = services.database.fetch_all(text("SELECT agreed_at FROM assisted_recoveries"))
    assert row.agreed_at is None
    find(desk)
    assert desk.get(f"{desk.page.path}/recover").status_code in (303,)
    assert desk.click("print_recovery").has("login_password")


def test_what_a_removed_official_began_ends(
    bay: Someone,
    ha: Someone,
    open_counter: Open,
    new_official: Callable[..., Someone],
    services: Services,
    clock: Clock,
) -> None:
    second = open_counter(new_official("thu.vu"))
    ask(open_counter(ha))
    (row,) = services.database.fetch_all(text("SELECT id FROM assisted_recoveries"))
    services.counter.roles.revoke_official(ha.id, clock.now())
    second.post(f"/officials/recoveries/{row.id}/agree")
    assert refusals(services, "counter.agreed_to_recover") == ["not_open"]
    assert services.counter.recoveries.find_of_account(bay.id, clock.now()) is None
    # And somebody else may ask anew
    ask(second)
    assert services.counter.recoveries.find_of_account(bay.id, clock.now()) is not None


def test_finding_somebody_by_name_is_not_having_their_card(
    bay: Someone, ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    desk = open_counter(ha)
    desk.click("by_name")
    page = desk.submit("find_submit", {"contact": "0912000104", "name": "Hoàng Thị Bảy"})
    assert page.has("visit_level") and not page.has("begin_recovery") and NUMBER[-3:] not in page.words()
    desk.post(f"{page.path}/recover", is_alike="y", is_whole="y", is_same_number="y", is_same_person="y")
    assert services.counter.recoveries.find_of_account(bay.id, clock.now()) is None
    # The number of another card gives nothing back either, and no second one is typed in this visit
    desk.open(page.path)
    take_down_card(desk, number="019195009999")
    desk.open(page.url)
    assert not desk.page.has("begin_recovery")
    desk.click("begin_card")
    assert not desk.page.has("number")
    find(desk)
    assert desk.page.has("begin_recovery")


def agree_and_print(desk: InProcess, second: InProcess) -> str:
    """Have two officials give the account back; return the code on the slip."""
    ask(desk)
    visit = desk.page.url
    second.open("/officials/recoveries")
    second.click("agree_1")
    desk.open(visit)
    return code_of(desk.click("print_recovery"))


def is_worth_anything(browser: InProcess, code: str) -> bool:
    browser.open("/activate")
    return browser.submit("activation_submit", {"activation_code": code}).path == "/activate/account"


@pytest.mark.parametrize("way", ["button", "panic", "recovery"])
def test_a_slip_that_is_printed_ends_when_its_person_objects(
    way: str,
    bay: Someone,
    ha: Someone,
    open_counter: Open,
    new_official: Callable[..., Someone],
    new_browser: Browsers,
    services: Services,
    clock: Clock,
) -> None:
    code = agree_and_print(open_counter(ha), open_counter(new_official("thu.vu")))
    assert is_worth_anything(new_browser(), code)
    home = new_browser()
    half_way = new_browser()
    assert is_worth_anything(half_way, code)
    bay.sign_in(home, "/account/touched")
    if way == "button":
        home.click("stop_slip")
        assert not home.page.has("stop_slip")
    elif way == "panic":
        with services.database.unit():
            services.closures.shut(bay.id, clock.now(), cause="panic")
    else:
        with services.database.unit():
            services.recovery.completion.remove_lost_factor(bay.id, clock.now())
    assert not is_worth_anything(new_browser(), code)
    page = half_way.submit("choose_submit", {"password": NEW_PASSWORD})
    assert page.path == "/activate"


def test_no_time_takes_the_second_word_s_place_for_an_official_s_account(
    bay: Someone, ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    """With the account goes the desk: one official alone never takes another's."""
    services.counter.roles.grant_official(bay.id, TAN_CUONG, clock.now())
    ask(open_counter(ha))
    clock.advance(73 * HOUR)
    desk = open_counter(ha)
    find(desk)
    assert not desk.click("print_recovery").has("slip_code")
    services.counter.roles.revoke_official(bay.id, clock.now())
    find(desk)
    assert desk.click("print_recovery").has("slip_code")


def test_without_the_card_nothing_is_given_back(
    bay: Someone, ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    """The number on the table is the one that the account was checked by, or there is no such way."""
    person = services.accounts.get(bay.id)
    desk = open_counter(ha)
    visit = services.counter.visits.begin(ha.id, GIA_SANG, person.id, Card(), clock.now())
    assert not desk.open(f"/officials/visits/{visit.id}").has("begin_recovery")
    desk.post(f"/officials/visits/{visit.id}/recover", is_alike="y", is_whole="y", is_same_number="y",
              is_same_person="y")  # fmt: skip
    assert services.counter.recoveries.find_of_account(bay.id, clock.now()) is None
