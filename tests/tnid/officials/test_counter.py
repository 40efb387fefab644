"""At the counter: somebody is found, checked in person and given a slip, and has the account alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import PASSWORD, InProcess, Someone
from tests.tnid.officials.conftest import (
    GIA_SANG,
    NAME,
    NUMBER,
    TAN_CUONG,
    begin_account,
    code_of,
    compare,
    find,
    take_down_card,
)
from tnid.accounts.export import build_document
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber
from tnid.services import Services
from tnid.signin.limits import Limit

Browsers = Callable[..., InProcess]
Open = Callable[[Someone], InProcess]
WEEK = 7 * 86400
IN_TAN_CUONG = {"address": {"locality": "Xã Tân Cương", "region": "Tỉnh Thái Nguyên"}}


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def refusals(services: Services, event: str) -> list[str]:
    rows = services.database.fetch_all(REFUSALS, event=event)
    return [row.reason for row in rows]


REFUSALS = text("SELECT reason FROM audit_events WHERE event = :event AND outcome = 'refused' ORDER BY id")


def activate(browser: InProcess, code: str, username: str = "bich.nong", password: str = PASSWORD) -> None:
    browser.open("/activate")
    browser.submit("activation_submit", {"activation_code": code})
    assert browser.page.path == "/activate/account", browser.page
    fields = {"password": password}
    if browser.page.find("username") is not None and browser.page.get("username").get("hidden") is None:
        fields["username"] = username
    browser.submit("choose_submit", fields)


def account_id_of(services: Services) -> str:
    found = services.accounts.identity.find_account_id(DocumentNumber(IDENTITY_CARD, NUMBER))
    assert found
    return found


def test_somebody_new_gets_an_account_that_is_theirs_alone(
    ha: Someone, open_counter: Open, new_browser: Browsers, services: Services, clock: Clock
) -> None:
    desk = open_counter(ha)
    page = find(desk)
    assert NUMBER not in page.text and page.has("begin_card")
    take_down_card(desk, lives_here=True, phone="0912345678", street_address="Tổ 5")
    assert NUMBER not in desk.page.text
    page = compare(desk)
    assert page.get("visit_level").get("data-level") == "2"
    slip = desk.click("print_slip")
    code = code_of(slip)
    assert NUMBER not in slip.text and len(code) == 19
    assert len(slip.get("slip_recovery_codes")) == 10

    home = new_browser("198.51.100.7")
    activate(home, code.lower().replace("-", " "))
    assert home.page.path == "/mfa/enrol"
    account = services.accounts.find_by_username("bich.nong")
    assert account is not None and account.identity_level == 2
    assert account.profile["name"] == NAME
    assert account.profile["address"]["locality"] == "Phường Gia Sàng"
    (verified,) = services.accounts.verified_claims(account.id)
    (check,) = verified["verification"]["evidence"][0]["check_details"]
    assert (check["check_method"], check["organization"]) == ("vpip", "UBND Phường Gia Sàng")
    # The codes in the envelope count, and setting up an app makes no others
    assert services.factors.count_recovery_codes(account.id) == 10
    done = [row.event for row in services.audit.list_by_account(account.id)]
    assert {"counter.enrolled", "counter.compared", "counter.printed", "activation.complete"} <= set(done)
    copy = build_document(services, account, clock.now(), in_full=False)
    (created,) = [one for one in copy["events"] if one["event"] == "account.create"]
    assert "ip" not in created, "the desk's place is its own"


def test_where_a_newcomer_lives_is_ticked_by_the_official_alone(
    ha: Someone, open_counter: Open, services: Services
) -> None:
    desk = open_counter(ha)
    find(desk)
    desk.click("begin_card")
    assert not desk.page.get("lives_here").checked
    desk.open("/officials")
    find(desk)
    take_down_card(desk, lives_here=True, phone="0912345678", street_address="Tổ 5")
    # What was typed and ticked is there when something else is corrected
    desk.open(f"{desk.page.path.removesuffix('/compare')}/card")
    assert desk.page.get("lives_here").checked
    assert desk.page.get("street_address").value == "Tổ 5" and "912345678" in desk.page.get("phone").value
    desk.page.get("lives_here").checked = False
    desk.submit("card_submit")
    compare(desk)
    account_id = services.accounts.identity.find_account_id(DocumentNumber(IDENTITY_CARD, NUMBER))
    assert account_id is not None
    assert "locality" not in services.accounts.get(account_id).profile["address"]


def test_a_code_works_once(ha: Someone, open_counter: Open, new_browser: Browsers) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    code = code_of(desk.click("print_slip"))
    activate(new_browser(), code)
    again = new_browser()
    again.open("/activate")
    used = again.submit("activation_submit", {"activation_code": code})
    unknown = again.submit("activation_submit", {"activation_code": "2222-3333-4444-6666"})
    nonsense = again.submit("activation_submit", {"activation_code": "O" * 64})
    assert [page.status for page in (used, unknown, nonsense)] == [400] * 3
    assert used.text_of("activation_code-error") == unknown.text_of("activation_code-error")
    assert nonsense.text_of("activation_code-error") == unknown.text_of("activation_code-error")


def test_the_account_speaks_the_language_of_whoever_activates_it(
    ha: Someone, open_counter: Open, new_browser: Browsers, services: Services
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    code = code_of(desk.click("print_slip"))
    home = new_browser()
    home.post("/language", lang="ko", next="/activate")
    activate(home, code)
    account = services.accounts.find_by_username("bich.nong")
    assert account is not None and account.locale == "ko"


def test_two_browsers_with_one_code_give_one_account(
    ha: Someone, open_counter: Open, new_browser: Browsers, services: Services
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    code = code_of(desk.click("print_slip"))
    first, second = new_browser(), new_browser()
    for browser in (first, second):
        browser.open("/activate")
        browser.submit("activation_submit", {"activation_code": code})
    first.submit("choose_submit", {"username": "bich.nong", "password": PASSWORD})
    page = second.submit("choose_submit", {"username": "ke.trom", "password": PASSWORD})
    assert page.path == "/activate"
    assert services.accounts.find_by_username("ke.trom") is None


def test_a_code_lives_a_week_and_a_newer_one_ends_it(
    ha: Someone, open_counter: Open, new_browser: Browsers, clock: Clock
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    visit = desk.page.url
    old = code_of(desk.click("print_slip"))
    desk.open(visit)
    new = code_of(desk.click("print_slip"))
    browser = new_browser()
    browser.open("/activate")
    assert browser.submit("activation_submit", {"activation_code": old}).status == 400
    clock.advance(WEEK)
    browser.open("/activate")
    assert browser.submit("activation_submit", {"activation_code": new}).status == 400


def test_codes_are_not_guessed_from_one_network(
    browser: InProcess, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    monkeypatch.setattr("tnid.officials.activation.ACTIVATION_FROM_NETWORK", Limit("few", 3, 900))
    browser.open("/activate")
    pages = [browser.submit("activation_submit", {"activation_code": "2" * 16}) for _ in range(4)]
    assert [page.status for page in pages] == [400, 400, 400, 429]
    assert refusals(services, "activation.enter") == ["wrong_code"] * 3 + ["too_many"]


def test_no_code_is_stored_or_written_down(
    ha: Someone, open_counter: Open, services: Services, settings: object
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    code = code_of(desk.click("print_slip"))
    rows = services.database.fetch_all(text("SELECT * FROM activations"))
    events = services.database.fetch_all(text("SELECT details FROM audit_events"))
    assert code not in str(rows) and code.replace("-", "") not in str(rows) + str(events)
    assert NUMBER not in str(services.database.fetch_all(text("SELECT * FROM visits")))


def test_before_the_activation_nobody_signs_in(
    ha: Someone, open_counter: Open, services: Services, browser: InProcess
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    account = services.accounts.get(account_id_of(services))
    browser.open("/login")
    fields = {"login_username": account.username, "login_password": ""}
    assert browser.submit("login_submit", fields).status == 400


def test_the_code_on_the_card_fills_the_page_in(ha: Someone, open_counter: Open, services: Services) -> None:
    desk = open_counter(ha)
    text_of_card = f"{NUMBER}||{NAME}|10031995|Nữ|Thôn Nà Cà, Chợ Rã, Ba Bể, Bắc Kạn|20072022"
    find(desk, text_of_card)
    page = desk.click("begin_card")
    assert (page.get("name").value, page.get("birthdate").value) == (NAME, "10/03/1995")
    assert page.get("gender-0").checked
    assert NUMBER not in page.text
    assert not desk.submit("card_submit").has("warning")
    assert compare(desk).get("visit_level").get("data-level") == "2"


@pytest.mark.parametrize("typed", ["TE4190190012345|x|y|z|a|b", "019195|", "|" * 50, "x|" * 5000])
def test_what_is_no_identity_card_is_said(ha: Someone, open_counter: Open, typed: str) -> None:
    desk = open_counter(ha)
    page = find(desk, typed)
    assert page.status == 400 and page.has("card-error")


def test_what_is_not_true_is_not_recorded(ha: Someone, open_counter: Open, services: Services) -> None:
    desk = open_counter(ha)
    find(desk)
    take_down_card(desk)
    desk.page.get("is_alike").checked = True
    assert desk.submit("compare_submit").status == 400
    assert services.accounts.identity.find_account_id(DocumentNumber(IDENTITY_CARD, NUMBER)) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birthdate", "32/13/1995"),
        ("birthdate", "01/01/2020"),
        ("name", ""),
        ("phone", "12"),
        ("name", "x" * 300),
    ],
)
def test_what_is_wrong_on_the_card_is_said_and_the_rest_kept(
    ha: Someone, open_counter: Open, field: str, value: str
) -> None:
    desk = open_counter(ha)
    find(desk)
    page = take_down_card(desk, **{field: value})
    assert page.status == 400 and page.has(f"{field}-error")
    assert page.get("name").value == (value if field == "name" else NAME)


def test_a_number_that_says_another_year_is_a_warning(ha: Someone, open_counter: Open) -> None:
    desk = open_counter(ha)
    find(desk)
    page = take_down_card(desk, birthdate="10/03/1990")
    assert "năm sinh khác" in page.words()
    assert compare(desk).get("visit_level").get("data-level") == "2"


def test_an_account_that_there_is_rises_and_keeps_its_password(
    ha: Someone,
    minh: Someone,
    open_counter: Open,
    services: Services,
    new_browser: Browsers,
    clock: Clock,
) -> None:
    desk = open_counter(ha)
    desk.click("by_name")
    page = desk.submit("find_submit", {"contact": "0912.345.678", "name": "tran minh"})
    assert page.path.startswith("/officials/visits/")
    desk.click("begin_card")
    desk.page.get("gender-1").checked = True
    desk.submit("card_submit", {"number": "019 095 004 568", "name": "Trần Minh", "birthdate": "1/2/1995"})
    page = compare(desk)
    assert page.get("visit_level").get("data-level") == "2" and not page.has("print_slip")
    assert services.accounts.get(minh.id).identity_level == 2
    home = new_browser()
    assert minh.sign_in(home).path == "/account"
    touched = home.open("/account/touched").words()
    assert "Lê Thu Hà" in touched and "Phường Gia Sàng" in touched
    assert "Đối chiếu thẻ căn cước" in touched and "Xem tài khoản" in touched
    history = [one.text_content() for one in home.open("/account/activity").document.xpath("//main//li")]
    (compared,) = [one for one in history if "Đối chiếu thẻ căn cước" in one]
    assert "Bộ phận một cửa Phường Gia Sàng" in compared
    copy = build_document(services, services.accounts.get(minh.id), clock.now(), in_full=False)
    placed = {one["event"] for one in copy["events"] if "ip" in one}
    assert "sign_in.complete" in placed and "counter.compared" not in placed, "the desk's place is its own"


def test_nobody_elses_people_are_found(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services
) -> None:
    """PI-004, by number, by name and by what was found before."""
    person = new_person("tan", personal_id_number=NUMBER, claims={"name": "Đỗ Tân", **IN_TAN_CUONG})
    desk = open_counter(ha)
    page = find(desk)
    assert page.status == 403 and "Đỗ Tân" not in page.text
    desk.click("by_name")
    page = desk.submit("find_submit", {"contact": "tan", "name": "Đỗ Tân"})
    assert page.status == 400 and not page.path.startswith("/officials/visits")
    assert refusals(services, "counter.find") == ["other_commune", "nobody_here"]
    assert services.counter.acts.list_by_account(person.id) == []


def test_who_moves_away_is_no_longer_seen(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    person = new_person("tan", personal_id_number=NUMBER)
    desk = open_counter(ha)
    assert find(desk).path.startswith("/officials/visits/")
    address = desk.page.url
    services.accounts.change_profile(person.id, IN_TAN_CUONG, clock.now())
    assert desk.open(address).status == 404
    assert refusals(services, "counter.look") == ["not_found"]


def test_serving_somebody_without_an_address_claims_them(
    ha: Someone,
    open_counter: Open,
    new_official: Callable[..., Someone],
    new_person: Callable[..., Someone],
) -> None:
    new_person("tan", personal_id_number=NUMBER)
    elsewhere = open_counter(new_official("tu.ly", TAN_CUONG))
    assert find(elsewhere).path.startswith("/officials/visits/")
    desk = open_counter(ha)
    find(desk)
    take_down_card(desk)
    compare(desk)
    assert find(elsewhere).status == 403


def test_a_comparison_that_is_sent_twice_is_one_act(
    ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    desk = open_counter(ha)
    find(desk)
    take_down_card(desk)
    address = desk.page.path
    ticks = dict.fromkeys(("is_alike", "is_whole", "is_same_number", "is_same_person"), "y")
    answers = [desk.post(address, **ticks) for _ in range(2)]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, address.removesuffix("/compare"))
    }
    account_id = account_id_of(services)
    done = [row.event for row in services.audit.list_by_account(account_id)]
    assert done.count("counter.compared") == done.count("counter.enrolled") == 1
    assert len(services.counter.acts.list_by_account(account_id)) == 2
    clock.advance(61)
    desk.post(address, **ticks)
    assert len(services.counter.acts.list_by_account(account_id)) == 3


def test_another_fields_fault_has_nobody_type_the_number_again(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services
) -> None:
    person = new_person("bich", claims={"name": NAME})
    desk = open_counter(ha)
    desk.open("/officials/by-name")
    desk.submit("find_submit", {"contact": "bich", "name": NAME})
    page = take_down_card(desk, number="0191950", birthdate="30/02/1995")
    assert page.has("number-error") and page.has("number")
    for birthdate, name in (("30/02/1995", NAME), ("10/03/1995", "")):
        fields = {"number": NUMBER} if desk.page.has("number") else {}
        page = desk.submit("card_submit", {**fields, "name": name, "birthdate": birthdate})
        assert page.status == 400 and not page.has("number") and NUMBER not in page.text
    desk.submit("card_submit", {"name": NAME})
    compare(desk)
    assert services.accounts.identity.find_account_id(DocumentNumber(IDENTITY_CARD, NUMBER)) == person.id


def test_a_visit_that_is_over_says_how_to_go_on(ha: Someone, open_counter: Open) -> None:
    desk = open_counter(ha)
    find(desk)
    address = desk.page.path
    find(desk, "019195009999")
    for path in (address, f"{address}/card", f"/officials/visits/{'x' * 22}"):
        page = desk.open(path)
        assert page.status == 404 and page.has("visit_over"), page


def test_another_officials_visit_is_not_found(
    ha: Someone, open_counter: Open, new_official: Callable[..., Someone]
) -> None:
    desk, other = open_counter(ha), open_counter(new_official("thu.vu"))
    find(desk)
    address = desk.page.path
    for path in ("", "/card", "/compare", "/recover"):
        assert other.get(address + path).status_code == 404
    for path in ("/slip", "/slip/recover", "/card", "/compare", "/recover"):
        assert other.post(address + path).status_code == 404


def test_a_visit_ends_with_the_next_person_and_after_half_an_hour(
    ha: Someone, open_counter: Open, clock: Clock
) -> None:
    desk = open_counter(ha)
    find(desk)
    first = desk.page.path
    find(desk, "019195004568")
    assert desk.get(first).status_code == 404
    second = desk.page.path
    for _ in range(3):
        clock.advance(600)
        desk.get("/officials")
    assert desk.get(second).status_code == 404


def test_nobody_serves_themselves(
    open_counter: Open, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    official = new_person("ha.le", totp=True, personal_id_number=NUMBER)
    services.counter.roles.grant_official(official.id, GIA_SANG, clock.now())
    desk = open_counter(official)
    assert find(desk).status == 403
    desk.click("by_name")
    page = desk.submit("find_submit", {"contact": "ha.le", "name": "Nguyễn Thị Lan"})
    assert page.status == 403
    assert refusals(services, "counter.find") == ["own_account"] * 2


def test_one_official_does_not_make_a_checked_person_another(
    ha: Someone, open_counter: Open, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    person = new_person("tan", personal_id_number=NUMBER, identity_level=2, trusted=True)
    official, now = ha.id, clock.now()
    desk = open_counter(ha)
    find(desk)
    take_down_card(desk)
    (row,) = services.database.fetch_all(text("SELECT id FROM visits WHERE account_id IS NOT NULL"))
    visit = services.counter.visits.find(row.id, official, GIA_SANG, now)
    assert visit is not None
    other = DocumentNumber(IDENTITY_CARD, "019195009999")
    services.counter.visits.keep_card(visit, type(visit.card)(other, visit.card.claims))
    page = compare(desk)
    assert page.status == 400
    assert services.accounts.reveal_personal_id_number(person.id) == NUMBER
    assert refusals(services, "counter.compared") == ["number_differs"]


def test_going_through_numbers_is_stopped(
    ha: Someone, open_counter: Open, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    monkeypatch.setattr("tnid.officials.views.COUNTER_SEARCH", Limit("few", 2, 3600))
    desk = open_counter(ha)
    assert [find(desk, f"01919500456{n}").status for n in range(3)] == [200, 200, 429]
    assert refusals(services, "counter.find") == ["too_many_searches"]


def test_the_role_ends_in_the_middle_of_a_visit(
    ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    visit = desk.page.path
    services.counter.roles.revoke_official(ha.id, clock.now())
    assert desk.get(visit).status_code == 403
    assert desk.post(f"{visit}/slip").status_code == 403


def test_a_slip_of_somebody_who_is_no_official_any_more_is_worth_nothing(
    ha: Someone, open_counter: Open, services: Services, clock: Clock, browser: InProcess
) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    code = code_of(desk.click("print_slip"))
    services.counter.roles.revoke_official(ha.id, clock.now())
    browser.open("/activate")
    assert browser.submit("activation_submit", {"activation_code": code}).status == 400


def test_the_day_stands_on_the_first_page(ha: Someone, open_counter: Open, clock: Clock) -> None:
    desk = open_counter(ha)
    begin_account(desk)
    page = desk.open("/officials")
    assert NAME in page.text_of("today_acts") and "Đối chiếu thẻ căn cước" in page.text_of("today_acts")
