"""The authorization endpoint: what is shown on a page, and what may go back to the client."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lxml import html

from tests.security.attack import Attack, check_quick
from tests.security.target import REDIRECT_URI, Party, Target, Victim, parameters_of

MIB = 1024 * 1024


@pytest.mark.parametrize("client_id", ["unknown", "", "' OR 1=1 --", "ё", "\U0001f600", "a" * 5000, None])
def test_az_001_unknown_client_gets_a_page(
    client_id: str | None, attack: Attack, shared_client: Party
) -> None:
    attack.shown(shared_client.query(client_id=client_id))


def test_az_001_disabled_client_gets_a_page(attack: Attack, client: Party, target: Target) -> None:
    target.disable_client(client)
    attack.shown(client.query())


NEAR_MISSES = {
    "az_002_prefix": [
        "https://rp.example.evil.com/cb", "https://rp.example/cb/", "https://rp.example/cb?x=1",
        "https://rp.example/c", "https://rp.example", "https://rp.example/cb#", "https://rp.example:8443/cb",
        "https://evil.com/?https://rp.example/cb", "//rp.example/cb", "https:rp.example/cb",
    ],
    "az_003_userinfo": [
        "https://rp.example@evil.com/cb", "http://localhost:80@evil.com/cb", "https://a@b@rp.example/cb",
        "https://rp.example\\@evil.com/cb", "https://rp.example%40evil.com/cb",
        "https://user:pw@rp.example/cb",
    ],
    "az_004_path": [
        "https://rp.example/cb/../evil", "https://rp.example/cb/..;/evil", "https://rp.example/cb%2f..%2fevil",
        "https://rp.example/cb%252f..", "https://rp.example/./cb", "https://rp.example//cb",
        "https://rp.example/%63b", "https://rp.example/cb;x",
    ],
    "az_005_dot": ["https://rpaexample/cb", "https://rp.examplea/cb", "https://rp-example/cb"],
    "az_006_case": [
        "HTTPS://RP.EXAMPLE/CB", "https://RP.example/cb", "https://rp.example/CB", "Https://rp.example/cb",
    ],
    "control": [
        "https://rp.example/cb ", " https://rp.example/cb", "https://rp.example/cb\r\nSet-Cookie: a=b",
        "javascript:alert(1)", "data:text/html,x", "https://rp.example/cb\u200b",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "redirect_uri",
    [
        pytest.param(uri, id=f"{name}-{number}")
        for name, uris in NEAR_MISSES.items()
        for number, uri in enumerate(uris)
    ],
)
def test_az_002_to_006_redirect_uri_is_compared_letter_by_letter(
    redirect_uri: str, attack: Attack, shared_client: Party
) -> None:
    page = attack.shown(shared_client.query(redirect_uri=redirect_uri))
    assert "evil.com" not in page.headers.get("Content-Security-Policy", "")


def test_az_002_a_missing_or_repeated_redirect_uri_is_no_default(
    attack: Attack, shared_client: Party
) -> None:
    attack.shown(shared_client.query(redirect_uri=None))
    good = list(shared_client.query().items())
    for name, other in (
        ("redirect_uri", REDIRECT_URI),
        ("redirect_uri", "https://evil.com/"),
        ("client_id", "x"),
    ):
        attack.shown([*good, (name, other)])


@pytest.mark.parametrize(
    "response_type", ["token", "id_token", "code token", "code id_token", "none", "CODE"]
)
def test_az_013_only_the_code_flow_is_on(response_type: str, attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "unsupported_response_type", response_type=response_type)


def test_az_014_response_type_missing(attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "invalid_request", response_type=None)
    attack.redirected(shared_client, "invalid_request", response_type="")


REPEATABLE = (
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "response_type",
    "prompt",
    "x",
)


@pytest.mark.parametrize("name", REPEATABLE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_az_016_repeated_parameters_are_refused(
    name: str, method: str, attack: Attack, shared_client: Party
) -> None:
    given = [(n, v) for n, v in shared_client.query(nonce="n", prompt="login", x="y").items()]
    doubled = [*given, (name, "state-2")]
    how = {"params": doubled} if method == "GET" else {"content": urlencode(doubled), "headers": FORM}
    answer = attack.refused(method, "/authorize", event="authorization.refused", **how)
    attack.check_redirected(answer, shared_client, "invalid_request")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("method", ["plain", None, "s256", "S512", "none"])
def test_az_018_only_s256_is_a_challenge(method: str | None, attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "invalid_request", code_challenge_method=method)


def test_az_018_a_client_can_not_leave_pkce_out(attack: Attack, target: Target) -> None:
    for client in (target.new_client(), target.new_client(token_endpoint_auth_method="none")):
        attack.redirected(client, "invalid_request", code_challenge=None, code_challenge_method=None)
        attack.redirected(client, "invalid_request", code_challenge=None)


@pytest.mark.parametrize(
    "challenge", ["a" * 42, "a" * 44, "a" * 129, "a" * 42 + "=", "a" * 42 + "+", "a" * 42 + "/", "ä" * 43]
)
def test_az_019_a_challenge_is_a_sha256_in_base64url(
    challenge: str, attack: Attack, shared_client: Party
) -> None:
    attack.redirected(shared_client, "invalid_request", code_challenge=challenge)


@pytest.mark.parametrize("mode", ["query.jwt", "fragment", "web_message", "form_post.jwt", "jwt", "x"])
def test_az_020_only_registered_response_modes(mode: str, attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "invalid_request", response_mode=mode)


@pytest.mark.parametrize(
    "state", ['"><script>alert(1)</script>', "a&code=stolen", "a#b", "a\r\nSet-Cookie: x=y", "%26code%3Dx"]
)
def test_az_021_state_can_not_break_out_of_the_answer(
    state: str, attack: Attack, shared_client: Party
) -> None:
    query = shared_client.query(state=state, prompt="none")
    answer = attack.refused("GET", "/authorize", params=query)
    attack.check_redirected(answer, shared_client, "login_required", state)
    assert "Set-Cookie: x" not in str(answer.headers) and "<script" not in answer.headers["Location"]


@pytest.mark.parametrize(
    "state",
    ['"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "&quot;&#34;", "</noscript>\r\n"],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_az_021_state_can_not_break_out_of_the_form(
    state: str, signed_in: bool, attack: Attack, client: Party, shared_person: Victim, target: Target
) -> None:
    if signed_in:
        target.agree(shared_person, client)
        attack.sign_in(shared_person)
    query = client.query(state=state, prompt="none", response_mode="form_post")
    answer = attack.send("GET", "/authorize", params=query)
    assert answer.status_code == 200 and "Location" not in answer.headers
    document = html.document_fromstring(answer.content)
    (form,) = document.forms
    fields = dict(form.form_values())
    target.hide(fields.get("code"))
    assert form.action == client.redirect_uri and form.method == "POST"
    # An HTML parser makes one kind of line end of all
    assert fields["state"].splitlines() == state.splitlines() and fields["iss"] == target.provider.issuer
    assert set(fields) == {"state", "iss"} | ({"code"} if signed_in else {"error", "error_description"})
    assert signed_in or fields["error"] == "login_required"
    (script,) = document.xpath("//script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src 'sha256-{digest}';" in policy and "unsafe" not in policy
    assert not document.xpath("//img") and answer.headers["Cache-Control"] == "no-store"


ATTACKERS_TEXT = '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "error_description", "error_hint", "lang"])
def test_az_022_an_error_page_reflects_nothing(name: str, attack: Attack, shared_client: Party) -> None:
    query = {**shared_client.query(redirect_uri="https://evil.com/"), name: ATTACKERS_TEXT}
    page = attack.shown(query)
    assert "<img src=x" not in page.text and "onerror=alert" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "prompt", ["none login", "none consent", "bogus", "login bogus", "NONE", "none none"]
)
def test_az_025_prompts_that_contradict_or_are_unknown(
    prompt: str, attack: Attack, shared_client: Party
) -> None:
    attack.redirected(shared_client, "invalid_request", prompt=prompt)


@pytest.mark.parametrize("max_age", ["-1", "abc", "1.5", "1e3", "99999999999", "٣", "+1", " 1"])
def test_az_027_max_age_is_a_number(max_age: str, attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "invalid_request", max_age=max_age)


BAD_CLAIMS = {
    "deep": '{"userinfo":' * 1200 + "1" + "}" * 1200,
    "deep-array": "[" * 8000,
    "wide": '{"userinfo":{' + ",".join(f'"a{i}":null' for i in range(1500)) + ',"name":1}}',
    "duplicate": '{"userinfo":{"name":null,"name":{"essential":true}}}',
    "nan": '{"userinfo":{"name":{"value":NaN}}}',
    "infinity": '{"userinfo":{"name":{"value":-Infinity}}}',
    "long-number": '{"userinfo":{"name":' + "9" * 5000 + "}}",
    "array": "[]", "number": "5", "text": '"x"', "cut": '{"userinfo":', "empty": " ",
    "members": '{"userinfo":[1]}', "member": '{"userinfo":{"name":"x"}}',
    "sub": '{"userinfo":{"sub":{"value":5}}}',
    "acr": '{"id_token":{"acr":{"essential":true,"values":[5]}}}',
    "bom": "\ufeff{}",
}  # fmt: skip


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_az_034_claims_that_are_no_claims(claims: str, attack: Attack, shared_client: Party) -> None:
    query = shared_client.query(claims=claims)
    answer = attack.refused("POST", "/authorize", event="authorization.refused", data=query)
    attack.check_redirected(answer, shared_client, "invalid_request")
    check_quick(answer)


@pytest.mark.parametrize("value", ['"\\ud800"', '"' + "x" * 17_000 + '"', "1e400", "[]", '""'])
def test_az_034_a_person_whom_no_store_knows(value: str, attack: Attack, shared_client: Party) -> None:
    claims = '{"userinfo":{"sub":{"value":' + value + "}}}"
    attack.redirected(shared_client, "invalid_request", claims=claims)


@pytest.mark.parametrize("value", ['"\\u0000"', '"' + "x" * 7000 + '"'])
def test_az_034_a_person_whom_nobody_is(
    value: str, attack: Attack, shared_client: Party, shared_person: Victim
) -> None:
    attack.sign_in(shared_person)
    claims = '{"id_token":{"sub":{"value":' + value + '},"name":{"value":' + value + "}}}"
    attack.redirected(shared_client, "login_required", claims=claims, prompt="none")


def test_az_034_claims_of_a_mebibyte(attack: Attack, shared_client: Party, target: Target) -> None:
    before = 0
    for number, size in enumerate([100_000, MIB] * 6):
        if number == 2:
            before = memory_of(target)
        claims = '{"userinfo":{"name":{"value":"' + "x" * size + '"}}}'
        answer = attack.send("POST", "/authorize", data=shared_client.query(claims=claims))
        if size < MIB:
            attack.check_redirected(answer, shared_client, "invalid_request")
        else:
            assert answer.status_code in (400, 413) and "Location" not in answer.headers
        check_quick(answer)
    assert memory_of(target) - before < 20 * MIB


def memory_of(target: Target) -> int:
    """Return the bytes that the workers hold in memory."""
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in target.provider.worker_pids()]
    return sum(int(found[1]) * 1024 for text in statuses if (found := re.search(r"VmRSS:\s+(\d+)", text)))


@pytest.mark.parametrize(
    "scope",
    [
        "openid " + "a" * 65_000,
        "openid " + "a " * 10_000,
        "openid\x01",
        "openid \x7f",
        'openid "x"',
        "ópenid",
    ],
)
def test_az_035_scope_is_short_and_printable(scope: str, attack: Attack, shared_client: Party) -> None:
    query = shared_client.query(scope=scope)
    answer = attack.refused("POST", "/authorize", event="authorization.refused", data=query)
    attack.check_redirected(answer, shared_client, "invalid_scope")


@pytest.mark.parametrize("scope", [None, "", "profile", "OPENID", "openid,profile"])
def test_az_035_scope_must_hold_openid(scope: str | None, attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "invalid_scope", scope=scope)


def test_az_035_a_scope_that_the_client_may_not_ask_for(attack: Attack, target: Target) -> None:
    client = target.new_client(scope="openid profile")
    attack.redirected(client, "invalid_scope", scope="openid phone")


@pytest.mark.parametrize("state", ["s" * 4096, "ữ" * 1000, "\U0001f600", "a b+c%20d/?=&#'\"<>\\", "\x7f"])
def test_az_037_state_comes_back_unchanged(
    state: str, attack: Attack, shared_client: Party, shared_person: Victim, target: Target
) -> None:
    target.agree(shared_person, shared_client)
    attack.sign_in(shared_person)
    answer = attack.send("GET", "/authorize", params=shared_client.query(state=state, nonce="ữ" * 300))
    found = parameters_of(answer)
    assert found["state"] == state and found["code"]
    target.hide(found["code"])


@pytest.mark.parametrize("state", ["a#b", "a\r\nX: y", "a\tb", "a b", "a[b]\\'\"<>", "%zz"])
def test_az_037_what_a_posted_form_holds_raw_comes_back_unchanged(
    state: str, attack: Attack, shared_client: Party, shared_person: Victim, target: Target
) -> None:
    """Nothing behind it is lost either: the prompt stands last."""
    form = f"{urlencode(shared_client.query(state=None))}&state={state}&prompt=none"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    moved = attack.send("POST", "/authorize", content=form, headers=headers)
    assert moved.status_code == 303, moved.text
    answer = attack.send("GET", moved.headers["Location"])
    attack.check_redirected(answer, shared_client, "login_required", state)


def test_az_037_state_and_nonce_have_an_end(attack: Attack, shared_client: Party) -> None:
    attack.redirected(shared_client, "invalid_request", state="s" * 4097)
    attack.redirected(shared_client, "invalid_request", nonce="n" * 4096)


@pytest.mark.parametrize(
    "raw", ["state=%00", "nonce=%00", "state=%ED%A0%80", "state=%C0%AF", "state=%FF", "%00=1"]
)
def test_az_037_what_is_no_text_is_refused(raw: str, attack: Attack, shared_client: Party) -> None:
    rest = "&".join(f"{n}={v}" for n, v in shared_client.query(state=None).items() if n != "scope")
    answer = attack.refused("GET", f"/authorize?{rest}&scope=openid&{raw}", event="authorization.refused")
    assert answer.status_code == 400 and "Location" not in answer.headers
