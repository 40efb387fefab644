"""Text that no store, page or log may choke on; on both databases."""

from __future__ import annotations

import base64
import http.client
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.security.attack import Attack
from tests.security.target import SESSION_COOKIE, Target, running_target
from tests.security.test_passwords import exists, register
from tests.servers import postgresql
from tnid.accounts.claims import check_profile


@pytest.fixture(scope="module")
def target_on_postgresql(
    postgresql_server: postgresql.PostgreSQL,
    postgresql_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Target]:
    """PostgreSQL takes no NUL, and says so late."""
    name = postgresql_server.create_database(template=postgresql_template)
    url = postgresql_server.url_of(name)
    with running_target(tmp_path_factory.mktemp("postgresql"), workers=1, database_url=url) as running:
        yield running
    postgresql_server.drop_database(name)


@pytest.fixture
def attack_on_postgresql(target_on_postgresql: Target) -> Iterator[Attack]:
    attacker = Attack(target_on_postgresql)
    yield attacker
    attacker.finish()


BYTES = [
    "\x00",
    "a\x00b",
    "\u2028",
    "\ufeff",
    "\u202e",
    "\r\nX: y",
    "' OR 1=1 --",
    "${7*7}{{7*7}}",
    "%s%n",
    "\U0010ffff",
    "\ufffe",
]


@pytest.mark.parametrize("text", BYTES)
def test_in_004_any_text_in_any_place(text: str, attack_on_postgresql: Attack) -> None:
    attack, target = attack_on_postgresql, attack_on_postgresql.target
    pair = base64.b64encode(f"{text}:x".encode()).decode()
    quoted = base64.b64encode(b"%00:x").decode()
    for header in (f"Basic {pair}", f"Basic {quoted}"):
        attack.refused(
            "POST", "/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
        )
    for path in (
        "/resume/",
        "/consent?interaction=",
        "/mfa/totp?interaction=",
        "/login?interaction=",
        "/register?interaction=",
    ):
        attack.send("GET", path + _quote(text))
    for name in ("client_id", "redirect_uri", "state", "login_hint", "nonce", "ui_locales"):
        attack.send("GET", "/authorize", params={"client_id": "x", name: text})
        attack.send("GET", "/logout", params={name: text})
    attack.send("POST", "/revoke", data={"token": text, "client_id": text})
    browser = attack.new_browser()
    for fields in ({"username": text, "password": "x"}, {"username": "x", "password": text}):
        form = browser.open("/login").document.xpath("//form[.//input[@name='password']]")[0]
        page = browser._send(form, [*{**dict(form.form_values()), **fields}.items()])
        assert page.status in (400, 413), page
    register(attack, username=text, name=text, phone=text, email=text)
    assert target.http.get("/readyz").status_code == 200


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud7ff", "' OR 1=1 --"])
def test_in_004_any_text_in_the_account_s_forms(text: str, attack_on_postgresql: Attack) -> None:
    attack, target = attack_on_postgresql, attack_on_postgresql.target
    person, client = target.new_person(), target.new_client()
    target.agree(person, client)
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    target.new_session(person)
    for path, name in (("/account/applications", "client_id"), ("/account/sessions", "sid")):
        form = browser.open(path).document.xpath(f"//form[.//button[@name='{name}']]")[0]
        page = browser._send(form, [*form.form_values(), (name, text)])
        assert page.status in (400, 404), page
    form = browser.open("/account/profile").document.xpath("//form[.//input[@name='name']]")[0]
    for name in ("name", "birthdate", "locality", "gender"):
        page = browser._send(form, [*{**dict(form.form_values()), name: text}.items()])
    for path, name in (("phone", "contact"), ("email", "contact"), ("phone/verify", "code")):
        found = browser.open(f"/account/profile/{path}").document.xpath(f"//form[.//input[@name='{name}']]")
        for form in found:
            browser._send(form, [*{**dict(form.form_values()), name: text}.items()])
    browser.open("/logout", client_id=client.client_id)
    form = next(browser.page.get("logout_confirm").iterancestors("form"))
    for name in ("client_id", "state", "post_logout_redirect_uri"):
        page = browser._send(form, [*{**dict(form.form_values()), name: text}.items()])
        browser.open("/logout", client_id=client.client_id)
        if not browser.page.has("logout_confirm"):
            return


def _quote(text: str) -> str:

    return quote(text, safe="")


JSON = [
    {"username": "a\x00b", "password": "x"},
    {"username": {"a": 1}, "password": ["x"]},
    {"username": 5, "password": None},
    [],
    "x",
]


