"""A person's factors as they change them: passkeys beside the app, the last one, a new phone, the codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask import render_template

from tests.authenticator import BE, BS, UP, UV, Authenticator
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import CALLBACK, ISSUER, InProcess, Someone
from tnid.app import create_app
from tnid.services import Services
from tnid.settings import Settings
from tnid.signin.ceremonies import to_text

Browsers = Callable[..., InProcess]
PASSKEYS = "/account/security/passkeys"
SHORT = "nương2 tím"


@pytest.fixture
def database_kind() -> str:
    """One database will do: the stores are tested on both."""
    return "sqlite"


@pytest.fixture
def key() -> Authenticator:
    return Authenticator(ISSUER)


def answer(browser: InProcess, credential: Callable[[dict[str, Any]], str]) -> Page:
    """Let the authenticator answer the present page, as the script would."""
    (form,) = browser.page.document.xpath("//form[@data-passkey]")
    values = {**dict(form.form_values()), "credential": credential(json.loads(form.get("data-options")))}
    return browser._send(form, list(values.items()))


def add_passkey(browser: InProcess, key: Authenticator) -> Page:
    browser.open(f"{PASSKEYS}/new")
    return answer(browser, key.create)


def session(browser: InProcess, services: Services, clock: Clock) -> Any:
    return services.sessions.look_up(browser.cookies.get("tnid_session") or "", clock.now())


def told(services: Services, someone: Someone) -> list[str]:
    return [row.text for row in services.messages.list_by_account(someone.id)]


def passkey_id(services: Services, someone: Someone) -> str:
    return str(services.passkeys.list_by_account(someone.id)[0].id)


def test_the_first_passkey_brings_recovery_codes_and_raises_the_session(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    lan.sign_in(browser)
    before = browser.cookies["tnid_session"]
    page = add_passkey(browser, key)
    assert page.path == "/mfa/codes" and len(page.get("recovery_codes")) == 10
    assert browser.click("codes_submit").path == PASSKEYS
    found = session(browser, services, clock)
    assert (found.acr, found.amr) == ("LoA2", "pwd swk user mfa")
    assert browser.cookies["tnid_session"] != before
    assert services.factors.count_recovery_codes(lan.id) == 10


def test_a_passkey_is_a_whole_sign_in(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    first, browser = new_browser(), new_browser()
    lan.sign_in(first)
    key.flags = UP | UV
    add_passkey(first, key)
    browser.open("/login")
    assert answer(browser, key.get).path == "/account"
    found = session(browser, services, clock)
    assert (found.acr, found.amr) == ("LoA2", "hwk user mfa")
    assert browser.open(f"{PASSKEYS}/new").path == f"{PASSKEYS}/new"


def signalled(page: Page, name: str) -> dict[str, Any]:
    """Return what the page's script tells the device."""
    (found,) = page.document.xpath(f"//*[@data-signal='{name}']")
    told: dict[str, Any] = json.loads(found.get("data-told"))
    return told


def test_a_device_whose_passkey_is_nobody_s_hears_so(
    browser: InProcess, new_browser: Browsers, lan: Someone, services: Services, key: Authenticator
) -> None:
    lan.sign_in(browser)
    add_passkey(browser, key)
    before = signalled(browser.open(PASSKEYS), "signalAllAcceptedCredentials")
    (row,) = services.passkeys.list_by_account(lan.id)
    assert before["rpId"] == "localhost" and before["allAcceptedCredentialIds"] == [
        to_text(row.credential_id)
    ]
    assert before["userId"] == to_text(services.passkeys.user_handle(lan.id))
    services.passkeys.remove(lan.id, row.id)
    assert signalled(browser.open(PASSKEYS), "signalAllAcceptedCredentials")["allAcceptedCredentialIds"] == []
    other = new_browser()
    other.open("/login")
    page = answer(other, key.get)
    told = signalled(page, "signalUnknownCredential")
    assert page.status == 400
    assert told == {"rpId": "localhost", "credentialId": to_text(row.credential_id)}
    assert not other.open("/login").document.xpath("//*[@data-signal]")


