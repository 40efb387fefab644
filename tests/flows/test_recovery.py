"""Recovery in a real browser at 360×740, with scripts and without: the ways that most people go."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from tests.flows.chromium import Window, pass_through
from tests.person import Person
from tests.security.target import Target, Victim, running_target

PHONE = {"phone_number": "+84912345678", "phone_number_verified": True}
NEW_PASSWORD = "sương sớm trên nương chè"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_target(tmp_path_factory.mktemp("target"), workers=1) as running:
        yield running


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def window(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A fresh window; at the end neither the browser nor axe-core may have had anything to complain of."""
    opened = Window(chromium, scripts=request.param)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


def new_owner(target: Target, *, totp: bool) -> Victim:
    return target.new_person(username=f"lan.{uuid4().hex[:8]}", totp=totp, identity_level=1, **PHONE)


def bring_code(window: Window, target: Target, person: Victim) -> None:
    """Go from the sign-in page to the code that came, and type it."""
    window.open(f"{target.provider.issuer}/login")
    window.click("recover_link")
    window.fill(recover_name=person.username)
    window.click("recover_submit")
    sent = target.services.messages.list_by_account(person.account_id)
    message = next(row for row in sent if row.text == "code_recover")
    window.fill(recover_code=target.services.messages.open(message).values["code"])
    window.click("recover_submit")


def test_a_forgotten_password(window: Window, target: Target) -> None:
    person = new_owner(target, totp=False)
    bring_code(window, target, person)
    window.fill(recover_password=person.password)
    window.click("recover_submit")
    assert "mật khẩu hiện tại" in window.page.inner_text("main"), "the old one is refused beside the field"
    window.fill(recover_password=NEW_PASSWORD)
    window.click("recover_submit")
    window.click("recover_sign_in")
    pass_through(window, Person(person.username, NEW_PASSWORD))
    window.arrive("**/account")


def test_a_forgotten_password_beside_the_app(window: Window, target: Target) -> None:
    person = new_owner(target, totp=True)
    bring_code(window, target, person)
    window.click("recover_by_app")
    window.fill(otp_code=person.next_code())
    window.click("otp_submit")
    window.fill(recover_password=NEW_PASSWORD)
    window.click("recover_submit")
    assert window.has("recover_sign_in")


def test_a_lost_phone_and_a_recovery_code(window: Window, target: Target) -> None:
    person = new_owner(target, totp=True)
    window.open(f"{target.provider.issuer}/login")
    window.fill(login_username=person.username, login_password=person.password)
    window.click("login_submit")
    window.click("lost_factor")
    window.fill(recovery_code=person.recovery_codes[0])
    window.click("recovery_submit")
    assert pass_through(window, person) == ["enrol", "recovery_codes"]
    window.arrive("**/account")


def test_nothing_but_the_phone_waits(window: Window, target: Target) -> None:
    person = new_owner(target, totp=True)
    bring_code(window, target, person)
    window.click("recover_by_nothing")
    window.click("recover_submit")
    assert "Đang trong thời gian chờ" in window.page.inner_text("main")
    warning = target.services.messages.list_by_account(person.account_id)
    code = next(
        target.services.messages.open(row).values["code"] for row in warning if row.text == "recovery_waiting"
    )
    window.open(f"{target.provider.issuer}/recover/stop")
    window.page.locator("input[name='code']").fill(code)
    window.click("stop_submit")
    window.arrive("**/recover/stop/done")
