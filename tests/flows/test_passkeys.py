"""Passkeys in a real browser: made, used by button, by autofill, beside the password, named and removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.flows.chromium import Window, pass_through
from tests.flows.virtual_authenticator import (
    PLATFORM,
    SECURITY_KEY,
    WITHOUT_VERIFICATION,
    VirtualAuthenticator,
)
from tests.person import Person
from tests.province import Province
from tests.servers.processes import wait_until

SECURITY = "/account/security"


@pytest.fixture(scope="session")
def chromium(whole_chromium: Browser) -> Browser:
    return whole_chromium


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    opened = Window(chromium, scripts=True)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


@pytest.fixture
def other(chromium: Browser) -> Iterator[Window]:
    """Another browser, without anything of the first one's."""
    opened = Window(chromium, scripts=True)
    yield opened
    opened.close()


def sign_in(window: Window, province: Province, person: Person) -> None:
    window.open(f"{province.issuer}/account")
    pass_through(window, person)


def press(window: Window) -> None:
    """Press the button; the page goes on by itself once the authenticator has answered."""
    window.page.locator("#passkey_start").click()


def make_passkey(window: Window, province: Province) -> None:
    window.open(f"{province.issuer}{SECURITY}/passkeys/new")
    press(window)
    window.page.wait_for_url(lambda url: "/new" not in url)


def sign_out(window: Window, province: Province) -> None:
    window.open(f"{province.issuer}/logout")
    if window.has("logout_confirm"):
        window.click("logout_confirm")


def amr(window: Window, province: Province) -> tuple[str, str]:
    """Return acr and amr as an application that needs two factors is told them."""
    window.open(f"{province.apps_url}/ioc/sign-in")
    if window.has("consent_allow"):
        window.click("consent_allow")
    window.page.wait_for_url(f"{province.apps_url}/ioc/**")
    claims = window.claims()
    return claims["acr"], claims.get("amr", "")


def test_a_person_without_a_second_factor_makes_a_passkey_and_signs_in_by_it(
    window: Window, province: Province
) -> None:
    device = VirtualAuthenticator(window)
    person = province.new_person(totp=False)
    sign_in(window, province, person)
    window.open(f"{province.issuer}{SECURITY}")
    window.click("safety_step")
    window.click("new_passkey")
    press(window)
    window.page.wait_for_selector("#recovery_codes")
    window.click("codes_submit")
    window.arrive(f"{province.issuer}{SECURITY}/passkeys")
    assert window.page.locator("#passkeys li").count() == 1
    (held,) = device.credentials()
    assert held["isResidentCredential"] and held["rpId"] == "localhost"

    sign_out(window, province)
    device.set_present(False)  # or the autofill would be quicker than the finger on the button
    window.open(f"{province.issuer}/login")
    device.set_present(True)
    press(window)
    window.page.wait_for_url(f"{province.issuer}/account")
    assert amr(window, province)[0] == "LoA2"


def test_the_autofill_of_the_username_offers_the_passkey(window: Window, province: Province) -> None:
    VirtualAuthenticator(window)
    person = province.new_person()
    sign_in(window, province, person)
    make_passkey(window, province)
    sign_out(window, province)
    assert window.page.locator("#login_username").count() == 0
    # On the way to an application, which needs two factors: a passkey is both
    # The passkey may be quicker than the rest of the page
    window.page.goto(f"{province.apps_url}/ioc/sign-in", wait_until="commit")
    window.page.wait_for_selector("#consent_allow")
    window.click("consent_allow")
    window.page.wait_for_url(f"{province.apps_url}/ioc/**")
    assert window.claims()["acr"] == "LoA2"


def test_beside_the_password_it_is_the_second_factor(
    window: Window, other: Window, province: Province
) -> None:
    device = VirtualAuthenticator(window)
    person = province.new_person()
    sign_in(window, province, person)
    make_passkey(window, province)
    elsewhere = VirtualAuthenticator(other)
    elsewhere.set_present(False)
    elsewhere.take(device)
    other.open(f"{province.issuer}/account")
    other.fill(login_username=person.username, login_password=person.password)
    other.click("login_submit")
    other.page.wait_for_url("**/mfa/passkey**")
    assert other.has("use_totp") and other.has("use_recovery")
    elsewhere.set_present(True)
    press(other)
    other.page.wait_for_url(f"{province.issuer}/account")


def test_the_authenticator_app_stays_a_way_in(window: Window, chromium: Browser, province: Province) -> None:
    VirtualAuthenticator(window)
    person = province.new_person()
    sign_in(window, province, person)
    make_passkey(window, province)
    plain = Window(chromium, scripts=False)
    plain.open(f"{province.issuer}/account")
    plain.fill(login_username=person.username, login_password=person.password)
    plain.click("login_submit")
    assert plain.page.locator("[data-without-passkeys]").is_visible()
    assert not plain.page.locator("#passkey_start").is_visible()
    plain.click("use_totp")
    plain.fill(otp_code=person.next_code())
    plain.click("otp_submit")
    plain.arrive(f"{province.issuer}/account")
    plain.close()


