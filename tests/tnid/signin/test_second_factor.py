"""The second factor: asked whenever there is one, good once, and an end to guessing it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tnid.services import Services
from tnid.signin import second_factor
from tnid.signin.half_sign_ins import TRIES
from tnid.signin.limits import Limit

Browsers = Callable[..., InProcess]


def type_code(browser: InProcess, code: str) -> Page:
    return browser.submit("otp_submit", {"otp_code": code})


def at_code_page(browser: InProcess, person: Someone) -> Page:
    browser.open("/login")
    page = person.type_password(browser)
    assert page.path == "/mfa/totp"
    return page


def end_user(browser: InProcess, services: Services, clock: Clock) -> tuple[str, tuple[str, ...]] | None:
    cookie = browser.cookies.get("tnid_session") or ""
    found = services.sessions.look_up(cookie, clock.now())
    return None if found is None else (found.acr, tuple(found.amr.split()))


def test_an_account_with_a_factor_is_always_asked(
    browser: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    at_code_page(browser, minh)
    assert end_user(browser, services, clock) is None
    page = type_code(browser, minh.next_code())
    assert page.path == "/account"
    assert end_user(browser, services, clock) == ("LoA2", ("pwd", "otp", "mfa"))


@pytest.mark.parametrize(
    "address", ["/account", "/account/security", "/mfa/enrol", "/mfa/codes", "/consent", "/select-account"]
)
def test_no_page_opens_to_a_half_sign_in(browser: InProcess, minh: Someone, address: str) -> None:
    uid = at_code_page(browser, minh).url.partition("interaction=")[2]
    page = browser.open(address, interaction=uid)
    assert page.path in ("/login", "/mfa/totp")


def test_resuming_with_a_half_sign_in_asks_again(browser: InProcess, minh: Someone) -> None:
    uid = at_code_page(browser, minh).url.partition("interaction=")[2]
    assert browser.open(f"/resume/{uid}").path == "/login"


def test_a_code_is_good_once(new_browser: Browsers, minh: Someone) -> None:
    first, second = new_browser(), new_browser()
    at_code_page(first, minh)
    at_code_page(second, minh)
    code = minh.next_code()
    assert type_code(first, code).path == "/account"
    assert type_code(second, code).status == 400


def test_steps_only_move_forward(new_browser: Browsers, minh: Someone) -> None:
    earlier = minh.next_code()
    first, second = new_browser(), new_browser()
    at_code_page(first, minh)
    at_code_page(second, minh)
    assert type_code(first, minh.next_code()).path == "/account"
    assert type_code(second, earlier).status == 400


def test_a_code_of_one_step_ago_is_taken_and_of_two_is_not(browser: InProcess, minh: Someone) -> None:
    at_code_page(browser, minh)
    code = minh.next_code()
    minh.clock.advance(60)
    assert type_code(browser, code).status == 400
    code = minh.next_code()
    minh.clock.advance(30)
    assert type_code(browser, code).path == "/account"


def test_a_code_may_be_typed_with_spaces(browser: InProcess, minh: Someone) -> None:
    at_code_page(browser, minh)
    code = minh.next_code()
    assert type_code(browser, f" {code[:3]} {code[3:]} ").path == "/account"


def test_one_code_raced_signs_in_once(new_browser: Browsers, minh: Someone) -> None:
    browsers = [new_browser() for _ in range(8)]
    for browser in browsers:
        at_code_page(browser, minh)
    code = minh.next_code()
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda browser: type_code(browser, code).path, browsers))
    assert paths.count("/account") == 1


def test_the_tenth_wrong_code_ends_the_half_sign_in(browser: InProcess, minh: Someone) -> None:
    at_code_page(browser, minh)
    for _ in range(TRIES - 1):
        assert type_code(browser, "000000").path == "/mfa/totp"
    assert type_code(browser, "000000").path == "/login"
    assert browser.cookies.get("tnid_sign_in") is None


def test_what_the_lock_ended_cannot_be_gone_on_with(
    browser: InProcess, new_browser: Browsers, minh: Someone
) -> None:
    at_code_page(browser, minh)
    copied, address = browser.cookies["tnid_sign_in"], browser.page.url
    for _ in range(TRIES):
        type_code(browser, "000000")
    browser.cookies.set("tnid_sign_in", copied)
    assert browser.open(address).path == "/login"


def test_a_new_password_login_does_not_set_the_factor_count_back(
    browser: InProcess, minh: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factor, "SECOND_FACTOR", Limit("second_factor", 12, 10**9))
    for _ in range(TRIES):
        if browser._page is None or browser.page.path != "/mfa/totp":
            at_code_page(browser, minh)
        type_code(browser, "000000")
    at_code_page(browser, minh)
    type_code(browser, "000000")
    type_code(browser, "000000")
    assert type_code(browser, minh.next_code()).status == 400
    assert "tnid_session" not in browser.cookies


def test_a_right_code_sets_the_count_back(
    browser: InProcess, minh: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factor, "SECOND_FACTOR", Limit("second_factor", 3, 10**9))
    for _ in range(3):
        browser.cookies.clear()
        at_code_page(browser, minh)
        type_code(browser, "000000")
        assert type_code(browser, minh.next_code()).path == "/account"


def test_a_half_sign_in_lasts_ten_minutes(browser: InProcess, minh: Someone, clock: Clock) -> None:
    at_code_page(browser, minh)
    cookie = browser.cookies["tnid_sign_in"]
    clock.advance(601)
    browser.open("/login")
    browser.cookies.set("tnid_sign_in", cookie)
    uid = browser.page.url.partition("interaction=")[2]
    assert browser.open("/mfa/totp", interaction=uid).path == "/login"


def test_a_recovery_code_stands_in_once(
    browser: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    for expected in ("/account", "/mfa/recovery"):
        browser.cookies.clear()
        at_code_page(browser, minh)
        uid = browser.page.url.partition("interaction=")[2]
        browser.open("/mfa/recovery", interaction=uid)
        code = minh.recovery_codes[0].upper().replace("-", " ")
        assert browser.submit("recovery_submit", {"recovery_code": code}).path == expected
        if expected == "/account":
            assert end_user(browser, services, clock) == ("LoA2", ("pwd", "rc", "mfa"))
    assert services.factors.count_recovery_codes(minh.id) == 9


def test_another_persons_recovery_code_is_wrong(
    browser: InProcess, minh: Someone, new_person: Callable[..., Someone]
) -> None:
    other = new_person("hoa", totp=True)
    at_code_page(browser, minh)
    browser.open(browser.page.url.replace("totp", "recovery"))
    page = browser.submit("recovery_submit", {"recovery_code": other.recovery_codes[0]})
    assert page.status == 400


def test_a_recovery_code_raced_is_good_once(
    services: Services, minh: Someone, clock: Clock, database_kind: str
) -> None:
    code = minh.recovery_codes[3]
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(services.factors.consume_recovery_code, minh.id, code, clock.now()) for _ in range(20)
        ]
    assert [one.result() for one in tries].count(True) == 1


def test_an_oversize_recovery_code_is_refused_before_hashing(browser: InProcess, minh: Someone) -> None:
    at_code_page(browser, minh)
    browser.open(browser.page.url.replace("totp", "recovery"))
    page = browser.submit("recovery_submit", {"recovery_code": "a" * 60_000})
    assert page.status == 400


def test_an_application_that_needs_two_factors_gets_them(
    browser: InProcess, minh: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    address = new_app(least_acr="LoA2")
    page = minh.sign_in(browser, address)
    assert page.path == "/consent"
    assert browser.click("consent_allow").url.startswith(f"{CALLBACK}?")


def test_a_session_steps_up_by_a_code_with_a_new_id(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    """A factor that was added in another browser is asked for in this one, too."""
    lan.sign_in(browser)
    before = browser.cookies["tnid_session"]
    secret = pyotp.random_base32()
    services.factors.enrol(lan.id, secret, 0, clock.now())
    lan.totp_secret = secret
    page = browser.open(new_app(least_acr="LoA2"))
    assert page.path == "/mfa/totp"
    assert type_code(browser, lan.next_code()).path == "/consent"
    assert browser.cookies["tnid_session"] != before
    assert services.sessions.look_up(before, clock.now()) is None
    assert end_user(browser, services, clock) == ("LoA2", ("pwd", "otp", "mfa"))


def test_guessing_at_a_step_up_ends_the_session(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    services.factors.enrol(lan.id, pyotp.random_base32(), 0, clock.now())
    browser.open(new_app(least_acr="LoA2"))
    for _ in range(TRIES):
        assert type_code(browser, "000000").path == "/mfa/totp"
    assert type_code(browser, "000000").path == "/login"
    assert end_user(browser, services, clock) is None


def test_a_page_left_open_goes_on_with_whoever_signed_in_beside_it(
    browser: InProcess, minh: Someone, lan: Someone, new_app: Callable[..., str]
) -> None:
    """A person without a second factor is asked for none, nor to set one up, where nobody asked for it."""
    browser.open(new_app("jobs"))
    left_open = minh.type_password(browser)
    lan.sign_in(browser)
    browser._page = left_open
    page = browser.submit("otp_submit", {"otp_code": minh.next_code()})
    assert page.has("consent_allow"), page


def test_a_page_left_open_sets_a_factor_up_where_one_is_asked_for(
    browser: InProcess, minh: Someone, lan: Someone, new_app: Callable[..., str]
) -> None:
    browser.open(new_app("jobs", least_acr="LoA2"))
    left_open = minh.type_password(browser)
    lan.sign_in(browser)
    assert browser.open(left_open.url).has("secret_text")
