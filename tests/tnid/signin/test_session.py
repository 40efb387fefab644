"""Sessions: a new id whenever trust rises, an end that is an end, one look at the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import CALLBACK, ISSUER, InProcess, Someone
from tnid.db import Database
from tnid.services import Services

Browsers = Callable[..., InProcess]
DAY = 86400


def holder(browser: InProcess, services: Services, clock: Clock) -> str | None:
    cookie = browser.cookies.get("tnid_session") or ""
    found = services.sessions.look_up(cookie, clock.now())
    return None if found is None else found.account_id


def test_a_session_that_was_set_before_the_sign_in_is_not_taken_over(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    browser.open("/login")
    browser.cookies.set("tnid_session", "planted-by-somebody")
    lan.type_password(browser)
    values = [cookie.value for cookie in browser.cookies.jar if cookie.name == "tnid_session"]
    assert services.sessions.look_up("planted-by-somebody", clock.now()) is None
    assert any(services.sessions.look_up(value or "", clock.now()) for value in values)


def test_signing_in_again_gives_a_new_id_and_keeps_the_sid(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    lan.sign_in(browser)
    old = browser.cookies["tnid_session"]
    before = services.sessions.look_up(old, clock.now())
    clock.advance(10)
    browser.open(f"{new_app()}&prompt=login")
    lan.type_password(browser)
    after = services.sessions.look_up(browser.cookies["tnid_session"], clock.now())
    assert before is not None and after is not None
    assert services.sessions.look_up(old, clock.now()) is None
    assert (after.sid, after.auth_time) == (before.sid, before.auth_time + 10)


def test_another_person_at_the_same_browser_ends_the_first_ones_session(
    browser: InProcess,
    lan: Someone,
    minh: Someone,
    services: Services,
    clock: Clock,
    new_app: Callable[..., str],
) -> None:
    lan.sign_in(browser)
    old = browser.cookies["tnid_session"]
    browser.open(f"{new_app()}&prompt=login")
    minh.type_password(browser)
    browser.submit("otp_submit", {"otp_code": minh.next_code()})
    assert browser.page.path == "/consent"
    assert holder(browser, services, clock) == minh.id
    assert services.sessions.look_up(old, clock.now()) is None


@pytest.mark.parametrize(("seconds", "is_alive"), [(3599, True), (3600, False)])
def test_an_idle_session_ends(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, seconds: int, is_alive: bool
) -> None:
    lan.sign_in(browser)
    clock.advance(seconds)
    assert (holder(browser, services, clock) is not None) == is_alive


def test_a_session_in_use_ends_after_twelve_hours(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    for _ in range(23):
        clock.advance(1800)
        assert browser.open("/account").path == "/account"
    clock.advance(1800)
    assert browser.open("/account").path == "/login"


def test_a_disabled_account_is_out_at_once(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    services.accounts.disable(lan.id, clock.now())
    assert browser.open("/account").path == "/login"
    services.accounts.enable(lan.id, clock.now())
    assert browser.open("/account").path == "/login"


def test_signing_out_ends_the_session_and_its_grants(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    lan.sign_in(browser, new_app())
    browser.click("consent_allow")
    cookie = browser.cookies["tnid_session"]
    end_user = services.sessions.look_up(cookie, clock.now())
    assert end_user is not None
    browser.open("/logout")
    browser.click("logout_confirm")
    assert services.sessions.look_up(cookie, clock.now()) is None
    assert services.grants.revoke_by_session(end_user.sid, clock.now()) == 0
    assert browser.open("/account").path == "/login"


def test_one_sign_in_opens_a_second_application(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    lan.sign_in(browser, new_app())
    browser.click("consent_allow")
    browser.open(new_app("housing"))
    assert browser.page.path == "/consent"
    assert browser.click("consent_allow").url.startswith(CALLBACK)


def test_finding_who_is_signed_in_is_one_select(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan.sign_in(browser)
    statements: list[str] = []
    run = Database._run

    def recording(self: Database, sql: str, parameters: Any = None) -> None:
        statements.append(sql)
        run(self, sql, parameters)

    monkeypatch.setattr(Database, "_run", recording)
    assert services.sessions.look_up(browser.cookies["tnid_session"], clock.now())
    assert [sql.split()[0] for sql in statements] == ["SELECT"]


def test_being_seen_is_written_once_a_minute(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, database: Database
) -> None:
    lan.sign_in(browser)
    cookie = browser.cookies["tnid_session"]

    def last_seen() -> int:
        return int(services.sessions.list_live(lan.id, clock.now())[0].last_seen_at)

    first = last_seen()
    clock.advance(59)
    assert services.sessions.look_up_with_consent(cookie, "unknown", clock.now()).scope is None
    assert last_seen() == first
    clock.advance(1)
    services.sessions.look_up_with_consent(cookie, "unknown", clock.now())
    assert last_seen() == first + 60


def test_the_cookie_is_not_in_the_database(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    row = services.sessions.list_live(lan.id, clock.now())[0]
    assert browser.cookies["tnid_session"] not in map(str, row)


@pytest.mark.parametrize("value", ["", "=bad", "x" * 5000, '"quoted"', ";;;", "%FF"])
def test_a_broken_cookie_is_nobodys(browser: InProcess, value: str) -> None:
    cookies = f"tnid_session={value}; =__Host-tnid_session; tnid_sign_in={value}; tnid_device={value}"
    answer = browser.send("GET", f"{ISSUER}/account", headers={"Cookie": cookies.encode()})
    assert answer.status_code == 303


def test_the_chooser_goes_on_as_the_same_or_asks_for_another(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    lan.sign_in(browser)
    address = f"{new_app()}&prompt=select_account"
    assert browser.open(address).path == "/select-account"
    assert browser.click("account_continue").path == "/consent"
    browser.open(address)
    assert browser.click("account_other").path == "/login"


def test_too_low_an_identity_level_leads_back_to_the_application(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    assert lan.sign_in(browser, new_app(least_identity_level=2)).path == "/requirement"
    page = browser.click("requirement_submit")
    assert page.url.startswith(CALLBACK)
    assert "error=access_denied" in page.url


def test_an_interaction_belongs_to_its_browser(
    browser: InProcess, new_browser: Browsers, lan: Someone, new_app: Callable[..., str]
) -> None:
    page = browser.open(new_app())
    stolen = new_browser().open(page.url)
    assert (stolen.status, stolen.error_code) == (400, "interaction_expired")


def test_an_interaction_expires(browser: InProcess, new_app: Callable[..., str], clock: Clock) -> None:
    page = browser.open(new_app())
    clock.advance(601)
    expired = browser.open(page.url)
    assert (expired.status, expired.error_code) == (400, "interaction_expired")


def form_on(page: Page, button: str) -> dict[str, str]:
    return dict(next(page.get(button).iterancestors("form")).form_values())


@pytest.mark.parametrize("seconds", [0, 90 * DAY], ids=["signed in", "signed in long ago"])
def test_a_form_that_shows_somebody_else_changes_nobody(
    browser: InProcess,
    lan: Someone,
    new_person: Callable[..., Someone],
    new_app: Callable[..., str],
    services: Services,
    clock: Clock,
    seconds: int,
) -> None:
    lan.sign_in(browser)
    chooser = browser.open(f"{new_app('homes')}&prompt=select_account")
    pages = [(browser.open("/account/profile"), "profile_submit"), (chooser, "account_continue")]
    hoa = new_person("hoa", claims={"name": "Lê Thị Hoa"})
    clock.advance(seconds)
    assert hoa.sign_in(browser, f"{new_app()}&prompt=login").path == "/consent"
    for page, button in pages:
        answer = browser.send("POST", page.url, data=form_on(page, button))
        assert answer.status_code == 403 and "error_code" in answer.text
    assert services.accounts.get(hoa.id).display_name == "Lê Thị Hoa"
    # What is opened anew goes through
    page = browser.open("/account/profile")
    assert browser.send("POST", page.url, data=form_on(page, "profile_submit")).status_code == 303


def test_a_form_that_waits_in_another_tab_outlasts_the_sign_in(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    waiting = browser.open(new_app())
    lan.sign_in(browser)
    profile = browser.open("/account/profile")
    filled = {**form_on(waiting, "login_submit"), "username": lan.username, "password": lan.password}
    assert browser.send("POST", waiting.url, data=filled).status_code == 303
    assert browser.send("POST", profile.url, data=form_on(profile, "profile_submit")).status_code == 303
