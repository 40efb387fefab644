"""The list of connected applications: what can be opened from it."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tnid.services import Services


def test_an_application_that_can_be_opened_begins_the_sign_in_itself(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    """OpenID Connect Core §4: the issuer, the client's own home page, and not a word about the person."""
    login = {"initiate_login_uri": "https://app.example/login?a=b", "client_uri": "https://app.example/"}
    lan.sign_in(browser, new_app("jobs", **login))
    browser.click("consent_allow")
    elsewhere = {"initiate_login_uri": "https://other.example/login", "client_uri": "https://app.example/"}
    for client_id, more in (("housing", elsewhere), ("market", {})):
        browser.open(new_app(client_id, **more))
        browser.click("consent_allow")
    page = browser.open("/account/applications")
    links = [httpx.URL(link) for link in page.document.xpath("//li//a/@href") if "://" in link]
    asked = {link.host: dict(link.params) for link in links}
    home = {"a": "b", "iss": ISSUER, "target_link_uri": "https://app.example/"}
    assert asked == {"app.example": home, "other.example": {"iss": ISSUER}}
    services.clients.disable("jobs", clock.now())
    assert "https://app.example/login" not in browser.open("/account/applications").text


def test_the_list_tells_which_application_stays_connected(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    lan.sign_in(browser, new_app("jobs", "openid offline_access"))
    browser.click("consent_allow")
    browser.open(new_app("housing"))
    browser.click("consent_allow")
    cards = browser.open("/account/applications").document.xpath("//main//li")
    assert sorted(len(card.xpath("p[@class='quiet']")) for card in cards) == [0, 1]
