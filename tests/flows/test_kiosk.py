"""A factory's kiosk: a screen that everybody touches, and a phone that is its person's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.flows.chromium import DESKTOP, Window
from tests.person import Browser, Person
from tests.province import Province

NOW = 1_795_000_000


@pytest.fixture
def screen(chromium: Chromium) -> Iterator[Window]:
    opened = Window(chromium, scripts=True, size=DESKTOP)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


def sign_in_by_phone(screen: Window, phone: Browser, person: Person) -> None:
    """Scan what the terminal shows, say yes, and type the digits on the keys of its screen."""
    screen.click("qr_start")
    address = screen.page.locator("#qr_image").get_attribute("data-address")
    assert address
    phone.open(address.lower().replace("/qr/", "/QR/"))
    person.pass_through(phone)
    phone.submit("qr_approve")
    person.pass_through(phone)
    if phone.page.has("qr_approve"):
        phone.submit("qr_approve")
    digits = phone.page.text_of("qr_shown_digits")
    expect(screen.page.locator("#qr_image")).to_have_count(0)
    for digit in digits:
        screen.page.get_by_role("button", name=digit, exact=True).click()
    screen.click("qr_submit")


def test_somebody_sees_their_day_and_by_phone_their_income(
    screen: Window, province: Province, browser: Browser
) -> None:
    person = province.new_person()
    kiosk = province.urls["kiosk"]
    screen.open(f"{kiosk}/")
    screen.click("begin")
    assert screen.has("terminal_card") and not screen.has("login_password")
    sign_in_by_phone(screen, browser, person)
    screen.page.wait_for_url(f"{kiosk}/day")
    assert screen.has("shifts") and "Nguyễn Văn Thử" in screen.page.inner_text("main")
    # RFC 9470: what the API wants, the provider asks for, and at a shared screen that is the phone
    screen.click("income")
    screen.click("use_phone")
    assert not screen.has("terminal_card")
    sign_in_by_phone(screen, browser, person)
    screen.page.wait_for_url(f"{kiosk}/income")
    assert screen.has("months")
    screen.click("sign_out")
    assert screen.has("signed_out") and screen.has("begin")
    assert screen.page.url == f"{kiosk}/"
    names = {cookie["name"] for cookie in screen.page.context.cookies()}
    assert not {"tnid_session", "tnid_terminal"} & names
    screen.open(f"{kiosk}/day")
    screen.arrive(f"{kiosk}/")  # nobody is signed in any more


def test_a_screen_that_nobody_touches_asks_first_and_then_is_free(screen: Window, province: Province) -> None:
    page, kiosk = screen.page, province.urls["kiosk"]
    # A clock that stands still but for what the test lets go by
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + 1)
    page.goto(f"{kiosk}/begin")
    question = page.locator("#idle")
    expect(question).to_be_hidden()
    page.clock.fast_forward(45_000)
    expect(question).to_be_visible()
    page.locator("#idle_stay").click()
    expect(question).to_be_hidden()
    page.clock.fast_forward(61_000)
    page.wait_for_url(f"{kiosk}/")
    expect(page.locator("#begin")).to_be_visible()
