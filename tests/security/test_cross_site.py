"""Forms and links from elsewhere: nothing is changed by them, and nobody is sent away by them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.security.attack import Attack
from tests.security.target import SESSION_COOKIE, Party, Target, Victim

GETS = [
    "/",
    "/login",
    "/register",
    "/account",
    "/account/profile",
    "/account/security",
    "/account/sessions",
    "/account/applications",
    "/account/activity",
    "/account/security/factor",
    "/account/security/factor/remove",
    "/account/security/codes",
    "/logout",
    "/logout/confirm",
    "/logout/done",
    "/language",
    "/mfa/totp",
    "/mfa/enrol",
    "/mfa/codes",
    "/mfa/recovery",
    "/consent",
    "/select-account",
    "/requirement",
    "/healthz",
    "/readyz",
    "/token",
    "/revoke",
]
STATE = {
    "accounts": "SELECT * FROM accounts WHERE id = :a",
    "sessions": "SELECT id_hash, acr, ended_at FROM sessions WHERE account_id = :a ORDER BY id_hash",
    "consents": "SELECT * FROM consents WHERE account_id = :a",
    "factors": "SELECT * FROM totp_factors WHERE account_id = :a",
    "codes": "SELECT * FROM recovery_codes WHERE account_id = :a ORDER BY code_hash",
    "grants": "SELECT id, revoked_at FROM grants WHERE account_id = :a ORDER BY id",
}


def test_se_007_no_get_changes_anything(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    target.new_tokens(person, client)
    sids = target.fetch_all("SELECT sid FROM sessions WHERE account_id = :a", a=person.account_id)
    attack.sign_in(person)
    before = {name: target.fetch_all(sql, a=person.account_id) for name, sql in STATE.items()}
    acts = {
        "sid": sids[0].sid, "others": "", "client_id": client.client_id, "decision": "allow", "lang": "ko",
        "new": "x" * 20, "submit": "1", "continue": "1", "current": person.password,
    }  # fmt: skip
    for path in GETS:
        for method in ("GET", "HEAD"):
            attack.send(method, path, params=acts)
    assert {name: target.fetch_all(sql, a=person.account_id) for name, sql in STATE.items()} == before
    assert attack.send("GET", "/account").status_code == 200


POSTS: list[tuple[str, dict[str, str]]] = [
    ("/login", {"username": "a", "password": "b"}),
    ("/register", {"username": "a"}),
    ("/mfa/totp", {"code": "123456"}),
    ("/mfa/recovery", {"code": "1"}),
    ("/mfa/enrol", {"code": "1"}),
    ("/mfa/codes", {}),
    ("/consent", {"decision": "allow"}),
    ("/select-account", {"continue": ""}),
    ("/requirement", {}),
    ("/language", {"lang": "ko"}),
    ("/logout/confirm", {}),
    ("/account/profile", {"name": "x"}),
    ("/account/profile/phone", {"contact": "0987000111"}),
    ("/account/profile/phone/send", {}),
    ("/account/profile/phone/remove", {}),
    ("/account/profile/email/verify", {"code": "123456"}),
    ("/account/security", {"new": "x" * 20}),
    ("/account/security/factor", {}),
    ("/account/security/factor/remove", {}),
    ("/account/security/codes", {}),
    ("/account/sessions", {"others": ""}),
    ("/account/applications", {"client_id": "x"}),
]


@pytest.mark.parametrize(("path", "form"), POSTS, ids=[path for path, _ in POSTS])
@pytest.mark.parametrize("token", [None, "", "x", "others"])
def test_se_008_a_form_from_elsewhere_does_nothing(
    path: str, form: dict[str, str], token: str | None, attack: Attack, person: Victim, target: Target
) -> None:
    attack.sign_in(person)
    before = {name: target.fetch_all(sql, a=person.account_id) for name, sql in STATE.items()}
    if token == "others":
        elsewhere = attack.new_browser()
        token = elsewhere.open("/register").document.xpath("//input[@name='csrf_token']/@value")[0]
    headers = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    data = form if token is None else {**form, "csrf_token": token}
    answer = attack.refused("POST", path, data=data, headers=headers)
    assert answer.status_code == 403 and 'id="error_code"' in answer.text
    assert {name: target.fetch_all(sql, a=person.account_id) for name, sql in STATE.items()} == before


ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "https://evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    "%2f%2fevil.example",
    "../../etc/passwd",
    "CON.txt",
    "http://127.0.0.1@evil.example",
    "///evil.example",
    "/%5cevil.example",
    "/@evil.example",
]


@pytest.mark.parametrize("next_", ELSEWHERE)
def test_se_016_nobody_is_sent_elsewhere(next_: str, attack: Attack, target: Target) -> None:
    person = target.new_person(password="một mật khẩu đủ dài để đứng riêng", totp=False)
    browser = attack.new_browser()
    browser.open("/login", next=next_, return_to=next_, continue_=next_)
    person.pass_through(browser)
    assert browser.page.url == f"{target.address}/account", browser.page.url
    target.hide(browser.cookies.get(SESSION_COOKIE))
    language = browser.page.document.xpath("//form[@action='/language']")[0]
    given = [(n, v) for n, v in language.form_values() if n != "next"]
    page = browser._send(language, [*given, ("lang", "en"), ("next", next_)])
    assert page.url.startswith(target.address + "/"), page.url


def test_se_016_a_deep_link_keeps_its_own_host(attack: Attack) -> None:
    for path in (
        "//evil.example/account",
        "/account?next=//evil.example",
        "///account",
        "/account/%2e%2e//evil.example",
    ):
        answer = attack.send("GET", path)
        assert not re.match(r"(https?:)?//(?!127\.0\.0\.1)", answer.headers.get("Location", ""))
        assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "path", [p for p in GETS if p not in ("/token", "/revoke", "/logout/confirm", "/language")]
)
def test_se_017_no_cache_keeps_a_page(path: str, attack: Attack, shared_person: Victim) -> None:
    attack.sign_in(shared_person)
    answer = attack.send("GET", path)
    assert "no-store" in answer.headers["Cache-Control"] and "Cookie" in answer.headers.get("Vary", "Cookie")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_se_018_a_forged_browser_cookie_is_no_browser(attack: Attack, shared_client: Party) -> None:
    browser = attack.new_browser()
    browser.begin(shared_client)
    own = next(cookie.value for cookie in browser.cookies.jar if cookie.name == "tnid_browser") or ""
    payload, _, signature = own.rpartition(".")
    forged = [forge(secret) for secret in (b"changeme", b"dev", b"secret", b"\x00" * 32)]
    unsigned = [payload, f"{payload}.", f".{signature}", f"{payload}.{signature[:-1]}", "é.é"]
    for value in (*forged, *unsigned):
        http = attack.new_client()
        answer = http.get(f"/resume/{browser.uid}", headers={"Cookie": f"tnid_browser={value}".encode()})
        assert answer.status_code == 400 and "code=" not in answer.text
    answer = attack.new_client().get(f"/resume/{browser.uid}", headers={"Cookie": f"tnid_browser={own}"})
    assert answer.status_code == 303


def forge(secret: bytes) -> str:
    """Return a browser's cookie as it would be made under a guessed key."""
    app = Flask("forger")
    app.secret_key = secret
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps({"browser": "x", "csrf_token": "y"}))
