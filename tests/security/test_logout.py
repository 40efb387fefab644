"""RP-initiated logout: nobody is signed out, or sent anywhere, by a stranger's link."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from oidc.errors import InvalidRedirectUri
from oidc.token.handles import new_identifier
from tests.security.attack import COSTLY_SECONDS, Attack, AttackersBrowser
from tests.security.target import AFTER_LOGOUT, SESSION_COOKIE, Party, Target, Victim
from tests.servers.https import Server
from tests.servers.processes import wait_until


@pytest.fixture
def browser(attack: Attack, person: Victim, target: Target) -> AttackersBrowser:
    """A browser in which the person is signed in."""
    made = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), made)
    return made


def is_signed_in(browser: AttackersBrowser) -> bool:
    return bool(browser.open("/account").path == "/account")


BAD_URIS = [
    "https://evil.example/",
    "https://rp.example@evil.example/bye",
    "//evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:,x",
    AFTER_LOGOUT + "?x=1",
    AFTER_LOGOUT + "/",
    AFTER_LOGOUT + "#",
    AFTER_LOGOUT.upper(),
]


@pytest.mark.parametrize("uri", BAD_URIS)
def test_lo_002_an_address_that_is_not_registered(
    uri: str, client: Party, person: Victim, browser: AttackersBrowser, attack: Attack, target: Target
) -> None:
    hint = target.new_tokens(person, client)["id_token"]
    for more in ({}, {"client_id": client.client_id}, {"id_token_hint": hint}):
        with attack.one_refusal():
            page = browser.open("/logout", post_logout_redirect_uri=uri, **more)
        assert page.status == 400 and page.path == "/logout" and page.error_code == "invalid_request"
    assert is_signed_in(browser)


def test_lo_002_a_registered_address_without_proof_asks_first(
    client: Party, browser: AttackersBrowser
) -> None:
    asked = {"post_logout_redirect_uri": AFTER_LOGOUT, "client_id": client.client_id}
    for parameters in ({}, {"client_id": client.client_id}, asked):
        page = browser.open("/logout", **parameters)
        assert page.status == 200 and page.has("logout_confirm")
    assert is_signed_in(browser)


def test_lo_002_the_confirmation_can_not_be_bent(
    client: Party, browser: AttackersBrowser, attack: Attack
) -> None:
    browser.open("/logout", post_logout_redirect_uri=AFTER_LOGOUT, client_id=client.client_id)
    form = next(browser.page.get("logout_confirm").iterancestors("form"))
    fields = dict(form.form_values())
    with attack.one_refusal():
        page = browser._send(form, [*{**fields, "post_logout_redirect_uri": "https://evil.example/"}.items()])
    assert page.status == 400 and is_signed_in(browser)


BAD_HINTS = ("x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "ü")


def test_lo_003_bad_hints(
    client: Party, person: Victim, browser: AttackersBrowser, attack: Attack, target: Target
) -> None:
    tokens = target.new_tokens(person, client)
    head, payload, signature = tokens["id_token"].split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    for hint in (
        *BAD_HINTS,
        tokens["access_token"],
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{head}.{payload}.{signature[:-8]}AAAAAAAA",
        f"{head}.{payload}x.{signature}",
        f"{head}..{signature}",
    ):
        with attack.one_refusal():
            page = browser.open("/logout", id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT)
        assert page.status == 400 and page.path == "/logout", page
    assert is_signed_in(browser)


def test_lo_003_what_else_we_sign_is_no_hint(
    client: Party, person: Victim, browser: AttackersBrowser, attack: Attack, target: Target
) -> None:
    registered = target.services.clients.find_now(client.client_id)
    assert registered is not None
    now = int(time.time())
    backchannel = target.services.provider.backchannel_logout
    logout_token = backchannel.issue(registered, person.account_id, "sid", now)
    no_person = {"iss": target.provider.issuer, "aud": client.client_id, "exp": now + 60, "code": "x"}
    another = {**no_person, "iss": "https://other.example", "sub": "x"}
    signed = [target.services.keyring.sign(c, alg="RS256", typ="JWT", now=now) for c in (no_person, another)]
    for hint in (logout_token, *signed):
        with attack.one_refusal():
            page = browser.open("/logout", id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT)
        assert page.status == 400 and page.path == "/logout"
    assert is_signed_in(browser)


def test_lo_003_an_expired_hint_of_ours_will_do(
    client: Party, person: Victim, browser: AttackersBrowser, target: Target
) -> None:
    now = int(time.time())
    tokens = target.new_tokens(person, client)
    fresh = target.services.keyring.verify(tokens["id_token"], typ="JWT", now=now)
    claims = {**fresh, "iat": now - 7200, "exp": now - 3600}
    expired = target.services.keyring.sign(claims, alg="RS256", typ="JWT", now=now)
    page = browser.open("/logout", id_token_hint=expired, post_logout_redirect_uri=AFTER_LOGOUT)
    assert page.url.startswith(AFTER_LOGOUT)
    assert not is_signed_in(browser)


def test_lo_003_a_hint_and_another_client_s_name(
    client: Party, person: Victim, browser: AttackersBrowser, attack: Attack, target: Target
) -> None:
    hint, other = target.new_tokens(person, client)["id_token"], target.new_client()
    with attack.one_refusal():
        page = browser.open("/logout", id_token_hint=hint, client_id=other.client_id)
    assert page.status == 400 and is_signed_in(browser)


def test_lo_004_a_hint_of_somebody_else_signs_nobody_out(
    client: Party, browser: AttackersBrowser, target: Target
) -> None:
    others = target.new_tokens(target.new_person(), client)["id_token"]
    page = browser.open("/logout", id_token_hint=others, post_logout_redirect_uri=AFTER_LOGOUT)
    assert page.status == 200 and page.has("logout_confirm"), page
    assert is_signed_in(browser)


@pytest.mark.parametrize("state", ["s" * 500, '"><script>x</script>', "a&b=c#d", "ữ €", "a\r\nX: y"])
def test_lo_005_state_comes_back_unchanged_and_alone(
    state: str, client: Party, person: Victim, browser: AttackersBrowser, target: Target
) -> None:
    hint = target.new_tokens(person, client)["id_token"]
    page = browser.open("/logout", id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT, state=state)
    assert page.url.startswith(AFTER_LOGOUT + "?")
    assert parse_qs(urlsplit(page.url).query) == {"state": [state]}
    assert not is_signed_in(browser)


def test_lo_005_state_on_the_confirmation_is_escaped(client: Party, browser: AttackersBrowser) -> None:
    state = '"><script id=x>alert(1)</script>'
    page = browser.open(
        "/logout", post_logout_redirect_uri=AFTER_LOGOUT, client_id=client.client_id, state=state
    )
    assert not page.has("x")
    assert parse_qs(urlsplit(browser.click("logout_confirm").url).query) == {"state": [state]}


@pytest.mark.parametrize(
    "uri", ["JaVaScRiPt:alert(1)", "http://rp.example/bye", "https://*.example/", "https://rp.example/a#b"]
)
def test_lo_006_an_address_that_no_client_may_register(uri: str, target: Target) -> None:
    with pytest.raises(InvalidRedirectUri):
        target.new_client(post_logout_redirect_uris=[uri])


# Back-channel: the twins that hang, fail and redirect are in tests/flows/test_back_channel.py


def errors_of(target: Target, client_ids: list[str]) -> list[str]:
    """Return why what waits for these clients was not delivered."""
    rows = target.services.outbox.list_open(most=5000)
    return [row.error for row in rows if row.client_id in client_ids and row.error]


def sign_out(browser: AttackersBrowser) -> float:
    """Sign out; return how many seconds the answer took."""
    browser.open("/logout")
    began = time.monotonic()
    browser.click("logout_confirm")
    seconds = time.monotonic() - began
    assert browser.page.path == "/logout/done" and not is_signed_in(browser)
    return seconds


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_lo_008_an_inner_address_is_never_connected_to(
    host: str, person: Victim, browser: AttackersBrowser, target: Target, tmp_path: Path
) -> None:
    inner = Server(tmp_path)
    client = target.new_client(backchannel_logout_uri=inner.url(host))
    target.new_tokens(person, client, session=browser.cookies[SESSION_COOKIE])
    sign_out(browser)
    wait_until(lambda: errors_of(target, [client.client_id]), seconds=30, what="attempt")
    assert "private or reserved" in errors_of(target, [client.client_id])[0] and inner.connections == 0
    inner.close()


def test_lo_008_a_thousand_clients_that_are_out_of_reach(
    person: Victim, browser: AttackersBrowser, target: Target
) -> None:
    first = target.new_client(backchannel_logout_uri="https://10.0.0.1/told")
    target.new_tokens(person, first, session=browser.cookies[SESSION_COOKIE])
    (grant,) = target.services.grants.list_by_account(person.account_id, int(time.time()))
    told = [first.client_id]
    for number in range(999):
        party = target.new_client(backchannel_logout_uri=f"https://10.1.{number // 250}.{number % 250}/told")
        target.agree(person, party)
        told.append(party.client_id)
        one = replace(grant, id=new_identifier(), client_id=told[-1], code_hash=new_identifier().encode())
        assert target.services.grants.add(one)
    assert sign_out(browser) < COSTLY_SECONDS
    queued = {row.client_id for row in target.services.outbox.list_open(most=5000)}
    assert set(told) <= queued
    wait_until(lambda: len(errors_of(target, told)) > 100, what="attempts")


def test_lo_010_the_next_person_at_this_browser_gets_nothing(
    client: Party, person: Victim, browser: AttackersBrowser, attack: Attack, target: Target
) -> None:
    target.agree(person, client)
    old = browser.cookies.get(SESSION_COOKIE)
    browser.open("/logout")
    browser.click("logout_confirm")
    assert browser.open("/authorize", **client.query()).has("login_username")
    # The cookie, kept by somebody, opens nothing
    attack.put_cookie(SESSION_COOKIE, old, browser)
    assert not is_signed_in(browser)
    another = target.new_person()
    browser.open("/login")
    another.pass_through(browser)
    assert browser.page.path == "/account" and browser.cookies.get(SESSION_COOKIE) != old
    assert person.username not in browser.page.text
    target.hide(browser.cookies.get(SESSION_COOKIE))


@pytest.mark.parametrize(
    "raw", ["client_id=%00", "state=%FF", "state=a&state=b", "id_token_hint=%ED%A0%80", "a=%00"]
)
def test_lo_002_what_is_no_text(raw: str, attack: Attack) -> None:
    answer = attack.refused("GET", f"/logout?{raw}")
    assert answer.status_code == 400 and "Location" not in answer.headers
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert attack.send("POST", "/logout", content=raw, headers=headers).status_code == 400
