"""Contacts on the profile: changed after a fresh sign-in, told to the old one, verified by a code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import PASSWORD, InProcess, Someone
from tnid.accounts.contacts import write_phone
from tnid.messages.codes import SENT, TRIES
from tnid.services import Services
from tnid.signin.limits import HOUR_SECONDS

PROFILE = "/account/profile"
OLD, NEW = "+84912000333", "+84987000444"


@pytest.fixture
def mai(new_person: Callable[..., Someone]) -> Someone:
    """A person with a verified phone."""
    return new_person("mai", claims={"phone_number": OLD, "phone_number_verified": True})


def profile_of(services: Services, person: Someone) -> dict[str, Any]:
    return dict(services.accounts.get(person.id).profile)


def told(services: Services, person: Someone) -> list[tuple[str, str, str]]:
    """Return (text, channel, fixed address) of each message to the person, newest first."""
    rows = services.messages.list_by_account(person.id)
    return [(row.text, row.channel, services.messages.open(row).address or "") for row in rows]


def last_code(services: Services, person: Someone) -> str:
    rows = services.messages.list_by_account(person.id)
    return next(c for row in rows if (c := services.messages.open(row).values.get("code")))


def events_of(services: Services, event: str) -> list[str]:
    rows = services.database.fetch_all(text("SELECT outcome FROM audit_events WHERE event = :e"), e=event)
    return [row.outcome for row in rows]


def test_a_new_phone_is_saved_and_verified_by_its_code(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser, PROFILE)
    browser.click("add_phone")
    page = browser.submit("contact_submit", {"contact": "0987.000.444"})
    assert page.path == f"{PROFILE}/phone/verify" and "987000444" not in page.text
    assert profile_of(services, lan)["phone_number"] == NEW
    assert profile_of(services, lan)["phone_number_verified"] is False
    code = last_code(services, lan)
    page = browser.submit("code_submit", {"code": f"{code[:3]} {code[3:]}"})
    assert page.path == PROFILE and profile_of(services, lan)["phone_number_verified"] is True
    assert services.accounts.claims(lan.id)["phone_number_verified"] is True  # type: ignore[index]
    assert not page.has("verify_phone"), "nothing is left to verify"
    assert events_of(services, "account.verify_contact") == ["ok"]
    assert browser.open(f"{PROFILE}/phone/verify").path == PROFILE


def test_an_email_is_verified_later_by_asking_for_a_code(
    browser: InProcess, new_person: Callable[..., Someone], services: Services
) -> None:
    nga = new_person("nga", claims={"email": "nga@example.vn"})
    nga.sign_in(browser, PROFILE)
    assert browser.click("verify_email").path == f"{PROFILE}/email/verify"
    browser.submit("code_submit", {"code": last_code(services, nga)})
    assert profile_of(services, nga)["email_verified"] is True


def test_a_wrong_code_stands_beside_its_field_and_in_the_audit_log(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser, PROFILE)
    browser.click("add_phone")
    browser.submit("contact_submit", {"contact": NEW})
    code = last_code(services, lan)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    page = browser.submit("code_submit", {"code": wrong})
    assert page.status == 400 and page.has("code-error") and wrong not in page.text
    assert events_of(services, "account.verify_contact") == ["refused"]
    for _ in range(TRIES):
        browser.submit("code_submit", {"code": wrong})
    assert browser.submit("code_submit", {"code": code}).status == 400, "the code was tried too often"


def test_a_code_that_was_sent_to_another_contact_verifies_nothing(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser, PROFILE)
    browser.click("add_phone")
    browser.submit("contact_submit", {"contact": NEW})
    code = last_code(services, lan)
    browser.open(f"{PROFILE}/phone")
    clock.advance(1)
    browser.submit("contact_submit", {"contact": OLD})
    newer = last_code(services, lan)
    if newer != code:
        assert browser.submit("code_submit", {"code": code}).status == 400
    browser.open(f"{PROFILE}/phone/verify")
    assert browser.submit("code_submit", {"code": newer}).path == PROFILE


def test_a_change_is_told_at_the_old_contact_and_the_new_one_is_not_verified(
    browser: InProcess, mai: Someone, services: Services
) -> None:
    mai.sign_in(browser, PROFILE)
    browser.click("change_phone")
    browser.submit("contact_submit", {"contact": NEW})
    assert profile_of(services, mai)["phone_number_verified"] is False
    assert ("contact_changed", "phone", OLD) in told(services, mai)
    assert [name for name, _, to in told(services, mai) if to != OLD] == ["code_verify_phone"]


def test_a_change_needs_a_fresh_sign_in_and_keeps_what_was_typed(
    browser: InProcess, mai: Someone, services: Services, clock: Clock
) -> None:
    mai.sign_in(browser, PROFILE)
    browser.click("change_phone")
    clock.advance(services.settings.fresh_sign_in_seconds + 1)
    page = browser.submit("contact_submit", {"contact": "0987 000 444"})
    assert page.path == "/login" and profile_of(services, mai)["phone_number"] == OLD
    page = browser.submit("login_submit", {"login_username": "mai", "login_password": PASSWORD})
    assert page.path == f"{PROFILE}/phone" and page.get("contact").value == "0987 000 444"
    browser.submit("contact_submit")
    assert profile_of(services, mai)["phone_number"] == NEW


@pytest.mark.parametrize("path", ["phone", "email"])
def test_the_page_of_a_change_asks_for_a_fresh_sign_in_at_once(
    browser: InProcess, mai: Someone, services: Services, clock: Clock, path: str
) -> None:
    mai.sign_in(browser, PROFILE)
    clock.advance(services.settings.fresh_sign_in_seconds + 1)
    assert browser.open(f"{PROFILE}/{path}").path == "/login"


@pytest.mark.parametrize(
    ("channel", "typed"),
    [("phone", "12"), ("phone", "9" * 300), ("email", "x"), ("email", ""), ("phone", "a@b.vn")],
)
def test_what_is_no_contact_is_refused_and_kept(
    browser: InProcess, mai: Someone, services: Services, channel: str, typed: str
) -> None:
    before = profile_of(services, mai)
    mai.sign_in(browser, f"{PROFILE}/{channel}")
    page = browser.submit("contact_submit", {"contact": typed})
    assert page.status == 400 and page.has("contact-error")
    assert (page.get("contact").value or "") == typed and profile_of(services, mai) == before


@pytest.mark.parametrize("number", ["+82 10-1234-5678", "+44 7911 123456", "+1 (202) 555-0123"])
def test_a_phone_of_another_country_is_taken(
    browser: InProcess, lan: Someone, services: Services, number: str
) -> None:
    lan.sign_in(browser, f"{PROFILE}/phone")
    assert browser.submit("contact_submit", {"contact": number}).path == f"{PROFILE}/phone/verify"
    assert profile_of(services, lan)["phone_number"].startswith(number.split(maxsplit=1)[0])


@pytest.mark.parametrize(
    ("kept", "shown"), [("+84912345678", "0912 345 678"), ("+821012345678", "+82 10-1234-5678"), ("x", "x")]
)
def test_a_phone_is_shown_as_it_is_typed(kept: str, shown: str) -> None:
    assert write_phone(kept) == shown


def test_a_family_verifies_one_phone_for_each_of_them(
    new_browser: Callable[..., InProcess], new_person: Callable[..., Someone], services: Services
) -> None:
    for name in ("ba", "me", "con"):
        one, browser = new_person(name), new_browser()
        one.sign_in(browser, f"{PROFILE}/phone")
        browser.submit("contact_submit", {"contact": NEW})
        browser.submit("code_submit", {"code": last_code(services, one)})
        assert profile_of(services, one)["phone_number_verified"] is True


def test_codes_are_bounded_and_the_page_says_for_how_long(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser, f"{PROFILE}/phone")
    browser.submit("contact_submit", {"contact": NEW})
    for _ in range(SENT.allowed - 1):
        assert browser.click("code_resend").path == f"{PROFILE}/phone/verify"
    page = browser.click("code_resend")
    assert page.status == 429 and "60" in page.words()
    clock.advance(HOUR_SECONDS)
    lan.sign_in(browser, f"{PROFILE}/phone/verify")
    assert browser.click("code_resend").status == 200


def test_the_last_contact_stays_and_another_may_go(
    browser: InProcess, new_person: Callable[..., Someone], services: Services
) -> None:
    nga = new_person("nga", claims={"phone_number": OLD, "email": "nga@example.vn"})
    nga.sign_in(browser, f"{PROFILE}/email")
    assert browser.click("contact_remove").path == PROFILE
    assert "email" not in profile_of(services, nga)
    assert ("contact_changed", "email", "nga@example.vn") in told(services, nga)
    assert not browser.open(f"{PROFILE}/phone").has("contact_remove")
    browser.post(f"{PROFILE}/phone/remove")
    assert profile_of(services, nga)["phone_number"] == OLD


def test_the_password_and_the_factor_are_announced(
    browser: InProcess, minh: Someone, services: Services
) -> None:
    minh.sign_in(browser, "/account/security")
    browser.click("new_codes_submit")
    browser.click("codes_submit")
    browser.open("/account/security")
    browser.submit("password_submit", {"current": PASSWORD, "new": "một câu nào đó rất dài 88"})
    minh.password = "một câu nào đó rất dài 88"
    browser.open("/account/security")
    browser.click("remove_factor_submit")
    names = [name for name, _, _ in told(services, minh)]
    assert sorted(names) == ["factor_removed", "password_changed", "recovery_codes_replaced"]


def test_turning_the_factor_on_is_announced_once(
    browser: InProcess, mai: Someone, services: Services, clock: Clock
) -> None:
    mai.sign_in(browser, "/account/security")
    page = browser.click("enrol_submit")
    secret = "".join(page.text_of("secret_text").split())
    browser.submit("otp_submit", {"otp_code": pyotp.TOTP(secret).at(clock.now())})
    assert [name for name, _, _ in told(services, mai)] == ["factor_added"]


def test_what_was_sent_is_shown_to_its_person_alone(
    new_browser: Callable[..., InProcess], mai: Someone, lan: Someone, services: Services, clock: Clock
) -> None:
    with services.database.unit():
        services.messages.announce(mai.id, "password_changed", clock.now())
    browser, other = new_browser(), new_browser()
    mai.sign_in(browser, "/account/messages")
    assert "Mật khẩu đã được đổi" in browser.page.words() and "+84 ••• ••333" in browser.page.words()
    assert "912000333" not in browser.page.text
    lan.sign_in(other, "/account/messages")
    assert "Mật khẩu đã được đổi" not in other.page.words()


def test_the_demonstration_shows_what_would_have_been_sent(
    browser: InProcess, mai: Someone, services: Services
) -> None:
    mai.sign_in(browser, f"{PROFILE}/phone")
    browser.submit("contact_submit", {"contact": NEW})
    page = browser.open("/demo/messages")
    assert last_code(services, mai) in page.words() and "987000444" not in page.text
