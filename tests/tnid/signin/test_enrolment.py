"""Setting up the second factor, and the recovery codes that are shown once."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tnid.services import Services

SHORT = "nương2 tím"


@pytest.fixture
def database_kind() -> str:
    """One database will do: the stores below are tested on both."""
    return "sqlite"


def enrol(browser: InProcess, clock: Clock) -> Page:
    secret = "".join(browser.page.text_of("secret_text").split())
    return browser.submit("otp_submit", {"otp_code": pyotp.TOTP(secret).at(clock.advance(30))})


def test_a_step_up_without_a_factor_sets_one_up_and_goes_on(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    page = lan.sign_in(browser, new_app(least_acr="LoA2"))
    assert page.path == "/mfa/enrol"
    assert not page.has("enrol_skip")
    assert page.text_of("enrol_need").startswith("Việc làm cần xác thực hai lớp")
    before = browser.cookies["tnid_session"]
    assert enrol(browser, clock).path == "/mfa/codes"
    assert browser.cookies["tnid_session"] != before
    assert len(browser.page.get("recovery_codes")) == 10
    assert browser.click("codes_submit").path == "/consent"
    assert browser.click("consent_allow").url.startswith(CALLBACK)
    assert services.factors.is_enrolled(lan.id)


def test_the_codes_are_shown_until_they_are_kept_and_never_after(
    browser: InProcess, lan: Someone, clock: Clock
) -> None:
    lan.sign_in(browser)
    browser.open("/account/security")
    browser.click("enrol_submit")
    shown = enrol(browser, clock).text_of("recovery_codes")
    address = browser.page.url
    assert browser.open(address).text_of("recovery_codes") == shown
    assert browser.click("codes_submit").path == "/account/security"
    assert not browser.open(address).has("recovery_codes")


def test_a_wrong_code_changes_neither_the_key_nor_the_account(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser)
    browser.open("/account/security")
    key = browser.click("enrol_submit").text_of("secret_text")
    page = browser.submit("otp_submit", {"otp_code": "000000"})
    assert (page.status, page.text_of("secret_text")) == (400, key)
    assert not services.factors.is_enrolled(lan.id)


def test_looking_at_the_key_stores_nothing(browser: InProcess, lan: Someone, services: Services) -> None:
    lan.sign_in(browser)
    browser.open("/account/security")
    key = browser.click("enrol_submit").text_of("secret_text")
    assert browser.open(browser.page.url).text_of("secret_text") == key
    assert not services.factors.is_enrolled(lan.id)


def test_an_old_sign_in_may_not_add_a_factor(browser: InProcess, lan: Someone, clock: Clock) -> None:
    lan.sign_in(browser)
    clock.advance(301)
    browser.open("/account/security")
    assert browser.click("enrol_submit").path == "/login"
    lan.type_password(browser)
    assert browser.page.path == "/account/security"
    assert browser.click("enrol_submit").path == "/mfa/enrol"


def test_the_page_itself_asks_for_a_fresh_sign_in(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], clock: Clock
) -> None:
    lan.sign_in(browser)
    clock.advance(301)
    assert browser.open(new_app(least_acr="LoA2")).path == "/login"
    assert lan.type_password(browser).path == "/mfa/enrol"
    assert enrol(browser, clock).path == "/mfa/codes"
    assert browser.click("codes_submit").path == "/consent"


def test_the_new_codes_first_code_was_spent_at_enrolment(
    browser: InProcess, lan: Someone, clock: Clock, new_browser: Callable[..., InProcess]
) -> None:
    lan.sign_in(browser)
    browser.open("/account/security")
    browser.click("enrol_submit")
    secret = "".join(browser.page.text_of("secret_text").split())
    code = pyotp.TOTP(secret).at(clock.now())
    browser.submit("otp_submit", {"otp_code": code})
    other = new_browser()
    other.open("/login")
    lan.type_password(other)
    assert other.submit("otp_submit", {"otp_code": code}).status == 400


def test_a_short_password_makes_the_factor_required_before_anything_else(
    browser: InProcess, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    person = new_person("hoa", password=SHORT)
    browser.open("/login")
    page = person.type_password(browser)
    assert page.path == "/mfa/enrol"
    assert not page.has("enrol_skip")
    assert "15 ký tự" in page.text_of("enrol_need")
    assert "tnid_session" not in browser.cookies
    assert enrol(browser, clock).path == "/mfa/codes"
    assert browser.click("codes_submit").path == "/account"
    found = services.sessions.look_up(browser.cookies["tnid_session"], clock.now())
    assert found is not None
    assert found.acr == "LoA2"


def test_a_half_sign_in_cannot_replace_a_factor(
    browser: InProcess, minh: Someone, new_browser: Callable[..., InProcess]
) -> None:
    browser.open("/login")
    uid = minh.type_password(browser).url.partition("interaction=")[2]
    assert browser.open("/mfa/enrol", interaction=uid).path == "/mfa/totp"
    answer = browser.post(f"/mfa/enrol?interaction={uid}", code="000000")
    assert answer.headers["Location"].startswith("/mfa/totp")


def test_another_persons_kept_key_is_not_shown(
    browser: InProcess, lan: Someone, new_person: Callable[..., Someone]
) -> None:
    lan.sign_in(browser)
    browser.open("/account/security")
    first = browser.click("enrol_submit").text_of("secret_text")
    other = new_person("hoa")
    browser.cookies.delete("tnid_session")
    other.sign_in(browser)
    browser.open("/account/security")
    assert browser.click("enrol_submit").text_of("secret_text") != first


def test_the_key_is_not_readable_in_the_cookie(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    browser.open("/account/security")
    key = "".join(browser.click("enrol_submit").text_of("secret_text").split())
    assert all(key not in (value or "") for value in browser.cookies.values())


def test_a_page_of_ours_that_needs_two_factors_says_so(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    page = browser.open("/employers")
    assert page.path == "/mfa/enrol"
    assert not page.has("enrol_skip")
    assert "cần xác thực hai lớp" in page.text_of("enrol_need")
    assert "cần xác thực hai lớp" in browser.click("use_passkey").text_of("enrol_need")


def test_where_it_may_be_put_off_nothing_is_said_of_a_need(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    browser.open("/account/security")
    assert not browser.click("enrol_submit").has("enrol_need")


def test_a_second_factor_that_was_wished_for_may_be_put_off(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services
) -> None:
    """OpenID Connect Core 1.0 section 5.5.1.1: what can't be met is answered by what was done."""
    browser.open(new_app() + "&acr_values=LoA2")
    assert lan.type_password(browser).path == "/mfa/enrol"
    assert not browser.page.has("enrol_need")
    assert browser.click("enrol_skip").path == "/consent"
    assert browser.click("consent_allow").url.startswith(f"{CALLBACK}?code=")
    (grant,) = services.database.fetch_all(text("SELECT acr FROM grants"))
    assert grant.acr == "LoA1"


@pytest.mark.parametrize(
    ("asked", "policy"),
    [('&claims={"id_token":{"acr":{"essential":true,"value":"LoA2"}}}', {}), ("", {"least_acr": "LoA2"})],
)
def test_what_is_demanded_can_not_be_put_off(
    asked: str, policy: dict[str, str], browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    browser.open(f"{new_app(**policy)}&acr_values=LoA2{asked}")
    page = lan.type_password(browser)
    assert page.has("enrol_need") and not page.has("enrol_skip")
    page.get("otp_submit").set("formaction", page.url.replace("/enrol", "/put-off"))
    assert browser.submit("otp_submit").path == "/mfa/enrol"


def test_who_has_a_second_factor_can_not_put_it_off(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    browser.open(new_app() + "&acr_values=LoA2")
    lan.type_password(browser)
    services.factors.enrol(lan.id, "JBSWY3DPEHPK3PXP", 0, clock.now())
    assert browser.click("enrol_skip").path == "/mfa/totp"
