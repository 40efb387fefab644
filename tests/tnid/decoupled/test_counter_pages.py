"""A counter asks a person by name (CIBA), who sees it on their account page, and answers there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text

from oidc.clients.outbound import Parcel
from oidc.clients.registration import new_client
from oidc.decoupled.models import CIBA
from oidc.errors import OAuthError
from oidc.models import Grant
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.decoupled.pings import CIBA_PING, ping_composer
from tnid.outbox import Schedule, Sender
from tnid.services import Services

PING = {
    "backchannel_token_delivery_mode": "ping",
    "backchannel_client_notification_endpoint": "https://counter.example/ping",
}


class Counter:
    """An official's application, at an address of its own."""

    def __init__(self, services: Services, browser: InProcess, clock: Clock, **policy: Any) -> None:
        document = {
            "client_name": "Quầy tiếp dân",
            "grant_types": [CIBA],
            "organisation": "UBND xã Phú Bình",
            "scope": "openid profile phone",
            **policy,
        }
        self.client, secret = new_client(document, clock.now(), by_operator=True)
        self.secret = secret or ""
        services.clients.add(self.client)
        self.services, self.browser, self.clock = services, browser, clock

    def ask(self, username: str, **form: str) -> httpx.Response:
        asked = {"scope": "openid phone", "login_hint": username, **form}
        return self.browser.send(
            "POST", "/backchannel_authentication", data=asked, auth=(self.client.client_id, self.secret)
        )

    def asked(self, username: str, **form: str) -> dict[str, Any]:
        answer = self.ask(username, **form)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        return dict(answer.json())

    def fetch(self, acknowledgement: dict[str, Any]) -> Grant | str:
        """Wait the interval and poll once; return the grant or the error."""
        now = self.clock.advance(acknowledgement["interval"])
        with self.services.database.unit():
            try:
                return self.services.provider.decoupled.redeem(
                    CIBA, acknowledgement["auth_req_id"], self.client, now
                )
            except OAuthError as error:
                return error.code


@pytest.fixture
def new_counter(
    services: Services, new_browser: Callable[..., InProcess], clock: Clock
) -> Callable[..., Counter]:
    return lambda **policy: Counter(services, new_browser("198.51.100.7"), clock, **policy)


@pytest.fixture
def counter(new_counter: Callable[..., Counter]) -> Counter:
    return new_counter()


def look(browser: InProcess) -> None:
    """Go from the account page to the one request that waits."""
    browser.open("/account")
    page = browser.click("requests_waiting")
    (link,) = page.document.xpath("//a[starts-with(@href, '/account/requests/')]/@href")
    browser.open(link)


def test_a_person_agrees_at_their_own_phone(
    browser: InProcess, counter: Counter, lan: Someone, services: Services
) -> None:
    asked = counter.asked(lan.username, binding_message="Hồ sơ 1207, quầy 3")
    lan.sign_in(browser)
    look(browser)
    page = browser.page
    for words in ("Quầy tiếp dân", "UBND xã Phú Bình", "198.51.100.7", "Hồ sơ 1207, quầy 3", "Số điện thoại"):
        assert words in page.words()
    assert "vừa nhờ việc này tại quầy" in page.words()
    assert counter.fetch(asked) == "authorization_pending"
    assert browser.click("consent_allow").has("request_allowed")
    grant = counter.fetch(asked)
    assert isinstance(grant, Grant) and (grant.account_id, grant.scope) == (lan.id, "openid phone")
    events = [(row.event, row.client_id) for row in services.audit.list_by_account(lan.id)]
    for event in ("decoupled.ask", "decoupled.allow", "consent.give"):
        assert (event, counter.client.client_id) in events
    assert "Quầy tiếp dân đã gửi một yêu cầu" in browser.open("/account/activity").words()
    assert counter.fetch(asked) == "invalid_grant"


def test_a_person_refuses(browser: InProcess, counter: Counter, lan: Someone, services: Services) -> None:
    asked = counter.asked(lan.username)
    lan.sign_in(browser)
    look(browser)
    assert browser.click("consent_deny").has("request_denied")
    assert counter.fetch(asked) == "access_denied"
    assert services.consents.find_agreed(lan.id, counter.client.client_id) is None


