"""DPoP over HTTP (RFC 9449): proofs that prove nothing, and bound tokens in the wrong hands."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.oidc.proof import KEY, OTHER_KEY, ath, make_proof, part, sign
from tests.security.attack import Attack, check_quick
from tests.security.target import SESSION_COOKIE, Party, Target, Victim, parameters_of

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MACHINE: dict[str, Any] = {"grant_types": ["client_credentials"], "redirect_uris": [], "scope": "jobs.read"}
FORM = {"grant_type": "client_credentials"}
RSA = RSAKey.generate_key(2048)
P384 = ECKey.generate_key("P-384")
SECRET = OctKey.generate_key(256)


def proof(target: Target, method: str, path: str, key: Any = KEY, **changes: Any) -> str:
    return make_proof(method, target.provider.issuer + path, int(time.time()), key, **changes)


@pytest.fixture(scope="module")
def machine(target: Target) -> Party:
    return target.new_client(**MACHINE)


@pytest.fixture
def bound(target: Target, person: Victim, client: Party) -> str:
    """An access token of the person's that is bound to KEY."""
    form = client.redemption(target.new_code(person, client))
    headers = {**client.basic, "DPoP": proof(target, "POST", "/token")}
    tokens = target.keep(target.http.post("/token", data=form, headers=headers).json())
    assert tokens["token_type"] == "DPoP"
    return str(tokens["access_token"])