def test_another_fault_of_a_passkey_takes_it_from_no_device(
    browser: InProcess, new_browser: Browsers, lan: Someone, services: Services, key: Authenticator
) -> None:
    lan.sign_in(browser)
    add_passkey(browser, key)
    other = new_browser()
    other.open("/login")
    page = answer(other, lambda options: key.get({**options, "challenge": to_text(b"another")}))
    assert page.status == 400 and not page.document.xpath("//*[@data-signal]")


@pytest.mark.parametrize(
    ("issuer", "is_possible"),
    [
        ("http://localhost:8000", True),
        ("https://id.thainguyen.example", True),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
    ],
)
def test_where_the_issuer_is_an_ip_address_there_are_no_passkeys(
    issuer: str, is_possible: bool, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tnid.app.ensure_keys", lambda _parts: None)
    app = create_app(replace(settings, issuer=issuer))
    assert app.extensions["tnid"].passkeys.are_possible is is_possible
    with app.test_request_context("/"):
        page = render_template("accounts/protect.html")
    assert ("new_passkey" in page) is is_possible
    answered = app.test_client().get("/login", base_url=issuer, follow_redirects=True).get_data(as_text=True)
    assert ("data-passkey" in answered, "passkeys.js" in answered) == (is_possible, is_possible)
    assert "login_password" in answered


def test_it_opens_the_way_to_an_application_that_needs_two_factors(
    new_browser: Browsers, lan: Someone, new_app: Callable[..., str], key: Authenticator
) -> None:
    first, browser = new_browser(), new_browser()
    lan.sign_in(first)
    add_passkey(first, key)
    browser.open(new_app(least_acr="LoA2"))
    assert answer(browser, key.get).path == "/consent"
    assert browser.click("consent_allow").url.startswith(CALLBACK)


def test_beside_the_password_presence_is_enough(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    first, browser = new_browser(), new_browser()
    lan.sign_in(first)
    add_passkey(first, key)
    browser.open("/login")
    assert lan.type_password(browser).path == "/mfa/passkey"
    assert answer(browser, lambda options: key.get(options, flags=UP | BE | BS)).path == "/account"
    assert session(browser, services, clock).amr == "pwd swk user mfa"


def test_a_recovery_code_stands_in_for_a_lost_passkey(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    first, browser = new_browser(), new_browser()
    lan.sign_in(first)
    codes = [item.text_content().strip() for item in add_passkey(first, key).get("recovery_codes")]
    browser.open("/login")
    lan.type_password(browser)
    browser.click("use_recovery")
    assert browser.submit("recovery_submit", {"recovery_code": codes[0]}).path == "/account"
    assert session(browser, services, clock).amr == "pwd rc mfa"


def test_a_short_password_may_be_met_by_a_passkey(
    browser: InProcess, new_person: Callable[..., Someone], services: Services, key: Authenticator
) -> None:
    person = new_person("hoa", password=SHORT)
    browser.open("/login")
    assert person.type_password(browser).path == "/mfa/enrol"
    browser.click("use_passkey")
    assert answer(browser, key.create).path == "/mfa/codes"
    assert browser.click("codes_submit").path == "/account"
    # It is the last factor beside a password that can't stand alone
    browser.post(f"{ISSUER}{PASSKEYS}/{passkey_id(services, person)}/remove")
    assert services.passkeys.list_by_account(person.id)


def test_a_short_password_may_be_chosen_beside_a_passkey(
    browser: InProcess, lan: Someone, services: Services, key: Authenticator
) -> None:
    lan.sign_in(browser)
    add_passkey(browser, key)
    sent = {"current": lan.password, "new": "đồi chè 7"}
    assert browser.post(f"{ISSUER}/account/security", **sent).status_code == 303
    assert services.accounts.get(lan.id).factor_required


def test_removing_the_app_beside_a_passkey_keeps_both_factors(
    new_browser: Browsers, minh: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    browser, other = new_browser(), new_browser()
    minh.sign_in(other)
    minh.sign_in(browser)
    add_passkey(browser, key)
    browser.open("/account/security")
    browser.click("remove_factor_submit")
    assert not services.factors.has_totp(minh.id) and services.factors.is_enrolled(minh.id)
    assert services.factors.count_recovery_codes(minh.id) == 10
    assert session(browser, services, clock).acr == "LoA2"
    assert session(other, services, clock) is None
    assert "factor_removed" in told(services, minh)


def test_removing_the_last_passkey_falls_back_to_one_factor(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    lan.sign_in(browser)
    add_passkey(browser, key)
    browser.open(f"{PASSKEYS}/{passkey_id(services, lan)}")
    assert browser.click("passkey_remove_submit").path == PASSKEYS
    assert not services.factors.is_enrolled(lan.id)
    assert services.factors.count_recovery_codes(lan.id) == 0
    found = session(browser, services, clock)
    assert (found.acr, found.amr) == ("LoA1", "pwd user")


def test_two_factors_removed_at_once_leave_one_beside_a_short_password(
    new_browser: Browsers, new_person: Callable[..., Someone], services: Services, key: Authenticator
) -> None:
    person = new_person("hoa", password=SHORT, totp=True)
    first, second = new_browser(), new_browser()
    person.sign_in(first)
    add_passkey(first, key)
    second.open("/login")
    answer(second, key.get)
    ways = [
        (first, "/account/security/factor/remove"),
        (second, f"{PASSKEYS}/{passkey_id(services, person)}/remove"),
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda way: way[0].post(f"{ISSUER}{way[1]}"), ways))
    assert services.factors.is_enrolled(person.id)


def test_an_old_sign_in_adds_and_removes_nothing(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    lan.sign_in(browser)
    add_passkey(browser, key)
    clock.advance(301)
    assert browser.open(f"{PASSKEYS}/new").path == "/login"
    assert browser.open("/account/security/app").path == "/login"
    sent = browser.post(f"{ISSUER}{PASSKEYS}/{passkey_id(services, lan)}/remove")
    assert sent.headers["Location"].startswith("/resume/")
    assert services.passkeys.list_by_account(lan.id)


def test_a_name_is_a_line_of_text(
    browser: InProcess, lan: Someone, services: Services, key: Authenticator
) -> None:
    lan.sign_in(browser)
    add_passkey(browser, key)
    path = f"{ISSUER}{PASSKEYS}/{passkey_id(services, lan)}"
    for name, status in ((" Máy  bàn ", 303), ("", 400), ("x" * 61, 400), ("a\u202eb", 400), ("  ", 400)):
        assert browser.post(path, name=name).status_code == status
    assert services.passkeys.list_by_account(lan.id)[0].name == "Máy bàn"
    assert "không quá 60 ký tự" in browser.post(path, name="x" * 61).text
    assert "Có ký tự không dùng được" in browser.post(path, name="a\u202eb").text


def test_another_s_passkey_is_not_found(
    new_browser: Browsers, lan: Someone, minh: Someone, services: Services, key: Authenticator
) -> None:
    first, browser = new_browser(), new_browser()
    lan.sign_in(first)
    add_passkey(first, key)
    minh.sign_in(browser)
    path = f"{PASSKEYS}/{passkey_id(services, lan)}"
    assert browser.open(path).status == 404
    assert browser.post(f"{ISSUER}{path}", name="Của tôi").status_code == 404
    assert browser.post(f"{ISSUER}{path}/remove").status_code == 404
    assert services.passkeys.list_by_account(lan.id)[0].name != "Của tôi"


def test_what_happened_is_told_and_kept(
    browser: InProcess, lan: Someone, services: Services, key: Authenticator
) -> None:
    services.accounts.change_profile(lan.id, {"email": "lan@example.vn"}, lan.clock.now())
    lan.sign_in(browser)
    add_passkey(browser, key)
    assert told(services, lan) == ["factor_added"]
    assert "khóa truy cập" in browser.open("/account/activity").text_of("main")


def test_a_copied_passkey_is_told(
    new_browser: Browsers, lan: Someone, services: Services, key: Authenticator
) -> None:
    services.accounts.change_profile(lan.id, {"email": "lan@example.vn"}, lan.clock.now())
    first, browser = new_browser(), new_browser()
    lan.sign_in(first)
    key.sign_count = 5
    add_passkey(first, key)
    browser.open("/login")
    assert answer(browser, key.get).status == 400
    assert "passkey_copied" in told(services, lan)
    assert "không được chấp nhận" in first.open("/account/activity").text_of("main")


# The authenticator app


def new_phone(browser: InProcess, clock: Clock) -> tuple[str, Page]:
    secret = "".join(browser.open("/account/security/app").text_of("secret_text").split())
    return secret, browser.submit("otp_submit", {"otp_code": pyotp.TOTP(secret).at(clock.advance(30))})


def test_the_app_moves_to_a_new_phone_without_a_gap(
    new_browser: Browsers, minh: Someone, services: Services, clock: Clock
) -> None:
    browser, other = new_browser(), new_browser()
    minh.sign_in(other)
    minh.sign_in(browser)
    browser.open("/account/security/app")
    assert browser.submit("otp_submit", {"otp_code": "000000"}).status == 400
    assert services.factors.has_totp(minh.id)
    secret, page = new_phone(browser, clock)
    assert page.path == "/account/security" and "ứng dụng cũ" in page.text_of("main")
    assert session(browser, services, clock).acr == "LoA2"
    assert session(other, services, clock) is None
    assert services.factors.count_recovery_codes(minh.id) == 10
    assert not services.factors.verify_totp(minh.id, minh.next_code(), clock.now())
    assert services.factors.verify_totp(minh.id, pyotp.TOTP(secret).at(clock.advance(30)), clock.now())
    assert "factor_replaced" in told(services, minh)


def test_two_new_phones_at_once_leave_one(services: Services, minh: Someone, clock: Clock) -> None:
    seal = services.factors.find_totp_seal(minh.id)
    assert seal is not None
    done = [
        services.factors.replace_totp(minh.id, seal, pyotp.random_base32(), 0, clock.now()) for _ in range(2)
    ]
    assert done == [True, False]


def test_an_app_is_added_beside_a_passkey(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, key: Authenticator
) -> None:
    lan.sign_in(browser)
    add_passkey(browser, key)
    browser.open("/account/security")
    assert browser.click("enrol_submit").path == "/account/security/app"
    _secret, page = new_phone(browser, clock)
    assert page.path == "/account/security" and "ứng dụng cũ" not in page.text_of("main")
    assert services.factors.has_totp(lan.id) and services.factors.count_recovery_codes(lan.id) == 10
    assert browser.open("/account/security").has("replace_app")


# Is my account safe


def test_the_account_s_safety_is_one_sentence_and_one_button(
    browser: InProcess, lan: Someone, services: Services, key: Authenticator
) -> None:
    lan.sign_in(browser)
    assert browser.open("/account/security").get("safety_step").get("href") == "/account/security/protect"
    assert browser.click("safety_step").has("new_passkey")
    add_passkey(browser, key)
    assert browser.open("/account/security").get("safety_step").get("href") == "/account/sessions"
    assert browser.open("/account/security/protect").path == "/account/security"
    services.factors.remove_codes(lan.id)
    assert browser.open("/account/security").get("safety_step").get("href") == "/account/security#codes"


def test_new_codes_are_announced_and_print_whose_they_are(
    browser: InProcess, minh: Someone, services: Services
) -> None:
    minh.sign_in(browser)
    browser.open("/account/security")
    page = browser.click("new_codes_submit")
    assert page.path == "/mfa/codes"
    assert minh.username in page.text_of("main")
    assert told(services, minh) == ["recovery_codes_replaced"]
