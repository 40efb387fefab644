"""The page of an organisation's personnel system: keys are made, shown once and revoked by managers alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employers.conftest import OTHER, at_desk, dung, enter, hung, refusals, thuy, tng
from tests.tnid.scim.conftest import System
from tnid.app import Application
from tnid.employers.roles import CLERK
from tnid.services import Services
from tnid.stores.employers import MANAGER

__all__ = ["at_desk", "dung", "enter", "hung", "thuy", "tng"]
AtDesk = Callable[[Someone], InProcess]


@pytest.fixture
def manager(tng: str, thuy: Someone, at_desk: AtDesk) -> InProcess:
    return at_desk(thuy)


def make(browser: InProcess, employer_id: str, label: str = "MISA AMIS") -> str:
    browser.open(f"/employers/{employer_id}/scim")
    page = browser.submit("key_submit", {"label": label})
    assert page.path == f"/employers/{employer_id}/scim/key"
    return page.text_of("scim_token")


def test_from_the_key_to_the_first_worker(
    manager: InProcess, tng: str, app: Application, services: Services, clock: Clock
) -> None:
    page = manager.open(f"/employers/{tng}")
    manager.click("scim")
    assert manager.page.has("none")
    token = make(manager, tng)
    assert manager.page.text_of("scim_base").endswith("/scim/v2")
    system = System(app, services.employers.organisations.find(tng), token)
    assert system.add()["active"] is True
    page = manager.click("key_done")
    assert "MISA AMIS" in page.words() and token not in str(page.words()) and not page.has("none")


def test_a_key_is_seen_until_one_goes_on(manager: InProcess, tng: str) -> None:
    token = make(manager, tng)
    assert manager.open(f"/employers/{tng}/scim/key").text_of("scim_token") == token
    manager.click("key_done")
    page = manager.open(f"/employers/{tng}/scim/key")
    assert page.path == f"/employers/{tng}/scim" and token not in page.words()


def test_revoking_asks_first_and_is_at_once(
    manager: InProcess, tng: str, app: Application, services: Services, clock: Clock
) -> None:
    system = System(app, None, make(manager, tng))
    (row,) = services.employer_tokens.list_live(tng, clock.now())
    manager.open(f"/employers/{tng}/scim")
    manager.click(f"revoke_{row.id}")
    assert system.send("GET", "/Users").status_code == 200
    page = manager.submit("revoke_submit")
    assert page.has("none") and "MISA AMIS" in page.words()
    assert system.send("GET", "/Users").status_code == 401
    assert manager.get(f"/employers/{tng}/scim/{row.id}").status_code == 404


def test_an_empty_name_is_told_beside_its_field(manager: InProcess, tng: str, services: Services) -> None:
    manager.open(f"/employers/{tng}/scim")
    page = manager.submit("key_submit", {"label": ""})
    assert page.status == 400 and page.has("label-error")
    page = manager.submit("key_submit", {"label": "x" * 61})
    assert page.status == 400 and page.get("label").value == "x" * 61


def test_only_managers_come_here(
    tng: str, hung: Someone, dung: Someone, enter: Callable[..., str], at_desk: AtDesk,
    services: Services, clock: Clock,
) -> None:  # fmt: skip
    services.employers.representatives.add(tng, hung.id, CLERK, clock.now())
    enter(OTHER, dung=MANAGER)
    for person, status in ((hung, 403), (dung, 404)):
        browser = at_desk(person)
        for path in ("", "/key", "/none"):
            assert browser.get(f"/employers/{tng}/scim{path}").status_code == status
        assert browser.post(f"/employers/{tng}/scim", label="x").status_code == status
    assert services.employer_tokens.list_live(tng, clock.now()) == []
    assert refusals(services, dung.id)


def test_a_manager_of_another_revokes_nothing_here(
    manager: InProcess, tng: str, dung: Someone, enter: Callable[..., str], at_desk: AtDesk,
    services: Services, clock: Clock,
) -> None:  # fmt: skip
    make(manager, tng)
    (row,) = services.employer_tokens.list_live(tng, clock.now())
    others = enter(OTHER, dung=MANAGER)
    assert at_desk(dung).post(f"/employers/{others}/scim/{row.id}").status_code == 404
    assert len(services.employer_tokens.list_live(tng, clock.now())) == 1


def test_who_manages_no_more_takes_no_key_along(
    tng: str, thuy: Someone, services: Services, clock: Clock
) -> None:
    services.employers.representatives.remove_by_operator(tng, thuy.id, clock.now())
    refused = services.employer_tokens.make(tng, "HRM", thuy.id, clock.now())
    assert getattr(refused, "reason", "") == "represents_no_more"
    assert services.employer_tokens.list_live(tng, clock.now()) == []


def test_it_is_in_the_managers_own_history(
    manager: InProcess, tng: str, thuy: Someone, services: Services, clock: Clock
) -> None:
    make(manager, tng)
    events = [row.event for row in services.audit.list_by_account(thuy.id)]
    assert "employer_token.make" in events
