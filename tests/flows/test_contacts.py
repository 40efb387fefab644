"""In a real browser, with scripts and without: a number is changed, verified by its code, and warned of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.flows.chromium import Window, pass_through
from tests.province import Province


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def window(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A fresh window; at the end the browser must have had nothing to complain of."""
    opened = Window(chromium, scripts=request.param)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


def test_a_person_changes_a_number_and_verifies_the_new_one(window: Window, province: Province) -> None:
    person = province.new_person(totp=False, phone_number="+84912004001", email="cu@example.vn")
    window.open(f"{province.issuer}/account/profile")
    pass_through(window, person)
    assert "0912 004 001" in window.page.inner_text("main")
    window.click("change_phone")
    window.page.fill("#contact", "12")
    window.click("contact_submit")
    assert window.has("contact-error") and window.page.input_value("#contact") == "12"
    window.page.fill("#contact", "+82 10 1234 5678")
    window.click("contact_submit")
    window.page.fill("#code", "000000")
    window.click("code_submit")
    assert window.has("code-error")
    window.page.fill("#code", code_shown(window, province))
    window.click("code_submit")
    window.arrive(f"{province.issuer}/account/profile")
    assert "+82 10-1234-5678" in window.page.inner_text("main") and not window.has("verify_phone")
    window.open(f"{province.issuer}/account/messages")
    words = window.page.inner_text("main")
    assert "+84 ••• ••001" in words, "the old number was warned"
    assert "+82 ••• ••678" in words and "10-1234" not in words


def code_shown(window: Window, province: Province) -> str:
    """Read the code where the demonstration shows what it would have sent, and come back."""
    back = window.page.url
    window.open(f"{province.issuer}/demo/messages")
    shown = next(text for text in window.page.locator("main li p").all_inner_texts() if text[:6].isdigit())
    window.open(back)
    return shown[:6]


def test_an_address_is_not_torn_on_a_phone(window: Window, province: Province) -> None:
    person = province.new_person(totp=False, email="thu.nghiem.dien@example.vn")
    window.open(f"{province.issuer}/account/profile")
    pass_through(window, person)
    address = window.page.get_by_text("thu.nghiem.dien@example.vn", exact=True).bounding_box()
    assert address is not None and address["height"] < 40, "it is on two lines"
