"""The screen's pages: what it shows at each step, what it takes, and whom it signs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tests.tnid.qr.acting import DESKTOP, HANDSET, Phone, begin, scan, type_digits, wrong
from tnid.qr.screen import mask_name
from tnid.qr.state import state_of
from tnid.services import Services
from tnid.signin.limits import QR_FROM_NETWORK, QR_IN_BROWSER


@pytest.fixture
def database_kind() -> str:
    """One database is enough here: what it decides is held by test_service.py, on both."""
    return "sqlite"


@pytest.fixture
def phone(services: Services, clock: Clock, lan: Someone) -> Phone:
    return Phone(services, clock, lan)


def events(services: Services, name: str) -> list[Any]:
    query = text("SELECT * FROM audit_events WHERE event = :event ORDER BY id")
    return services.database.fetch_all(query, event=name)


def states(services: Services, now: int) -> list[str]:
    rows = services.database.fetch_all(text("SELECT * FROM qr_sign_ins ORDER BY created_at, claimed_at"))
    return [state_of(row, now) for row in rows]


# The way through


def test_a_person_signs_in_by_the_phone(browser: InProcess, phone: Phone, services: Services) -> None:
    page = begin(browser)
    before = browser.cookies.get("tnid_browser")
    digits = phone.claim(page)
    phone.approve()
    page = type_digits(browser, digits)
    assert page.path == "/account"
    assert page.status == 200
    assert before and browser.cookies.get("tnid_session")
    assert "tnid_qr" not in browser.cookies
    (signed_in,) = services.sessions.list_live(phone.person.id, phone.clock.now())
    assert signed_in.amr.split() == ["pwd", "qr"]
    assert signed_in.acr == "LoA1"


def test_an_application_gets_its_code_and_sees_plain_oidc(
    browser: InProcess, phone: Phone, new_app: Callable[..., str]
) -> None:
    page = begin(browser, new_app())
    assert "Việc làm" in page.words()
    digits = phone.claim(page)
    phone.approve()
    page = type_digits(browser, digits)
    page = browser.click("consent_allow")
    assert page.url.startswith(CALLBACK)
    assert parse_qs(urlsplit(page.url).query)["code"]


def test_the_digits_may_be_typed_before_the_phone_answers(browser: InProcess, phone: Phone) -> None:
    digits = phone.claim(begin(browser))
    page = browser.open(browser.page.url)
    page = type_digits(browser, digits)
    assert page.path == "/login/qr"
    assert not page.has("qr_digits")
    assert page.document is not None
    assert page.document.xpath("//noscript/meta/@content") == ["2"]
    phone.approve()
    page = browser.open(page.url)
    page = browser.click("qr_finish")
    assert page.path == "/account"


def test_the_session_is_the_approvals_and_short(
    browser: InProcess, phone: Phone, services: Services, clock: Clock
) -> None:
    digits = phone.claim(begin(browser))
    phone.approve()
    approved_at = clock.now()
    clock.advance(30)
    type_digits(browser, digits)
    (signed_in,) = services.sessions.list_live(phone.person.id, clock.now())
    assert signed_in.auth_time == approved_at
    lifetime = services.settings.qr_session_lifetime_seconds
    assert signed_in.expires_at == clock.now() + lifetime
    assert lifetime < services.settings.session_lifetime_seconds


def test_it_is_collected_once(browser: InProcess, phone: Phone, services: Services, clock: Clock) -> None:
    page = begin(browser)
    url, digits = page.url, phone.claim(page)
    phone.approve()
    type_digits(browser, digits)
    answer = browser.post(url.replace("/login/qr?", "/login/qr/digits?"), digits=digits)
    assert answer.status_code in (303, 400)
    assert len(services.sessions.list_live(phone.person.id, clock.now())) == 1
    assert len(events(services, "qr.collect")) == 1


def test_somebody_elses_session_here_is_ended(
    browser: InProcess,
    phone: Phone,
    minh: Someone,
    services: Services,
    new_app: Callable[..., str],
    clock: Clock,
) -> None:
    minh.sign_in(browser)
    browser.open(new_app() + "&prompt=login")
    digits = phone.claim(browser.click("qr_start"))
    phone.approve()
    type_digits(browser, digits)
    assert services.sessions.list_live(minh.id, clock.now()) == []
    assert len(services.sessions.list_live(phone.person.id, clock.now())) == 1


def test_what_the_phone_did_is_not_enough_where_two_factors_are_asked(
    browser: InProcess, services: Services, clock: Clock, minh: Someone, new_app: Callable[..., str]
) -> None:
    phone = Phone(services, clock, minh)
    page = begin(browser, new_app(least_acr="LoA2"))
    digits = phone.claim(page)
    phone.approve()
    page = type_digits(browser, digits)
    assert page.path == "/mfa/totp"
    page = browser.submit("otp_submit", {"otp_code": minh.next_code()})
    assert page.has("consent_allow")
    (signed_in,) = services.sessions.list_live(minh.id, clock.now())
    assert "qr" in signed_in.amr.split()
    assert signed_in.expires_at <= clock.now() + services.settings.qr_session_lifetime_seconds


# What it shows


def test_the_screen_shows_a_picture_that_a_camera_reads(browser: InProcess, clock: Clock) -> None:
    page = begin(browser)
    first = scan(page)
    assert first == page.get("qr_image").get("data-address")
    clock.advance(5)
    page = browser.open(page.url)
    second = scan(page)
    assert second != first
    assert second[:-8] == first[:-8]


def test_the_code_to_type_stays_at_a_reload_and_finds_the_sign_in(
    browser: InProcess, services: Services, clock: Clock
) -> None:
    page = begin(browser)
    code = page.text_of("qr_code_text")
    clock.advance(20)
    assert browser.open(page.url).text_of("qr_code_text") == code
    assert state_of(services.qr_sign_ins.find_typed(code, clock.now()), clock.now()) == "waiting"
    assert code not in page.url
    assert code.replace("-", "") not in page.url


def test_without_scripts_the_page_refreshes_itself_until_a_phone_comes(
    browser: InProcess, phone: Phone
) -> None:
    page = begin(browser)
    assert page.document is not None
    assert page.document.xpath("//noscript/meta[@http-equiv='refresh']/@content") == ["5"]
    phone.claim(page)
    page = browser.open(page.url)
    assert page.document is not None
    assert not page.document.xpath("//meta[@http-equiv='refresh']")


def test_the_screen_names_who_scanned_it_but_not_whole(browser: InProcess, phone: Phone) -> None:
    page = begin(browser)
    phone.claim(page)
    page = browser.open(page.url)
    assert "N… T… Lan" in page.words()
    assert "Nguyễn" not in page.words()
    assert not page.has("qr_image")
    assert not page.has("qr_code_text")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Nguyễn Văn An", "N… V… An"),
        ("  Đỗ   Ánh ", "Đ… Ánh"),
        ("lanh.tn95", "l…"),
        ("Ánh", "Á…"),
        ("Ước Mơ", "Ư… Mơ"),
        ("", "…"),
    ],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_the_tone_is_set_word_for_word(browser: InProcess) -> None:
    words = begin(browser).words()
    assert "Quét mã này bằng camera điện thoại. Điện thoại sẽ hiện 2 chữ số: hãy nhập vào đây." in words


# Where it is offered


@pytest.mark.parametrize(
    ("headers", "is_offered"),
    [
        ({"User-Agent": DESKTOP}, True),
        ({"User-Agent": HANDSET}, False),
        ({"User-Agent": DESKTOP, "Sec-CH-UA-Mobile": "?1"}, False),
        ({"User-Agent": DESKTOP, "Sec-CH-UA-Mobile": "?0"}, True),
        ({"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"}, False),
    ],
)
def test_a_phone_is_offered_none(browser: InProcess, headers: dict[str, str], is_offered: bool) -> None:
    address = browser.open("/account").url
    answer = browser.get(address, **headers)
    assert ('id="qr_start"' in answer.text) == is_offered
    assert answer.text.count('id="login_submit"') == 1


def test_a_passkey_stands_first(browser: InProcess) -> None:
    text = browser.open("/account").text
    assert text.index('id="passkey_start"') < text.index('id="qr_start"')


def test_where_the_account_is_changed_nobody_signs_in_by_a_phone(
    browser: InProcess, lan: Someone, clock: Clock, services: Services
) -> None:
    lan.sign_in(browser)
    clock.advance(services.settings.fresh_sign_in_seconds + 1)
    page = browser.open("/account/delete")
    page = browser.submit("delete_submit") if page.has("delete_submit") else page
    assert page.has("login_password")
    assert not page.has("qr_start")
    answer = browser.post(page.url.replace("/login?", "/login/qr?"))
    assert answer.headers["Location"].startswith("/login?")
    assert "tnid_qr" not in browser.cookies


# What goes wrong


def test_digits_before_any_phone_came_cost_nothing(browser: InProcess, phone: Phone) -> None:
    page = begin(browser)
    page = type_digits(browser, "42")
    assert page.status == 400
    assert page.get("qr_digits").get("aria-invalid") == "true"
    assert page.get("qr_digits").value == "42"
    digits = phone.claim(page)
    phone.approve()
    browser.open(page.url)
    assert browser.page.path == "/login/qr"
    assert type_digits(browser, digits).path == "/account"


@pytest.mark.parametrize("typed", ["", "4", "4a", "x" * 500, "٤٢"])
def test_what_is_not_two_digits_costs_no_try(browser: InProcess, phone: Phone, typed: str) -> None:
    digits = phone.claim(begin(browser))
    browser.open(browser.page.url)
    page = type_digits(browser, typed)
    assert page.status == 400
    assert page.get("qr_digits").get("aria-invalid") == "true"
    phone.approve()
    assert type_digits(browser, f" {digits[0]} {digits[1]}").path == "/account"


def test_wrong_digits_end_it_and_the_page_says_so(
    browser: InProcess, phone: Phone, services: Services, clock: Clock
) -> None:
    digits = phone.claim(begin(browser))
    phone.approve()
    page = type_digits(browser, wrong(digits))
    assert "2 chữ số chưa đúng" in page.words()
    assert states(services, clock.now()) == ["wrong_digits"]
    refusals = [row for row in events(services, "qr.digits") if row.outcome == "refused"]
    assert [row.reason for row in refusals] == ["wrong_digits"]
    page = browser.click("qr_start")
    assert page.has("qr_image")
    assert services.sessions.list_live(phone.person.id, clock.now()) == []


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        ("deny", "Điện thoại đã từ chối"),
        ("expire", "Mã này đã hết hạn"),
        ("purge", "Mã này không còn dùng được"),
        ("network", "Thiết bị này đã đổi mạng"),
        ("other_person", "Người khác đã đăng nhập trên điện thoại"),
    ],
)
def test_what_is_over_has_a_page_that_says_why_and_one_tap_for_another(
    happens: str, said: str, browser: InProcess, phone: Phone, minh: Someone, services: Services, clock: Clock
) -> None:
    page = begin(browser)
    if happens in ("deny", "other_person"):
        phone.claim(page)
    if happens == "deny":
        phone.deny()
    elif happens == "other_person":
        services.qr_sign_ins.claim(phone.row, minh.id, phone.browser, clock.now())
    elif happens == "expire":
        clock.advance(120)
    elif happens == "purge":
        services.database.execute(text("DELETE FROM qr_sign_ins"))
    elif happens == "network":
        move(browser, "198.51.100.9")
    page = browser.open(page.url)
    assert said in page.words()
    assert page.status == 200
    assert not page.has("qr_image")
    page = browser.click("qr_start")
    assert page.has("qr_image")
    assert states(services, clock.now()).count("waiting") == 1


def move(browser: InProcess, ip: str) -> None:
    """Take the browser into another network."""
    browser._http._transport.remote_addr = ip  # type: ignore[attr-defined]


def test_digits_from_another_network_sign_nobody_in(browser: InProcess, phone: Phone) -> None:
    digits = phone.claim(begin(browser))
    phone.approve()
    browser.open(browser.page.url)
    move(browser, "198.51.100.9")
    page = type_digits(browser, digits)
    assert "Thiết bị này đã đổi mạng" in page.words()
    assert "tnid_session" not in browser.cookies


def test_only_the_browser_that_began_it_collects(
    browser: InProcess, new_browser: Callable[..., InProcess], phone: Phone
) -> None:
    page = begin(browser)
    digits = phone.claim(page)
    phone.approve()
    thief = new_browser()
    thief.open("/account")
    thief.cookies.set("tnid_qr", browser.cookies["tnid_qr"])
    answer = thief.post(page.url.replace("/login/qr?", "/login/qr/digits?"), digits=digits)
    assert answer.status_code == 400
    assert "tnid_session" not in thief.cookies
    assert type_digits(browser, digits).path == "/account"


def test_two_windows_share_one_and_a_newer_one_replaces_it(
    browser: InProcess, phone: Phone, services: Services, clock: Clock
) -> None:
    page = begin(browser)
    url = page.url
    assert scan(browser.open(url)) == scan(page)
    browser.post(url)
    assert states(services, clock.now()).count("replaced") == 1
    assert scan(browser.open(url))[:-8] != scan(page)[:-8]


def test_another_sign_in_in_the_same_browser_takes_its_place(
    browser: InProcess, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    first = begin(browser).url
    begin(browser, new_app())
    assert sorted(states(services, clock.now())) == ["replaced", "waiting"]
    page = browser.open(first)
    assert "Mã này không còn dùng được" in page.words()
    assert page.has("qr_start")


def test_cancelling_ends_it_and_leads_to_the_other_ways(
    browser: InProcess, services: Services, clock: Clock
) -> None:
    begin(browser)
    page = browser.click("qr_cancel")
    assert page.has("login_password")
    assert states(services, clock.now()) == ["abandoned"]
    assert "tnid_qr" not in browser.cookies


def test_a_sign_in_by_password_meanwhile_ends_it(
    browser: InProcess, phone: Phone, lan: Someone, services: Services, clock: Clock
) -> None:
    page = begin(browser)
    phone.claim(page)
    browser.open("/account")
    assert lan.type_password(browser).path == "/account"
    assert states(services, clock.now()) == ["abandoned"]
    assert "tnid_qr" not in browser.cookies


def test_an_account_shut_after_the_yes_signs_nobody_in_and_says_so(
    browser: InProcess, phone: Phone, services: Services, clock: Clock
) -> None:
    digits = phone.claim(begin(browser))
    phone.approve()
    with services.database.unit():
        services.accounts.change_password(
            phone.person.id, phone.person.password, "một mật khẩu khác 9", clock.advance(1)
        )
    page = type_digits(browser, digits)
    assert "Điện thoại đã từ chối" in page.words()
    assert "tnid_session" not in browser.cookies


@pytest.mark.parametrize("limit", [QR_IN_BROWSER, QR_FROM_NETWORK])
def test_a_browser_and_a_network_may_show_so_many(
    limit: Any, browser: InProcess, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "QR_IN_BROWSER" if limit is QR_IN_BROWSER else "QR_FROM_NETWORK"
    monkeypatch.setattr(f"tnid.qr.screen.{name}", limit._replace(allowed=2))
    url = begin(browser).url
    assert browser.post(url).status_code == 303
    answer = browser.post(url)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "quá nhiều mã" in answer.text
    refusals = [row for row in events(services, "qr.begin") if row.outcome == "refused"]
    assert [row.reason for row in refusals] == ["too_many"]


def test_an_interaction_that_is_over_shows_none(browser: InProcess, clock: Clock) -> None:
    page = begin(browser)
    clock.advance(3600)
    answer = browser.get(page.url)
    assert answer.status_code == 400
    assert "qr_image" not in answer.text


def test_a_request_near_its_end_lasts_until_the_phone_has_answered(
    browser: InProcess, phone: Phone, clock: Clock, new_app: Callable[..., str]
) -> None:
    browser.open(new_app())
    clock.advance(595)
    page = browser.click("qr_start")
    digits = phone.claim(page)
    clock.advance(100)
    phone.approve()
    assert type_digits(browser, digits).has("consent_allow")


def test_looking_changes_nothing(browser: InProcess, phone: Phone, services: Services, clock: Clock) -> None:
    digits = phone.claim(begin(browser))
    phone.approve()
    services.qr_sign_ins.try_digits(services.qr_sign_ins.find(phone.row.id), digits, clock.now())
    before = services.qr_sign_ins.find(phone.row.id)
    page = browser.open(browser.page.url)
    assert page.has("qr_finish")
    assert services.qr_sign_ins.find(phone.row.id) == before
    assert "tnid_session" not in browser.cookies
