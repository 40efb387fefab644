"""A person looks after their own account at a real browser, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser as Chromium

from tests.flows.chromium import Window, pass_through
from tests.person import Browser, Person
from tests.province import Province


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    chosen: bool = request.param
    return chosen


def signed_in(chromium: Chromium, province: Province, person: Person, *, scripts: bool) -> Window:
    window = Window(chromium, scripts=scripts)
    window.open(f"{province.issuer}/account")
    pass_through(window, person)
    window.arrive(f"{province.issuer}/account")
    return window


def test_it_was_not_me(chromium: Chromium, province: Province, scripts: bool) -> None:
    person = province.new_person()
    home = signed_in(chromium, province, person, scripts=scripts)
    stranger = signed_in(chromium, province, person, scripts=scripts)
    home.open(f"{province.issuer}/account")
    home.press(home.page.locator("button[name=theirs]"))
    assert home.has("account_shut") and home.has("recover_link")
    stranger.open(f"{province.issuer}/account")
    assert stranger.has("login_username"), "the stranger is still in"
    stranger.fill(login_username=person.username, login_password=person.password)
    stranger.click("login_submit")
    assert stranger.has("account_shut")
    assert home.complaints == [] and stranger.complaints == []
    home.close()
    stranger.close()


def test_a_copy_a_request_and_the_way_out_and_back(
    chromium: Chromium, province: Province, scripts: bool
) -> None:
    person = province.new_person(phone_number="0912345678")
    window = signed_in(chromium, province, person, scripts=scripts)
    window.open(f"{province.issuer}/account/export")
    with window.page.expect_download() as download:
        window.click("export_file")
    assert download.value.suggested_filename == "thai-nguyen-id.json"
    assert "+84912345678" in download.value.path().read_text()
    window.open(f"{province.issuer}/account/rights")
    window.page.locator("input[value=object]").check()
    window.fill(words="Tôi phản đối việc gửi quảng cáo.")
    window.click("request_submit")
    assert "Tôi phản đối" in window.page.inner_text("main")
    window.open(f"{province.issuer}/account/delete")
    window.click("delete_submit")
    assert window.has("deletion_asked")
    window.open(f"{province.issuer}/account")
    pass_through(window, person)
    assert window.has("leaving")
    window.click("stay_submit")
    window.arrive(f"{province.issuer}/account")
    assert window.complaints == []
    window.close()


def test_a_shut_account_serves_no_application(province: Province, browser: Browser) -> None:
    person = province.new_person()
    browser.open(province.apps_url)
    browser.open(f"{province.issuer}/account")
    person.pass_through(browser)
    browser.open("/account/panic")
    assert browser.click("panic_submit").path == "/login/shut"
    browser.open(f"{province.issuer}/account")
    page = person.pass_through(browser)
    assert page.path == "/login/shut"
