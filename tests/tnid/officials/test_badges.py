"""At the counter: a sign-in card is printed once, replaced and revoked; its person alone chooses the PIN."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.officials.conftest import (
    GIA_SANG,
    NAME,
    NUMBER,
    TAN_CUONG,
    begin_account,
    code_of,
    find,
    tick_all,
)
from tests.tnid.officials.test_counter import account_id_of, activate
from tnid.accounts.export import build_document
from tnid.accounts.refusal import Refused
from tnid.badges import secret
from tnid.badges.service import OFFICIAL, Issuer
from tnid.services import Services

Browsers = Callable[..., InProcess]
Open = Callable[[Someone], InProcess]
PIN = "204817"


@pytest.fixture
def database_kind() -> str:
    """The statements are run on both databases in tests/tnid/signin/test_badge.py."""
    return "sqlite"


@pytest.fixture
def desk(ha: Someone, open_counter: Open, new_browser: Browsers) -> InProcess:
    """An open counter before which Bích stands with her identity card; her account is hers."""
    opened = open_counter(ha)
    begin_account(opened, phone="0912345678")
    activate(new_browser("198.51.100.7"), code_of(opened.click("print_slip")))
    find(opened)
    return opened


@pytest.fixture
def home(desk: InProcess, new_browser: Browsers) -> InProcess:
    """Bích's own browser, signed in."""
    browser = new_browser("198.51.100.7")
    browser.open("/account")
    browser.submit(
        "login_submit", {"login_username": "bich.nong", "login_password": "chè xanh búp tím 2 nương"}
    )
    assert browser.page.path == "/account", browser.page
    return browser


def printed(desk: InProcess) -> tuple[str, str]:
    """Print a card; return its code and the slip's."""
    desk.click("badge_link")
    tick_all(desk)
    page = desk.click("print_badge")
    return page.text_of("badge_text"), page.text_of("badge_activation")


def test_a_card_is_printed_and_seen_once(desk: InProcess, services: Services, clock: Clock) -> None:
    desk.click("badge_link")
    assert desk.page.has("no_badge")
    assert desk.click("print_badge").status == 400, "the identity card has to be compared"
    tick_all(desk)
    page = desk.click("print_badge")
    code = page.text_of("badge_text")
    row = services.badges.find_presented(code, clock.now())
    assert not isinstance(row, Refused) and row.account_id == account_id_of(services)
    assert NAME in page.words() and NUMBER not in page.text and NUMBER[-4:] not in page.words()
    assert page.get("badge_qr").find(".//{*}svg") is not None
    assert page.headers["cache-control"].startswith("no-store")
    # What is on the screen is hidden there: it is for paper alone
    for hidden in ("badge_qr", "badge_text", "badge_activation"):
        assert "print-only" in page.get(hidden).get("class")
    again = desk.open(f"{page.path}")
    assert again.get("badge_state").get("data-state") == "new"
    assert code not in again.text and page.text_of("badge_activation") not in again.words()


def test_the_person_is_told_and_sees_who_did_it(
    desk: InProcess, home: InProcess, services: Services, clock: Clock
) -> None:
    code, _ = printed(desk)
    account_id = account_id_of(services)
    told = [row.text for row in services.messages.list_by_account(account_id)]
    assert told.count("badge_issued") == 1
    acts = [str(one["text"]) for one in services.counter.acts.list_by_account(account_id)]
    assert acts[0] == "Printed a sign-in card"
    assert home.open("/account/card").get("badge_state").get("data-state") == "new"
    account = services.accounts.get(account_id)
    document = build_document(services, account, clock.now(), in_full=True)
    assert document["sign_in_card"]["commune"] == "05467"
    assert secret.read_secret(code) not in str(document)
    rows = services.database.fetch_all(text("SELECT event, details FROM audit_events"))
    assert not [row for row in rows if secret.read_secret(code) in str(row)]


def test_another_card_replaces_the_first(desk: InProcess, services: Services, clock: Clock) -> None:
    first, _ = printed(desk)
    desk.click("back_to_person")
    second, _ = printed(desk)
    assert services.badges.find_presented(first, clock.now()) == Refused("", "badge_replaced")
    assert not isinstance(services.badges.find_presented(second, clock.now()), Refused)


