"""Every way in which a session ends tells its clients and ends its grants, in the same unit of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, PASSWORD, InProcess, Someone
from tnid.purge import purge_expired
from tnid.services import Services

Browsers = Callable[..., InProcess]
NEW_PASSWORD = "trà hoa vàng bên sông 7 khúc"


class Visit:
    """A person who is signed in to an application that wants to be told, and to one that doesn't."""

    def __init__(
        self, browser: InProcess, person: Someone, services: Services, new_app: Callable[..., str]
    ) -> None:
        self.browser, self.person, self.services = browser, person, services
        person.sign_in(browser, new_app("jobs", backchannel_logout_uri="https://app.example:444/told"))
        browser.click("consent_allow")
        browser.open(new_app("housing"))
        browser.click("consent_allow")
        assert self.told() == []
        self.sid = services.sessions.list_live(person.id, person.clock.now())[0].sid

    def told(self) -> list[tuple[str, str, str]]:
        rows = self.services.outbox.list_open(most=100)
        return [(row.kind, row.client_id, row.reference) for row in rows]

    def check_told(self) -> None:
        assert self.told() == [("logout_token", "jobs", self.sid)]
        (row,) = self.services.outbox.list_open(most=100)
        assert (row.account_id, row.host, row.attempts) == (self.person.id, "app.example:444", 0)
        now = self.person.clock.now()
        assert self.services.grants.revoke_by_session(self.sid, now) == 0, "its grants have ended"


@pytest.fixture
def visit(browser: InProcess, lan: Someone, services: Services, new_app: Callable[..., str]) -> Visit:
    return Visit(browser, lan, services, new_app)


def sign_out(visit: Visit, **_: Any) -> None:
    visit.browser.open(f"{ISSUER}/logout")
    visit.browser.click("logout_confirm")


def end_elsewhere(visit: Visit, other: InProcess, **_: Any) -> None:
    visit.person.sign_in(other)
    assert other.post(f"{ISSUER}/account/sessions", sid=visit.sid).status_code == 303


def end_others(visit: Visit, other: InProcess, **_: Any) -> None:
    visit.person.sign_in(other)
    assert other.post(f"{ISSUER}/account/sessions", others="1").status_code == 303


def change_the_password(visit: Visit, other: InProcess, **_: Any) -> None:
    visit.person.sign_in(other)
    form = {"current": PASSWORD, "new": NEW_PASSWORD, "end_others": "y"}
    assert other.post(f"{ISSUER}/account/security", **form).status_code == 303


def disable_the_account(visit: Visit, **_: Any) -> None:
    with visit.services.database.unit():
        assert visit.services.accounts.disable(visit.person.id, visit.person.clock.now())


def erase_the_account(visit: Visit, **_: Any) -> None:
    with visit.services.database.unit():
        assert visit.services.accounts.delete(visit.person.id, visit.person.clock.now())


def have_another_sign_in_here(visit: Visit, another: Someone, new_app: Callable[..., str], **_: Any) -> None:
    visit.browser.open(f"{ISSUER}{new_app('market')}&prompt=login")
    assert another.type_password(visit.browser).path == "/consent"


WAYS = (
    sign_out,
    end_elsewhere,
    end_others,
    change_the_password,
    disable_the_account,
    erase_the_account,
    have_another_sign_in_here,
)


@pytest.mark.parametrize("end", WAYS)
def test_the_application_is_told_once_and_the_other_is_not(
    end: Callable[..., None],
    visit: Visit,
    new_browser: Browsers,
    new_person: Callable[..., Someone],
    new_app: Callable[..., str],
) -> None:
    end(visit, other=new_browser(), another=new_person("another"), new_app=new_app)
    visit.check_told()


def test_the_same_person_s_new_sign_in_goes_on_with_the_session(
    visit: Visit, new_app: Callable[..., str]
) -> None:
    visit.browser.open(f"{ISSUER}{new_app('market')}&prompt=login")
    visit.person.type_password(visit.browser)
    assert visit.told() == []


def test_only_sessions_that_end_are_told_of(
    visit: Visit, new_browser: Browsers, clock: Clock, new_person: Callable[..., Someone]
) -> None:
    other = new_browser()
    visit.person.sign_in(other)
    sessions = visit.services.sessions
    assert sessions.end_all(visit.person.id, clock.now(), except_sid=visit.sid) == 1
    assert sessions.end_all(new_person("another").id, clock.now()) == 0
    assert visit.told() == []
    assert sessions.end(visit.sid, clock.now()) and not sessions.end(visit.sid, clock.now())
    visit.check_told()


def test_what_is_rolled_back_tells_nobody(visit: Visit, clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), visit.services.database.unit():
        visit.services.accounts.disable(visit.person.id, clock.now())
        raise ZeroDivisionError
    assert visit.told() == []


def test_a_renewed_session_remembers_the_clients_of_its_first_hours(
    visit: Visit, new_app: Callable[..., str], clock: Clock
) -> None:
    """The same person signs in again and again in one browser; the application was visited once, at first."""
    again = f"{ISSUER}{new_app('market')}&prompt=login"
    for _ in range(40):
        clock.advance(1800)
        visit.browser.open(again)
        visit.person.type_password(visit.browser)
        if visit.browser.page.has("consent_allow"):
            visit.browser.click("consent_allow")
        purge_expired(visit.services.database, clock.now(), most=100)
    sign_out(visit)
    visit.check_told()
    visit.services.sessions.end_all(visit.person.id, clock.now())
    clock.advance(14 * 3600)
    purge_expired(visit.services.database, clock.now(), most=100)
    assert visit.services.grants.list_parties(visit.sid) == []
