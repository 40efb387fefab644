"""Strangers ask and guess as they like: at a browser that the account knows, its person still recovers it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.recovery.conftest import NEW_PASSWORD, Mailbox
from tnid.messages.codes import MESSAGE_CODE, SENT, TRIES
from tnid.recovery import allowances
from tnid.services import Services
from tnid.signin.limits import HOUR_SECONDS, RECOVERY_AT_DEVICE, Bucket, Limit

NewBrowser = Callable[..., InProcess]
NewOwner = Callable[..., Someone]


@pytest.fixture
def owner(new_owner: NewOwner) -> Someone:
    return new_owner(totp=False)


@pytest.fixture
def own_phone(new_browser: NewBrowser, owner: Someone) -> InProcess:
    """The browser that the person signed in with before, and signed out."""
    browser = new_browser("192.0.2.7")
    owner.sign_in(browser)
    browser.post("/logout/confirm")
    return browser


def recover(browser: InProcess, mailbox: Mailbox, owner: Someone, clock: Clock) -> None:
    clock.advance(1)
    page = mailbox.bring_code(browser, owner)
    assert page.has("recover_password"), page
    assert browser.submit("recover_submit", {"recover_password": NEW_PASSWORD}).path == "/recover/done"


def count_codes(mailbox: Mailbox, owner: Someone) -> int:
    return mailbox.names(owner).count("code_recover")


def test_what_strangers_ask_for_shuts_nothing_at_ones_own_phone(
    new_browser: NewBrowser, own_phone: InProcess, owner: Someone, mailbox: Mailbox, clock: Clock
) -> None:
    for number in range(SENT.allowed * 5):
        assert mailbox.ask(new_browser(f"198.51.{number}.1"), owner.username).has("recover_code")
    assert count_codes(mailbox, owner) == SENT.allowed
    recover(own_phone, mailbox, owner, clock)


def test_what_strangers_guess_shuts_nothing_at_ones_own_phone(
    new_browser: NewBrowser,
    own_phone: InProcess,
    owner: Someone,
    mailbox: Mailbox,
    services: Services,
    clock: Clock,
) -> None:
    guessed = Bucket(MESSAGE_CODE, f"{owner.id}:recover")
    services.limits.count((guessed,) * MESSAGE_CODE.allowed, clock.now())
    stranger = new_browser("198.51.100.1")
    assert mailbox.bring_code(stranger, owner).status == 400
    recover(own_phone, mailbox, owner, clock)


def test_a_stranger_s_new_code_ends_none_that_was_sent_from_ones_own_phone(
    new_browser: NewBrowser, own_phone: InProcess, owner: Someone, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.ask(own_phone, owner.username)
    own_code = mailbox.code(owner)
    clock.advance(1)
    stranger = new_browser("198.51.100.1")
    mailbox.ask(stranger, owner.username)
    # Nor does the code which was asked for at one of them open anything at the other
    if own_code != mailbox.code(owner):
        assert stranger.submit("recover_submit", {"recover_code": own_code}).status == 400
    assert own_phone.submit("recover_submit", {"recover_code": own_code}).has("recover_password")


def test_a_shut_network_shuts_nothing_at_ones_own_phone(
    new_browser: NewBrowser,
    own_phone: InProcess,
    owner: Someone,
    mailbox: Mailbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(allowances, "RECOVERY_FROM_NETWORK", Limit("recovery_from_network", 2, HOUR_SECONDS))
    for _ in range(2):
        mailbox.ask(new_browser("192.0.2.8"), owner.username)
    page = mailbox.ask(new_browser("192.0.2.8"), owner.username)
    assert page.status == 429 and "bộ phận một cửa" in page.words()
    recover(own_phone, mailbox, owner, clock)


def test_guesses_at_ones_own_phone_are_bounded_too(
    own_phone: InProcess, owner: Someone, mailbox: Mailbox
) -> None:
    for _ in range(SENT.allowed + 3):
        mailbox.ask(own_phone, owner.username)
    assert count_codes(mailbox, owner) == SENT.allowed
    wrong = f"{(int(mailbox.code(owner)) + 1) % 10**6:06}"
    for _ in range(TRIES - 1):
        assert own_phone.submit("recover_submit", {"recover_code": wrong}).status == 400
    assert own_phone.submit("recover_submit", {"recover_code": wrong}).path == "/recover"
    for _ in range(RECOVERY_AT_DEVICE.allowed):
        mailbox.ask(own_phone, owner.username)
    assert own_phone.page.status == 429


def test_a_device_of_one_account_is_a_stranger_s_to_another(
    own_phone: InProcess, owner: Someone, new_owner: NewOwner, new_browser: NewBrowser, mailbox: Mailbox
) -> None:
    other = new_owner(totp=False, claims={"name": "Hà", "phone_number": "+84912345679"})
    for number in range(SENT.allowed):
        mailbox.ask(new_browser(f"198.51.{number}.1"), other.username)
    assert mailbox.ask(own_phone, other.username).has("recover_code")
    assert count_codes(mailbox, other) == SENT.allowed
    assert count_codes(mailbox, owner) == 0


def test_every_page_that_waits_leads_to_the_counter(browser: InProcess, mailbox: Mailbox) -> None:
    page = mailbox.ask(browser, "khong.co.ai")
    assert page.get("recover_counter_link").get("href") == "/recover/help"
