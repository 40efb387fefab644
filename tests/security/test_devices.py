"""The device grant: what is guessed, replayed, stolen, hurried, or asked for while an account is shut."""

from __future__ import annotations

from typing import Any

import pytest

from oidc.decoupled.models import DEVICE_CODE
from tests.security.attack import Attack, AttackersBrowser
from tests.security.target import SESSION_COOKIE, Party, Target, Victim


@pytest.fixture
def terminal(target: Target) -> Party:
    return target.new_client(
        redirect_uris=[], grant_types=[DEVICE_CODE, "refresh_token"], token_endpoint_auth_method="none"
    )


def begin(target: Target, terminal: Party) -> dict[str, Any]:
    answer = target.http.post("/device_authorization", data={**terminal.name, "scope": "openid profile"})
    assert answer.status_code == 200, answer.text
    codes: dict[str, Any] = answer.json()
    target.hide(codes["device_code"], codes["user_code"])
    return codes


def poll(terminal: Party, codes: dict[str, Any]) -> dict[str, str]:
    return {"grant_type": DEVICE_CODE, "device_code": codes["device_code"], **terminal.name}


def sit_at_the_page(
    attack: Attack, target: Target, person: Victim, codes: dict[str, Any]
) -> AttackersBrowser:
    """Sign the person in, and bring them to the page that asks whether to allow it."""
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    browser.open(codes["verification_uri_complete"].partition(target.provider.issuer)[2])
    browser.submit("user_code_submit")
    return browser


def allow(attack: Attack, target: Target, person: Victim, codes: dict[str, Any]) -> None:
    assert sit_at_the_page(attack, target, person, codes).click("consent_allow").has("request_allowed")


def test_tk_036_a_device_code_gives_tokens_once(
    attack: Attack, target: Target, terminal: Party, person: Victim
) -> None:
    codes = begin(target, terminal)
    allow(attack, target, person, codes)
    tokens = target.keep(target.http.post("/token", data=poll(terminal, codes)).json())
    header = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert attack.send("GET", "/userinfo", headers=header).status_code == 200
    attack.token_refused(terminal, poll(terminal, codes), "invalid_grant")
    # What was spent twice was in two hands: nothing of it goes on
    assert attack.send("GET", "/userinfo", headers=header).status_code == 401
    refreshment = terminal.refreshment(tokens["refresh_token"])
    attack.token_refused(terminal, refreshment, "invalid_grant")


def test_qr_015_each_state_has_its_own_answer(
    attack: Attack, target: Target, terminal: Party, person: Victim
) -> None:
    waiting, denied, expired, stolen = (begin(target, terminal) for _ in range(4))
    answer = attack.send("POST", "/token", data=poll(terminal, waiting))
    assert (answer.status_code, answer.json()["error"]) == (400, "authorization_pending")
    assert answer.headers["Cache-Control"] == "no-store"
    attack.token_refused(terminal, poll(terminal, waiting), "slow_down")
    sit_at_the_page(attack, target, person, denied).click("consent_deny")
    attack.token_refused(terminal, poll(terminal, denied), "access_denied")
    target.execute(
        "UPDATE decoupled_requests SET expires_at = 1 WHERE client_id = :c AND polled_at IS NULL",
        c=terminal.client_id,
    )
    attack.token_refused(terminal, poll(terminal, expired), "expired_token")
    thief = target.new_client(redirect_uris=[], grant_types=[DEVICE_CODE], token_endpoint_auth_method="none")
    attack.token_refused(thief, {**poll(terminal, stolen), **thief.name}, "invalid_grant")


def test_qr_012_who_polls_without_pause_is_slowed_and_leaves_no_rows(
    attack: Attack, target: Target, terminal: Party
) -> None:
    codes = begin(target, terminal)
    attack.send("POST", "/token", data=poll(terminal, codes))
    for _ in range(10):
        attack.token_refused(terminal, poll(terminal, codes), "slow_down")
    rows = target.fetch_all(
        "SELECT interval_seconds FROM decoupled_requests WHERE client_id = :c", c=terminal.client_id
    )
    assert [row.interval_seconds for row in rows] == [55]


def test_qr_017_user_codes_can_not_be_tried_through(
    attack: Attack, target: Target, terminal: Party, person: Victim
) -> None:
    codes = begin(target, terminal)
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    for typed in ("BBBB-BBBB", "bbbbbbbb", "0O1I-8B5S", "CCCC-CCCC", "ĐĐĐĐ"):
        browser.open("/device")
        with attack.one_refusal("decoupled.user_code", "wrong_user_code"):
            assert browser.submit("user_code_submit", {"user_code": typed}).status == 400
    browser.open("/device")
    with attack.one_refusal("decoupled.user_code", "too_many_user_codes"):
        page = browser.submit("user_code_submit", {"user_code": codes["user_code"]})
    assert page.status == 429 and page.headers["Retry-After"]


def test_qr_005_what_has_expired_is_judged_when_it_is_used(
    attack: Attack, target: Target, terminal: Party, person: Victim
) -> None:
    codes = begin(target, terminal)
    browser = sit_at_the_page(attack, target, person, codes)
    target.execute("UPDATE decoupled_requests SET expires_at = 1 WHERE client_id = :c", c=terminal.client_id)
    assert browser.click("consent_allow").has("request_expired")
    attack.token_refused(terminal, poll(terminal, codes), "expired_token")


def test_qr_007_who_typed_the_code_first_decides(
    attack: Attack, target: Target, terminal: Party, person: Victim
) -> None:
    codes, other = begin(target, terminal), target.new_person()
    page = sit_at_the_page(attack, target, person, codes).page
    second = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(other), second)
    with attack.one_refusal("decoupled.look", "not_found"):
        assert second.open(page.path).status == 404


def test_qr_008_a_refusal_is_final(attack: Attack, target: Target, terminal: Party, person: Victim) -> None:
    codes = begin(target, terminal)
    late = sit_at_the_page(attack, target, person, codes)
    sit_at_the_page(attack, target, person, codes).click("consent_deny")
    assert late.click("consent_allow").has("request_denied")
    attack.token_refused(terminal, poll(terminal, codes), "access_denied")


def test_rl_006_an_account_that_is_shut_gets_no_token_by_a_device(
    attack: Attack, target: Target, terminal: Party, person: Victim
) -> None:
    allowed, open_ = begin(target, terminal), begin(target, terminal)
    allow(attack, target, person, allowed)
    browser = sit_at_the_page(attack, target, person, open_)
    target.disable(person)
    attack.token_refused(terminal, poll(terminal, allowed), "access_denied")
    assert browser.click("consent_allow").path == "/login"
    # What waited for the person was turned away as the account was shut
    attack.token_refused(terminal, poll(terminal, open_), "access_denied")
