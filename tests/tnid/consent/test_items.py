"""Consent item by item, over pages: what isn't ticked isn't shared, what wasn't shown isn't agreed to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from oidc.clients.consent_policy import with_versions
from oidc.models import AuthorizationRequest
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, VERIFIER, InProcess, Someone
from tnid.services import Services

ITEMS = {
    "phone_number": {
        "purpose": {"vi": "Gọi lại khi có việc", "en": "To call you back", "ko": "연락을 위해"},
        "kept": {"vi": "6 tháng", "en": "6 months", "ko": "6개월"},
        "required": False,
    },
    "email": {"required": False},
}
CLAIMS = {"phone_number": "0912345678", "email": "lan@example.vn", "birthdate": "1995-03-27"}
SCOPE = "openid profile phone email"


@pytest.fixture
def address(new_app: Callable[..., str], services: Services, clock: Clock) -> str:
    services.keyring.ensure(clock.now())
    return new_app(scope=SCOPE, consent_items=ITEMS)


@pytest.fixture
def hoa(new_person: Callable[..., Someone]) -> Someone:
    return new_person("hoa", claims=CLAIMS)


def redeem(browser: InProcess) -> dict[str, Any]:
    """Redeem the code at which the browser stands."""
    assert browser.page.url.startswith(CALLBACK), browser.page
    form = {
        "grant_type": "authorization_code",
        "code": browser.page.url.partition("code=")[2].partition("&")[0],
        "client_id": "jobs",
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    tokens: dict[str, Any] = browser.send("POST", f"{ISSUER}/token", data=form).json()
    return tokens


def told(browser: InProcess) -> dict[str, Any]:
    """Redeem the code, and return what UserInfo says."""
    tokens = redeem(browser)
    answer: dict[str, Any] = browser.get(
        f"{ISSUER}/userinfo", Authorization=f"Bearer {tokens['access_token']}"
    ).json()
    return answer


def tick(browser: InProcess, *items: str) -> None:
    assert browser.page.document is not None
    for box in browser.page.document.xpath("//input[@name='share']"):
        box.checked = box.get("value") in items


def boxes(browser: InProcess) -> dict[str, bool]:
    assert browser.page.document is not None
    found = browser.page.document.xpath("//input[@name='share']")
    return {box.get("value"): box.checked for box in found}


def test_nothing_voluntary_is_ticked_and_what_is_not_ticked_is_not_shared(
    browser: InProcess, hoa: Someone, address: str
) -> None:
    page = hoa.sign_in(browser, address)
    assert boxes(browser) == {"phone_number": False, "email": False}
    for words in ("Gọi lại khi có việc", "6 tháng", "Bắt buộc", "Tùy chọn", "+84912345678"):
        assert words in page.words(), words
    browser.click("consent_allow")
    claims = told(browser)
    assert claims["name"] and not {"phone_number", "email", "email_verified"} & set(claims)


def test_what_is_ticked_is_shared_and_nobody_asks_again(
    browser: InProcess, hoa: Someone, address: str
) -> None:
    hoa.sign_in(browser, address)
    tick(browser, "email")
    browser.click("consent_allow")
    claims = told(browser)
    assert claims["email"] == "lan@example.vn" and "phone_number" not in claims
    browser.open(address)
    assert told(browser).keys() == claims.keys(), "silently, and with the same held back"


def test_prompt_consent_asks_about_all_of_it_and_can_narrow(
    browser: InProcess, hoa: Someone, address: str
) -> None:
    hoa.sign_in(browser, address)
    tick(browser, "email", "phone_number")
    browser.click("consent_allow")
    browser.open(f"{address}&prompt=consent")
    assert boxes(browser) == {"phone_number": True, "email": True}, "as the person left them"
    tick(browser, "phone_number")
    browser.click("consent_allow")
    claims = told(browser)
    assert claims["phone_number"] and "email" not in claims


def test_a_new_purpose_is_asked_about_alone(
    browser: InProcess, hoa: Someone, address: str, services: Services, clock: Clock
) -> None:
    hoa.sign_in(browser, address)
    tick(browser, "phone_number", "email")
    browser.click("consent_allow")
    changed = {**ITEMS, "phone_number": {"purpose": {"vi": "Gửi tin quảng cáo"}, "required": False}}
    assert services.clients.set_consent_items("jobs", with_versions(changed), clock.now())
    page = browser.open(address)
    assert page.path == "/consent" and "Gửi tin quảng cáo" in page.words()
    assert list(boxes(browser)) == ["phone_number"]
    tick(browser)
    browser.click("consent_allow")
    claims = told(browser)
    assert claims["email"] and "phone_number" not in claims


def test_a_form_that_answers_another_question_agrees_to_nothing(
    browser: InProcess, hoa: Someone, address: str, services: Services, clock: Clock
) -> None:
    page = hoa.sign_in(browser, address)
    for shown in ({}, {"shown": ""}, {"shown": "0" * 32}):
        answer = browser.post(page.url, decision="allow", share="email", **shown)
        assert answer.status_code == 409 and "Hãy xem lại" in answer.text
    changed = {**ITEMS, "email": {"purpose": {"vi": "Gửi tin quảng cáo"}, "required": False}}
    browser.open(page.url)
    services.clients.set_consent_items("jobs", with_versions(changed), clock.now())
    again = browser.click("consent_allow")
    assert again.status == 409 and "Gửi tin quảng cáo" in again.words()
    assert services.consents.find_agreed(hoa.id, "jobs") is None
    assert browser.click("consent_allow").url.startswith(CALLBACK), "and the page then shown is the new one"


def test_a_withdrawal_in_another_tab_wins_over_a_form_that_was_open(
    browser: InProcess, hoa: Someone, address: str, services: Services, clock: Clock
) -> None:
    narrow = address.replace("profile+phone+email", "profile")
    hoa.sign_in(browser, narrow)
    browser.click("consent_allow")
    page = browser.open(address)
    assert page.path == "/consent" and "trước đây vẫn giữ nguyên" in page.words()
    services.consents.withdraw(hoa.id, "jobs", clock.now())
    again = browser.click("consent_allow")
    assert again.status == 409 and services.consents.find_agreed(hoa.id, "jobs") is None


def test_a_withdrawal_between_look_and_write_wins(
    hoa: Someone, address: str, services: Services, clock: Clock
) -> None:
    client = services.clients.find_now("jobs")
    assert client is not None
    asked = asked_for("openid email")
    first = services.consents.ask(hoa.id, asked, client, clock.now())
    assert services.consents.give(hoa.id, first, ["email"], clock.now())
    assert not services.consents.give(hoa.id, first, ["email"], clock.now()), "a double submit writes once"
    second = services.consents.ask(hoa.id, asked, client, clock.now(), anew=True)
    assert services.consents.withdraw(hoa.id, "jobs", clock.now())
    assert not services.consents.give(hoa.id, second, [], clock.now())
    assert services.consents.find_agreed(hoa.id, "jobs") is None


def asked_for(scope: str) -> Any:
    return AuthorizationRequest("jobs", CALLBACK, "query", tuple(scope.split()))


def test_voluntary_claims_of_the_claims_parameter_stay_with_who_does_not_tick_them(
    browser: InProcess, hoa: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    services.keyring.ensure(clock.now())
    wish = {"userinfo": {"birthdate": None, "name": {"essential": True}}}
    address = f"{new_app(scope='openid')}&claims={quote(json.dumps(wish))}"
    hoa.sign_in(browser, address)
    assert boxes(browser) == {"birthdate": False}
    browser.click("consent_allow")
    assert set(told(browser)) == {"sub", "name"}
    essential = json.dumps({"userinfo": {"birthdate": {"essential": True}}})
    browser.open(f"{address.partition('&claims=')[0]}&claims={quote(essential)}")
    assert boxes(browser) == {} and browser.page.path == "/consent", "what became essential is asked again"
    browser.click("consent_allow")
    assert told(browser)["birthdate"] == "1995-03-27"


def test_a_consent_lasts_as_long_as_the_operator_says(
    browser: InProcess, hoa: Someone, address: str, services: Services, clock: Clock
) -> None:
    hoa.sign_in(browser, address)
    browser.click("consent_allow")
    agreed = services.consents.find_agreed(hoa.id, "jobs")
    assert (
        agreed is not None and agreed.expires_at == clock.now() + services.settings.consent_lifetime_seconds
    )
    clock.advance(services.settings.consent_lifetime_seconds)
    assert services.consents.find(hoa.id, "jobs", clock.now()) is None
    hoa.sign_in(browser, address)
    assert boxes(browser) == {"phone_number": False, "email": False}, "and begins anew"
