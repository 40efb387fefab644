"""Waiting recoveries: one an account, warned of in time, stopped by many, used by one, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.recovery.conftest import EMAIL, HOUR_SECONDS, NEW_PASSWORD, VERIFIED, Mailbox
from tests.tnid.recovery.test_paths import lose_app
from tnid.accounts.verification import SEEN_BY_AN_OFFICIAL, Evidence
from tnid.recovery.waits import MESSAGE, PASSWORD, USABLE_SECONDS
from tnid.services import Services

NewOwner = Callable[..., Someone]
NewBrowser = Callable[..., InProcess]
BOTH = {"name": "Nông Thị Lan", **VERIFIED, "email": EMAIL, "email_verified": True}
WARNINGS = ["recovery_waiting", "recovery_still_waiting", "recovery_still_waiting", "recovery_ready"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def begin(services: Services, clock: Clock, owner: Someone, shown: str = MESSAGE) -> None:
    with services.database.unit():
        services.recovery.waits.begin(owner.id, shown, clock.now())


def is_ready(services: Services, clock: Clock, owner: Someone, shown: str = MESSAGE) -> bool:
    return services.recovery.waits.find_ready(owner.id, shown, clock.now()) is not None


def test_every_contact_is_warned_four_times(
    services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner(claims=BOTH)
    begin(services, clock, owner)
    for hour in range(1, 74):
        mailbox.let_time_pass(hours=1)
        assert is_ready(services, clock, owner) == (hour >= 72)
    rows = services.messages.list_by_account(owner.id)
    for channel in ("phone", "email"):
        assert [row.text for row in reversed(rows) if row.channel == channel] == WARNINGS


def test_nothing_opens_that_was_not_warned_of(
    services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    """A housekeeper that stood still sends the warnings first; what was left of the time is left again."""
    owner = new_owner()
    begin(services, clock, owner)
    clock.advance(80 * HOUR_SECONDS)
    assert not is_ready(services, clock, owner)
    mailbox.let_time_pass(hours=1)
    assert not is_ready(services, clock, owner)
    mailbox.let_time_pass(hours=34)
    assert not is_ready(services, clock, owner)
    mailbox.let_time_pass(hours=3)
    assert is_ready(services, clock, owner) and mailbox.names(owner) == WARNINGS


def test_a_warning_is_sent_by_one_of_several_housekeepers(
    services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner()
    begin(services, clock, owner)
    clock.advance(37 * HOUR_SECONDS)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: services.recovery.waits.warn(services.database, clock.now()), range(8)))
    assert mailbox.names(owner) == WARNINGS[:2]


def test_a_wait_is_used_once_however_many_try(
    services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner()
    begin(services, clock, owner)
    mailbox.let_time_pass(hours=73)
    wait = services.recovery.waits.find_ready(owner.id, MESSAGE, clock.now())
    with ThreadPoolExecutor(20) as pool:
        won = list(pool.map(lambda _: services.recovery.waits.complete(wait.id, clock.now()), range(20)))
    assert sum(won) == 1


def test_a_wait_is_over_for_what_was_shown_and_for_seven_days(
    services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner()
    begin(services, clock, owner, PASSWORD)
    mailbox.let_time_pass(hours=73)
    assert is_ready(services, clock, owner, PASSWORD) and not is_ready(services, clock, owner, MESSAGE)
    clock.advance(USABLE_SECONDS)
    assert not is_ready(services, clock, owner, PASSWORD)
    begin(services, clock, owner)
    assert services.recovery.waits.find_open(owner.id, clock.now()).shown == MESSAGE


def test_nobody_starts_the_time_anew(services: Services, clock: Clock, new_owner: NewOwner) -> None:
    owner = new_owner()
    begin(services, clock, owner)
    first = services.recovery.waits.find_open(owner.id, clock.now())
    clock.advance(HOUR_SECONDS)
    begin(services, clock, owner)
    begin(services, clock, owner, PASSWORD)
    assert services.recovery.waits.find_open(owner.id, clock.now()) == first


def test_a_sign_in_with_the_second_factor_stops_it(
    browser: InProcess, services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner()
    begin(services, clock, owner)
    assert owner.sign_in(browser).path == "/account"
    assert services.recovery.waits.find_open(owner.id, clock.now()) is None
    assert mailbox.names(owner)[-1] == "recovery_stopped"
    assert "recovery_stop_submit" not in browser.page.text


def test_the_password_alone_stops_nothing(
    browser: InProcess, services: Services, clock: Clock, new_owner: NewOwner
) -> None:
    owner = new_owner()
    begin(services, clock, owner, PASSWORD)
    browser.open("/login")
    assert owner.type_password(browser).path == "/mfa/totp"
    assert services.recovery.waits.find_open(owner.id, clock.now()) is not None


def test_whoever_is_signed_in_sees_it_and_stops_it_by_one_button(
    browser: InProcess, services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner()
    owner.sign_in(browser)
    begin(services, clock, owner)
    assert browser.open("/account").has("recovery_stop_submit")
    assert browser.click("recovery_stop_submit").path == "/account/security"
    assert services.recovery.waits.find_open(owner.id, clock.now()) is None
    assert not browser.open("/account").has("recovery_stop_submit")


def test_the_code_of_any_warning_stops_it(
    browser: InProcess, services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner()
    begin(services, clock, owner)
    first = mailbox.values(owner, "recovery_waiting")
    assert first["when"] == "18:06 21/11/2026"
    mailbox.let_time_pass(hours=37)
    code = mailbox.values(owner, "recovery_still_waiting")["code"]
    assert code == first["code"]
    browser.open("/recover/stop")
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"
    for bad in (wrong, "", "12", "x" * 40):
        assert browser.submit("stop_submit", {"code": bad}).status == 400
    assert browser.submit("stop_submit", {"code": f" {code} "}).path == "/recover/stop/done"
    assert services.recovery.waits.find_open(owner.id, clock.now()) is None
    assert browser.open("/recover/stop").has("stop_submit")
    assert browser.submit("stop_submit", {"code": code}).status == 400


def test_a_stopped_recovery_opens_nothing(
    browser: InProcess,
    new_browser: NewBrowser,
    services: Services,
    clock: Clock,
    mailbox: Mailbox,
    new_owner: NewOwner,
) -> None:
    owner = new_owner()
    begin(services, clock, owner)
    mailbox.let_time_pass(hours=73)
    page = mailbox.bring_code(browser, owner)
    assert page.has("recover_password")
    with services.database.unit():
        assert services.recovery.waits.stop(owner.id, "person", clock.now())
    refused = browser.submit("recover_submit", {"recover_password": NEW_PASSWORD})
    assert refused.status == 400 and refused.error_code == "recovery_over"
    other = new_browser()
    other.open("/login")
    assert owner.type_password(other).path == "/mfa/totp"


@pytest.mark.parametrize("is_early", [True, False])
def test_a_wait_opens_nothing_that_was_checked_in_person_meanwhile(
    is_early: bool,
    browser: InProcess,
    services: Services,
    clock: Clock,
    mailbox: Mailbox,
    new_owner: NewOwner,
) -> None:
    """The wait was for less: its owner was at the counter within the three days, or just now."""
    owner = new_owner()
    begin(services, clock, owner)
    mailbox.let_time_pass(hours=73)
    if not is_early:
        assert mailbox.bring_code(browser, owner).has("recover_password")
    evidence = Evidence(check_method=SEEN_BY_AN_OFFICIAL)
    with services.database.unit():
        assert services.accounts.raise_identity_level(owner.id, 2, {}, evidence, clock.now()) is None
    if is_early:
        assert mailbox.bring_code(browser, owner).path.endswith("/proof")
        assert browser.click("recover_by_nothing").has("recover_counter")
    else:
        refused = browser.submit("recover_submit", {"recover_password": NEW_PASSWORD})
        assert refused.status == 400 and refused.error_code == "recovery_over"
    assert services.factors.is_enrolled(owner.id)


def test_a_wait_of_somebody_who_knows_the_password_is_used_once(
    new_browser: NewBrowser, services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner
) -> None:
    owner = new_owner()
    begin(services, clock, owner, PASSWORD)
    mailbox.let_time_pass(hours=73)
    one, two = new_browser(), new_browser()
    for browser in (one, two):
        lose_app(browser, owner)
        browser.click("recover_by_nothing")
    assert one.click("recover_submit").has("secret_text")
    assert not two.click("recover_submit").has("secret_text")


def test_nothing_lies_in_clear_and_it_goes_with_the_account(
    services: Services, clock: Clock, mailbox: Mailbox, new_owner: NewOwner, browser: InProcess
) -> None:
    owner = new_owner()
    mailbox.bring_code(browser, owner)
    begin(services, clock, owner)
    code = mailbox.values(owner, "recovery_waiting")["code"].replace(" ", "")
    for table in ("recoveries", "recovery_waits"):
        rows = services.database.fetch_all(text(f"SELECT * FROM {table}"))
        assert rows and not [v for row in rows for v in row if v in (code, owner.username, NEW_PASSWORD)]
    with services.database.unit():
        services.accounts.delete(owner.id, clock.now())
    for table in ("recoveries", "recovery_waits"):
        assert not services.database.fetch_all(text(f"SELECT * FROM {table}"))