def test_the_official_revokes_a_lost_card(desk: InProcess, services: Services, clock: Clock) -> None:
    code, _ = printed(desk)
    desk.open(desk.page.path)
    page = desk.click("revoke_badge")
    assert page.get("badge_state").get("data-state") == "revoked"
    assert services.badges.find_presented(code, clock.now()) == Refused("", "badge_revoked")
    told = [row.text for row in services.messages.list_by_account(account_id_of(services))]
    assert told.count("badge_revoked") == 1
    assert not page.has("revoke_badge")


def test_a_sign_in_of_this_morning_prints_no_card(
    desk: InProcess, ha: Someone, services: Services, clock: Clock
) -> None:
    clock.advance(600)
    page = desk.click("badge_link")
    assert not page.has("print_badge"), "nothing is ticked that would be lost"
    ticked = dict.fromkeys(("is_alike", "is_whole", "is_same_number", "is_same_person"), "y")
    assert desk.post(page.path, **ticked).headers["Location"].startswith("/resume/")
    desk.open(page.path)
    assert desk.click("sign_in_to_print").path == "/login"
    assert services.badges.find_current(account_id_of(services)) is None


def test_without_the_identity_card_nothing_is_printed(
    ha: Someone, lan: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    """Found by name, the person may be anybody; a lost card is revoked nevertheless."""
    services.badges.issue(lan.id, Issuer(OFFICIAL, ha.id, GIA_SANG), clock.now())
    desk = open_counter(ha)
    desk.open("/officials/by-name")
    desk.submit("find_submit", {"contact": lan.username, "name": "Nguyễn Thị Lan"})
    page = desk.click("badge_link")
    assert page.has("badge_not_now") and not page.has("print_badge")
    ticked = dict.fromkeys(("is_alike", "is_whole", "is_same_number", "is_same_person"), "y")
    assert desk.post(page.path, **ticked).status_code == 400
    assert len(services.counter.acts.list_by_account(lan.id)) == 1, "the look alone"
    desk.open(page.path)
    assert desk.click("revoke_badge").get("badge_state").get("data-state") == "revoked"


def test_an_account_that_is_nobodys_yet_gets_no_card(
    ha: Someone, open_counter: Open, services: Services
) -> None:
    desk = open_counter(ha)
    page = begin_account(desk)
    assert not page.has("badge_link")
    assert desk.open(f"{page.path}/badge").path == page.path
    assert desk.post(f"{page.path}/badge").status_code == 303
    assert services.badges.find_current(account_id_of(services)) is None


def test_another_communes_official_touches_no_card(
    desk: InProcess, new_official: Callable[..., Someone], open_counter: Open, services: Services
) -> None:
    printed(desk)
    address = desk.page.path
    other = open_counter(new_official("thu.dang", TAN_CUONG))
    for path in (address, f"{address}/revoke"):
        assert other.post(path).status_code == 404
    assert services.badges.find_current(account_id_of(services)).revoked_at is None


def test_at_home_the_person_chooses_the_pin_and_revokes_by_one_tap(
    desk: InProcess, home: InProcess, services: Services, clock: Clock
) -> None:
    code, _ = printed(desk)
    home.open("/account/card")
    home.click("badge_pin")
    for bad in ("123456", "100395", "345678", "12345"):
        page = home.submit("own_pin_submit", {"pin": bad, "again": bad})
        assert page.status == 400 and page.has("pin-error"), bad
    page = home.submit("own_pin_submit", {"pin": PIN, "again": PIN[::-1]})
    assert page.has("again-error")
    page = home.submit("own_pin_submit", {"pin": PIN, "again": PIN})
    assert page.get("badge_state").get("data-state") == "active"
    row = services.badges.find_presented(code, clock.now())
    assert services.badges.try_pin(row, PIN, "kiosk", clock.now()) is None
    home.open("/account/security")
    page = home.click("badge_revoke")
    assert page.get("badge_state").get("data-state") == "revoked"
    assert isinstance(services.badges.find_presented(code, clock.now()), Refused)


def test_a_pin_is_chosen_after_a_fresh_sign_in_alone(desk: InProcess, home: InProcess, clock: Clock) -> None:
    printed(desk)
    clock.advance(600)
    assert home.open("/account/card/pin").path == "/login"


def test_the_page_for_lost_cards_is_everybodys(browser: InProcess) -> None:
    page = browser.open("/card")
    assert page.status == 200 and page.get("lost_revoke").get("href") == "/account/card"
