"""An account that its owner shut or leaves: every state, every route that issues or answers for a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from oidc.decoupled.models import CIBA, DEVICE_CODE
from tests.security.attack import Attack
from tests.security.target import SESSION_COOKIE, Party, Target, Victim
from tests.security.test_devices import begin, poll, sit_at_the_page
from tests.security.test_enumeration import faceless
from tests.security.test_protected_resources import add_resource, new_api
from tests.security.test_rate_limits import try_password
from tests.security.test_webauthn import give_passkey, options_of, send
from tnid import clock


def shut(target: Target, person: Victim) -> None:
    with target.database.unit():
        assert target.services.closures.shut(person.account_id, clock.now(), cause="panic")


def mark(column: str) -> Callable[[Target, Victim], None]:
    """Set the column alone: what a request under way would see that was not ended by then."""

    def write(target: Target, person: Victim) -> None:
        sql = f"UPDATE accounts SET {column} = :at WHERE id = :a"
        assert target.execute(sql, at=clock.now() + 1000, a=person.account_id) == 1

    return write


STATES = {"shut": shut, "shut by a row alone": mark("shut_by_owner_at"), "leaving": mark("deletion_due_at")}


@pytest.fixture(params=STATES)
def close(request: pytest.FixtureRequest) -> Callable[[Target, Victim], None]:
    chosen: Callable[[Target, Victim], None] = STATES[request.param]
    return chosen


def test_se_015_no_token_is_issued_or_answered_for(
    close: Callable[[Target, Victim], None], attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    session = target.new_session(person)
    code = target.new_code(person, client, session=session)
    tokens = target.new_tokens(person, client, session=session, scope="openid profile offline_access")
    close(target, person)
    attack.token_refused(client, client.redemption(code), "invalid_grant")
    attack.token_refused(client, client.refreshment(tokens["refresh_token"]), "invalid_grant")
    header = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert attack.refused("GET", "/userinfo", headers=header).status_code == 401
    assert not target.is_active(client, tokens["access_token"])
    assert not target.is_active(client, tokens["refresh_token"])
    # Neither does the session at which a browser still is
    attack.put_cookie(SESSION_COOKIE, session)
    answer = attack.send("GET", "/authorize", params=client.query(prompt="none"))
    attack.check_redirected(answer, client, "login_required")


def test_se_015_no_token_is_exchanged(
    close: Callable[[Target, Victim], None], attack: Attack, person: Victim, target: Target
) -> None:
    further = f"https://api.example/{uuid4().hex}"
    add_resource(target, further)
    api = new_api(target, person, "opaque", exchange_to=further)
    form = api.exchange(resource=further)
    tokens = attack.send("POST", "/token", data=form, headers=api.itself.basic).json()
    target.keep(tokens)
    assert "access_token" in tokens, tokens
    close(target, person)
    attack.token_refused(api.itself, form, "invalid_request")


@pytest.fixture
def terminal(target: Target) -> Party:
    return target.new_client(
        redirect_uris=[], grant_types=[DEVICE_CODE, "refresh_token"], token_endpoint_auth_method="none"
    )


@pytest.mark.parametrize("allowed", [True, False])
def test_se_015_no_terminal_that_waits_gets_anything(
    allowed: bool,
    close: Callable[[Target, Victim], None],
    attack: Attack,
    person: Victim,
    target: Target,
    terminal: Party,
) -> None:
    codes = begin(target, terminal)
    browser = sit_at_the_page(attack, target, person, codes)
    if allowed:
        browser.click("consent_allow")
    close(target, person)
    if not allowed:
        browser.click("consent_allow")
    answer = attack.send("POST", "/token", data=poll(terminal, codes))
    assert answer.status_code == 400 and "access_token" not in answer.text


def test_se_015_no_counter_may_ask_for_the_person(
    close: Callable[[Target, Victim], None], attack: Attack, person: Victim, target: Target
) -> None:
    counter = target.new_client(redirect_uris=[], grant_types=[CIBA], scope="openid profile")
    close(target, person)
    form = {"scope": "openid", "login_hint": person.username}
    answer = attack.send("POST", "/backchannel_authentication", data=form, headers=counter.basic)
    waiting = target.fetch_all("SELECT id FROM decoupled_requests WHERE account_id = :a", a=person.account_id)
    assert not waiting and "access_token" not in answer.text


def test_se_015_a_request_that_waits_is_over(attack: Attack, person: Victim, target: Target) -> None:
    counter = target.new_client(redirect_uris=[], grant_types=[CIBA], scope="openid profile")
    form = {"scope": "openid", "login_hint": person.username}
    asked = attack.send("POST", "/backchannel_authentication", data=form, headers=counter.basic).json()
    target.hide(asked["auth_req_id"])
    shut(target, person)
    with target.database.unit():
        target.services.closures.reopen(person.account_id, clock.now())
    poll_form = {"grant_type": CIBA, "auth_req_id": asked["auth_req_id"]}
    target.execute("UPDATE decoupled_requests SET interval_seconds = 0")
    attack.token_refused(counter, poll_form, "access_denied")


def test_se_015_nothing_comes_back_to_life_with_the_account(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    session = target.new_session(person)
    tokens = target.new_tokens(person, client, session=session, scope="openid offline_access")
    shut(target, person)
    late = target.new_session(person)  # slipped in while it was shut
    with target.database.unit():
        assert target.services.closures.reopen(person.account_id, clock.now())
    assert not target.is_active(client, tokens["access_token"])
    attack.token_refused(client, client.refreshment(tokens["refresh_token"]), "invalid_grant")
    for cookie in (session, late):
        answer = attack.send("GET", "/account", headers={"Cookie": f"{SESSION_COOKIE}={cookie}"})
        assert answer.status_code == 303, "the session lives"


def test_ae_003_a_wrong_password_does_not_tell_a_shut_account(attack: Attack, target: Target) -> None:
    closed, other = target.new_person(), target.new_person()
    shut(target, closed)
    tries = {"closed": closed.username, "known": other.username, "unknown": "khong.co.ai.ca"}
    pages = {name: try_password(attack.new_browser(), username, "sai") for name, username in tries.items()}
    assert {page.status for page in pages.values()} == {400}
    assert len({faceless(page.text).replace(tries[name], "") for name, page in pages.items()}) == 1


def test_rc_the_right_password_alone_opens_a_shut_account_no_more(
    attack: Attack, person: Victim, target: Target
) -> None:
    half = attack.new_browser()
    half.open("/login")
    cookie = target_half(target, person)
    attack.put_cookie("tnid_sign_in", cookie, half)
    shut(target, person)
    # The half sign-in from before is over
    assert half.open("/mfa/totp", interaction=half.uid).path == "/login"
    browser = attack.new_browser()
    with attack.one_refusal("sign_in.password", "shut_by_owner"):
        page = try_password(browser, person.username, person.password)
    assert page.path == "/login/shut" and page.get("recover_link").get("href").startswith("/recover")
    assert person.username not in page.text and "Nguyễn Văn Thử" not in page.text
    assert SESSION_COOKIE not in browser.cookies
    assert browser.open("/account").path == "/login"


def target_half(target: Target, person: Victim) -> Any:
    with target.database.unit():
        value = target.services.half_sign_ins.begin(person.account_id, clock.now())
    target.hide(value)
    return value


def test_se_007_panic_is_asked_once_and_posted(attack: Attack, person: Victim, target: Target) -> None:
    others = [target.new_session(person) for _ in range(2)]
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    browser.open("/account/panic")
    assert browser.open("/account").path == "/account", "looking at the page shut the account"
    browser.open("/account/panic")
    assert browser.click("panic_submit").path == "/login/shut"
    for cookie in others:
        answer = attack.send("GET", "/account", headers={"Cookie": f"{SESSION_COOKIE}={cookie}"})
        assert answer.status_code == 303
    found = target.fetch_all(
        "SELECT details FROM audit_events WHERE event = 'account.shut' AND account_id = :a",
        a=person.account_id,
    )
    assert [row.details for row in found] == ['{"cause":"panic"}']


def test_se_008_panic_needs_a_form_of_ours(attack: Attack, person: Victim, target: Target) -> None:
    attack.sign_in(person)
    with attack.one_refusal():
        assert attack.send("POST", "/account/panic").status_code == 403
    assert attack.send("GET", "/account").status_code == 200


@pytest.mark.parametrize("how", ["shut", "shut by a row alone"])
def test_mf_017_a_passkey_does_not_open_what_its_owner_shut(
    how: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    key = give_passkey(target, person)
    instead, beside = attack.new_browser(), attack.new_browser()
    alone = options_of(instead.open("/login"))
    beside.sit_half_signed_in(person, target, client)
    second = options_of(beside.open("/mfa/passkey", interaction=beside.uid))
    STATES[how](target, person)
    with attack.one_refusal("sign_in.passkey", "shut_by_owner"):
        assert send(instead, key.get(alone)).path == "/login/shut"
    send(beside, key.get(second))
    for browser in (instead, beside):
        assert browser.cookies.get(SESSION_COOKIE) is None and browser.code() is None
        assert browser.open("/account").path != "/account"
