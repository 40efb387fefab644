"""Signing in by QR with two browsers: a desktop's, and that of a phone which reads the other's screen."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.flows.chromium import DESKTOP, Window, pass_through, running_chromium
from tests.person import Person
from tests.province import Province
from tests.servers.processes import wait_until


@pytest.fixture(scope="module")
def other_chromium() -> Iterator[Browser]:
    """The phone's browser: a program of its own, which shares nothing with the desktop's."""
    with running_chromium() as running:
        yield running


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def has_scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def screen(chromium: Browser, has_scripts: bool) -> Iterator[Window]:
    opened = Window(chromium, scripts=has_scripts, size=DESKTOP)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


@pytest.fixture
def phone(other_chromium: Browser, has_scripts: bool) -> Iterator[Window]:
    opened = Window(other_chromium, scripts=has_scripts)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


def read_screen(window: Window) -> str:
    """Return what a decoder reads on a picture of all that the screen shows, which comes anew by itself."""
    found: list[str] = []

    def is_read() -> bool:
        picture = Image.open(io.BytesIO(window.page.screenshot()))
        found[:] = [one.text for one in zxingcpp.read_barcodes(picture)]
        return len(found) == 1

    wait_until(is_read, what="code on the screen")
    return found[0]


def begin(screen: Window, province: Province) -> None:
    screen.open(f"{province.apps_url}/giaoduc/sign-in")
    screen.click("qr_start")


def scan(screen: Window, phone: Window, person: Person) -> None:
    """Open on the phone what its camera reads, and sign in there on the way."""
    phone.open(read_screen(screen))
    pass_through(phone, person)


def approve(phone: Window) -> str:
    """Say yes on the phone; return the digits that it shows."""
    phone.click("qr_approve")
    return phone.text_of("qr_shown_digits").strip()


def see(window: Window, element_id: str) -> None:
    """Wait until the page, which follows by itself, shows this."""
    expect(window.page.locator(f"#{element_id}")).to_be_visible()


def test_a_phone_signs_a_screen_in(screen: Window, phone: Window, province: Province) -> None:
    person = province.new_person()
    begin(screen, province)
    scan(screen, phone, person)
    digits = approve(phone)
    # The picture is gone by itself as soon as a phone has come: here by scripts, there by a refresh
    expect(screen.page.locator("main")).to_contain_text("N… V… Thử")
    assert not screen.has("qr_image")
    screen.fill(qr_digits=digits)
    screen.click("qr_submit")
    pass_through(screen, person)
    screen.arrive(f"{province.apps_url}/giaoduc/")
    assert screen.claims()["name"] == "Nguyễn Văn Thử"


def test_the_screen_goes_on_by_itself_where_the_phone_answers_last(
    chromium: Browser, other_chromium: Browser, province: Province
) -> None:
    screen, phone = Window(chromium, scripts=True, size=DESKTOP), Window(other_chromium, scripts=True)
    begin(screen, province)
    scan(screen, phone, province.new_person())
    # The page on the phone has claimed it by itself, and shows its digits beside the question
    expect(screen.page.locator("#qr_image")).to_have_count(0)
    screen.fill(qr_digits=phone.text_of("qr_shown_digits"))
    screen.click("qr_submit")
    assert not screen.has("qr_digits")
    phone.click("qr_approve")
    screen.page.wait_for_url(f"{province.apps_url}/giaoduc/")
    assert (screen.complaints, phone.complaints) == ([], [])
    screen.close()
    phone.close()


def test_half_typed_digits_outlast_the_next_step(
    chromium: Browser, other_chromium: Browser, province: Province
) -> None:
    screen, phone = Window(chromium, scripts=True, size=DESKTOP), Window(other_chromium, scripts=False)
    begin(screen, province)
    scan(screen, phone, province.new_person())
    screen.fill(qr_digits="4")
    digits = approve(phone)
    expect(screen.page.locator("#qr_image")).to_have_count(0)
    expect(screen.page.locator("#qr_digits")).to_be_focused()
    expect(screen.page.locator("#qr_digits")).to_have_value("4")
    screen.fill(qr_digits=f"{(int(digits) + 1) % 100:02d}")
    # What is sent without a network goes once there is one
    screen.page.context.set_offline(True)
    expect(screen.page.locator("[data-offline]")).to_be_visible()
    screen.page.locator("#qr_submit").click()
    screen.page.context.set_offline(False)
    see(screen, "qr_over")
    screen.complaints = [said for said in screen.complaints if "ERR_INTERNET_DISCONNECTED" not in said]
    phone.click("qr_again")
    assert not phone.has("qr_shown_digits")
    assert (screen.complaints, phone.complaints) == ([], [])
    screen.close()
    phone.close()


def test_the_picture_changes_and_the_page_stays_until_the_phone_answers(
    chromium: Browser, other_chromium: Browser, province: Province
) -> None:
    screen, phone = Window(chromium, scripts=True, size=DESKTOP), Window(other_chromium, scripts=False)
    begin(screen, province)
    first = read_screen(screen)
    scan(screen, phone, province.new_person())
    # Every five seconds another picture, in the same page
    screen.page.evaluate("document.title = 'still the same page'")
    shown = screen.page.locator("#qr_image")
    expect(shown).not_to_have_attribute("data-address", first)
    assert screen.page.title() == "still the same page"
    wait_until(lambda: read_screen(screen) == shown.get_attribute("data-address"), what="picture of it")
    screen.fill(qr_digits="4")
    # Without a network the page says so, and goes on by itself; what Chromium says of it is no complaint
    screen.page.context.set_offline(True)
    expect(screen.page.locator("[data-offline]")).to_be_visible()
    screen.page.context.set_offline(False)
    expect(screen.page.locator("[data-offline]")).to_be_hidden()
    screen.complaints = [said for said in screen.complaints if "ERR_INTERNET_DISCONNECTED" not in said]
    assert screen.page.title() == "still the same page"
    phone.click("qr_deny")
    see(screen, "qr_over")
    # Another tap, another code; nothing of the old one
    screen.click("qr_start")
    assert screen.page.locator("#qr_digits").input_value() == ""
    assert screen.complaints == []
    screen.close()
    phone.close()
