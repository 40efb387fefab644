"""Who is calling the token endpoint: secrets, assertions, and requests that are no requests."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from tests.security.attack import Attack, check_quick
from tests.security.target import Party, Target

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"grant_type": "client_credentials"}
MACHINE = {"grant_types": ["client_credentials"], "redirect_uris": [], "scope": "jobs.read"}
MIB = 1024 * 1024


def basic(pair: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


@pytest.fixture(scope="module")
def machine(target: Target) -> Party:
    """A confidential client that may use client_credentials."""
    return target.new_client(**MACHINE)


def test_tk_021_no_client_and_a_wrong_secret_look_alike(attack: Attack, machine: Party) -> None:
    wrong, unknown = Party(machine.client_id, "x" * 43), Party("nobody", machine.secret)
    answers = [attack.token_refused(party, FORM, "invalid_client", 401) for party in (wrong, unknown)]
    assert answers[0].content == answers[1].content
    assert [answers[0].headers.get(name) for name in ("WWW-Authenticate", "Content-Type")] == [
        answers[1].headers.get(name) for name in ("WWW-Authenticate", "Content-Type")
    ]


def test_tk_021_no_client_and_a_wrong_secret_take_as_long(attack: Attack, machine: Party) -> None:
    took: dict[str, list[float]] = {"wrong": [], "unknown": []}
    for _ in range(25):
        for name, party in (
            ("wrong", Party(machine.client_id, "x" * 43)),
            ("unknown", Party("no", "x" * 43)),
        ):
            answer = attack.send("POST", "/token", data=FORM, headers=party.basic)
            took[name].append(answer.elapsed.total_seconds())
    # The quickest of each, and loose, for the machine is shared: a hash that is skipped shows up as tens of
    # milliseconds
    assert abs(min(took["wrong"]) - min(took["unknown"])) < 0.05


@pytest.mark.parametrize("how", ["nothing", "id only", "empty secret", "other's secret", "disabled"])
def test_tk_021_who_can_not_prove_it_is_refused(how: str, attack: Attack, target: Target) -> None:
    machine, other = target.new_client(**MACHINE), target.new_client(**MACHINE)
    if how == "disabled":
        target.disable_client(machine)
    form = {
        "nothing": FORM,
        "id only": {**FORM, "client_id": machine.client_id},
        "empty secret": {**FORM, "client_id": machine.client_id, "client_secret": ""},
        "other's secret": {**FORM, "client_id": machine.client_id, "client_secret": other.secret},
        "disabled": FORM,
    }[how]
    attack.token_refused(machine if how == "disabled" else None, form, "invalid_client", 401)


@pytest.mark.parametrize(
    "more",
    [
        {"client_secret": "x"},
        {"client_assertion_type": JWT_BEARER, "client_assertion": "a.b.c"},
        {"client_assertion": "a.b.c"},
        {"client_id": "another"},
    ],
)
def test_tk_022_one_method_a_request(more: dict[str, str], attack: Attack, machine: Party) -> None:
    attack.token_refused(machine, {**FORM, **more}, "invalid_request")


def test_tk_022_secret_and_assertion_in_the_body(attack: Attack, machine: Party) -> None:
    form = {
        **FORM,
        "client_id": machine.client_id,
        "client_secret": machine.secret,
        "client_assertion": "a.b.c",
    }
    attack.token_refused(None, form, "invalid_request")


def test_tk_023_a_client_uses_the_method_it_registered(attack: Attack, target: Target) -> None:
    key = ECKey.generate_key("P-256")
    by_key = target.new_client(
        **MACHINE, token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]}
    )
    public = target.new_client(token_endpoint_auth_method="none")
    by_basic = target.new_client(**MACHINE)
    for form in (
        {**FORM, "client_id": by_key.client_id, "client_secret": "x" * 43},
        {**FORM, "client_id": by_key.client_id},
        {**FORM, "client_id": public.client_id, "client_secret": "x"},
        {**FORM, "client_id": by_basic.client_id, "client_secret": by_basic.secret},
    ):
        attack.token_refused(None, form, "invalid_client", 401)
    unsigned = assertion({}, by_key, target, None)
    attack.token_refused(None, with_assertion(unsigned), "invalid_client", 401)


BAD_HEADERS = [
    "Basic //8=", "Basic !!!", "Basic Yw==", "Basic", "Bearer x", "Digest x", "Basic " + "A" * 9000,
    "Basic OnNlY3JldA==", "Basic gICAgDpzZWNyZXQ=", "Basic JTAwOng=", "Basic JUVEJUEwJTgwOng=", "Basic ADp4",
    "Basic JUZGOng=", "basic  Og==", "Basic\tYTpi",
]  # fmt: skip


@pytest.mark.parametrize("header", BAD_HEADERS)
@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke"])
def test_tk_025_a_malformed_header_is_refused(header: str, path: str, attack: Attack) -> None:
    answer = attack.refused("POST", path, data={**FORM, "token": "x"}, headers={"Authorization": header})
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"] and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["grant_type", "code", "client_id", "scope", "client_secret", "redirect_uri", "x"]
)
def test_tk_028_repeated_parameters(name: str, attack: Attack, machine: Party) -> None:
    given = [("client_id", machine.client_id), ("client_secret", machine.secret), ("x", "1")]
    form = [*FORM.items(), ("code", "c"), ("scope", "jobs.read"), ("redirect_uri", "https://a"), *given]
    for value in (dict(form)[name], "other", ""):
        attack.token_refused(None, urlencode([*form, (name, value)]), "invalid_request")


@pytest.mark.parametrize("place", ["query", "multipart", "json", "none", "text"])
def test_tk_028_parameters_come_in_a_form_body(place: str, attack: Attack, machine: Party) -> None:
    how: dict[str, Any] = {
        "query": {"params": FORM, "data": FORM},
        "multipart": {"files": {"grant_type": (None, "client_credentials")}},
        "json": {"json": FORM},
        "none": {},
        "text": {"content": urlencode(FORM), "headers": {"Content-Type": "text/plain"}},
    }[place]
    headers = {**machine.basic, **how.pop("headers", {})}
    answer = attack.refused("POST", "/token", event="token.refused", headers=headers, **how)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_tk_028_only_post(attack: Attack, machine: Party) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        answer = attack.send(method, "/token", params=FORM, headers=machine.basic)
        assert answer.status_code == 405 and answer.headers["Allow"] == "POST"


NO_TEXT = ["%00", "a%00b", "%ED%A0%80", "%C0%AF", "%FF%FE", "%F8%88%80%80%80"]


@pytest.mark.parametrize("raw", NO_TEXT)
@pytest.mark.parametrize("name", ["code", "client_id", "refresh_token", "grant_type", "scope"])
def test_tk_037_what_is_no_text(raw: str, name: str, attack: Attack, shared_client: Party) -> None:
    form = {"grant_type": "authorization_code", "code": "x", "client_id": shared_client.client_id}
    encoded = "&".join(f"{n}={quote(v)}" for n, v in form.items() if n != name) + f"&{name}={raw}"
    attack.token_refused(shared_client, encoded, "invalid_request")


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"a" * 200_000, b"&" * 5000, b"=", b"a=b&" * 500, "ü=ü".encode()]
)
def test_tk_037_a_body_that_is_no_form(body: bytes, attack: Attack, shared_client: Party) -> None:
    answer = attack.token_refused(shared_client, body, "invalid_request")
    check_quick(answer)


# private_key_jwt


@pytest.fixture(scope="module")
def key() -> ECKey:
    return ECKey.generate_key("P-256", parameters={"kid": "k1"})


@pytest.fixture(scope="module")
def by_key(target: Target, key: ECKey) -> Party:
    """A client that authenticates by private_key_jwt."""
    jwks = {"keys": [key.as_dict(private=False)]}
    return target.new_client(**MACHINE, token_endpoint_auth_method="private_key_jwt", jwks=jwks)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def good_claims(by_key: Party, target: Target) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": by_key.client_id, "sub": by_key.client_id, "aud": target.provider.issuer,
        "jti": uuid4().hex, "iat": now, "exp": now + 60,
    }  # fmt: skip


def assertion(changes: dict[str, Any], by_key: Party, target: Target, key: Any, **header: Any) -> str:
    """Sign the claims of a proper assertion, with changes; None leaves one out. Without a key: alg none."""
    claims = {n: v for n, v in {**good_claims(by_key, target), **changes}.items() if v is not None}
    if key is None:
        return f"{part({'alg': 'none', **header})}.{part(claims)}."
    protected = {"alg": "ES256", "kid": "k1", **header}
    return jws.serialize_compact(protected, json.dumps(claims), key, algorithms=["ES256", "HS256"])


def with_assertion(token: str, **more: str) -> dict[str, str]:
    return {**FORM, "client_assertion_type": JWT_BEARER, "client_assertion": token, **more}


def test_tk_032_a_proper_assertion_works_once(
    attack: Attack, by_key: Party, key: ECKey, target: Target
) -> None:
    form = with_assertion(assertion({}, by_key, target, key))
    answer = attack.send("POST", "/token", data=form)
    assert answer.status_code == 200, answer.text
    target.keep(answer.json())
    attack.token_refused(None, form, "invalid_client", 401)


NOW = int(time.time())
BAD_CLAIMS: list[dict[str, Any]] = [
    {"exp": None}, {"exp": NOW + 366 * 86400}, {"exp": NOW - 120}, {"exp": str(NOW + 60)}, {"exp": True},
    {"exp": 1e400}, {"exp": -1}, {"iat": NOW + 3600}, {"nbf": NOW + 3600}, {"nbf": "x"},
    {"aud": "https://other.example"}, {"aud": None}, {"aud": []}, {"aud": {}}, {"aud": 5},
    {"iss": "another"}, {"sub": "another"}, {"iss": None}, {"sub": None}, {"sub": {}}, {"sub": 5},
    {"jti": None}, {"jti": ""}, {"jti": 5}, {"jti": "x" * 300},
]  # fmt: skip


@pytest.mark.parametrize(
    "changes", BAD_CLAIMS, ids=[f"{next(iter(c))}-{i}" for i, c in enumerate(BAD_CLAIMS)]
)
def test_tk_032_claims_of_an_assertion(
    changes: dict[str, Any], attack: Attack, by_key: Party, key: ECKey, target: Target
) -> None:
    token = assertion(changes, by_key, target, key)
    attack.token_refused(None, with_assertion(token, client_id=by_key.client_id), "invalid_client", 401)


def test_tk_032_an_audience_that_is_not_us_alone(
    attack: Attack, by_key: Party, key: ECKey, target: Target
) -> None:
    for audience in ([target.provider.issuer, "https://other.example"], [[target.provider.issuer]]):
        token = assertion({"aud": audience}, by_key, target, key)
        attack.token_refused(None, with_assertion(token), "invalid_client", 401)


def test_tk_032_keys_of_an_assertion(attack: Attack, by_key: Party, key: ECKey, target: Target) -> None:
    other = ECKey.generate_key("P-256")
    secret = OctKey.import_key(json.dumps(key.as_dict(private=False)))
    tokens = [
        assertion({}, by_key, target, other),
        assertion({}, by_key, target, key, kid="unknown"),
        assertion({}, by_key, target, secret, alg="HS256"),
        assertion({}, by_key, target, None),
        assertion({}, by_key, target, None, alg="NONE"),
        assertion({}, by_key, target, other, jwk=other.as_dict(private=False)),
        assertion({}, by_key, target, key)[:-6] + "AAAAAA",
    ]
    for token in tokens:
        attack.token_refused(None, with_assertion(token), "invalid_client", 401)


ES256 = part({"alg": "ES256"})
STRANGE = {
    "json": '{"payload":"e30","protected":"e30","signature":"AA"}',
    "cut": f"{ES256}.e30",
    "dots": "..",
    "many": "a.b.c.d.e",
    "array": f"{ES256}.{part([])}.AA",
    "five": f"{ES256}.{part(5)}.AA",
    "sub": f"{ES256}.{part({'sub': {}})}.AA",
    "surrogate": f"{ES256}.{part({'sub': chr(0xD800)})}.AA",
    "nul": f"{ES256}.{part({'sub': chr(0)})}.AA",
    "header": f"{part([])}.{part({})}.AA",
    "kid": f"{part({'alg': 'ES256', 'kid': {}})}.{part({})}.AA",
    "crit": f"{part({'alg': 'ES256', 'crit': ['x']})}.{part({})}.AA",
    "b64": f"{part({'alg': 'ES256', 'b64': False, 'crit': ['b64']})}.{part({})}.AA",
    "zip": f"{part({'alg': 'dir', 'enc': 'A128GCM', 'zip': 'DEF'})}.a.b.c.d",
    "text": "ü.ü.ü",
    "space": " . . ",
    "long": "a" * 60_000 + "." + "b" * 60_000 + ".c",
}


@pytest.mark.parametrize("token", STRANGE.values(), ids=STRANGE.keys())
@pytest.mark.parametrize("named", [True, False])
def test_tk_034_what_is_no_assertion(token: str, named: bool, attack: Attack, by_key: Party) -> None:
    more = {"client_id": by_key.client_id} if named else {}
    check_quick(attack.token_refused(None, with_assertion(token, **more), "invalid_client", 401))


def test_tk_035_an_assertion_of_a_mebibyte(attack: Attack, by_key: Party) -> None:
    for size in (MIB // 2, MIB, 2 * MIB):
        answer = attack.send("POST", "/token", data=with_assertion("a" * size, client_id=by_key.client_id))
        assert answer.status_code in (400, 401, 413) and "access_token" not in answer.text
        check_quick(answer)


def test_tk_035_an_encrypted_bomb_and_a_million_kids(attack: Attack, by_key: Party) -> None:
    bomb = (
        part({"alg": "dir", "enc": "A128GCM", "zip": "DEF", "kid": "k1"}) + "." + ".".join(["A" * 2000] * 4)
    )
    kids = part({"alg": "ES256", "kid": ["k"] * 1_000}) + ".e30.AA"
    deep = part({"alg": "ES256", "kid": "k1", "jwk": {"keys": [{}] * 1_000}}) + ".e30.AA"
    for token in (
        bomb,
        kids,
        deep,
        f"{ES256}.{part(['k'] * 2_000)}.AA",
        f"{part({'kid': 'k' * 5_000})}.e30.AA",
    ):
        form = with_assertion(token, client_id=by_key.client_id)
        check_quick(attack.token_refused(None, form, "invalid_client", 401))


def test_tk_023_an_unsigned_assertion_beside_a_secret(
    attack: Attack, machine: Party, by_key: Party, target: Target
) -> None:
    unsigned = with_assertion(assertion({}, by_key, target, None))
    for form in (
        {**unsigned, "client_id": by_key.client_id, "client_secret": "x" * 43},
        {**unsigned, "client_id": machine.client_id, "client_secret": machine.secret},
    ):
        attack.token_refused(None, form, "invalid_request")
    attack.token_refused(machine, unsigned, "invalid_request")
    # An assertion of one client does not speak for another that names itself
    other = {**unsigned, "client_id": machine.client_id}
    attack.token_refused(None, other, "invalid_client", 401)


def test_tk_034_the_type_belongs_to_the_assertion(
    attack: Attack, by_key: Party, key: ECKey, target: Target
) -> None:
    token = assertion({}, by_key, target, key)
    for form in (
        {**with_assertion(token), "client_assertion_type": "x"},
        {**FORM, "client_assertion": token, "client_id": by_key.client_id},
        {**FORM, "client_assertion_type": JWT_BEARER, "client_id": by_key.client_id},
    ):
        attack.token_refused(None, form, "invalid_client", 401)