def test_acr_values_ask_for_a_fresh_second_factor(
    browser: InProcess, counter: Counter, minh: Someone, clock: Clock
) -> None:
    minh.sign_in(browser)
    clock.advance(400)
    asked = counter.asked(minh.username, acr_values="LoA2")
    look(browser)
    assert browser.click("consent_allow").path == "/login"
    assert counter.fetch(asked) == "authorization_pending"
    minh.type_password(browser)
    browser.submit("otp_submit", {"otp_code": minh.next_code()})
    assert browser.click("consent_allow").has("request_allowed")
    grant = counter.fetch(asked)
    assert isinstance(grant, Grant) and grant.acr == "LoA2"


def test_somebody_else_sees_and_answers_nothing(
    new_browser: Callable[..., InProcess], counter: Counter, lan: Someone, minh: Someone, services: Services
) -> None:
    asked = counter.asked(lan.username)
    (request,) = services.provider.decoupled.list_waiting(lan.id, counter.clock.now())
    stranger = new_browser("192.0.2.9")
    minh.sign_in(stranger)
    assert "Quầy tiếp dân" not in stranger.open("/account/requests").words()
    link = f"/account/requests/{request.id}"
    assert stranger.get(link).status_code == 404
    assert stranger.post(link, decision="allow").status_code == 404
    assert counter.fetch(asked) == "authorization_pending"


def test_the_counter_learns_nothing_of_who_has_an_account(
    counter: Counter, lan: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    services.accounts.disable(minh.id, clock.now())
    hints = (lan.username, lan.username.upper(), minh.username, "khong.co", "0912345678", "lan@example.vn")
    answers = [counter.asked(hint) for hint in hints]
    assert {(tuple(a), a["expires_in"], a["interval"], len(a["auth_req_id"])) for a in answers} == {
        (("auth_req_id", "expires_in", "interval"), 600, 5, 43)
    }
    assert {counter.fetch(answer) for answer in answers} == {"authorization_pending"}
    assert len(services.provider.decoupled.list_waiting(lan.id, clock.now())) == 2


@pytest.mark.parametrize("number", ["019095012345", "123456789", " 019095012345 "])
def test_the_number_of_an_identity_card_is_refused_and_kept_nowhere(
    counter: Counter, number: str, services: Services
) -> None:
    answer = counter.ask(number)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "identity document" in answer.json()["error_description"]


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_client_in_ping_mode_is_told_of_the_answer(
    decision: str,
    browser: InProcess,
    new_counter: Callable[..., Counter],
    lan: Someone,
    services: Services,
    clock: Clock,
) -> None:
    counter, posted = new_counter(**PING), Posted()
    asked = counter.asked(lan.username, client_notification_token="their-own-secret")
    lan.sign_in(browser)
    look(browser)
    assert services.outbox.list_open(most=9) == [], "nothing is told before there is an answer"
    browser.click(f"consent_{decision}")
    composers = {CIBA_PING: ping_composer(services.provider.ping)}
    sender = Sender(services.database, composers, posted, Schedule(1, 3), services.audit)
    sender.send_due(clock.now())
    sender.close()
    (parcel,) = posted.parcels
    assert (parcel.url, parcel.authorization) == ("https://counter.example/ping", "Bearer their-own-secret")
    assert orjson.loads(parcel.body) == {"auth_req_id": asked["auth_req_id"]}
    fetched = counter.fetch(asked)
    assert isinstance(fetched, Grant) if decision == "allow" else fetched == "access_denied"


class Posted:
    """What would have gone out."""

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []

    def post(self, parcel: Parcel) -> None:
        self.parcels.append(parcel)


def test_a_clients_notification_token_lies_sealed(
    new_counter: Callable[..., Counter], lan: Someone, services: Services
) -> None:
    new_counter(**PING).asked(lan.username, client_notification_token="their-own-secret")
    rows = services.database.fetch_all(text("SELECT notification_token FROM decoupled_requests"))
    assert [bool(row.notification_token) for row in rows] == [True]
    assert b"their-own-secret" not in bytes(rows[0].notification_token)
