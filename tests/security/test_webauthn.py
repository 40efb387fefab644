"""Passkeys: nothing but the right key, at the right place, in the right browser, opens an account."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cbor2
import pytest

from tests.authenticator import AT, BE, BS, ES256, RS256, UP, UV, Authenticator, encode
from tests.security.attack import Attack, AttackersBrowser, check_quick
from tests.security.target import HALF_COOKIE, SESSION_COOKIE, Party, Target, Victim
from tnid import clock
from tnid.signin.assurance import PASSWORD
from tnid.signin.passkeys import Added

NEW = "/account/security/passkeys/new"
EVENT = "sign_in.passkey"


@pytest.fixture
def key(target: Target, person: Victim) -> Authenticator:
    """The person's passkey."""
    return give_passkey(target, person)


def new_key(target: Target, algorithm: int = ES256) -> Authenticator:
    return Authenticator(target.provider.issuer, algorithm)


def give_passkey(target: Target, person: Victim) -> Authenticator:
    """Register a passkey behind the server's back."""
    key, passkeys, now = new_key(target), target.services.passkeys, clock.now()
    account = target.services.accounts.get(person.account_id)
    text = key.create(passkeys.creation_options(account, "here", now))
    with target.database.unit():
        assert isinstance(passkeys.register(person.account_id, text, "here", "Điện thoại", now), Added)
    return key


def options_of(page: Any) -> dict[str, Any]:
    (text,) = page.document.xpath("//form[@data-passkey]/@data-options")
    found: dict[str, Any] = json.loads(text)
    return found


def send(browser: AttackersBrowser, credential: str, **changes: str) -> Any:
    """Send what a passkey answers by the form of the present page."""
    (form,) = browser.page.document.xpath("//form[@data-passkey]")
    return browser._send(form, [*{**dict(form.form_values()), "credential": credential, **changes}.items()])


def refused(
    attack: Attack, browser: AttackersBrowser, credential: str, reason: str, event: str = EVENT
) -> None:
    """Send what must be refused: 400, one audit event, and nobody signed in."""
    with attack.one_refusal(event, reason):
        page = send(browser, credential)
    assert page.status == 400 and browser.cookies.get(SESSION_COOKIE) is None, page


def at_login(attack: Attack) -> tuple[AttackersBrowser, dict[str, Any]]:
    browser = attack.new_browser()
    return browser, options_of(browser.open("/login"))


def count(target: Target, person: Victim) -> int:
    return len(target.services.passkeys.list_by_account(person.account_id))


def test_wa_000_the_right_one_opens(attack: Attack, target: Target, key: Authenticator) -> None:
    browser, options = at_login(attack)
    assert send(browser, key.get(options)).path == "/account"
    target.hide(browser.cookies.get(SESSION_COOKIE))


# The rules of every assertion


@pytest.mark.parametrize("flags", [UP | UV | BS, UP | UV])
def test_wa_006_backup_flags_that_can_not_be(
    flags: int, attack: Attack, target: Target, key: Authenticator
) -> None:
    browser, options = at_login(attack)
    reason = "assertion" if flags & BS else "backup_eligibility"
    refused(attack, browser, key.get(options, flags=flags), reason)


