"""A screen and a phone in the tests of sign-in by QR; this phone answers by the service, not by its pages."""

from __future__ import annotations

import base64
import io
from typing import Any

import zxingcpp
from PIL import Image

from oidc.models import LOA1, LOA2, EndUser
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import InProcess, Someone
from tnid.accounts.refusal import Refused
from tnid.services import Services

PNG = "data:image/png;base64,"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"
HANDSET = "Mozilla/5.0 (Linux; Android 14; SM-A155F) Chrome/140.0 Mobile Safari/537.36"


def scan(page: Page) -> str:
    """Return what a decoder reads in the picture on a page, enlarged as a camera sees it."""
    shown = page.get("qr_image").get("src")
    picture = Image.open(io.BytesIO(base64.b64decode(shown.removeprefix(PNG)))).convert("L")
    (found,) = zxingcpp.read_barcodes(picture.resize((300, 300), Image.Resampling.NEAREST))
    return str(found.text)


class Phone:
    """Somebody's phone, on which they are signed in."""

    def __init__(
        self, services: Services, clock: Clock, person: Someone, *, two_factors: bool = False
    ) -> None:
        self.services, self.clock, self.person = services, clock, person
        self.browser = f"phone of {person.username}"
        acr, amr = (LOA2, ("pwd", "otp", "mfa")) if two_factors else (LOA1, ("pwd",))
        self.end_user = EndUser(person.id, "sid of the phone", clock.now(), acr, amr, 0)
        self.row: Any = None

    def claim(self, page: Page) -> str:
        """Scan what a screen shows; return the digits that this phone shows then."""
        with self.services.database.unit():
            code = scan(page).rpartition("/")[2]
            found = self.services.qr_sign_ins.find_shown(code, self.clock.now())
            assert not isinstance(found, Refused), found
            self.row = self.services.qr_sign_ins.claim(found, self.person.id, self.browser, self.clock.now())
            assert not isinstance(self.row, Refused), self.row
            return self.services.qr_sign_ins.digits_of(self.row)

    def approve(self) -> None:
        with self.services.database.unit():
            assert self.services.qr_sign_ins.approve(self.row, self.end_user, self.browser, self.clock.now())

    def deny(self) -> None:
        with self.services.database.unit():
            assert self.services.qr_sign_ins.deny(self.row, self.end_user, self.browser, self.clock.now())


def begin(browser: InProcess, address: str = "/account") -> Page:
    """Go to a page that asks for a sign-in, and have its QR shown."""
    browser.open(address)
    return browser.click("qr_start")


def type_digits(browser: InProcess, digits: str) -> Page:
    return browser.submit("qr_submit", {"qr_digits": digits})


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 100:02d}"
