"""The authorization endpoint: what is shown on a page, and what may go back to the client."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

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


NATIVE_URIS = ["http://127.0.0.1/cb?app=1", "http://localhost:4000", "http://[::1]:9/cb", "vn.example:/cb"]


@pytest.mark.parametrize(
    "redirect_uri",
    ["http://127.0.0.1:51004/cb?app=1", "http://localhost:1", "http://localhost", "http://[::1]/cb"],
)
def test_az_002_a_native_application_listens_on_any_port(
    redirect_uri: str, attack: Attack, target: Target, shared_person: Victim
) -> None:
    """RFC 8252 §7.3: MUST allow any port of a loopback address to be specified at the time of the request."""
    native = target.new_client(
        redirect_uris=NATIVE_URIS, application_type="native", token_endpoint_auth_method="none"
    )
    code = target.new_code(shared_person, native, redirect_uri=redirect_uri)
    registered = native.redemption(target.new_code(shared_person, native, redirect_uri=redirect_uri))
    attack.token_refused(native, registered, "invalid_grant")
    form = native.redemption(code, redirect_uri=redirect_uri)
    answer = attack.send("POST", "/token", data=form)
    assert answer.status_code == 200, answer.text
    target.keep(answer.json())


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1:51004/cb", "http://127.0.0.1:51004/cb?app=1#", "http://127.0.0.2:51004/cb?app=1",
        "http://127.0.0.1:51004@evil.com/cb?app=1", "http://localhost:80@evil.com", "http://localhost:4000/",
        "http://127.0.0.1:/cb?app=1", "http://127.0.0.1:65536/cb?app=1", "http://127.0.0.1:٤/cb?app=1",
        "http://localhost:4000\n", "http://localhost.evil.com", "https://localhost:4000", "vn.example:80/cb",
        "http://u@127.0.0.1:80/cb?app=1", "http://LOCALHOST:1", "http://[::1]:9:9/cb", "http://localhost:-1",
    ],
)  # fmt: skip
def test_az_003_nothing_but_the_port_of_a_loopback_host_may_differ(
    redirect_uri: str, attack: Attack, target: Target
) -> None:
    native = target.new_client(
        redirect_uris=NATIVE_URIS, application_type="native", token_endpoint_auth_method="none"
    )
    attack.shown(native.query(redirect_uri=redirect_uri))


def test_az_002_a_web_application_listens_where_it_registered(attack: Attack, target: Target) -> None:
    web = target.new_client(redirect_uris=["http://localhost:5000/cb"])
    attack.shown(web.query(redirect_uri="http://localhost:5001/cb"))


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
    if prompt == "none none":
        attack.send("GET", "/authorize", params=shared_client.query(prompt=prompt))
        return
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


@pytest.mark.parametrize("value", ['"\\ud800"', '"\\u0000"', '"' + "x" * 9000 + '"', "1e400"])
def test_az_034_claims_with_values_that_no_store_takes(
    value: str, attack: Attack, shared_client: Party, person: Victim
) -> None:
    claims = '{"userinfo":{"sub":{"value":' + value + '},"name":{"value":' + value + "}}}"
    attack.send("POST", "/authorize", data=shared_client.query(claims=claims))
    attack.sign_in(person)
    attack.send("POST", "/authorize", data=shared_client.query(claims=claims))


def test_az_034_claims_of_a_mebibyte(attack: Attack, shared_client: Party) -> None:
    for size in (100_000, MIB):
        claims = '{"userinfo":{"name":{"value":"' + "x" * size + '"}}}'
        answer = attack.send("POST", "/authorize", data=shared_client.query(claims=claims))
        assert answer.status_code in (303, 400, 413)
        assert "code=" not in answer.headers.get("Location", "")
        check_quick(answer)


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
