"""A counter that asks somebody made up: its developer answers in their place, in the portal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from oidc.clients.registration import new_client
from oidc.decoupled.models import CIBA
from oidc.errors import OAuthError
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.sandbox.conftest import Developer
from tnid.developers.roles import READER
from tnid.services import Services


class Counter:
    """The developer's own sandbox client, which may ask by CIBA."""

    def __init__(self, services: Services, developer: Developer, clock: Clock) -> None:
        document = {
            "client_id": developer.client_id, "client_name": "Quầy thử", "redirect_uris": [],
            "grant_types": [CIBA], "scope": "openid profile",
        }  # fmt: skip
        client, secret = new_client(document, clock.now(), by_operator=True)
        self.client, self.secret = replace(client, is_sandbox=True), secret or ""
        services.clients.delete(developer.client_id)
        services.clients.add(self.client)
        self.services, self.browser, self.clock = services, developer.browser, clock

    def ask(self, username: str = "level1", **form: str) -> httpx.Response:
        asked = {"scope": "openid profile", "login_hint": username, "binding_message": "HS-001", **form}
        return self.browser.send(
            "POST", "/backchannel_authentication", data=asked, auth=(self.client.client_id, self.secret)
        )

    def poll(self, asked: httpx.Response) -> Any:
        now = self.clock.advance(asked.json()["interval"])
        with self.services.database.unit():
            return self.services.provider.decoupled.redeem(
                CIBA, asked.json()["auth_req_id"], self.client, now
            )


@pytest.fixture
def counter(services: Services, developer: Developer, clock: Clock) -> Counter:
    return Counter(services, developer, clock)


def test_a_developer_says_yes_in_the_place_of_somebody_made_up(
    counter: Counter, developer: Developer, services: Services
) -> None:
    browser = developer.browser
    assert browser.open(f"{developer.address}/requests").has("nothing")
    asked = counter.ask()
    assert asked.status_code == 200, asked.text
    page = browser.open(f"{developer.address}/requests")
    assert "HS-001" in page.text_of("asked")
    page = browser.click("answer_1")
    assert page.path.startswith("/sandbox/device/") and page.has("sandbox_band")
    assert page.text_of("binding_message") == "HS-001"
    assert browser.submit("consent_allow").has("request_allowed")
    assert counter.poll(asked).account_id == services.made_up.find_row("level1").id
    assert browser.open(f"{developer.address}/requests").has("nothing"), "and is a developer still"


def test_a_developer_says_no(counter: Counter, developer: Developer) -> None:
    asked, browser = counter.ask(), developer.browser
    browser.open(f"{developer.address}/requests")
    browser.click("answer_two_1")
    assert browser.submit("consent_deny").has("request_denied")
    with pytest.raises(OAuthError, match="refused"):
        counter.poll(asked)


def test_nobody_of_another_team_answers(
    counter: Counter, developer: Developer, minh: Someone, new_browser: Any, services: Services, clock: Clock
) -> None:
    asked = counter.ask()
    (waiting,) = services.sandbox.list_asked(developer.client_id, clock.now())
    stranger: InProcess = new_browser()
    minh.sign_in(stranger)
    address = f"{developer.address}/requests"
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/{waiting.id}", factors="2").status_code == 404
    # A reader looks, and answers nothing
    team = services.developers.applications.find(developer.application).team_id  # type: ignore[union-attr]
    services.developers.members.add_by_operator(team, minh.id, READER, clock.now())
    assert not stranger.open(address).has("answer_1") and stranger.page.has("asked")
    assert stranger.post(f"{address}/{waiting.id}", factors="2").status_code == 403
    own = developer.browser
    assert own.post(f"{address}/{waiting.id}", factors="3").status_code == 400
    assert own.post(f"{address}/{'x' * 22}", factors="1").headers["Location"].endswith("/requests")
    with pytest.raises(OAuthError, match="not answered"):
        counter.poll(asked)


def test_what_is_over_waits_no_more(counter: Counter, developer: Developer, clock: Clock) -> None:
    asked = counter.ask()
    clock.advance(asked.json()["expires_in"])
    assert developer.browser.open(f"{developer.address}/requests").has("nothing")
