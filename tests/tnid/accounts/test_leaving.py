"""Leaving: asked for, cancelled by signing in, and done when the wait is over."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, InProcess, Someone
from tnid.accounts.erasure import erase_due
from tnid.db import db
from tnid.services import Services

Browsers = Callable[..., InProcess]
DAY = 86400


def ask(browser: InProcess) -> str:
    browser.open("/account/delete")
    return browser.click("delete_submit").path


def test_asking_signs_out_everywhere_and_ends_every_access(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    browser, other = new_browser(), new_browser()
    lan.sign_in(other, new_app())
    other.click("consent_allow")
    lan.sign_in(browser)
    assert ask(browser) == "/leaving/asked"
    assert services.sessions.list_live(lan.id, clock.now()) == []
    assert services.grants.revoke_by_account(lan.id, clock.now()) == 0
    assert other.open("/account").path == "/login"


def test_an_old_sign_in_may_not_ask(
    browser: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    minh.sign_in(browser)
    clock.advance(301)
    assert ask(browser) == "/login"
    assert services.accounts.get(minh.id).is_open


def test_a_session_of_one_factor_may_not_ask_where_there_are_two(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    services.factors.enrol(lan.id, "JBSWY3DPEHPK3PXP", 0, clock.now())
    assert ask(browser) == "/mfa/totp"
    assert services.accounts.get(lan.id).is_open


def test_signing_in_leads_to_cancelling_and_nowhere_else(
    browser: InProcess, minh: Someone, services: Services, new_app: Callable[..., str]
) -> None:
    minh.sign_in(browser)
    ask(browser)
    link = new_app()
    assert minh.sign_in(browser).path == "/leaving"
    for path in ("/account", "/account/profile", "/account/security", "/account/export", "/login", link):
        assert browser.open(path).path == "/leaving", path
    assert "code=" not in browser.get(f"{ISSUER}{link}&prompt=none").headers.get("Location", "")
    browser.open("/leaving")
    assert browser.click("stay_submit").path == "/account"
    assert services.accounts.get(minh.id).is_open
    browser.open(link)
    assert browser.click("consent_allow").url.startswith(CALLBACK)


def test_who_signs_out_leaves_nobody_a_way_to_stay(
    browser: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    """The next person at the same browser would be signed in by the button that keeps the account."""
    minh.sign_in(browser)
    ask(browser)
    assert minh.sign_in(browser).path == "/leaving"
    page = browser.page
    browser.open("/logout")
    assert browser.click("logout_confirm").path == "/logout/done"
    assert services.sessions.list_live(minh.id, clock.now()) == []
    assert not browser.open("/leaving").has("stay_submit")
    browser._page = page
    assert browser.click("stay_submit").path != "/account"
    assert not services.accounts.get(minh.id).is_open


def test_the_password_alone_cancels_nothing_where_there_is_a_second_factor(
    browser: InProcess, minh: Someone, services: Services
) -> None:
    minh.sign_in(browser)
    ask(browser)
    browser.open("/account")
    minh.type_password(browser)
    assert browser.open("/leaving").path == "/login"
    assert not services.accounts.get(minh.id).is_open


def test_when_the_wait_is_over_nothing_of_the_person_is_left(
    browser: InProcess,
    minh: Someone,
    lan: Someone,
    services: Services,
    clock: Clock,
    new_app: Callable[..., str],
) -> None:
    minh.sign_in(browser, new_app())
    browser.click("consent_allow")
    browser.open("/account")
    ask(browser)
    wait = services.settings.deletion_wait_seconds
    assert erase_due(services, clock.advance(wait - 40), most=10) == 0
    assert services.accounts.find(minh.id) is not None
    assert erase_due(services, clock.advance(100), most=10) == 1
    assert services.accounts.find(minh.id) is None and services.accounts.find(lan.id) is not None
    for name, table in db.metadata.tables.items():
        # The log keeps a number, and so does what applications are still to be told by
        if "account_id" in table.columns and name not in ("audit_events", "outbox", "grants"):
            found = services.database.fetch_all(
                text(f"SELECT account_id FROM {name} WHERE account_id = :a"), a=minh.id
            )
            assert found == [], name
    events = services.audit.list_by_account(minh.id)
    assert "account.delete" in {row.event for row in events}
    assert "minh" not in str(events) and "0912345678" not in str(events)


def test_what_is_due_can_not_be_cancelled(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    ask(browser)
    now = clock.advance(services.settings.deletion_wait_seconds + 1)
    with services.database.unit():
        assert not services.closures.cancel_deletion(lan.id, now)


def test_shutting_an_account_cancels_a_strangers_deletion(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    ask(browser)
    with services.database.unit():
        services.closures.shut(lan.id, clock.now(), cause="not_me_by_link")
        services.closures.reopen(lan.id, clock.now())
    assert services.accounts.get(lan.id).is_open


def test_looking_at_the_pages_asks_for_nothing(browser: InProcess, lan: Someone, services: Services) -> None:
    lan.sign_in(browser)
    browser.open("/account/delete")
    assert browser.open("/leaving").path == "/account"
    assert browser.send("POST", f"{ISSUER}/account/delete").status_code == 403
    assert services.accounts.get(lan.id).is_open
