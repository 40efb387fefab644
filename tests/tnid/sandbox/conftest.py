"""A sandbox of an application, and a developer beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tnid.services import Services


def make_sandbox(services: Services, client_id: str) -> None:
    """Have a client be a sandbox's from its first moment."""
    client = services.clients.find_now(client_id)
    assert client is not None
    services.clients.delete(client_id)
    services.clients.add(replace(client, is_sandbox=True))


def pick(browser: InProcess, username: str, factors: str = "1") -> None:
    for choice in browser.page.document.xpath("//input[@name='factors']"):
        choice.checked = choice.get("value") == factors
    browser.submit(f"pick_{username}")


def told(browser: InProcess) -> dict[str, str]:
    """Return what came back to the application."""
    assert browser.page.url.startswith(CALLBACK), browser.page
    return {name: values[0] for name, values in parse_qs(urlsplit(browser.page.url).query).items()}


def sign_in_to_sandbox(browser: InProcess, address: str, username: str = "level1", factors: str = "1") -> str:
    browser.open(address)
    pick(browser, username, factors)
    if browser.page.path == "/consent":
        browser.submit("consent_allow")
    return told(browser)["code"]


@pytest.fixture
def sandbox(new_app: Callable[..., str], services: Services) -> str:
    """Return where a sandbox's application sends people."""
    address = new_app("trial")
    make_sandbox(services, "trial")
    return address


@dataclass
class Developer:
    """Somebody with an application of their own, signed in at a browser."""

    browser: InProcess
    someone: Someone
    application: str
    client_id: str

    @property
    def address(self) -> str:
        return f"/developers/apps/{self.application}"


@pytest.fixture
def developer(new_browser: Callable[..., InProcess], new_person: Callable[..., Someone]) -> Developer:
    lan, browser = new_person("lan"), new_browser()
    lan.sign_in(browser, "/developers/apps/new")
    page = browser.submit("application_submit", {"name": "Sổ khám bệnh", "preset-0": "web"})
    return Developer(browser, lan, page.path.rpartition("/")[2], page.text_of("client_id"))
