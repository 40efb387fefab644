"""People who recover their accounts, and what is sent to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.authenticator import Authenticator
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tnid.services import Services

PHONE = "+84912345678"
EMAIL = "lan@example.vn"
VERIFIED = {"phone_number": PHONE, "phone_number_verified": True}
NEW_PASSWORD = "sương sớm trên nương chè"
HOUR_SECONDS = 3600


@pytest.fixture
def database_kind() -> str:
    """One database will do: the stores are tested on both."""
    return "sqlite"


class Mailbox:
    """What people were sent, and the time in which it is."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self._services = services
        self._clock = clock

    def names(self, owner: Someone) -> list[str]:
        """Return the names of the texts that were sent to somebody's phone, the oldest first."""
        rows = self._services.messages.list_by_account(owner.id)
        return [row.text for row in reversed(rows) if row.channel == "phone"]

    def values(self, owner: Someone, name: str) -> dict[str, str]:
        """Return what stands in the last message of this name."""
        rows = self._services.messages.list_by_account(owner.id)
        row = next(row for row in rows if row.text == name)
        return dict(self._services.messages.open(row).values)

    def ask(self, browser: InProcess, name: str) -> Page:
        """Ask for a code at /recover, by whatever name."""
        browser.open("/login")
        browser.click("recover_link")
        return browser.submit("recover_submit", {"recover_name": name})

    def bring_code(self, browser: InProcess, owner: Someone) -> Page:
        """Ask for a code, and type the one that came."""
        assert self.ask(browser, owner.username).has("recover_code")
        self._clock.advance(1)
        return browser.submit("recover_submit", {"recover_code": self.code(owner)})

    def code(self, owner: Someone) -> str:
        return self.values(owner, "code_recover")["code"]

    def let_time_pass(self, hours: int) -> None:
        """Let time pass with the housekeeper at work."""
        for _ in range(hours):
            self._clock.advance(HOUR_SECONDS)
            self._services.recovery.waits.warn(self._services.database, self._clock.now())


@pytest.fixture
def mailbox(services: Services, clock: Clock) -> Mailbox:
    return Mailbox(services, clock)


GivePasskey = Callable[[Someone], Authenticator]


@pytest.fixture
def give_passkey(services: Services, clock: Clock) -> GivePasskey:
    """Give somebody a passkey; return the device that holds it."""

    def give(owner: Someone) -> Authenticator:
        key = Authenticator(ISSUER)
        options = services.passkeys.creation_options(owner.account, "here", clock.now())
        with services.database.unit():
            services.passkeys.register(owner.id, key.create(options), "here", "Điện thoại", clock.now())
        return key

    return give


@pytest.fixture
def new_owner(new_person: Callable[..., Someone]) -> Callable[..., Someone]:
    """Make somebody with a verified phone and an authenticator app, unless told otherwise."""

    def new(**given: Any) -> Someone:
        claims = given.pop("claims", {"name": "Nông Thị Lan", **VERIFIED})
        totp = given.pop("totp", True)
        return new_person(f"lan.{uuid4().hex[:8]}", totp=totp, claims=claims, trusted=True, **given)

    return new
