"""A screen that waits, acted by the service, and phones that are browsers without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import InProcess, Someone
from tnid.qr.service import Begun, Screen
from tnid.qr.state import state_of
from tnid.services import Services

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


class WaitingScreen:
    """A sign-in page on a desktop that shows a QR."""

    def __init__(self, services: Services, clock: Clock, browser: InProcess, address: str, ip: str) -> None:
        self.services, self.clock, self.browser = services, clock, browser
        page = browser.open(address)
        self.uid = parse_qs(urlsplit(page.url).query)["interaction"][0]
        client_id = parse_qs(urlsplit(address).query).get("client_id", [None])[0]
        self.place = Screen("browser of the screen", self.uid, client_id, ip, ip, WINDOWS)
        self.begun = self.begin()

    def begin(self) -> Begun:
        with self.services.database.unit():
            self.begun = self.services.qr_sign_ins.begin(self.place, self.clock.now())
        return self.begun

    @property
    def address(self) -> str:
        """What the QR on it holds at this moment."""
        return self.services.qr_sign_ins.frames.address(self.begun.row, self.clock.now())

    @property
    def row(self) -> Any:
        return self.services.qr_sign_ins.find(self.begun.row.id)

    @property
    def state(self) -> str:
        return state_of(self.row, self.clock.now())

    def type(self, digits: str) -> None:
        with self.services.database.unit():
            self.services.qr_sign_ins.try_digits(self.row, digits, self.clock.now())

    def collect(self) -> Any:
        with self.services.database.unit():
            return self.services.qr_sign_ins.collect(self.row, self.begun.secret, self.clock.now())


@pytest.fixture
def new_screen(
    services: Services, clock: Clock, new_browser: Callable[..., InProcess]
) -> Callable[..., WaitingScreen]:
    def new(address: str = "/account", ip: str = "192.0.2.1") -> WaitingScreen:
        return WaitingScreen(services, clock, new_browser(ip), address, ip)

    return new


@pytest.fixture
def screen(new_screen: Callable[..., WaitingScreen], new_app: Callable[..., str]) -> WaitingScreen:
    """A screen on which somebody signs in to an application, on the network of the phones."""
    return new_screen(new_app())


def prove(phone: InProcess, person: Someone) -> Page:
    """Sign in where a page asks for it, with all that the person has."""
    page = phone.page
    if page.has("login_username"):
        page = person.type_password(phone)
    if page.has("otp_code"):
        page = phone.submit("otp_submit", {"otp_code": person.next_code()})
    return page
