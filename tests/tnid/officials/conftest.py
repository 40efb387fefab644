"""A commune with officials at its counter, and people who come to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
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
        assert services.roles.grant_official(person.id, commune, clock.now()) is None
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