def test_wa_006_backup_flags_that_can_not_be_at_registration(
    attack: Attack, target: Target, person: Victim
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    options = options_of(browser.open(NEW))
    text = new_key(target).create(options, flags=UP | UV | BS | AT)
    with attack.one_refusal("passkey.add", "registration"):
        assert send(browser, text).status == 400
    assert count(target, person) == 0


def test_wa_007_somebody_elses_handle_or_passkey(
    attack: Attack, target: Target, person: Victim, key: Authenticator, client: Party
) -> None:
    other = target.new_person()
    others = give_passkey(target, other)
    browser, options = at_login(attack)
    refused(attack, browser, key.get(options, user_handle=others.user_handle), "user_handle")
    refused(attack, browser, key.get(options_of(browser.page), user_handle=None), "user_handle")
    # Half signed in as the person, with the other's passkey
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    page = browser.open("/mfa/passkey", interaction=browser.uid)
    allowed = [one["id"] for one in options_of(page)["allowCredentials"]]
    assert allowed == [encode(key.credential_id)]
    refused(attack, browser, others.get(options_of(page)), "another_account")


@pytest.mark.parametrize(
    "client_data",
    [
        {"crossOrigin": True},
        {"crossOrigin": 1},
        {"topOrigin": "https://evil.example"},
        {"crossOrigin": True, "topOrigin": "https://evil.example"},
    ],
)
def test_wa_008_a_frame_of_somebody_else(
    client_data: dict[str, Any], attack: Attack, key: Authenticator
) -> None:
    browser, options = at_login(attack)
    refused(attack, browser, key.get(options, client=client_data), "cross_origin")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null", ""])
def test_wa_008_another_origin(origin: str, attack: Attack, key: Authenticator) -> None:
    browser, options = at_login(attack)
    refused(attack, browser, key.get(options, client={"origin": origin}), "origin")


GARBAGE: list[tuple[dict[str, Any], str]] = [
    ({"sent_client": b"{}"}, "ceremony"),
    ({"signature": b"\x30\x84\xff\xff\xff\xff"}, "assertion"),
    ({"signature": b"\x00" * 1024}, "assertion"),
    ({"signature": b"\x00" * 1025}, "malformed"),
    ({"authenticator_data": bytes(37) + b"\x9f" * 500}, "malformed"),
    (
        {"authenticator_data": bytes(32) + bytes([UP | UV | BE | BS | 0x80]) + bytes(4) + b"\x81" * 900},
        "malformed",
    ),
    ({"client": {"challenge": "!"}}, "malformed"),
    ({"client": {"challenge": None}}, "malformed"),
    ({"client": {"x": [[[[[[[[[]]]]]]]]] * 100}}, "assertion"),
    ({"credential_id": b"x" * 1023}, "unknown"),
    ({"credential_id": b"x" * 1024}, "malformed"),
]


@pytest.mark.parametrize(("changes", "reason"), GARBAGE)
def test_wa_009_garbage(changes: dict[str, Any], reason: str, attack: Attack, key: Authenticator) -> None:
    browser, options = at_login(attack)
    if reason == "assertion" and "client" in changes:
        changes = {**changes, "signature": b"wrong"}
    refused(attack, browser, key.get(options, **changes), reason)


def test_wa_009_altered_client_data_and_a_swapped_algorithm(
    attack: Attack, target: Target, key: Authenticator
) -> None:
    browser, options = at_login(attack)
    altered = key._client_data("webauthn.get", options, {"more": "than was signed"})
    refused(attack, browser, key.get(options, sent_client=altered), "assertion")
    swapped = new_key(target, RS256)
    swapped.credential_id, swapped.user_handle = key.credential_id, key.user_handle
    refused(attack, browser, swapped.get(options_of(browser.page)), "assertion")


@pytest.mark.parametrize(
    "text", ["", "{}", "null", "[" * 20_000, '{"a":' * 9_000, "\u0000", "é" * 12_000, "9" * 23_000]
)
def test_wa_009_what_is_no_answer_at_all(text: str, attack: Attack) -> None:
    browser, _options = at_login(attack)
    page = send(browser, text)
    assert page.status in (400, 413) and browser.cookies.get(SESSION_COOKIE) is None
    check_quick(attack.send("GET", "/login"))


def test_wa_009_a_mebibyte(attack: Attack) -> None:
    browser, _options = at_login(attack)
    assert send(browser, "A" * 1024 * 1024).status == 413


BOMBS = [
    b"\x9b\x00\x00\x00\x10\x00\x00\x00\x00",
    b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x81" * 8000,
    b"\x9f" * 8000,
    b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
    cbor2.dumps(cbor2.CBORTag(35, "(a+)+$" * 100)),
    cbor2.dumps(cbor2.CBORTag(4, [2**60, 1])),
    cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b"\x00" * 4000}),
    cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b""}) + b"trailing",
    b"x" * 8193,
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_wa_009_bombs_of_cbor(bomb: bytes, attack: Attack, target: Target, person: Victim) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    options = options_of(browser.open(NEW))
    with attack.one_refusal("passkey.add"):
        page = send(browser, new_key(target).create(options, attestation=bomb))
    assert page.status == 400 and count(target, person) == 0
    check_quick(attack.send("GET", "/login"))


