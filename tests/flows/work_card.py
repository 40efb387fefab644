"""A provider with somebody who has an employment card, and a stranger's phone that checks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from keys.keyring import Keyring
from keys.memory import MemoryKeyStore
from keys.rotation import RotationPolicy
from oidc.credentials import sd_jwt
from oidc.interfaces import Signer
from tests.servers.provider import Provider, running_provider
from tests.tnid.employment.work import a_person, an_employer, attest, linked
from tnid import clock
from tnid.app import create_app
from tnid.employment.card_status import CARD_SECONDS
from tnid.employment.cards import CARD_FIELDS
from tnid.services import Services
from tnid.settings import load

DAY = 86400


@dataclass
class Work:
    """A running provider with An, who works at TNG; `services` writes to the same database.

    One card was ended before the first list was made, one counts.
    """

    provider: Provider
    services: Services
    account_id: str
    employment_id: str
    ended: str = ""
    live: str = ""
    live_id: str = ""

    def issue(self, *fields: str) -> str:
        cards = self.services.employment_cards
        with self.services.database.unit():
            made = cards.issue(self.account_id, self.employment_id, fields or CARD_FIELDS, clock.now())
        assert isinstance(made, str), made
        return made

    def text(self, card_id: str) -> str:
        card = self.services.employment_cards.find(self.account_id, card_id, clock.now())
        assert card is not None
        return card.text

    def sign(self, signer: Signer | None = None, **changes: Any) -> str:
        """Return a card that says other things than a real one would."""
        addresses, now = self.services.employment_cards.addresses, clock.now()
        status = {"status_list": {"idx": 5, "uri": addresses.status}}
        plain = {
            "iss": addresses.issuer,
            "vct": addresses.vct,
            "iat": now,
            "exp": now + DAY,
            "status": status,
        }
        claims = changes.pop("claims", {"name": "Nguyễn Văn An"})
        return sd_jwt.issue(signer or self.services.keyring, plain | changes, claims, now)


@contextmanager
def running_work(folder: Path) -> Iterator[Work]:
    with running_provider(folder) as provider:
        services: Services = create_app(load(provider.environ)).extensions["tnid"]
        now = clock.now()
        tng = an_employer(services, now, name="Công ty Cổ phần Đầu tư và Thương mại TNG")
        an = a_person(services, now)
        attest(services, tng, now)
        made = Work(provider, services, an, linked(services, an, now).id)
        made.ended = made.text(made.issue("title"))
        made.live_id = made.issue()
        made.live = made.text(made.live_id)
        yield made


def visit(stranger: BrowserContext, work: Work) -> Page:
    """Open the page once with a network, until it is kept."""
    page = stranger.new_page()
    page.goto(f"{work.provider.issuer}/work/card")
    page.locator("#card_ages[data-ready]").wait_for()
    return page


def check(page: Page, work: Work, text: str) -> str:
    """Open a card's address as the phone's camera would; return the verdict."""
    page.goto("about:blank")
    page.goto(f"{work.provider.issuer}/work/card#{text}")
    found = page.locator("#card_verdict")
    found.wait_for()
    return str(found.get_attribute("data-verdict"))


def altered(text: str) -> str:
    """Return the card with a letter of its signature changed."""
    signed, rest = text.split("~", 1)
    return f"{signed[:-10]}{'A' if signed[-10] != 'A' else 'B'}{signed[-9:]}~{rest}"


def forger() -> Signer:
    made = Keyring(MemoryKeyStore(), bytes(32), RotationPolicy(retain_longer={"ES256": CARD_SECONDS}))
    made.ensure(clock.now())
    return made
