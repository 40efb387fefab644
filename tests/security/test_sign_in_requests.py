"""The authorization endpoint where a person comes in: prompts, sessions, and whose request it is."""

from __future__ import annotations

import pytest

from tests.security.attack import Attack
from tests.security.target import Party, Target, Victim, challenge_of, parameters_of
from tnid.signin.assurance import PASSWORD


def test_az_024_silence_without_consent_asks_for_it(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    attack.sign_in(person)
    attack.redirected(client, "consent_required", prompt="none")
    target.agree(person, client, "openid")
    assert "code" in parameters_of(attack.send("GET", "/authorize", params=client.query(prompt="none")))
    attack.redirected(client, "consent_required", prompt="none", scope="openid phone")
    attack.redirected(
        client, "consent_required", prompt="none", claims='{"userinfo":{"birthdate":{"essential":true}}}'
    )


@pytest.mark.parametrize("essential", [True, False])
def test_az_024_silence_where_a_second_factor_is_needed(
    essential: bool, attack: Attack, person: Victim, target: Target
) -> None:
    client = target.new_client() if essential else target.new_client(least_acr="LoA2")
    claims = '{"id_token":{"acr":{"essential":true,"values":["LoA2"]}}}' if essential else None
    target.agree(person, client)
    attack.sign_in(person, assurance=PASSWORD)
    attack.redirected(client, "interaction_required", prompt="none", claims=claims)


def test_az_024_silence_where_the_identity_was_not_checked(attack: Attack, target: Target) -> None:
    client, person = target.new_client(least_identity_level=2), target.new_person(identity_level=1)
    target.agree(person, client)
    attack.sign_in(person)
    attack.redirected(client, "interaction_required", prompt="none")


def test_az_024_silence_without_a_session(attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "login_required", prompt="none")
    attack.http.cookies.set("tnid_session", "x" * 43, domain="127.0.0.1")
    attack.redirected(shared_client, "login_required", prompt="none")


def introspected(attack: Attack, client: Party, code: str) -> dict[str, object]:
    """Redeem a code and ask what its access token says of the sign-in."""
    attack.target.hide(code)
    tokens = attack.target.keep(
        attack.send("POST", "/token", data=client.redemption(code), headers=client.basic).json()
    )
    answer = attack.send("POST", "/introspect", data={"token": tokens["access_token"]}, headers=client.basic)
    return dict(answer.json())


def age_sessions(target: Target, person: Victim, seconds: int) -> None:
    target.execute(
        "UPDATE sessions SET auth_time = auth_time - :by WHERE account_id = :of_account",
        by=seconds, of_account=person.account_id,
    )  # fmt: skip


def test_az_026_going_back_from_a_fresh_sign_in_proves_nothing(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    target.agree(person, client)
    browser = attack.new_browser()
    attack.put_cookie("tnid_session", target.new_session(person), browser)
    age_sessions(target, person, 500)
    page = browser.begin(client, prompt="login")
    assert page.has("login_username")
    uid = browser.uid
    # The person leaves the screen and asks again without the prompt: the session is the old one
    browser.begin(client)
    old = browser.code()
    assert old
    # The first request still wants its sign-in
    assert browser.open(f"/resume/{uid}").has("login_username")
    assert browser.code() is None
    found = introspected(attack, client, old)
    rows = target.fetch_all("SELECT auth_time FROM sessions WHERE account_id = :a", a=person.account_id)
    assert found["auth_time"] == rows[0].auth_time


@pytest.mark.parametrize("asked", [{"max_age": "0"}, {"max_age": "1"}, {"prompt": "login"}])
def test_az_027_a_fresh_sign_in_is_done_anew(
    asked: dict[str, str], attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    target.agree(person, client)
    browser = attack.new_browser()
    attack.put_cookie("tnid_session", target.new_session(person), browser)
    age_sessions(target, person, 500)
    before = target.fetch_all("SELECT auth_time FROM sessions WHERE account_id = :a", a=person.account_id)
    page = browser.begin(client, **asked)
    assert page.has("login_username"), page
    person.pass_through(browser)
    code = browser.code()
    assert code, browser.page
    found = introspected(attack, client, code)
    assert int(str(found["auth_time"])) > before[0].auth_time + 400 and found["acr"] == "LoA2"


@pytest.mark.parametrize("asked", [{"max_age": "0"}, {"max_age": "60"}, {"prompt": "login"}])
def test_az_028_the_demand_is_not_the_browsers_to_drop(
    asked: dict[str, str], attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    target.agree(person, client)
    browser = attack.new_browser()
    attack.put_cookie("tnid_session", target.new_session(person), browser)
    age_sessions(target, person, 500)
    assert browser.begin(client, **asked).has("login_username")
    uid = browser.uid
    for carried in ({"max_age": "99999", "prompt": ""}, {"max_age": ""}, {"client_id": client.client_id}):
        assert browser.open("/login", interaction=uid, **carried).has("login_username")
        assert browser.open(f"/resume/{uid}", **carried).has("login_username")
        assert browser.code() is None
    for page in ("/consent", "/select-account", "/mfa/totp", "/requirement"):
        browser.open(page, interaction=uid)
        assert browser.open(f"/resume/{uid}").has("login_username"), page


def test_az_027_the_second_factor_is_asked_for_again_too(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    attack.put_cookie("tnid_session", target.new_session(person), browser)
    browser.begin(client, prompt="login")
    fields = {"login_username": person.username, "login_password": person.password}
    page = browser.submit("login_submit", fields)
    assert page.has("otp_code"), page
    assert browser.open(f"/resume/{browser.uid}").has("login_username"), "the factor was skipped"


@pytest.mark.parametrize("hint", ["<script>alert(1)</script>", '"><b id=x>', "a' onfocus='alert(1)"])
def test_az_038_login_hint_is_text(hint: str, attack: Attack, shared_client: Party) -> None:
    browser = attack.new_browser()
    page = browser.begin(shared_client, login_hint=hint)
    assert page.get("login_username").get("value") in (hint, None, "")
    assert not page.has("x") and "<script>alert" not in page.text


def test_az_038_an_identity_number_is_no_hint(attack: Attack, shared_client: Party, target: Target) -> None:
    number = "019099912345"
    target.hide(number)
    browser = attack.new_browser()
    page = browser.begin(shared_client, login_hint=number)
    kept = target.fetch_all("SELECT request FROM interactions WHERE uid = :uid", uid=browser.uid)
    assert number not in kept[0].request, "the number is in the database in clear"
    assert number not in page.text


def test_az_042_a_request_belongs_to_the_browser_that_began_it(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    attacker, victim = attack.new_browser(), attack.new_browser()
    attacker.begin(client)
    uid = attacker.uid
    attack.put_cookie("tnid_session", target.new_session(person), victim)
    for path in (f"/resume/{uid}", f"/consent?interaction={uid}", f"/login?interaction={uid}"):
        with attack.one_refusal():
            page = victim.open(path)
        assert page.error_code == "interaction_expired" and page.status in (400, 403), page
    assert not target.fetch_all("SELECT * FROM consents WHERE account_id = :a", a=person.account_id)
    assert attacker.open(f"/resume/{uid}").has("login_username"), "the attacker's request went on"


@pytest.mark.parametrize("uid", ["", "x", "..%2Flogin", "%00", "a" * 3000, "' OR 1=1 --", "%2e%2e%2f"])
def test_az_042_an_unknown_request_leads_nowhere(uid: str, attack: Attack) -> None:
    answer = attack.send("GET", f"/resume/{uid}")
    assert answer.status_code in (400, 404, 308) and "code=" not in str(answer.headers)
    assert attack.send("GET", f"/consent?interaction={uid}").status_code == 400


def test_az_042_an_answered_request_is_over(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    browser.begin(client, prompt="consent")
    uid = browser.uid
    person.pass_through(browser)
    assert browser.code()
    target.hide(browser.code())
    for _ in range(2):
        with attack.one_refusal():
            assert browser.open(f"/resume/{uid}").error_code == "interaction_expired"


def test_az_044_a_disabled_person_gets_no_code(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    target.agree(person, client)
    attack.sign_in(person)
    assert "code" in parameters_of(attack.send("GET", "/authorize", params=client.query()))
    target.disable(person)
    attack.redirected(client, "login_required", prompt="none")
    answer = attack.send("GET", "/authorize", params=client.query())
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login?")


def test_az_044_another_person_can_not_answer_for_the_one_asked_for(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    hint = target.new_tokens(target.new_person(), client)["id_token"]
    target.agree(person, client)
    attack.sign_in(person)
    attack.redirected(client, "login_required", prompt="none", id_token_hint=hint)
    attack.redirected(
        client, "login_required", prompt="none", claims='{"id_token":{"sub":{"value":"somebody"}}}'
    )
    for bad in (hint[:-4] + "AAAA", "eyJhbGciOiJub25lIn0.e30.", "x"):
        attack.redirected(client, "invalid_request", id_token_hint=bad)
    attack.redirected(target.new_client(), "invalid_request", id_token_hint=hint)


def test_az_018_the_challenge_of_a_code_is_the_request_s_own(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    verifier = "a" * 64
    code = target.new_code(person, client, code_challenge=challenge_of(verifier))
    attack.token_refused(client, client.redemption(code), "invalid_grant")