# Challenges and counters


def test_wa_001_an_answer_is_good_once_and_in_its_own_browser(
    attack: Attack, target: Target, key: Authenticator
) -> None:
    browser, options = at_login(attack)
    text = key.get(options)
    stranger, _options = at_login(attack)
    refused(attack, stranger, text, "challenge")
    assert send(browser, text).path == "/account"
    target.hide(browser.cookies.get(SESSION_COOKIE))
    again, _options = at_login(attack)
    refused(attack, again, text, "challenge")


def test_wa_001_one_of_sixteen_at_once(attack: Attack, target: Target, key: Authenticator) -> None:
    browser, options = at_login(attack)
    (form,) = browser.page.document.xpath("//form[@data-passkey]")
    data = {**dict(form.form_values()), "credential": key.get(options)}
    jar = browser.cookies.get("tnid_browser", domain="127.0.0.1")
    start = threading.Barrier(16)

    def one() -> str | None:
        http = attack.new_client()
        http.cookies.set("tnid_browser", jar or "", domain="127.0.0.1")
        start.wait(60)
        answer = http.post(form.get("action"), data=data)
        assert answer.status_code < 500
        return http.cookies.get(SESSION_COOKIE)

    with ThreadPoolExecutor(16) as threads:
        opened = [
            found for found in [t.result(60) for t in [threads.submit(one) for _ in range(16)]] if found
        ]
    assert len(opened) == 1
    target.hide(*opened)


def test_wa_002_a_challenge_for_one_thing_is_good_for_nothing_else(
    attack: Attack, target: Target, person: Victim, key: Authenticator, client: Party
) -> None:
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    beside_password = options_of(browser.open("/mfa/passkey", interaction=browser.uid))
    browser.cookies.delete(HALF_COOKIE)
    browser.open("/login", interaction=browser.uid)
    refused(attack, browser, key.get(beside_password), "challenge")


def test_wa_003_a_challenge_that_nobody_gave(attack: Attack, key: Authenticator) -> None:
    browser, _options = at_login(attack)
    refused(attack, browser, key.get({"challenge": encode(bytes(56))}), "challenge")


@pytest.mark.parametrize("flags", [UV | BE | BS, UP | BE | BS])
def test_wa_004_nobody_there_or_not_unlocked(flags: int, attack: Attack, key: Authenticator) -> None:
    browser, options = at_login(attack)
    refused(attack, browser, key.get(options, flags=flags), "assertion")


def test_wa_005_a_copied_key_is_seen_by_its_counter(
    attack: Attack, target: Target, person: Victim, key: Authenticator
) -> None:
    browser, options = at_login(attack)
    assert send(browser, key.get(options, sign_count=7)).path == "/account"
    target.hide(browser.cookies.get(SESSION_COOKIE))
    for behind in (7, 3, 0):
        other, options = at_login(attack)
        refused(attack, other, key.get(options, sign_count=behind), "counter")
    seen = target.fetch_all(
        "SELECT id FROM audit_events WHERE account_id = :a AND reason = 'counter'", a=person.account_id
    )
    assert len(seen) == 3


# Registration


