"""Every row of docs/recovery.md, walked over HTTP, with time moved where there is something to wait for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from tests.authenticator import BE, BS, UP, Authenticator
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tests.tnid.recovery.conftest import NEW_PASSWORD, PHONE, GivePasskey, Mailbox
from tnid.services import Services

LEVELS = [0, 1, 2]
NOT_CHECKED_IN_PERSON = [0, 1]

NewBrowser = Callable[..., InProcess]
NewOwner = Callable[..., Someone]


def set_password(browser: InProcess, **fields: str) -> Page:
    assert browser.page.has("recover_password"), browser.page
    return browser.submit("recover_submit", {"recover_password": NEW_PASSWORD, **fields})


def check_password(new_browser: NewBrowser, owner: Someone, password: str) -> InProcess:
    """Check that the password is this; return the browser after it was typed."""
    browser = new_browser()
    browser.open("/login")
    assert not owner.type_password(browser, password).has("login_username"), browser.page
    return browser


def check_wrong(new_browser: NewBrowser, owner: Someone, password: str) -> None:
    browser = new_browser()
    browser.open("/login")
    assert owner.type_password(browser, password).status == 400


def enrol(browser: InProcess, clock: Clock) -> Page:
    secret = "".join(browser.page.text_of("secret_text").split())
    return browser.submit("otp_submit", {"otp_code": pyotp.TOTP(secret).at(clock.advance(30))})


def lose_app(browser: InProcess, owner: Someone) -> Page:
    """Sign in as far as the second factor, and say that it is lost."""
    browser.open("/login")
    assert owner.type_password(browser).path == "/mfa/totp"
    return browser.click("lost_factor")


@pytest.mark.parametrize("level", LEVELS)
def test_row_1_the_password_alone(level: int, browser: InProcess, new_owner: NewOwner) -> None:
    owner = new_owner(totp=False, identity_level=level)
    assert owner.sign_in(browser).path == "/account"


@pytest.mark.parametrize("level", NOT_CHECKED_IN_PERSON)
def test_row_2_a_message_where_there_is_no_second_factor(
    level: int, browser: InProcess, new_browser: NewBrowser, new_owner: NewOwner, mailbox: Mailbox
) -> None:
    owner = new_owner(totp=False, identity_level=level)
    mailbox.bring_code(browser, owner)
    page = set_password(browser)
    assert page.path == "/recover/done"
    assert browser.click("recover_sign_in").has("login_username")
    check_password(new_browser, owner, NEW_PASSWORD)
    check_wrong(new_browser, owner, owner.password)
    assert mailbox.names(owner)[-1] == "recovery_password_set"


def test_row_2_opens_an_account_that_its_owner_had_shut(
    browser: InProcess,
    new_browser: NewBrowser,
    new_owner: NewOwner,
    mailbox: Mailbox,
    services: Services,
    clock: Clock,
) -> None:
    owner = new_owner(totp=False)
    with services.database.unit():
        assert services.closures.shut(owner.id, clock.now(), cause="panic")
    shut = new_browser()
    shut.open("/login")
    assert owner.type_password(shut).path != "/account"
    mailbox.bring_code(browser, owner)
    assert set_password(browser).path == "/recover/done"
    assert check_password(new_browser, owner, NEW_PASSWORD).page.path == "/account"


@pytest.mark.parametrize("days", [6, 8])
def test_row_10_after_it_was_not_me_drops_the_passkeys_that_are_young(
    days: int,
    browser: InProcess,
    new_owner: NewOwner,
    give_passkey: GivePasskey,
    mailbox: Mailbox,
    services: Services,
    clock: Clock,
) -> None:
    """A stranger who got in once and left a passkey would sign in by it alone, for ever."""
    owner = new_owner()
    give_passkey(owner)
    clock.advance(days * 24 * 3600)
    with services.database.unit():
        services.closures.shut(owner.id, clock.now(), cause="not_me_by_link")
    mailbox.bring_code(browser, owner)
    browser.click("recover_by_app")
    browser.submit("otp_submit", {"otp_code": owner.next_code()})
    assert set_password(browser).path == "/recover/done"
    assert bool(services.passkeys.list_by_account(owner.id)) is (days == 8)
    assert services.factors.has_totp(owner.id)


def test_row_3_a_message_where_the_identity_was_checked_in_person(
    browser: InProcess, new_owner: NewOwner, mailbox: Mailbox
) -> None:
    owner = new_owner(totp=False, identity_level=2)
    page = mailbox.bring_code(browser, owner)
    assert page.path.endswith("/nothing") and not page.has("recover_submit")
    check_counter(page)


def check_counter(page: Page) -> None:
    assert page.has("recover_counter") and "thẻ căn cước" in page.words(), page


def test_row_4_nothing_left(browser: InProcess) -> None:
    browser.open("/login")
    browser.click("recover_link")
    check_counter(browser.click("recover_help"))


@pytest.mark.parametrize("level", LEVELS)
def test_row_5_password_and_app(level: int, browser: InProcess, new_owner: NewOwner) -> None:
    owner = new_owner(identity_level=level)
    assert owner.sign_in(browser).path == "/account"


def answer_by(key: Authenticator, browser: InProcess, **changes: Any) -> Page:
    """Have the device answer what the page asks it."""
    form = browser.page.document.xpath("//form[@data-passkey='get']")[0]
    credential = key.get(json.loads(form.get("data-options")), **changes)
    return browser._send(form, list({**dict(form.form_values()), "credential": credential}.items()))


@pytest.mark.parametrize("level", LEVELS)
def test_row_6_password_and_passkey(
    level: int, browser: InProcess, new_owner: NewOwner, give_passkey: GivePasskey
) -> None:
    owner = new_owner(totp=False, identity_level=level)
    key = give_passkey(owner)
    browser.open("/login")
    assert owner.type_password(browser).path == "/mfa/passkey"
    assert answer_by(key, browser).path == "/account"


@pytest.mark.parametrize("level", LEVELS)
def test_row_7_password_and_recovery_code(
    level: int,
    browser: InProcess,
    new_browser: NewBrowser,
    new_owner: NewOwner,
    clock: Clock,
    mailbox: Mailbox,
) -> None:
    owner = new_owner(identity_level=level)
    elsewhere = new_browser()
    owner.sign_in(elsewhere)
    assert lose_app(browser, owner).has("recovery_code")
    assert browser.submit("recovery_submit", {"recovery_code": "abcd-efgh-jkmn"}).status == 400
    page = browser.submit("recovery_submit", {"recovery_code": owner.recovery_codes[0]})
    assert page.has("secret_text") and not page.has("enrol_skip")
    assert elsewhere.open("/account").has("login_username"), "sessions end"
    assert enrol(browser, clock).has("recovery_codes")
    assert browser.click("codes_submit").path == "/account"
    assert "recovery_factor_removed" in mailbox.names(owner)


@pytest.mark.parametrize("level", NOT_CHECKED_IN_PERSON)
def test_row_8_the_password_and_a_lost_factor(
    level: int,
    browser: InProcess,
    new_browser: NewBrowser,
    new_owner: NewOwner,
    mailbox: Mailbox,
    clock: Clock,
) -> None:
    owner = new_owner(identity_level=level)
    lose_app(browser, owner)
    assert browser.click("recover_by_nothing").has("recover_submit")
    assert not browser.click("recover_submit").has("recover_submit"), "it waits"
    assert mailbox.names(owner) == ["recovery_waiting"]
    mailbox.let_time_pass(hours=71)
    again = new_browser()
    lose_app(again, owner)
    assert not again.click("recover_by_nothing").has("recover_submit"), "not yet"
    mailbox.let_time_pass(hours=2)
    assert mailbox.names(owner) == [
        "recovery_waiting", "recovery_still_waiting", "recovery_still_waiting", "recovery_ready"
    ]  # fmt: skip
    again = new_browser()
    lose_app(again, owner)
    again.click("recover_by_nothing")
    assert again.click("recover_submit").has("secret_text")
    assert enrol(again, clock).has("recovery_codes")
    assert again.click("codes_submit").path == "/account"


def test_row_8_needs_somebody_to_warn(browser: InProcess, new_owner: NewOwner) -> None:
    owner = new_owner(identity_level=0, claims={"name": "Lò Văn Không"})
    lose_app(browser, owner)
    check_counter(browser.click("recover_by_nothing"))


def test_row_9_the_password_and_a_lost_factor_checked_in_person(
    browser: InProcess, new_owner: NewOwner, mailbox: Mailbox
) -> None:
    owner = new_owner(identity_level=2)
    lose_app(browser, owner)
    page = browser.click("recover_by_nothing")
    check_counter(page)
    assert not page.has("recover_submit")
    answer = browser.post(page.url)
    check_counter(Page(answer))
    assert mailbox.names(owner) == []


@pytest.mark.parametrize("level", LEVELS)
def test_row_10_message_and_app(
    level: int,
    browser: InProcess,
    new_browser: NewBrowser,
    new_owner: NewOwner,
    mailbox: Mailbox,
    services: Services,
) -> None:
    owner = new_owner(identity_level=level)
    assert mailbox.bring_code(browser, owner).path.endswith("/proof")
    browser.click("recover_by_app")
    assert browser.submit("otp_submit", {"otp_code": owner.next_code()}).path.endswith("/password")
    assert set_password(browser).path == "/recover/done"
    assert check_password(new_browser, owner, NEW_PASSWORD).page.path == "/mfa/totp"
    assert services.factors.is_enrolled(owner.id), "the app stays"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("is_app_lost", [False, True])
def test_row_11_message_and_recovery_code(
    level: int,
    is_app_lost: bool,
    browser: InProcess,
    new_browser: NewBrowser,
    new_owner: NewOwner,
    mailbox: Mailbox,
) -> None:
    owner = new_owner(identity_level=level)
    mailbox.bring_code(browser, owner)
    browser.click("recover_by_recovery_code")
    assert browser.submit("recovery_submit", {"recovery_code": owner.recovery_codes[3]}).has(
        "recover_app_lost"
    )
    if is_app_lost:
        browser.page.get("recover_app_lost").checked = True
    assert set_password(browser).path == "/recover/done"
    after = check_password(new_browser, owner, NEW_PASSWORD)
    assert after.page.path == ("/mfa/enrol" if is_app_lost else "/mfa/totp")


@pytest.mark.parametrize("level", LEVELS)
def test_row_12_message_and_passkey(
    level: int,
    browser: InProcess,
    new_browser: NewBrowser,
    new_owner: NewOwner,
    give_passkey: GivePasskey,
    mailbox: Mailbox,
) -> None:
    owner = new_owner(totp=False, identity_level=level)
    key = give_passkey(owner)
    assert mailbox.bring_code(browser, owner).path.endswith("/proof")
    assert browser.click("recover_by_passkey").path.endswith("/passkey")
    assert answer_by(Authenticator(ISSUER), browser).status == 400, "somebody else's"
    assert answer_by(key, browser).has("recover_password")
    assert set_password(browser).path == "/recover/done"
    assert check_password(new_browser, owner, NEW_PASSWORD).page.path == "/mfa/passkey"


def test_row_12_needs_a_device_that_knows_who_unlocks_it(
    browser: InProcess, new_owner: NewOwner, give_passkey: GivePasskey, mailbox: Mailbox
) -> None:
    """A phone that was found has the message and the passkey: it has to ask for the finger or its PIN."""
    owner = new_owner(totp=False)
    key = give_passkey(owner)
    mailbox.bring_code(browser, owner)
    browser.click("recover_by_passkey")
    page = answer_by(key, browser, flags=UP | BE | BS)
    assert page.status == 400 and page.path.endswith("/passkey")


@pytest.mark.parametrize("level", LEVELS)
def test_row_13_the_passkey_alone(
    level: int, browser: InProcess, new_owner: NewOwner, give_passkey: GivePasskey
) -> None:
    owner = new_owner(totp=False, identity_level=level)
    key = give_passkey(owner)
    browser.open("/login")
    assert answer_by(key, browser).path == "/account"


@pytest.mark.parametrize("level", NOT_CHECKED_IN_PERSON)
def test_row_14_a_message_alone(
    level: int,
    browser: InProcess,
    new_browser: NewBrowser,
    new_owner: NewOwner,
    mailbox: Mailbox,
    clock: Clock,
) -> None:
    owner = new_owner(identity_level=level)
    mailbox.bring_code(browser, owner)
    browser.click("recover_by_nothing")
    assert not browser.click("recover_submit").has("recover_submit"), "it waits"
    mailbox.let_time_pass(hours=71)
    again = new_browser()
    assert mailbox.bring_code(again, owner).path.endswith("/proof"), "not yet"
    mailbox.let_time_pass(hours=2)
    again = new_browser()
    assert mailbox.bring_code(again, owner).path.endswith("/password")
    assert set_password(again).path == "/recover/done"
    after = check_password(new_browser, owner, NEW_PASSWORD)
    assert after.page.path == "/mfa/enrol" and not after.page.has("enrol_skip")
    assert enrol(after, clock).has("recovery_codes")
    told = [name for name in mailbox.names(owner) if not name.startswith("code_")]
    assert told[:5] == [
        "recovery_waiting", "recovery_still_waiting", "recovery_still_waiting", "recovery_ready",
        "recovery_password_set",
    ]  # fmt: skip


def test_row_15_a_message_alone_checked_in_person(
    browser: InProcess, new_owner: NewOwner, mailbox: Mailbox
) -> None:
    owner = new_owner(identity_level=2)
    mailbox.bring_code(browser, owner)
    page = browser.click("recover_by_nothing")
    check_counter(page)
    assert not page.has("recover_submit")
    check_counter(Page(browser.post(page.url)))
    assert mailbox.names(owner) == ["code_recover"]


@pytest.mark.parametrize("level", LEVELS)
def test_row_16_a_second_factor_alone(
    level: int, browser: InProcess, new_owner: NewOwner, mailbox: Mailbox
) -> None:
    """Neither an app's code nor a recovery code is asked for before the message's code, which never comes."""
    owner = new_owner(identity_level=level, claims={"name": "Lò Văn Không"})
    mailbox.ask(browser, owner.username)
    address = browser.page.path.rpartition("/")[0]
    for page in ("app", "recovery-code", "proof", "nothing", "password"):
        assert browser.open(f"{address}/{page}").path.endswith("/code")
    for page, typed in (("app", owner.next_code()), ("recovery-code", owner.recovery_codes[0])):
        assert browser.post(f"{address}/{page}", code=typed).headers["Location"].endswith("/code")
    assert PHONE not in browser.page.text
    check_counter(browser.open("/recover/help"))
