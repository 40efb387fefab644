"""The second factor: it can't be skipped, guessed or used twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest

from tests.security.attack import Attack, AttackersBrowser, check_quick
from tests.security.target import HALF_COOKIE, SESSION_COOKIE, Party, Target, Victim
from tests.security.test_webauthn import give_passkey, options_of, send
from tnid.signin.assurance import PASSWORD
from tnid.signin.half_sign_ins import TRIES

ALLOWED_PER_ACCOUNT = 100


def wrong_code(person: Victim) -> str:
    """Return six digits that are not the person's within the next minutes."""
    totp = pyotp.TOTP(person.totp_secret or "")

    step = int(time.time()) // 30
    right = {totp.generate_otp(step + offset) for offset in range(-4, 8)}
    return next(code for code in (f"{n:06}" for n in range(100)) if code not in right)


def guess(browser: AttackersBrowser, code: str) -> Any:
    return browser.submit("otp_submit", {"otp_code": code})


def count_refused(target: Target, person: Victim) -> int:
    sql = "SELECT COUNT(*) AS n FROM audit_events WHERE account_id = :a AND outcome = 'refused'"
    return int(target.fetch_all(sql, a=person.account_id)[0].n)


def test_mf_004_ten_guesses_end_the_half_sign_in(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser, wrong = attack.new_browser(), wrong_code(person)
    browser.sit_half_signed_in(person, target, client)
    half = browser.cookies.get(HALF_COOKIE)
    for _ in range(TRIES - 1):
        with attack.one_refusal("sign_in.totp", "wrong_code"):
            assert guess(browser, wrong).has("otp_code")
    with attack.one_refusal("sign_in.totp", "too_many_here"):
        page = guess(browser, wrong)
    assert page.has("login_username"), page
    # MF-006: the half sign-in is over, for whoever kept its cookie too; a right code is too late
    attack.put_cookie(HALF_COOKIE, half or "", browser)
    assert browser.open("/mfa/totp", interaction=browser.uid).has("login_username")
    assert browser.open("/account").path != "/account"


def test_mf_006_what_the_lock_ended_is_not_resumed(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    """Neither by the half sign-in's cookie, nor by its interaction, nor once the counters are forgiven."""
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    half, uid = browser.cookies.get(HALF_COOKIE), browser.uid
    for _ in range(TRIES):
        guess(browser, wrong_code(person))
    target.execute("DELETE FROM throttles")
    attack.put_cookie(HALF_COOKIE, half or "", browser)
    for path in ("/mfa/totp", "/mfa/passkey", "/mfa/recovery", f"/resume/{uid}"):
        assert browser.open(path, interaction=uid).has("login_username")
    assert browser.cookies.get(SESSION_COOKIE) is None and browser.code() is None


def test_mf_004_parallel_guesses_share_one_allowance(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    first, wrong = attack.new_browser(), wrong_code(person)
    page = first.sit_half_signed_in(person, target, client)
    form = next(page.get("otp_submit").iterancestors("form"))
    data = {**dict(form.form_values()), "code": wrong}
    jar = {name: first.cookies.get(name, domain="127.0.0.1") for name in ("tnid_browser", HALF_COOKIE)}
    start = threading.Barrier(24)

    def one() -> int:
        http = attack.new_client()
        for name, value in jar.items():
            http.cookies.set(name, value or "", domain="127.0.0.1")
        start.wait(60)
        return http.post(page.url, data=data).status_code

    with ThreadPoolExecutor(24) as threads:
        found = [future.result(60) for future in [threads.submit(one) for _ in range(24)]]
    assert found.count(400) <= TRIES - 1, found
    assert all(status < 500 for status in found), found
    rows = target.fetch_all(
        "SELECT reason FROM audit_events WHERE account_id = :a AND event = 'sign_in.totp'",
        a=person.account_id,
    )
    assert sum(row.reason == "wrong_code" for row in rows) <= TRIES


def test_mf_004_a_hundred_guesses_an_account_whatever_is_between(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    wrong = wrong_code(person)
    for _ in range(ALLOWED_PER_ACCOUNT // TRIES):
        browser = attack.new_browser()
        browser.sit_half_signed_in(person, target, client)
        for _ in range(TRIES):
            guess(browser, wrong)
    assert count_refused(target, person) == ALLOWED_PER_ACCOUNT
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    with attack.one_refusal("sign_in.totp", "too_many"):
        page = guess(browser, person.next_code())
    assert page.status == 400 and browser.open("/account").path != "/account"
    # The other way in, which was not guessed at, stays open to its owner
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    browser.open("/mfa/recovery", interaction=browser.uid)
    browser.submit("recovery_submit", {"recovery_code": person.recovery_codes[0]})
    assert browser.open("/account").path == "/account"
    target.hide(browser.cookies.get(SESSION_COOKIE))


def test_mf_004_a_session_that_is_to_rise_has_ten_guesses_too(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser, wrong = attack.new_browser(), wrong_code(person)
    attack.put_cookie(SESSION_COOKIE, target.new_session(person, PASSWORD), browser)
    claims = '{"id_token":{"acr":{"essential":true,"values":["LoA2"]}}}'
    assert browser.begin(client, claims=claims).has("otp_code")
    for _ in range(TRIES):
        assert guess(browser, wrong).has("otp_code")
    assert guess(browser, person.next_code()).has("login_username")
    assert browser.code() is None


def test_mf_004_a_code_works_once(attack: Attack, client: Party, person: Victim, target: Target) -> None:
    code = person.next_code()
    first, second = attack.new_browser(), attack.new_browser()
    first.sit_half_signed_in(person, target, client)
    second.sit_half_signed_in(person, target, client)
    assert not guess(first, code).has("otp_code")
    with attack.one_refusal("sign_in.totp", "wrong_code"):
        assert guess(second, code).has("otp_code")
    target.hide(first.cookies.get(SESSION_COOKIE))


STRANGE = [
    "",
    " ",
    "12345",
    "1234567",
    "abcdef",
    "٠" * 6,
    "1" * 100_00,
    "-12345",
    "1e5",
    "' OR 1",
    "\x00" * 6,
    "null",
]


@pytest.mark.parametrize("code", STRANGE)
def test_mf_004_what_is_no_code(
    code: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    page = browser.sit_half_signed_in(person, target, client)
    form = next(page.get("otp_submit").iterancestors("form"))
    after = browser._send(form, [*{**dict(form.form_values()), "code": code}.items()])
    assert after.status == 400 and browser.open("/account").path != "/account"


def recover(browser: AttackersBrowser, code: str) -> Any:
    browser.open("/mfa/recovery", interaction=browser.uid)
    form = next(browser.page.get("recovery_submit").iterancestors("form"))
    return browser._send(form, [*{**dict(form.form_values()), "code": code}.items()])


def test_mf_007_a_recovery_code_works_once_however_it_is_typed(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    code = person.recovery_codes[0]
    for typed, works in ((f"  {code.upper().replace('-', ' ')} ", True), (code, False)):
        browser = attack.new_browser()
        browser.sit_half_signed_in(person, target, client)
        recover(browser, typed)
        assert (browser.open("/account").path == "/account") is works
        target.hide(browser.cookies.get(SESSION_COOKIE))
    stored = target.fetch_all(
        "SELECT code_hash FROM recovery_codes WHERE account_id = :a", a=person.account_id
    )
    assert not any(code.replace("-", "") in row.code_hash for row in stored)


def test_mf_007_a_recovery_code_is_its_owner_s(attack: Attack, client: Party, target: Target) -> None:
    mine, theirs = target.new_person(), target.new_person()
    browser = attack.new_browser()
    browser.sit_half_signed_in(mine, target, client)
    with attack.one_refusal("sign_in.recovery_code", "wrong_code"):
        assert recover(browser, theirs.recovery_codes[0]).status == 400


def test_mf_007_one_of_twenty_at_once(attack: Attack, client: Party, person: Victim, target: Target) -> None:
    browsers = [attack.new_browser() for _ in range(20)]
    forms = []
    for browser in browsers:
        browser.sit_half_signed_in(person, target, client)
        page = browser.open("/mfa/recovery", interaction=browser.uid)
        forms.append(next(page.get("recovery_submit").iterancestors("form")))
    start = threading.Barrier(20)

    def one(browser: AttackersBrowser, form: Any) -> int:
        start.wait(60)
        browser._send(form, [*{**dict(form.form_values()), "code": person.recovery_codes[1]}.items()])
        return int(browser.open("/account").path == "/account")

    with ThreadPoolExecutor(20) as threads:
        done = [threads.submit(one, *pair) for pair in zip(browsers, forms, strict=True)]
        assert sum(future.result(60) for future in done) == 1
    target.hide(*(browser.cookies.get(SESSION_COOKIE) for browser in browsers))


@pytest.mark.parametrize("code", ["a" * 60_000, "a" * 65, "-" * 60_000, "\u200b" * 64, "ﬀ" * 30, ""])
def test_mf_008_an_oversize_recovery_code(
    code: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    page = recover(browser, code)
    assert page.status in (400, 413) and browser.open("/account").path != "/account"
    check_quick(attack.send("GET", "/login"))


def test_mf_013_no_answer_holds_the_secret(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    pages = [browser.sit_half_signed_in(person, target, client)]
    pages.append(guess(browser, wrong_code(person)))
    pages.append(guess(browser, person.next_code()))
    target.hide(browser.cookies.get(SESSION_COOKIE))
    for path in ("/account", "/account/security", "/account/activity", "/mfa/enrol", "/mfa/codes"):
        pages.append(browser.open(path))
    for page in pages:
        assert (person.totp_secret or "") not in page.text
        assert not any(code in page.text for code in person.recovery_codes)
        assert page.url.startswith("https://rp.example") or "no-store" in page.headers["Cache-Control"]


def test_mf_015_a_known_browser_still_needs_the_factor(
    attack: Attack, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    browser.open("/login")
    person.pass_through(browser)
    target.hide(browser.cookies.get(SESSION_COOKIE))
    device = browser.cookies.get("tnid_device", domain="127.0.0.1")
    for jar in (browser, attack.new_browser()):
        jar.cookies.clear()
        attack.put_cookie("tnid_device", device or "", jar)
        jar.open("/login")
        page = jar.submit(
            "login_submit", {"login_username": person.username, "login_password": person.password}
        )
        assert page.has("otp_code"), page
        assert jar.open("/account").path != "/account"


SKIPS = [
    "/account",
    "/account/security",
    "/account/profile",
    "/mfa/codes",
    "/consent",
    "/resume/{uid}",
    "/select-account",
]


@pytest.mark.parametrize("path", SKIPS)
def test_mf_017_no_direct_request_skips_the_factor(
    path: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    target.agree(person, client)
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    uid = browser.uid
    page = browser.open(path.format(uid=uid), interaction=uid)
    assert page.has("login_username") or page.has("otp_code") or page.status == 400, page
    assert browser.code() is None and browser.cookies.get(SESSION_COOKIE) is None


def test_mf_017_half_a_sign_in_can_not_set_up_another_factor(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    page = browser.open("/mfa/enrol", interaction=browser.uid)
    assert page.has("otp_code") and not page.has("secret_text")
    assert target.services.factors.is_enrolled(person.account_id)


def test_mf_017_one_factor_is_not_enough_to_change_factors(
    attack: Attack, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person, PASSWORD), browser)
    for button in ("remove_factor_submit", "new_codes_submit"):
        browser.open("/account/security")
        assert browser.click(button).has("otp_code"), browser.page
    assert target.services.factors.count_recovery_codes(person.account_id) == 10


def test_mf_017_an_old_sign_in_is_not_enough_to_change_factors(
    attack: Attack, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    target.execute(
        "UPDATE sessions SET auth_time = auth_time - 301 WHERE account_id = :a", a=person.account_id
    )
    for button in ("remove_factor_submit", "new_codes_submit"):
        browser.open("/account/security")
        assert browser.click(button).has("login_username"), browser.page
    assert target.services.factors.is_enrolled(person.account_id)


def test_mf_012_no_address_for_a_code_is_taken_from_the_request(
    attack: Attack, client: Party, target: Target
) -> None:
    """Setting a factor up sends nothing anywhere: whatever address comes along is left alone."""
    person = target.new_person(totp=False, phone_number="+84912345678")
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person, PASSWORD), browser)
    claims = '{"id_token":{"acr":{"essential":true,"values":["LoA2"]}}}'
    page = browser.begin(client, claims=claims)
    assert page.has("secret_text")
    form = next(page.get("otp_submit").iterancestors("form"))
    extra = {"phone": "+84900000000", "email": "evil@evil.example", "address": "x", "channel": "sms"}
    browser._send(form, [*{**dict(form.form_values()), **extra, "code": "000000"}.items()])
    account = target.services.accounts.get(person.account_id)
    assert account.profile["phone_number"] == "+84912345678" and "email" not in account.profile
    told = target.fetch_all("SELECT id FROM messages WHERE account_id = :a", a=person.account_id)
    assert told == []


def test_mf_017_a_passkey_alone_is_asked_for_after_the_password_too(
    attack: Attack, client: Party, target: Target
) -> None:
    person = target.new_person(totp=False)
    give_passkey(target, person)
    browser = attack.new_browser()
    browser.begin(client)
    fields = {"login_username": person.username, "login_password": person.password}
    page = browser.submit("login_submit", fields)
    uid = browser.uid
    assert page.path == "/mfa/passkey" and not page.has("use_totp")
    for path in ("/mfa/totp", "/mfa/enrol", "/mfa/enrol/passkey", f"/resume/{uid}", "/account", "/consent"):
        page = browser.open(path, interaction=uid)
        assert page.path in ("/mfa/passkey", "/login"), page
    assert browser.cookies.get(SESSION_COOKIE) is None and browser.code() is None


def test_mf_017_a_passkey_guards_the_other_factors(attack: Attack, target: Target) -> None:
    """A session of the password alone changes neither factors nor codes nor password."""
    person = target.new_person(totp=False)
    give_passkey(target, person)
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person, PASSWORD), browser)
    for path in ("/account/security/passkeys/new", "/account/security/app"):
        assert browser.open(path).path == "/mfa/passkey"
    browser.open("/account/security")
    for button in ("enrol_submit", "new_codes_submit"):
        browser.open("/account/security")
        assert browser.click(button).path == "/mfa/passkey"
    assert not target.services.factors.has_totp(person.account_id)


def test_mf_017_passkeys_are_not_locked_by_guesses_at_codes(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    key = give_passkey(target, person)
    for _ in range(ALLOWED_PER_ACCOUNT // TRIES):
        browser = attack.new_browser()
        browser.sit_half_signed_in(person, target, client)
        for _ in range(TRIES):
            guess(browser, wrong_code(person))
    browser = attack.new_browser()
    options = options_of(browser.open("/login"))
    assert send(browser, key.get(options)).path == "/account"
    target.hide(browser.cookies.get(SESSION_COOKIE))


def test_mf_017_ten_wrong_passkeys_end_the_half_sign_in(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    give_passkey(target, person)
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    browser.open("/mfa/passkey", interaction=browser.uid)
    for _ in range(TRIES - 1):
        assert send(browser, "{}").status == 400
    assert send(browser, "{}").has("login_username")
