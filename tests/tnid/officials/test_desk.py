"""Who comes in at the counter: role, two factors, a desk that is open, and nothing of it for long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.officials.conftest import GIA_SANG
from tnid.accounts.refusal import Refused
from tnid.services import Services
from tnid.signin.assurance import PASSWORD
from tnid.wards import all_wards, find_ward

Browsers = Callable[..., InProcess]
Open = Callable[[Someone], InProcess]
DAY = 86400


@pytest.fixture
def database_kind() -> str:
    """One database will do: the statements are run on both in test_roles.py."""
    return "sqlite"


def last_refusal(services: Services, account_id: str) -> tuple[str, str]:
    rows = [row for row in services.audit.list_by_account(account_id) if row.outcome == "refused"]
    return rows[0].event, rows[0].reason


def test_there_are_92_communes_and_codes_keep_their_zero() -> None:
    assert len(all_wards()) == 92
    ward = find_ward(GIA_SANG)
    assert ward is not None and ward.name == "Phường Gia Sàng"


def test_an_official_signs_in_with_two_steps_and_opens_the_desk(
    browser: InProcess, ha: Someone, services: Services
) -> None:
    page = ha.sign_in(browser, "/officials")
    assert page.path == "/officials/open"
    assert "Phường Gia Sàng" in page.words()
    assert browser.click("desk_open").path == "/officials"
    assert [row.event for row in services.audit.list_by_account(ha.id)].count("desk.open") == 1


def test_the_desks_cookie_is_sent_from_nowhere_else(browser: InProcess, ha: Someone) -> None:
    ha.sign_in(browser, "/officials")
    answer = browser.post("/officials/open", submit="1")
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("tnid_desk=")]
    assert "SameSite=Strict" in cookie and "HttpOnly" in cookie


def test_a_session_alone_opens_no_page_of_the_counter(browser: InProcess, ha: Someone) -> None:
    ha.sign_in(browser, "/account")
    answer = browser.get("/officials")
    assert (answer.status_code, answer.headers["location"]) == (303, "/officials/open")


def test_somebody_without_the_role_is_turned_away_and_noted(
    browser: InProcess, minh: Someone, services: Services
) -> None:
    minh.sign_in(browser)
    for address in ("/officials", "/officials/open"):
        before = len(services.audit.list_by_account(minh.id))
        assert browser.get(address).status_code == 403
        assert len(services.audit.list_by_account(minh.id)) == before + 1
        assert last_refusal(services, minh.id)[1] == "no_role"


def test_a_desk_is_worth_nothing_in_another_session(
    ha: Someone, open_counter: Open, new_official: Callable[..., Someone], new_browser: Browsers
) -> None:
    desk = open_counter(ha).cookies["tnid_desk"]
    other = new_official("thu.vu")
    browser = new_browser()
    other.sign_in(browser, "/account")
    browser.cookies.set("tnid_desk", desk, domain="localhost.local")
    assert browser.get("/officials").status_code == 303


def test_a_desk_closes_after_fifteen_minutes_without_use(
    ha: Someone, open_counter: Open, clock: Clock
) -> None:
    browser = open_counter(ha)
    clock.advance(10 * 60)
    assert browser.get("/officials").status_code == 200
    clock.advance(10 * 60)
    assert browser.get("/officials").status_code == 200
    clock.advance(15 * 60 + 1)
    assert browser.get("/officials").status_code == 303
    # The session still lives, and opens no desk by itself
    assert browser.open("/officials").path == "/officials/open"
    assert browser.click("desk_open").has("login_password")


def test_taking_the_role_back_ends_the_desk_at_once(
    ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    browser = open_counter(ha)
    assert services.counter.roles.revoke_official(ha.id, clock.now())
    assert browser.get("/officials").status_code == 403
    assert browser.post("/officials/close").status_code == 403


def test_a_session_that_falls_to_one_factor_serves_no_more(
    ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    browser = open_counter(ha)
    value = services.sessions.change_trust(browser.cookies["tnid_session"], PASSWORD, clock.now())
    browser.cookies.set("tnid_session", value or "", domain="localhost.local")
    assert browser.get("/officials").status_code == 303


def test_closing_the_desk_leaves_the_session(ha: Someone, open_counter: Open) -> None:
    browser = open_counter(ha)
    assert browser.click("desk_close").path == "/account"
    assert browser.get("/officials").status_code == 303


def test_a_role_that_nobody_uses_falls_asleep(
    ha: Someone, open_counter: Open, services: Services, clock: Clock
) -> None:
    clock.advance(45 * DAY)
    assert services.counter.roles.find_official(ha.id, clock.now()) is None
    assert services.counter.roles.grant_official(ha.id, GIA_SANG, clock.now()) is None
    open_counter(ha)
    clock.advance(44 * DAY)
    assert services.counter.roles.find_official(ha.id, clock.now()) is not None


def test_a_role_is_granted_once_and_for_a_commune_that_there_is(
    ha: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    assert services.counter.roles.grant_official(ha.id, GIA_SANG, clock.now()) == Refused("", "has_role")
    unknown = services.counter.roles.grant_official(minh.id, "99999", clock.now())
    assert unknown == Refused("commune", "unknown_commune")
    assert last_refusal(services, minh.id) == ("role.grant", "unknown_commune")