WRONG: dict[str, tuple[Any, dict[str, Any]]] = {
    "no typ": (KEY, {"header": {"typ": ...}}),
    "typ JWT": (KEY, {"header": {"typ": "JWT"}}),
    "no alg": (KEY, {"header": {"alg": ...}}),
    "alg none": (KEY, {"header": {"alg": "none"}}),
    "alg RS256": (RSA, {"alg": "RS256"}),
    "alg HS256": (SECRET, {"alg": "HS256"}),
    "alg ES384": (P384, {"alg": "ES384"}),
    "no jwk": (KEY, {"header": {"jwk": ...}}),
    "another's jwk": (KEY, {"header": {"jwk": OTHER_KEY.as_dict(private=False)}}),
    "private jwk": (KEY, {"header": {"jwk": KEY.as_dict(private=True)}}),
    "jwk by address": (KEY, {"header": {"jwk": ..., "jku": "https://evil.example/jwks", "kid": "x"}}),
    "no jti": (KEY, {"jti": ...}),
    "no htm": (KEY, {"htm": ...}),
    "htm of another": (KEY, {"htm": "PUT"}),
    "no htu": (KEY, {"htu": ...}),
    "htu of another": (KEY, {"htu": "https://evil.example/token"}),
    "htu a path": (KEY, {"htu": "/token"}),
    "no iat": (KEY, {"iat": ...}),
    "an hour old": (KEY, {"iat": int(time.time()) - 3600}),
    "an hour ahead": (KEY, {"iat": int(time.time()) + 3600}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_proof_gets_no_token(name: str, attack: Attack, machine: Party, target: Target) -> None:
    key, changes = WRONG[name]
    headers = {"DPoP": proof(target, "POST", "/token", key, **changes)}
    attack.token_refused(machine, FORM, "invalid_dpop_proof", headers=headers)


@pytest.mark.parametrize("name", [*WRONG, "no ath", "ath of another token", "of another key", "none at all"])
def test_ui_001_a_wrong_proof_opens_nothing(name: str, attack: Attack, bound: str, target: Target) -> None:
    more: dict[str, tuple[Any, dict[str, Any]]] = {
        "no ath": (KEY, {"ath": ...}),
        "ath of another token": (KEY, {"ath": ath("x")}),
        "of another key": (OTHER_KEY, {}),
        "none at all": (KEY, {}),
    }
    key, changes = {**WRONG, **more}[name]
    text = proof(target, "GET", "/userinfo", key, **{"ath": ath(bound), **changes})
    headers = {"Authorization": f"DPoP {bound}", "DPoP": text}
    if name == "none at all":
        del headers["DPoP"]
    answer = userinfo_refused(attack, headers, "invalid_dpop_proof")
    assert answer.headers["WWW-Authenticate"].startswith(("Bearer", "DPoP"))
    assert 'DPoP error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"]
    assert 'algs="ES256 PS256 Ed25519 EdDSA"' in answer.headers["WWW-Authenticate"]


def userinfo_refused(attack: Attack, headers: Any, error: str) -> httpx.Response:
    answer = attack.refused("GET", "/userinfo", event="userinfo.refused", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, error), answer.text
    assert answer.headers["Cache-Control"] == "no-store" and "sub" not in answer.json()
    return answer


def test_two_proofs_are_none(attack: Attack, machine: Party, bound: str, target: Target) -> None:
    twice = [("DPoP", proof(target, "POST", "/token")) for _ in range(2)]
    headers = [*machine.basic.items(), *twice]
    answer = attack.refused("POST", "/token", data=FORM, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
    twice = [("DPoP", proof(target, "GET", "/userinfo", ath=ath(bound))) for _ in range(2)]
    userinfo_refused(attack, [("Authorization", f"DPoP {bound}"), *twice], "invalid_dpop_proof")


def test_ui_001_a_bound_token_is_no_bearer_s(attack: Attack, bound: str, target: Target) -> None:
    good = {"DPoP": proof(target, "GET", "/userinfo", ath=ath(bound))}
    for headers in ({}, good):
        answer = userinfo_refused(attack, {"Authorization": f"Bearer {bound}", **headers}, "invalid_token")
        assert 'Bearer error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert 'DPoP algs="' in answer.headers["WWW-Authenticate"]
    answer = attack.refused("POST", "/userinfo", data={"access_token": bound}, headers=good)
    assert answer.status_code == 401
    answer = attack.send("GET", "/userinfo", headers={"Authorization": f"DPoP {bound}", **good})
    assert answer.status_code == 200, "none of these spent the proof"


def test_ui_001_a_bearer_s_token_can_not_be_claimed_by_a_key(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    token = target.new_tokens(person, client)["access_token"]
    headers = {"DPoP": proof(target, "GET", "/userinfo", ath=ath(token))}
    userinfo_refused(attack, {"Authorization": f"DPoP {token}", **headers}, "invalid_token")


def test_a_proof_is_no_proof_a_second_time(
    attack: Attack, machine: Party, bound: str, target: Target
) -> None:
    headers = {"DPoP": proof(target, "POST", "/token")}
    answer = attack.send("POST", "/token", data=FORM, headers={**machine.basic, **headers})
    target.keep(answer.json())
    assert answer.json()["token_type"] == "DPoP"
    attack.token_refused(machine, FORM, "invalid_dpop_proof", headers=headers)
    used = {"Authorization": f"DPoP {bound}", "DPoP": proof(target, "GET", "/userinfo", ath=ath(bound))}
    assert attack.send("GET", "/userinfo", headers=used).status_code == 200
    userinfo_refused(attack, used, "invalid_dpop_proof")


def test_of_many_at_once_one_proof_is_taken(attack: Attack, bound: str, target: Target) -> None:
    used = {"Authorization": f"DPoP {bound}", "DPoP": proof(target, "GET", "/userinfo", ath=ath(bound))}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: target.http.get("/userinfo", headers=used).status_code, range(16)))
    assert sorted(answers) == [200, *[401] * 15]


def test_a_stolen_public_client_s_refresh_token(attack: Attack, person: Victim, target: Target) -> None:
    client = target.new_client(token_endpoint_auth_method="none")
    form = client.redemption(target.new_code(person, client))
    headers = {"DPoP": proof(target, "POST", "/token")}
    tokens = target.keep(target.http.post("/token", data=form, headers=headers).json())
    stolen = client.refreshment(tokens["refresh_token"])
    attack.token_refused(None, stolen, "invalid_grant")
    other = {"DPoP": proof(target, "POST", "/token", OTHER_KEY)}
    attack.token_refused(None, stolen, "invalid_grant", headers=other)
    own = {"DPoP": proof(target, "POST", "/token")}
    answer = target.http.post("/token", data=stolen, headers=own)
    assert target.keep(answer.json())["token_type"] == "DPoP", "the owner goes on"


STRANGE = [
    "x", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "ü.ü.ü", "A" * 9000, f"{part([])}.{part({})}.AA",
    f"{part(b'[' * 3000)}.e30.AA", '{"payload":"x"}',
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_what_is_no_proof(text: str, attack: Attack, machine: Party) -> None:
    header = {"DPoP": text.encode("latin-1")}
    check_quick(attack.token_refused(machine, FORM, "invalid_dpop_proof", headers=header))


# The fapi2 profile


class Bank:
    """A client of the profile, and the person at its browser."""

    def __init__(self, target: Target, person: Victim) -> None:
        self.target, self.person = target, person
        self.key = ECKey.generate_key("P-256", parameters={"kid": "k1"})
        self.party = target.new_client(
            profile="fapi2",
            token_endpoint_auth_method="private_key_jwt",
            jwks={"keys": [self.key.as_dict(private=False)]},
        )
        target.agree(person, self.party)

    def assertion(self, **changes: Any) -> dict[str, str]:
        now, client_id = int(time.time()), self.party.client_id
        claims = {"iss": client_id, "sub": client_id, "aud": self.target.provider.issuer, "iat": now}
        claims |= {"exp": now + 60, "jti": str(uuid4()), **changes}
        kept = {name: value for name, value in claims.items() if value is not ...}
        text = sign({"alg": "ES256", "kid": "k1"}, json.dumps(kept).encode(), self.key, "ES256")
        return {"client_assertion_type": JWT_BEARER, "client_assertion": text}

    def push(self, dpop: str | None = None, **changes: str | None) -> httpx.Response:
        form = {**self.party.query(**changes), **self.assertion()}
        headers = {"DPoP": dpop} if dpop else {}
        return self.target.http.post("/par", data=form, headers=headers)

    def new_code(self, dpop: str | None = None, **changes: str | None) -> str:
        pushed = self.push(dpop, **changes)
        assert pushed.status_code == 201, pushed.text
        query = {"client_id": self.party.client_id, "request_uri": pushed.json()["request_uri"]}
        cookie = f"{SESSION_COOKIE}={self.target.new_session(self.person)}"
        self.target.http.cookies.clear()
        answer = self.target.http.get("/authorize", params=query, headers={"Cookie": cookie})
        code = parameters_of(answer)["code"]
        self.target.hide(code)
        return code

    def redemption(self, code: str, **changes: Any) -> dict[str, str]:
        return {**self.party.redemption(code), **self.assertion(**changes)}


@pytest.fixture
def bank(target: Target, person: Victim) -> Bank:
    return Bank(target, person)


def exchange(bank: Bank, form: Mapping[str, str], key: Any = KEY) -> httpx.Response:
    headers = {"DPoP": proof(bank.target, "POST", "/token", key)}
    return bank.target.http.post("/token", data=form, headers=headers)


def test_the_profile_s_whole_way(attack: Attack, bank: Bank, target: Target) -> None:
    code = bank.new_code(proof(target, "POST", "/par"), scope="openid profile offline_access")
    tokens = target.keep(exchange(bank, bank.redemption(code)).json())
    token = tokens["access_token"]
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof(target, "GET", "/userinfo", ath=ath(token))}
    assert target.http.get("/userinfo", headers=headers).json()["name"] == "Nguyễn Văn Thử"
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    for _ in range(2):
        again = target.keep(exchange(bank, {**refresh, **bank.assertion()}).json())
        assert again["refresh_token"] == tokens["refresh_token"], "not rotated"
    form = {"token": again["access_token"], **bank.assertion()}
    found = target.http.post("/introspect", data=form).json()
    assert found["cnf"] == {"jkt": KEY.thumbprint()} and found["token_type"] == "DPoP"


def test_a_code_s_key_can_not_be_changed(attack: Attack, bank: Bank, target: Target) -> None:
    code = bank.new_code(proof(target, "POST", "/par"))
    headers = {"DPoP": proof(target, "POST", "/token", OTHER_KEY)}
    attack.token_refused(None, bank.redemption(code), "invalid_grant", headers=headers)
    code = bank.new_code(dpop_jkt=KEY.thumbprint())
    headers = {"DPoP": proof(target, "POST", "/token", OTHER_KEY)}
    attack.token_refused(None, bank.redemption(code), "invalid_grant", headers=headers)


def test_a_pushed_request_names_one_key(attack: Attack, bank: Bank, target: Target) -> None:
    dpop = proof(target, "POST", "/par")
    form = {**bank.party.query(dpop_jkt=OTHER_KEY.thumbprint()), **bank.assertion()}
    answer = attack.refused("POST", "/par", data=form, headers={"DPoP": dpop})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


def test_no_bearer_s_token_for_the_profile(attack: Attack, bank: Bank) -> None:
    attack.token_refused(None, bank.redemption(bank.new_code()), "invalid_request")


BAD_ASSERTIONS: list[dict[str, Any]] = [
    {"exp": int(time.time()) - 300},
    {"exp": ...},
    {"nbf": int(time.time()) + 3600},
    {"sub": ...},
    {"aud": ["x"]},
    {"aud": "array"},
    {"aud": "token endpoint"},
    {"jti": ...},
]


@pytest.mark.parametrize("changes", BAD_ASSERTIONS, ids=range(len(BAD_ASSERTIONS)))
def test_tk_032_assertions_that_the_profile_refuses(
    changes: dict[str, Any], attack: Attack, bank: Bank, target: Target
) -> None:
    issuer = target.provider.issuer
    named = {"array": [issuer], "token endpoint": f"{issuer}/token"}
    given = {n: named.get(v, v) if isinstance(v, str) else v for n, v in changes.items()}
    form = {**bank.redemption("x", **given), "client_id": bank.party.client_id}
    headers = {"DPoP": proof(target, "POST", "/token")}
    attack.token_refused(None, form, "invalid_client", 401, headers=headers)


def test_tk_032_a_clock_eight_seconds_ahead_is_forgiven(attack: Attack, bank: Bank, target: Target) -> None:
    form = bank.redemption(bank.new_code(), nbf=int(time.time()) + 8)
    assert target.keep(exchange(bank, form).json())["access_token"]