def test_wa_010_a_credential_of_another_account(
    attack: Attack, target: Target, person: Victim, key: Authenticator
) -> None:
    thief = target.new_person()
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(thief), browser)
    text = key.create(options_of(browser.open(NEW)))
    with attack.one_refusal("passkey.add", "passkey_taken"):
        assert send(browser, text).status == 400
    assert (count(target, thief), count(target, person)) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"credential_id": b"x" * 1024}, "malformed"),
        ({"cose": {1: 2, 3: -35, -1: 2, -2: bytes(48), -3: bytes(48)}}, "registration"),
        ({"cose": {1: 3, 3: -65535, -1: b"\xff" * 256, -2: b"\x01\x00\x01"}}, "registration"),
        ({"cose": {1: 2, 3: ES256, -1: 1, -2: b"\x01" * 32, -3: b"\x01" * 32}}, "public_key"),
        ({"fmt": "tpm"}, "attestation"),
    ],
)
def test_wa_010_what_is_no_passkey_of_ours(
    changes: dict[str, Any], reason: str, attack: Attack, target: Target, person: Victim
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    text = new_key(target).create(options_of(browser.open(NEW)), **changes)
    with attack.one_refusal("passkey.add", reason):
        assert send(browser, text).status == 400
    assert count(target, person) == 0


def test_wa_010_without_a_fresh_sign_in_of_both_factors(
    attack: Attack, target: Target, person: Victim
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    text = new_key(target).create(options_of(browser.open(NEW)))
    target.execute(
        "UPDATE sessions SET auth_time = auth_time - 301 WHERE account_id = :a", a=person.account_id
    )
    assert send(browser, text).has("login_username")
    # A password alone, of an account that has more
    attack.put_cookie(SESSION_COOKIE, target.new_session(person, PASSWORD), browser)
    assert browser.open(NEW).has("otp_code")
    assert count(target, person) == 0


def test_wa_011_an_account_without_a_factor_is_not_given_one_by_a_stranger(
    attack: Attack, target: Target, client: Party
) -> None:
    person = target.new_person(totp=False)
    browser = attack.new_browser()
    browser.begin(client)
    uid = browser.uid
    for cookie in (SESSION_COOKIE, HALF_COOKIE):
        attack.put_cookie(cookie, "forged", browser)
    for path in (NEW, f"/mfa/enrol/passkey?interaction={uid}"):
        assert browser.open(path).has("login_username")
    # A challenge of one's own, sent as the victim's
    text = new_key(target).create({"challenge": encode(bytes(56)), "user": {"id": encode(b"victim")}})
    (token, *_) = browser.page.document.xpath("//input[@name='csrf_token']/@value")
    for path in (NEW, f"/mfa/enrol/passkey?interaction={uid}&verified=true"):
        data = {"csrf_token": token, "credential": text, "verified": "true", "account_id": person.account_id}
        answer = browser._http.post(target.address + path, data=data)
        assert answer.status_code in (303, 403)
    assert count(target, person) == 0 and not target.services.factors.is_enrolled(person.account_id)


def test_wa_011_half_a_sign_in_does_not_add_to_what_there_is(
    attack: Attack, target: Target, person: Victim, client: Party
) -> None:
    browser = attack.new_browser()
    browser.sit_half_signed_in(person, target, client)
    assert browser.open("/mfa/enrol/passkey", interaction=browser.uid).has("otp_code")
    assert count(target, person) == 0


def test_wa_012_the_options_tell_nothing(attack: Attack, person: Victim, key: Authenticator) -> None:
    pages = [attack.new_browser().open("/login") for _ in range(2)]
    browser = attack.new_browser()
    browser.open("/login")
    wrong = {"login_username": person.username, "login_password": "not the password"}
    pages.append(browser.submit("login_submit", wrong))
    shown = [options_of(page) for page in pages]
    for options in shown:
        assert len(options.pop("challenge")) == 75
        assert options == shown[0] and options["allowCredentials"] == []
    assert all(encode(key.credential_id) not in page.text for page in pages)


def test_wa_012_an_unknown_passkey_and_a_disabled_account_look_alike(
    attack: Attack, target: Target, person: Victim, key: Authenticator
) -> None:
    target.disable(person)
    browser, options = at_login(attack)
    refused(attack, browser, key.get(options), "disabled")
    words = browser.page.text_of("main")
    stranger = new_key(target)
    stranger.user_handle = key.user_handle
    other, options = at_login(attack)
    refused(attack, other, stranger.get(options), "unknown")
    assert other.page.text_of("main") == words
