"""The pages of the device grant: a code is typed, the terminal is looked at, and allowed or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from oidc import sensitive
from oidc.clients.registration import new_client
from oidc.clients.terminal import TERMINAL_TYPE
from oidc.decoupled.models import DEVICE_CODE
from oidc.errors import OAuthError
from oidc.models import Grant
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid import front
from tnid.services import Services
from tnid.signin.limits import USER_CODE

SCOPE = "openid profile phone offline_access"


class Terminal:
    """A registered terminal at an address of its own."""

    def __init__(self, services: Services, browser: InProcess, clock: Clock, **policy: Any) -> None:
        document = {
            "client_name": "Ki-ốt Một cửa",
            "grant_types": [DEVICE_CODE, "refresh_token"],
            "token_endpoint_auth_method": "none",
            "organisation": "UBND phường Phan Đình Phùng",
            **policy,
        }
        self.client, _ = new_client(document, clock.now(), by_operator=True)
        services.clients.add(self.client)
        self.services, self.browser, self.clock = services, browser, clock

    def begin(self, **form: str) -> httpx.Response:
        asked = {"client_id": self.client.client_id, "scope": SCOPE, **form}
        return self.browser.send("POST", "/device_authorization", data=asked)

    def codes(self) -> dict[str, Any]:
        answer = self.begin()
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def fetch(self, codes: dict[str, Any]) -> Grant | str:
        """Wait the interval and poll once; return the grant or the error."""
        now = self.clock.advance(codes["interval"])
        with self.services.database.unit():
            try:
                return self.services.provider.decoupled.redeem(
                    DEVICE_CODE, codes["device_code"], self.client, now
                )
            except OAuthError as error:
                return error.code


@pytest.fixture
def terminal(services: Services, new_browser: Callable[..., InProcess], clock: Clock) -> Terminal:
    return Terminal(services, new_browser("198.51.100.7"), clock)


def events(services: Services, account_id: str) -> list[tuple[str, str, str | None]]:
    rows = services.audit.list_by_account(account_id)
    return [(row.event, row.outcome, row.reason) for row in rows]


def test_a_person_lets_a_terminal_in(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services
) -> None:
    codes = terminal.codes()
    page = lan.sign_in(browser, "/device")
    assert page.path == "/device"
    page = browser.submit("user_code_submit", {"user_code": codes["user_code"].lower().replace("-", " ")})
    shown = page.words()
    for words in (
        "Ki-ốt Một cửa",
        "UBND phường Phan Đình Phùng",
        "198.51.100.7",
        "khác mạng",
        "Nguyễn Thị Lan",
    ):
        assert words in shown
    assert "Chỉ cho phép nếu chính bạn vừa bắt đầu" in shown and "Số điện thoại" in shown
    assert terminal.fetch(codes) == "authorization_pending"
    page = browser.click("consent_allow")
    assert page.status == 200 and page.has("request_allowed")
    grant = terminal.fetch(codes)
    assert isinstance(grant, Grant) and (grant.account_id, grant.acr, grant.offline) == (lan.id, "LoA1", 1)
    agreed = services.consents.find_agreed(lan.id, terminal.client.client_id)
    assert agreed is not None and agreed.scope == set(SCOPE.split())
    assert ("decoupled.allow", "ok", None) in events(services, lan.id)
    assert terminal.fetch(codes) == "invalid_grant"


def test_the_link_fills_the_code_in_and_decides_nothing(
    browser: InProcess, terminal: Terminal, lan: Someone
) -> None:
    codes = terminal.codes()
    page = lan.sign_in(browser, codes["verification_uri_complete"])
    assert page.get("user_code").value == codes["user_code"]
    assert terminal.fetch(codes) == "authorization_pending"
    browser.submit("user_code_submit")
    assert browser.page.has("consent_allow") and browser.page.has("consent_deny")
    assert terminal.fetch(codes) == "authorization_pending"


def test_a_refusal_shares_nothing(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services
) -> None:
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    browser.submit("user_code_submit")
    assert browser.click("consent_deny").has("request_denied")
    assert terminal.fetch(codes) == "access_denied"
    assert services.consents.find_agreed(lan.id, terminal.client.client_id) is None
    assert ("decoupled.deny", "ok", None) in events(services, lan.id)


def test_taking_the_consent_back_ends_the_terminals_grant(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services, clock: Clock
) -> None:
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    browser.submit("user_code_submit")
    browser.click("consent_allow")
    grant = terminal.fetch(codes)
    assert isinstance(grant, Grant)
    browser.open("/logout")
    browser.click("logout_confirm")
    assert services.grants.find_live(grant.id, clock.now()), "the browser's session is another thing"
    services.consents.withdraw(lan.id, terminal.client.client_id, clock.now())
    assert services.grants.find_live(grant.id, clock.now()) is None


def test_two_factors_are_asked_for_afresh_where_the_policy_wants_them(
    browser: InProcess, services: Services, new_browser: Callable[..., InProcess], clock: Clock, minh: Someone
) -> None:
    terminal = Terminal(services, new_browser("198.51.100.7"), clock, least_acr="LoA2")
    minh.sign_in(browser)
    clock.advance(400)
    codes = terminal.codes()
    browser.open(codes["verification_uri_complete"])
    page = browser.submit("user_code_submit")
    assert "đăng nhập lại" in page.words(), "said before it is asked for"
    page = browser.click("consent_allow")
    assert page.path == "/login" and terminal.fetch(codes) == "authorization_pending"
    minh.type_password(browser)
    page = browser.submit("otp_submit", {"otp_code": minh.next_code()})
    assert page.has("consent_allow"), "back where they were"
    browser.click("consent_allow")
    grant = terminal.fetch(codes)
    assert isinstance(grant, Grant) and grant.acr == "LoA2" and grant.auth_time > clock.now() - 60


def test_an_unchecked_identity_can_only_refuse(
    browser: InProcess, services: Services, new_browser: Callable[..., InProcess], clock: Clock, lan: Someone
) -> None:
    terminal = Terminal(services, new_browser("198.51.100.7"), clock, least_identity_level=2)
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    page = browser.submit("user_code_submit")
    assert not page.has("consent_allow") and page.has("consent_deny")
    browser.post(page.url, decision="allow")
    assert terminal.fetch(codes) == "authorization_pending"


# Guessing, stealing, tricking


def test_five_wrong_codes_and_no_more(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services, clock: Clock
) -> None:
    codes = terminal.codes()
    lan.sign_in(browser)
    statuses = [browser.post("/device", user_code="BBBB-BBBB").status_code for _ in range(USER_CODE.allowed)]
    assert statuses == [400] * 5
    answer = browser.post("/device", user_code=codes["user_code"])
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert terminal.fetch(codes) == "authorization_pending"
    refused = [reason for event, _, reason in events(services, lan.id) if event == "decoupled.user_code"]
    assert sorted(refused) == ["too_many_user_codes", *["wrong_user_code"] * 5]
    clock.advance(USER_CODE.window_seconds)
    assert browser.post("/device", user_code="BBBB-BBBB").status_code == 400


def test_right_codes_forgive_no_wrong_ones_and_cost_nothing(
    browser: InProcess, terminal: Terminal, lan: Someone
) -> None:
    lan.sign_in(browser)
    for _ in range(3):
        assert browser.post("/device", user_code="BBBB-BBBB").status_code == 400
        assert browser.post("/device", user_code=terminal.codes()["user_code"]).status_code == 303
    for expected in (400, 400, 429):
        assert browser.post("/device", user_code="BBBB-BBBB").status_code == expected


@pytest.mark.parametrize("typed", ["", "  ", "12345678", "AEIOUAEI", "<script>", "B" * 500])
def test_what_can_be_no_code_is_an_error_beside_the_field(
    browser: InProcess, lan: Someone, typed: str
) -> None:
    lan.sign_in(browser, "/device")
    page = browser.submit("user_code_submit", {"user_code": typed})
    assert page.status == 400 and page.get("user_code").get("aria-invalid") == "true"


def test_a_request_that_somebody_typed_is_nobody_elses(
    new_browser: Callable[..., InProcess], terminal: Terminal, lan: Someone, minh: Someone, services: Services
) -> None:
    """A tricked person who is sent the page behind the code finds nothing there."""
    codes, attacker, victim = terminal.codes(), new_browser("192.0.2.9"), new_browser("192.0.2.1")
    lan.sign_in(attacker, codes["verification_uri_complete"])
    link = attacker.submit("user_code_submit").url
    minh.sign_in(victim)
    assert victim.get(link).status_code == 404
    assert victim.post(link, decision="allow").status_code == 404
    assert victim.post("/device", user_code=codes["user_code"]).status_code == 400
    assert ("decoupled.look", "refused", "not_found") in events(services, minh.id)
    assert terminal.fetch(codes) == "authorization_pending"


def test_nobody_decides_without_a_session_a_token_or_an_answer(
    browser: InProcess, new_browser: Callable[..., InProcess], terminal: Terminal, lan: Someone
) -> None:
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    link = browser.submit("user_code_submit").url
    assert browser.send("POST", link, data={"decision": "allow"}).status_code == 403, "no CSRF token"
    assert browser.get(f"{link}?decision=allow").status_code == 200, "a link is no answer"
    assert browser.post(link, decision="maybe").status_code == 200
    stranger = new_browser("192.0.2.9")
    assert stranger.post(link, decision="allow").headers["Location"].startswith("/resume/")
    assert terminal.fetch(codes) == "authorization_pending"


def test_an_account_that_is_shut_meanwhile_decides_nothing(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services, clock: Clock
) -> None:
    codes, late = terminal.codes(), terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    browser.submit("user_code_submit")
    browser.click("consent_allow")
    browser.open(late["verification_uri_complete"])
    link = browser.submit("user_code_submit").url
    with services.database.unit():
        services.accounts.disable(lan.id, clock.now())
    assert browser.post(link, decision="allow").headers["Location"].startswith("/resume/")
    assert terminal.fetch(codes) == "access_denied"
    assert terminal.fetch(late) == "access_denied"


def test_a_new_password_ends_what_was_allowed_under_the_old_one(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services, clock: Clock
) -> None:
    """Who stole a session could allow a terminal, and have it fetch its tokens only later."""
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    browser.submit("user_code_submit")
    browser.click("consent_allow")
    clock.advance(1)
    with services.database.unit():
        assert (
            services.accounts.change_password(lan.id, lan.password, "nương chè mới 2 lá", clock.now()) is None
        )
    assert terminal.fetch(codes) == "access_denied"


def test_a_terminal_that_is_shut_is_not_shown(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services, clock: Clock
) -> None:
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    link = browser.submit("user_code_submit").url
    services.clients.disable(terminal.client.client_id, clock.now())
    assert browser.post(link, decision="allow").status_code == 404
    assert browser.get("/account/requests").status_code == 200


def test_after_ten_minutes_the_page_says_so(
    browser: InProcess, terminal: Terminal, lan: Someone, clock: Clock
) -> None:
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    browser.submit("user_code_submit")
    clock.advance(600)
    assert browser.click("consent_allow").has("request_expired")
    assert browser.post("/device", user_code=codes["user_code"]).status_code == 400
    assert terminal.fetch(codes) == "expired_token"


# The protections of a sign-in by QR, which a device's request has too


def open_request(browser: InProcess, terminal: Terminal, person: Someone) -> dict[str, Any]:
    """Have the terminal show a code, and bring the person to the page that asks."""
    codes = terminal.codes()
    if browser.open(codes["verification_uri_complete"]).path == "/login":
        person.sign_in(browser, codes["verification_uri_complete"])
    browser.submit("user_code_submit")
    return codes


def test_a_registered_terminals_name_and_place_are_shown(
    browser: InProcess, services: Services, new_browser: Callable[..., InProcess], clock: Clock, lan: Someone
) -> None:
    policy = {"name": {"vi": "Máy chấm công"}, "place": "Xưởng may 2", "networks": ["198.51.100.0/24"]}
    terminal = Terminal(services, new_browser("198.51.100.7"), clock)
    services.clients.set_terminal(terminal.client.client_id, policy, clock.now())
    terminal.client = services.clients.find_now(terminal.client.client_id)
    details = [{"type": TERMINAL_TYPE, "name": "Máy chấm công", "place": "Xưởng may 2"}]
    codes = terminal.begin(authorization_details=json.dumps(details)).json()
    lan.sign_in(browser, codes["verification_uri_complete"])
    page = browser.submit("user_code_submit")
    assert page.text_of("terminal") == "Máy chấm côngXưởng may 2"
    browser.click("consent_allow")
    [alert] = services.alerts.list_by_account(lan.id)
    assert alert.user_agent == "⌂ Máy chấm công · Xưởng may 2"
    grant = terminal.fetch(codes)
    assert isinstance(grant, Grant) and grant.expires_at == clock.now() + 900 and "offline" not in grant.scope


def test_it_was_not_me_ends_what_the_device_got(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services, clock: Clock
) -> None:
    codes = open_request(browser, terminal, lan)
    browser.click("consent_allow")
    grant = terminal.fetch(codes)
    assert isinstance(grant, Grant)
    [alert] = services.alerts.list_by_account(lan.id)
    assert (alert.sid, alert.ip) == (grant.sid, "198.51.100.7")
    assert "Ki-ốt Một cửa" in browser.open("/account").words()
    with services.database.unit():
        assert services.alerts.deny(alert.id, lan.id, "", clock.now())
    assert services.grants.find_live(grant.id, clock.now()) is None


def test_what_is_most_private_is_not_for_a_device_far_away(
    services: Services,
    new_browser: Callable[..., InProcess],
    terminal: Terminal,
    lan: Someone,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(sensitive, "SENSITIVE", frozenset({"phone"}))
    far, near = new_browser("192.0.2.1"), new_browser("198.51.100.9")
    codes = open_request(far, terminal, lan)
    assert far.page.has("obstacle") and not far.page.has("consent_allow")
    assert far.post(far.page.url, decision="allow").status_code == 403
    assert ("decoupled.allow", "refused", "far") in events(services, lan.id)
    assert terminal.fetch(codes) == "authorization_pending"
    open_request(near, terminal, lan)
    assert near.page.has("consent_allow")


def test_a_session_that_a_phone_opened_allows_no_device(
    browser: InProcess, terminal: Terminal, lan: Someone, services: Services
) -> None:
    codes = open_request(browser, terminal, lan)
    services.database.execute(text("UPDATE sessions SET amr = 'pwd qr'"))
    assert browser.click("consent_allow").path == "/login"
    assert terminal.fetch(codes) == "authorization_pending"


def test_two_factors_are_a_minute_old_at_most(
    browser: InProcess, services: Services, new_browser: Callable[..., InProcess], clock: Clock, minh: Someone
) -> None:
    terminal = Terminal(services, new_browser("198.51.100.7"), clock, least_acr="LoA2")
    minh.sign_in(browser)
    codes = open_request(browser, terminal, minh)
    clock.advance(61)
    assert browser.click("consent_allow").path == "/login"
    assert terminal.fetch(codes) == "authorization_pending"


def test_five_requests_that_were_not_allowed_are_enough(
    browser: InProcess, terminal: Terminal, lan: Someone, clock: Clock
) -> None:
    for _ in range(5):
        open_request(browser, terminal, lan)
    code = terminal.codes()["user_code"]
    answer = browser.post("/device", user_code=code)
    assert answer.status_code == 429 and answer.headers["Retry-After"]
    clock.advance(601)
    assert browser.post("/device", user_code=terminal.codes()["user_code"]).status_code == 303


def test_requests_that_were_allowed_count_as_none(
    browser: InProcess, terminal: Terminal, lan: Someone
) -> None:
    for _ in range(7):
        open_request(browser, terminal, lan)
        assert browser.click("consent_allow").has("request_allowed")


def test_one_network_begins_only_so_many(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "DEVICE_FROM_NETWORK", front.DEVICE_FROM_NETWORK._replace(allowed=3))
    answers = [terminal.begin() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"]


def test_a_waiting_request_stands_on_the_account_page(
    browser: InProcess, terminal: Terminal, lan: Someone
) -> None:
    codes = terminal.codes()
    lan.sign_in(browser, codes["verification_uri_complete"])
    browser.submit("user_code_submit")
    browser.open("/account")
    page = browser.click("requests_waiting")
    assert page.path == "/account/requests" and "Ki-ốt Một cửa" in page.words()