@pytest.mark.parametrize("document", JSON)
@pytest.mark.parametrize("path", ["/login", "/register", "/language"])
def test_ht_011_a_page_takes_no_json(document: Any, path: str, attack_on_postgresql: Attack) -> None:
    browser = attack_on_postgresql.new_browser()
    page = browser.open("/register" if path == "/register" else "/login")
    token = page.document.xpath("//input[@name='csrf_token']/@value")[0]
    address = path if path == "/language" else page.url
    answer = browser._http.post(address, json=document, headers={"X-CSRFToken": token})
    assert answer.status_code == 400, answer.text


LOOKALIKES = [
    "аdmin",
    "ad\u200bmin",
    "\u202enimda",
    "a" + "\u0301" * 1000,
    "ＡＤＭＩＮ",
    "admin",
    "ad.min",
    "root",
    "a\u0336b",
    "κ",
    "ivan-иван",
    "a b",
]


@pytest.mark.parametrize("username", LOOKALIKES)
def test_in_003_names_that_pass_for_others(username: str, attack: Attack, target: Target) -> None:
    page = register(attack, username=username)
    assert page.status == 400 and not exists(target, username), page


def test_in_003_twins_are_one_name(attack: Attack, target: Target) -> None:
    username = f"hoàng.thị.ngân.{uuid4().hex[:6]}"
    assert register(attack, username=username).status == 200
    for twin in (
        unicodedata.normalize("NFD", username),
        username.upper(),
        f" {username} ",
        username.replace("h", "ｈ", 1),
    ):
        assert register(attack, username=twin).status == 400, twin


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh Nguyệt", "O'Brien", "Đặng Văn Lâm-Ê", "김민수", "Y Blôk Êban"]
)
def test_in_003_real_names_are_accepted_and_escaped(name: str, attack: Attack, target: Target) -> None:
    username = f"nguoi.{uuid4().hex[:12]}"
    assert register(attack, username=username, name=name).status == 200
    account = target.services.accounts.find_by_username(username)
    assert account is not None and account.profile["name"] == name


def test_in_003_markup_in_a_name_is_text(
    attack: Attack, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As it may have come in before names were held to letters
    monkeypatch.setitem(check_profile.__globals__["_CHECKS"], "name", str)
    person = target.new_person(name='<script id=x>alert(1)</script>"><img id=y>')
    monkeypatch.undo()
    party = target.new_client(client_name="<b id=z>đậm</b>{{7777*7777}}")
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    pages: list[Any] = [browser.begin(party)]
    target.agree(person, party)
    pages += [
        browser.open(path)
        for path in ("/account", "/account/profile", "/account/applications", "/account/activity")
    ]
    for page in pages:
        assert not any(page.has(element) for element in ("x", "y", "z")), page
        assert "60481729" not in page.words()
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy


FORGED_LINES = [
    "\r\n2026-01-01 INFO forged",
    "\x1b[31mred\x1b[0m",
    "\u2028forged",
    "\x00",
    "\u202eforged",
    '"}\n{"forged": 1}',
]


@pytest.mark.parametrize("text", FORGED_LINES)
def test_in_004_a_log_has_one_line_an_event(text: str, attack: Attack) -> None:
    agent = text.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"").replace(b"\x00", b"")
    attack.send("GET", "/nowhere/" + _quote(text), headers={"User-Agent": agent})
    attack.token_refused(
        None,
        {"grant_type": text},
        "invalid_client" if "\x00" not in text else "invalid_request",
        401 if "\x00" not in text else 400,
    )
    for line in attack.log().splitlines():
        assert not line.startswith(("2026-01-01 INFO forged", "forged", "{")), line
        assert "\x1b" not in line and "\u202e" not in line


TRAVERSALS = [
    "/static/../../etc/passwd",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2fsettings.py",
    "/static/CON.txt",
    "/static/css/",
    "/static//etc/passwd",
    "/static/%5c..%5c..%5cetc%5cpasswd",
    "/static/css/tnid.css%00.txt",
    "/static/./../app.py",
    "/.git/config",
    "/instance/master.key",
    "/..;/account",
    "/%2e%2e/%2e%2e/etc/passwd",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_in_008_no_file_beside_the_published_ones(path: str, attack: Attack) -> None:

    connection = http.client.HTTPConnection("127.0.0.1", attack.target.provider.port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status in (400, 404, 308), answer.status
    assert b"root:" not in body and b"import " not in body
