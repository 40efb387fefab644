"""A commune with officials at its counter, and people who come to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import InProcess, Someone
from tnid.services import Services

GIA_SANG = "05467"
TAN_CUONG = "05503"


@pytest.fixture
def new_official(
    services: Services, clock: Clock, new_person: Callable[..., Someone]
) -> Callable[..., Someone]:
    """Make an official with an authenticator app."""

    def new(username: str = "ha.le", commune: str = GIA_SANG) -> Someone:
        person = new_person(username, totp=True, claims={"name": "Lê Thu Hà"})
        assert services.counter.roles.grant_official(person.id, commune, clock.now()) is None
        return person

    return new


@pytest.fixture
def ha(new_official: Callable[..., Someone]) -> Someone:
    return new_official()


@pytest.fixture
def open_counter(new_browser: Callable[..., InProcess]) -> Callable[[Someone], InProcess]:
    """Sign an official in at a browser of their own and open the desk there."""

    def open_desk(official: Someone) -> InProcess:
        browser = new_browser()
        official.sign_in(browser, "/officials")
        assert browser.click("desk_open").path == "/officials"
        return browser

    return open_desk


NUMBER = "019195004567"
NAME = "Nông Thị Bích"


def find(browser: InProcess, number: str = NUMBER) -> Page:
    """Find whoever has this card, at an open counter."""
    browser.open("/officials")
    return browser.submit("find_submit", {"card": number})


def take_down_card(
    browser: InProcess,
    *,
    name: str = NAME,
    birthdate: str = "10/03/1995",
    lives_here: bool = False,
    **more: str,
) -> Page:
    """Type what stands on the card of the person at the counter."""
    browser.click("begin_card")
    browser.page.get("gender-0").checked = True
    if lives_here:
        browser.page.get("lives_here").checked = True
    return browser.submit("card_submit", {"name": name, "birthdate": birthdate, **more})


def tick_all(browser: InProcess) -> None:
    for check in ("is_alike", "is_whole", "is_same_number", "is_same_person"):
        browser.page.get(check).checked = True


def compare(browser: InProcess) -> Page:
    tick_all(browser)
    return browser.submit("compare_submit")


def begin_account(browser: InProcess, **more: str) -> Page:
    """Begin and check the account of somebody new; return the page that offers the slip."""
    find(browser)
    take_down_card(browser, **more)
    return compare(browser)


def code_of(slip: Page) -> str:
    return slip.text_of("slip_code")
