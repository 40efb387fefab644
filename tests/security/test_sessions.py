"""Sessions, forms from elsewhere, and cookies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.attack import Attack, AttackersBrowser
from tests.security.target import HALF_COOKIE, SESSION_COOKIE, Party, Target, Victim
from tnid import settings as settings_module
from tnid.app import create_app
from tnid.migrations import upgrade
from tnid.signin.assurance import PASSWORD

COOKIES = (SESSION_COOKIE, "tnid_browser", HALF_COOKIE, "tnid_device")


def jar(browser: AttackersBrowser, name: str) -> str | None:
    return browser.cookies.get(name)


def sign_in(browser: AttackersBrowser, person: Victim) -> None:
    browser.open("/login")
    person.pass_through(browser)
    assert browser.page.path == "/account", browser.page


def opens_account(attack: Attack, cookie: str) -> bool:
    """Say whether somebody else could use this session cookie."""
    http = attack.new_client()
    http.cookies.set(SESSION_COOKIE, cookie, domain="127.0.0.1")
    return http.get("/account").status_code == 200


def test_se_001_every_rise_of_trust_gives_a_new_session(
    attack: Attack, target: Target, client: Party
) -> None:
    person = target.new_person(password="một mật khẩu đủ dài để đứng riêng")
    planted = target.new_session(target.new_person())
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, planted, browser)
    browser.open("/login?")
    browser.cookies.delete(SESSION_COOKIE, domain="127.0.0.1")
    attack.put_cookie(SESSION_COOKIE, "a" * 43, browser)
    sign_in(browser, person)
    first = jar(browser, SESSION_COOKIE)
    assert first and first not in ("a" * 43, planted)
    target.hide(first)
    # Signing in again gives another, and the one before is dead
    browser.begin(client, prompt="login")
    person.pass_through(browser)
    second = jar(browser, SESSION_COOKIE)
    assert second and second != first and not opens_account(attack, first) and opens_account(attack, second)
    target.hide(second, browser.code())


def test_se_001_a_second_factor_gives_a_new_session(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    browser = attack.new_browser()
    before = target.new_session(person, PASSWORD)
    attack.put_cookie(SESSION_COOKIE, before, browser)
    claims = '{"id_token":{"acr":{"essential":true,"values":["LoA2"]}}}'
    assert browser.begin(client, claims=claims).has("otp_code")
    person.pass_through(browser)
    after = jar(browser, SESSION_COOKIE)
    target.hide(after, browser.code())
    assert after and after != before and not opens_account(attack, before)


def test_se_003_flags_of_every_cookie(attack: Attack, person: Victim, target: Target) -> None:
    seen: dict[str, str] = {}
    browser = attack.new_browser()
    browser._http.event_hooks = {
        "response": [lambda answer: seen.update(cookies_of(answer.headers.get_list("set-cookie")))]
    }
    sign_in(browser, person)
    target.hide(jar(browser, SESSION_COOKIE))
    assert {SESSION_COOKIE, HALF_COOKIE} <= set(seen)
    for name, flags in seen.items():
        for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag.lower() in flags.lower(), (name, flags)
        assert "domain=" not in flags.lower(), (name, flags)
    assert len(jar(browser, SESSION_COOKIE) or "") >= 43, "less than 256 bits"


def cookies_of(headers: list[str]) -> dict[str, str]:
    return {header.partition("=")[0]: header.partition(";")[2] for header in headers}


def test_se_003_https_cookies_are_secure_and_of_this_host_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("https")
    environ = {"TNID_INSTANCE_DIR": str(folder), "TNID_ISSUER": "https://id.thainguyen.example"}
    settings = settings_module.load(environ)
    upgrade(settings.database_url)
    answer = create_app(settings).test_client().get("/login", base_url="https://id.thainguyen.example")
    for header in answer.headers.getlist("Set-Cookie"):
        assert header.startswith("__Host-") and "Secure" in header and "Domain" not in header, header
    assert answer.headers.getlist("Set-Cookie")
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


STRANGE_COOKIES = [
    "=__Host-tnid_session=bad",
    f"{SESSION_COOKIE}=a; {SESSION_COOKIE}=b",
    f"{SESSION_COOKIE}=" + "a" * 4000,
    "; ".join(f"{SESSION_COOKIE}=x{i}" for i in range(100)),
    f"{SESSION_COOKIE}=\xff\xfe",
    f"{SESSION_COOKIE}",
    f'{SESSION_COOKIE}="a\\"b"',
    "tnid_browser=x.y.z",
    "tnid_browser=e30.aaaa.bbbb",
    "tnid_device=" + "." * 200,
    "tnid_lang=../../etc",
    f"{HALF_COOKIE}=' OR 1=1 --",
    "\x01=\x02",
    "a=b;" * 1000,
]


@pytest.mark.parametrize("cookie", range(len(STRANGE_COOKIES)))
def test_se_004_strange_cookies_open_nothing(cookie: int, attack: Attack, shared_client: Party) -> None:
    headers = {"Cookie": STRANGE_COOKIES[cookie].encode("latin-1")}
    assert attack.send("GET", "/account", headers=headers).status_code in (303, 400, 431)
    assert attack.send("GET", "/login", headers=headers).status_code in (303, 400, 431)
    answer = attack.send("GET", "/authorize", params=shared_client.query(prompt="none"), headers=headers)
    assert "code=" not in answer.headers.get("Location", "")


def test_se_004_of_two_sessions_neither_is_chosen_by_the_attacker(
    attack: Attack, person: Victim, target: Target
) -> None:
    mine, theirs = target.new_session(person), target.new_session(target.new_person())
    headers = {"Cookie": f"{SESSION_COOKIE}={mine}; {SESSION_COOKIE}={theirs}"}
    assert attack.send("GET", "/account", headers=headers).status_code in (200, 303)


@pytest.mark.parametrize("ends", ["idle", "absolute"])
def test_se_011_a_session_ends_by_itself(ends: str, attack: Attack, person: Victim, target: Target) -> None:
    settings = target.services.settings
    attack.sign_in(person)
    assert attack.send("GET", "/account").status_code == 200
    column, seconds = {
        "idle": ("last_seen_at", settings.session_idle_seconds),
        "absolute": ("expires_at", settings.session_lifetime_seconds),
    }[ends]
    assert settings.session_idle_seconds <= 3600 and settings.session_lifetime_seconds <= 12 * 3600
    sql = f"UPDATE sessions SET {column} = {column} - :by WHERE account_id = :a"
    target.execute(sql, by=seconds - 20, a=person.account_id)
    assert attack.send("GET", "/account").status_code == 200
    target.execute(sql, by=seconds, a=person.account_id)
    assert attack.send("GET", "/account").status_code == 303


def change_password(browser: AttackersBrowser, current: str, new: str, *, end_others: bool = True) -> Any:
    page = browser.open("/account/security")
    form = next(page.get("password_submit").iterancestors("form"))
    fields = {**dict(form.form_values()), "current": current, "new": new}
    fields.pop("end_others", None)
    return browser._send(form, [*fields.items(), *([("end_others", "y")] if end_others else [])])


def test_se_012_a_new_password_ends_the_rest(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    others = [target.new_session(person) for _ in range(3)]
    tokens = target.new_tokens(person, client, session=others[0])
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    box = browser.open("/account/security").document.xpath("//input[@name='end_others']")[0]
    assert box.get("checked") is not None, "ending the others is not the default"
    new = "một mật khẩu hoàn toàn khác 9"
    target.hide(new)
    page = change_password(browser, person.password, new)
    assert page.status == 200 and page.path == "/account/security", page
    assert not any(opens_account(attack, other) for other in others)
    assert browser.open("/account").path == "/account", "the person's own session ended"
    assert not target.is_active(client, tokens["access_token"])
    attack.token_refused(client, client.refreshment(tokens["refresh_token"]), "invalid_grant")


def test_se_012_the_rest_goes_on_where_the_person_wants_it_to(
    attack: Attack, person: Victim, target: Target
) -> None:
    others = [target.new_session(person) for _ in range(2)]
    browser, new = attack.new_browser(), "một mật khẩu hoàn toàn khác 9"
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    target.hide(new)
    assert change_password(browser, person.password, new, end_others=False).status == 200
    assert target.services.passwords.verify(password_hash_of(target, person), new).is_right
    assert all(opens_account(attack, other) for other in others)


def password_hash_of(target: Target, person: Victim) -> str:
    sql = "SELECT password_hash FROM accounts WHERE id = :a"
    return str(target.fetch_all(sql, a=person.account_id)[0].password_hash)


def test_se_014_somebody_else_s_session_is_not_found(attack: Attack, person: Victim, target: Target) -> None:
    victim = target.new_person(totp=False)
    cookie = target.new_session(victim)
    sid = target.fetch_all("SELECT sid FROM sessions WHERE account_id = :a", a=victim.account_id)[0].sid
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    target.new_session(person)
    form = browser.open("/account/sessions").document.xpath("//form[.//button[@name='sid']]")[0]
    with attack.one_refusal():
        page = browser._send(form, [*form.form_values(), ("sid", sid)])
    assert page.status == 404 and opens_account(attack, cookie)
    assert attack.send("GET", f"/account/sessions/{sid}").status_code == 404


def test_se_014_somebody_else_s_consent_is_not_found(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    victim, mine = target.new_person(totp=False), target.new_client()
    tokens = target.new_tokens(victim, client)
    target.agree(person, mine)
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    form = browser.open("/account/applications").document.xpath("//form[.//button[@name='client_id']]")[0]
    for client_id in (client.client_id, "", "x", "' OR 1=1 --", "a\x00b"):
        with attack.one_refusal():
            page = browser._send(form, [*form.form_values(), ("client_id", client_id)])
        assert page.status in (400, 404)
        browser.open("/account/applications")
    assert target.is_active(client, tokens["access_token"])


def test_se_015_a_disabled_person_is_out_everywhere(attack: Attack, person: Victim, target: Target) -> None:
    cookies = [target.new_session(person) for _ in range(3)]
    assert all(opens_account(attack, cookie) for cookie in cookies)
    target.disable(person)
    assert not any(opens_account(attack, cookie) for cookie in cookies for _ in range(4))