def test_a_request_that_needs_two_factors_is_met_in_its_middle(window: Window, province: Province) -> None:
    device = VirtualAuthenticator(window)
    device.set_present(False)
    person = province.new_person(totp=False)
    sign_in(window, province, person)
    window.open(f"{province.apps_url}/ioc/sign-in")
    # There is no factor yet: it is set up on the way, and the same request goes on
    window.click("use_passkey")
    device.set_present(True)
    press(window)
    window.page.wait_for_selector("#recovery_codes")
    window.click("codes_submit")
    window.click("consent_allow")
    window.page.wait_for_url(f"{province.apps_url}/ioc/**")
    assert window.claims()["acr"] == "LoA2"


def test_a_session_of_one_factor_steps_up_by_a_passkey(
    window: Window, other: Window, province: Province
) -> None:
    """The passkey was added in one browser; the other, signed in by password before, is asked for it."""
    device, elsewhere = VirtualAuthenticator(window), VirtualAuthenticator(other)
    elsewhere.set_present(False)
    person = province.new_person(totp=False)
    sign_in(other, province, person)
    sign_in(window, province, person)
    make_passkey(window, province)
    elsewhere.take(device)
    other.open(f"{province.apps_url}/ioc/sign-in")
    other.page.wait_for_url("**/mfa/passkey**")
    elsewhere.set_present(True)
    press(other)
    other.page.wait_for_selector("#consent_allow")
    other.click("consent_allow")
    other.page.wait_for_url(f"{province.apps_url}/ioc/**")
    assert other.claims()["acr"] == "LoA2"


def test_a_security_key_is_shown_as_bound_to_its_device(window: Window, province: Province) -> None:
    person = province.new_person()
    key = VirtualAuthenticator(window, SECURITY_KEY)
    key.set_present(False)
    sign_in(window, province, person)
    key.set_present(True)
    make_passkey(window, province)
    shown = window.page.locator("#passkeys").inner_text()
    assert "Chỉ trên một thiết bị" in shown
    (held,) = key.credentials()
    assert held["signCount"] >= 1
    sign_out(window, province)
    key.set_present(False)
    window.open(f"{province.issuer}/login")
    key.set_present(True)
    press(window)
    window.page.wait_for_url(f"{province.issuer}/account")


def test_a_device_without_a_lock_makes_no_passkey_and_says_why(window: Window, province: Province) -> None:
    VirtualAuthenticator(window, WITHOUT_VERIFICATION)
    person = province.new_person()
    sign_in(window, province, person)
    window.open(f"{province.issuer}{SECURITY}/passkeys/new")
    press(window)
    window.page.wait_for_selector("[data-said]:visible")
    assert window.page.locator("[data-said]").inner_text().strip()
    window.open(f"{province.issuer}{SECURITY}/passkeys")
    assert window.page.locator("#passkeys li").count() == 0


def test_the_same_device_is_not_registered_twice(window: Window, province: Province) -> None:
    VirtualAuthenticator(window)
    person = province.new_person()
    sign_in(window, province, person)
    make_passkey(window, province)
    window.open(f"{province.issuer}{SECURITY}/passkeys/new")
    press(window)
    window.page.wait_for_selector("[data-said]:visible")
    assert "đã có khóa truy cập" in window.page.locator("[data-said]").inner_text()


def test_a_wrong_finger_says_so_and_can_be_tried_again(window: Window, province: Province) -> None:
    device = VirtualAuthenticator(window)
    person = province.new_person()
    sign_in(window, province, person)
    make_passkey(window, province)
    sign_out(window, province)
    device.set_verified(False)
    device.set_present(False)
    window.open(f"{province.issuer}/login")
    device.set_present(True)
    press(window)
    window.page.wait_for_selector("[data-said]:visible")
    assert "Chưa xác nhận" in window.page.locator("[data-said]").inner_text()
    device.set_verified(True)
    press(window)
    window.page.wait_for_url(f"{province.issuer}/account")


def test_a_passkey_is_named_and_removed(window: Window, province: Province) -> None:
    device = VirtualAuthenticator(window, PLATFORM)
    person = province.new_person()
    sign_in(window, province, person)
    make_passkey(window, province)
    window.press(window.page.locator("#passkeys a"))
    window.fill(name="Điện thoại của mẹ")
    window.click("passkey_name_submit")
    assert "Điện thoại của mẹ" in window.page.locator("#passkeys").inner_text()
    (copy,) = device.credentials()
    window.press(window.page.locator("#passkeys a"))
    window.click("passkey_remove_submit")
    assert window.page.locator("#passkeys").count() == 0
    wait_until(lambda: not device.credentials(), seconds=5, what="device to hear of it")
    # A device that didn't hear of it offers it still, and it opens nothing
    device.add(copy)
    device.set_present(False)
    sign_out(window, province)
    window.open(f"{province.issuer}/login")
    device.set_present(True)
    press(window)
    window.page.wait_for_url("**/login/passkey**")
    device.set_present(False)
    window.page.wait_for_selector("[role=alert] .wrong")
    assert window.has("login_password")
    wait_until(lambda: not device.credentials(), seconds=5, what="device to hear of it now")
