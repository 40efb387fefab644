"""CIBA: what a counter, or somebody at its address, could try."""

from __future__ import annotations

from typing import Any

import pytest

from oidc.decoupled.models import CIBA
from tests.security.attack import Attack
from tests.security.target import SESSION_COOKIE, Party, Target, Victim

PATH = "/backchannel_authentication"


@pytest.fixture
def counter(target: Target) -> Party:
    return target.new_client(redirect_uris=[], grant_types=[CIBA])


def ask(target: Target, counter: Party, hint: str) -> dict[str, Any]:
    form = {"scope": "openid profile", "login_hint": hint}
    answer = target.http.post(PATH, data=form, headers=counter.basic)
    assert answer.status_code == 200, answer.text
    asked: dict[str, Any] = answer.json()
    target.hide(asked["auth_req_id"])
    return asked


def poll(asked: dict[str, Any]) -> dict[str, str]:
    return {"grant_type": CIBA, "auth_req_id": asked["auth_req_id"]}


def allow(attack: Attack, target: Target, person: Victim) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    page = browser.open("/account/requests")
    assert page.document is not None
    browser.open(page.document.xpath("//a[starts-with(@href, '/account/requests/')]/@href")[0])
    assert browser.click("consent_allow").has("request_allowed")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"login_hint": "019095012345"}, "invalid_request"),
        ({"login_hint_token": "x"}, "invalid_request"),
        ({"login_hint": "an", "id_token_hint": "x"}, "invalid_request"),
        ({}, "invalid_request"),
        ({"login_hint": "an", "scope": "profile"}, "invalid_scope"),
        ({"login_hint": "an", "binding_message": "https://evil.example"}, "invalid_binding_message"),
        ({"login_hint": "an", "requested_expiry": "-1"}, "invalid_request"),
    ],
)
def test_a_bad_request_of_a_counter_is_refused(
    attack: Attack, counter: Party, form: dict[str, str], error: str
) -> None:
    asked = {"scope": "openid", **form}
    answer = attack.refused("POST", PATH, event="decoupled.refused", data=asked, headers=counter.basic)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["Cache-Control"] == "no-store" and "019095012345" not in answer.text


def test_who_is_no_counter_asks_nobody(attack: Attack, counter: Party, client: Party) -> None:
    form = {"scope": "openid", "login_hint": "an"}
    answer = attack.refused("POST", PATH, data=form, headers=client.basic)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    answer = attack.refused("POST", PATH, data={**form, "client_id": counter.client_id})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_ae_a_counter_does_not_learn_who_has_an_account(
    attack: Attack, target: Target, counter: Party, person: Victim
) -> None:
    shut = target.new_person()
    target.disable(shut)
    for hint in (person.username, shut.username, "nobody.at.all"):
        asked = ask(target, counter, hint)
        assert {**asked, "auth_req_id": ""} == {"auth_req_id": "", "expires_in": 600, "interval": 5}
        answer = attack.send("POST", "/token", data=poll(asked), headers=counter.basic)
        assert (answer.status_code, answer.json()["error"]) == (400, "authorization_pending")


def test_an_auth_req_id_gives_tokens_once_and_to_its_counter(
    attack: Attack, target: Target, counter: Party, person: Victim
) -> None:
    asked, thief = (
        ask(target, counter, person.username),
        target.new_client(redirect_uris=[], grant_types=[CIBA]),
    )
    allow(attack, target, person)
    attack.token_refused(thief, poll(asked), "invalid_grant")
    tokens = target.keep(target.http.post("/token", data=poll(asked), headers=counter.basic).json())
    assert target.is_active(counter, tokens["access_token"])
    attack.token_refused(counter, poll(asked), "invalid_grant")
    assert not target.is_active(counter, tokens["access_token"])


def test_rl_006_an_account_that_is_shut_gets_no_token_by_a_counter(
    attack: Attack, target: Target, counter: Party, person: Victim
) -> None:
    asked = ask(target, counter, person.username)
    allow(attack, target, person)
    target.disable(person)
    attack.token_refused(counter, poll(asked), "access_denied")


def test_qr_013_a_person_is_not_worn_down(
    attack: Attack, target: Target, counter: Party, person: Victim
) -> None:
    for _ in range(8):
        ask(target, counter, person.username)
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    page = browser.open("/account/requests")
    assert page.document is not None
    assert len(page.document.xpath("//a[starts-with(@href, '/account/requests/')]")) == 5
