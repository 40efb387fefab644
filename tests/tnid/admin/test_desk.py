"""Who comes in at the operators' pages: a role, two factors, a desk that is open, and not for long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import InProcess, Someone
from tnid.admin.roles import ADMINISTRATOR, PERMISSIONS, REVIEWER, SECURITY, SUPPORT, Permission, may
from tnid.services import Services

Browsers = Callable[..., InProcess]
DAY = 86400


@pytest.fixture
def database_kind() -> str:
    """One database will do: the statements are run on both in test_operators.py."""
    return "sqlite"


@pytest.fixture
def quan(new_operator: NewOperator) -> Someone:
    return new_operator("quan.ly", ADMINISTRATOR)


def last_refusal(services: Services, account_id: str) -> tuple[str, str]:
    rows = [row for row in services.audit.list_by_account(account_id) if row.outcome == "refused"]
    return rows[0].event, rows[0].reason


def test_an_operator_signs_in_with_two_steps_and_opens_the_pages(
    browser: InProcess, quan: Someone, services: Services
) -> None:
    assert quan.sign_in(browser, "/admin").path == "/admin/open"
    page = browser.click("admin_open")
    assert (page.path, page.has("to_admin_operators")) == ("/admin", True)
    assert "operator_desk.open" in [row.event for row in services.audit.list_by_account(quan.id)]


def test_the_cookie_is_sent_from_nowhere_else(browser: InProcess, quan: Someone) -> None:
    quan.sign_in(browser, "/admin")
    answer = browser.post("/admin/open", submit="1")
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("tnid_admin=")]
    assert "SameSite=Strict" in cookie and "HttpOnly" in cookie


def test_a_session_alone_opens_nothing(browser: InProcess, quan: Someone) -> None:
    quan.sign_in(browser, "/account")
    answer = browser.get("/admin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/open")


def test_somebody_without_a_role_is_turned_away_and_noted(
    browser: InProcess, minh: Someone, services: Services
) -> None:
    minh.sign_in(browser)
    for address in ("/admin", "/admin/operators", "/admin/open"):
        before = len(services.audit.list_by_account(minh.id))
        assert browser.get(address).status_code == 403
        assert len(services.audit.list_by_account(minh.id)) == before + 1
        assert last_refusal(services, minh.id)[1] == "no_role"


def test_a_stranger_is_asked_to_sign_in(browser: InProcess) -> None:
    assert browser.get("/admin").headers["location"].startswith("/resume/")


def test_the_pages_close_after_a_quarter_of_an_hour(
    quan: Someone, open_admin: OpenAdmin, clock: Clock
) -> None:
    browser = open_admin(quan)
    clock.advance(890)
    assert browser.get("/admin").status_code == 200
    clock.advance(890)
    assert browser.get("/admin").status_code == 200
    clock.advance(901)
    assert browser.get("/admin").headers["location"] == "/admin/open"
    # The session is too old by now to open them again
    assert browser.post("/admin/open", submit="1").headers["location"].startswith("/resume/")


def test_a_role_that_is_taken_back_shuts_the_pages_at_once(
    quan: Someone, open_admin: OpenAdmin, services: Services, clock: Clock
) -> None:
    browser = open_admin(quan)
    assert services.admin.operators.revoke(quan.id, ADMINISTRATOR, clock.now())
    assert browser.get("/admin").status_code == 403


def test_a_role_that_was_not_used_for_long_sleeps(
    quan: Someone, browser: InProcess, services: Services, clock: Clock
) -> None:
    clock.advance(46 * DAY)
    quan.sign_in(browser)
    assert browser.get("/admin").status_code == 403
    assert services.admin.operators.grant(quan.id, ADMINISTRATOR, clock.now()) is None
    assert browser.get("/admin").status_code == 303


def test_a_counter_opens_no_page_of_operators_nor_the_other_way(
    quan: Someone, open_admin: OpenAdmin, services: Services, clock: Clock
) -> None:
    assert services.counter.roles.grant_official(quan.id, "05467", clock.now()) is None
    browser = open_admin(quan)
    assert browser.get("/officials").headers["location"] == "/officials/open"
    browser.cookies.set("tnid_desk", browser.cookies["tnid_admin"], domain="localhost.local")
    assert browser.get("/officials").headers["location"] == "/officials/open"


def test_a_desk_is_worth_nothing_in_another_session(
    quan: Someone, open_admin: OpenAdmin, new_operator: NewOperator, new_browser: Browsers
) -> None:
    desk = open_admin(quan).cookies["tnid_admin"]
    browser = new_browser()
    new_operator("thu.vu", SUPPORT).sign_in(browser, "/account")
    browser.cookies.set("tnid_admin", desk, domain="localhost.local")
    assert browser.get("/admin").headers["location"] == "/admin/open"


def test_closing_the_pages_leaves_the_session(quan: Someone, open_admin: OpenAdmin) -> None:
    browser = open_admin(quan)
    assert browser.click("admin_close").path == "/account"
    assert browser.get("/admin").headers["location"] == "/admin/open"


def test_a_page_that_the_role_does_not_allow_is_forbidden_and_noted(
    new_operator: NewOperator, open_admin: OpenAdmin, services: Services
) -> None:
    reviewer = new_operator("xet.duyet", REVIEWER)
    browser = open_admin(reviewer)
    assert not browser.page.has("to_admin_operators")
    assert browser.get("/admin/operators").status_code == 403
    assert last_refusal(services, reviewer.id) == ("operator.look", "role")


def test_no_role_alone_allows_everything() -> None:
    assert all(allowed < frozenset(Permission) for allowed in PERMISSIONS.values())
    assert frozenset().union(*PERMISSIONS.values()) == frozenset(Permission)
    assert may(frozenset({SECURITY, SUPPORT}), Permission.PEOPLE)
    assert not may(frozenset({"made up"}), Permission.ENTER)
