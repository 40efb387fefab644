"""Consent from end to end: a system is told that it was taken back, forgets the person, and says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.flows.chromium import Window, pass_through
from tests.person import Browser, Person
from tests.province import running_example
from tests.servers.processes import free_port, wait_until
from tests.servers.provider import Provider, running_provider


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, str]]:
    """A provider that may post to this machine, and the systems; their address."""
    folder = tmp_path_factory.mktemp("consent")
    url = f"http://localhost:{free_port()}"
    with running_provider(folder, TNID_OUTBOUND_ALLOW_LOOPBACK="true") as provider:
        seeded = provider.tnid("demo", "seed", "--apps-url", url)
        with running_example("provincial_apps", url, provider.issuer, seeded["credentials_file"], folder, {}):
            yield provider, url


def new_person(provider: Provider) -> Person:
    made = {
        "username": "dien.thu",
        "password": "mat khau that dai 2026",
        "name": "Nguyễn Văn Thử",
        "phone_number": "0912345678",
        "email": "thu@example.vn",
        "identity_level": 2,
        "totp": True,
    }
    made["username"] += str(new_person.count)  # type: ignore[attr-defined]
    new_person.count += 1  # type: ignore[attr-defined]
    answer = provider.tnid("account", "create", "-", given=made)
    return Person(str(made["username"]), str(made["password"]), answer["totp_secret"])


new_person.count = 0  # type: ignore[attr-defined]


def test_a_system_is_told_forgets_and_says_so(provider: tuple[Provider, str], browser: Browser) -> None:
    home, url = provider
    person = new_person(home)
    browser.open(f"{url}/dienluc/sign-in")
    page = person.pass_through(browser)
    assert page.path == "/dienluc/" and "Nguyễn Văn Thử" in page.words()
    assert "email" not in page.claims(), "it was not ticked"
    browser.open(f"{home.issuer}/account/applications/dienluc")
    browser.click("consent_withdraw")

    def has_answered() -> bool:
        return (
            "Hóa đơn tiền điện phải lưu"
            in browser.open(f"{home.issuer}/account/applications/dienluc").words()
        )

    wait_until(has_answered, seconds=20, what="the system's answer")
    assert "Nguyễn Văn Thử" not in browser.open(f"{url}/dienluc/").words()
    home.tnid("audit", "verify")
    home.tnid("db", "check")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_ticks_looks_and_narrows_in_chromium(
    provider: tuple[Provider, str], chromium: Chromium, scripts: bool
) -> None:
    home, url = provider
    person = new_person(home)
    window = Window(chromium, scripts=scripts)
    window.open(f"{url}/dienluc/sign-in")
    window.fill(login_username=person.username, login_password=person.password)
    window.click("login_submit")
    window.fill(otp_code=person.next_code())
    window.click("otp_submit")
    box = window.page.get_by_role("checkbox", name="Email")
    assert not box.is_checked() and "Gửi hóa đơn điện tử" in window.page.inner_text("main")
    assert not window.page.get_by_text("thu@example.vn").is_visible()
    window.page.locator("details", has_text="thu@example.vn").locator("summary").click()
    expect(window.page.get_by_text("thu@example.vn")).to_be_visible()
    box.check()
    window.click("consent_allow")
    assert pass_through(window, person) == [] and "email" in window.claims()
    window.open(f"{home.issuer}/account/applications/dienluc")
    window.page.get_by_role("checkbox", name="Email").uncheck()
    window.click("sharing_save")
    assert not window.page.get_by_role("checkbox", name="Email").is_checked()
    window.press(window.page.get_by_role("link", name="Đã thay đổi thông tin chia sẻ"))
    assert "không chia sẻ" in window.page.inner_text("main")
    assert window.complaints == []
    window.close()
