"""UserInfo, discovery and the keys."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from oidc.token.handles import ACCESS, CLIENT_ACCESS, REFRESH, Handle, Handles
from tests.security.attack import Attack
from tests.security.target import Party, Target, Victim, parameters_of

ENCRYPTION = ["RSA-OAEP-256", "A128CBC-HS256"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ask(attack: Attack, status: int, error: str, **request: Any) -> httpx.Response:
    """Ask for claims in a way that must be refused by a challenge of RFC 6750 §3."""
    answer = attack.refused(request.pop("method", "GET"), "/userinfo", event="userinfo.refused", **request)
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert f'error="{error}"' in answer.headers["WWW-Authenticate"]
    assert answer.headers["Cache-Control"] == "no-store" and "sub" not in answer.json()
    return answer


GARBAGE = [
    "",
    "x",
    "A" * 43,
    "A" * 3000,
    "a.b.c",
    "eyJhbGciOiJub25lIn0.e30.",
    "a b",
    "ü".encode().decode("latin-1"),
]


@pytest.mark.parametrize("token", GARBAGE)
def test_ui_001_garbage(token: str, attack: Attack) -> None:
    ask(attack, 401, "invalid_token", headers={"Authorization": f"Bearer {token}".strip().encode("latin-1")})


def test_ui_001_nothing_and_other_schemes(attack: Attack, shared_client: Party) -> None:
    ask(attack, 401, "invalid_token")
    ask(attack, 401, "invalid_token", headers=shared_client.basic)
    ask(attack, 401, "invalid_token", headers={"Authorization": "DPoP x"})


def test_ui_001_other_tokens(attack: Attack, client: Party, person: Victim, target: Target) -> None:
    tokens = target.new_tokens(person, client)
    for token in (
        tokens["id_token"],
        tokens["refresh_token"],
        tokens["access_token"][:-1],
        tokens["access_token"] + "A",
    ):
        ask(attack, 401, "invalid_token", headers=bearer(token))


def test_ui_001_signed_claims_open_nothing(attack: Attack, person: Victim, target: Target) -> None:
    """A client that takes its claims signed holds a JWT of ours; it is neither a token nor a hint."""
    client = target.new_client(userinfo_signed_response_alg="ES256")
    tokens = target.new_tokens(person, client, scope="openid profile")
    answer = attack.send("GET", "/userinfo", headers=bearer(tokens["access_token"]))
    assert answer.headers["Content-Type"] == "application/jwt"
    assert answer.headers["Cache-Control"] == "no-store"
    ask(attack, 401, "invalid_token", headers=bearer(answer.text))
    attack.sign_in(person)
    attack.redirected(client, "invalid_request", id_token_hint=answer.text)


def test_ui_006_claims_for_one_client_are_read_by_nobody_else(
    attack: Attack, person: Victim, target: Target
) -> None:
    own, other = (RSAKey.generate_key(2048, parameters={"kid": kid, "use": "enc"}) for kid in ("a", "b"))
    client = target.new_client(
        jwks={"keys": [own.as_dict(private=False)]},
        id_token_encrypted_response_alg="RSA-OAEP-256",
        userinfo_signed_response_alg="RS256",
        userinfo_encrypted_response_alg="RSA-OAEP-256",
    )
    tokens = target.new_tokens(person, client, scope="openid profile")
    claims = attack.send("GET", "/userinfo", headers=bearer(tokens["access_token"])).text
    for token in (tokens["id_token"], claims):
        assert jwe.decrypt_compact(token, own, algorithms=ENCRYPTION).protected["kid"] == "a"
        with pytest.raises(JoseError):
            jwe.decrypt_compact(token, other, algorithms=ENCRYPTION)
        ask(attack, 401, "invalid_token", headers=bearer(token))


@pytest.mark.parametrize(
    "asked",
    [
        '{"userinfo":{"verified_claims":5}}',
        '{"userinfo":{"verified_claims":[]}}',
        '{"id_token":{"verified_claims":{"claims":{"name":null}}}}',
        '{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{}}}}',
        '{"userinfo":{"verified_claims":{"verification":{"trust_framework":null,"time":{"max_age":-1}},'
        '"claims":{"name":null}}}}',
        '{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"name":null},'
        '"claims":{"birthdate":null}}}}',
        '{"userinfo":{"verified_claims":{"verification":{"trust_framework":'
        + '{"values":[' * 40
        + "null"
        + "]}" * 40
        + '},"claims":{"name":null}}}}',
    ],
)
def test_ui_006_verified_claims_that_are_badly_asked_for(asked: str, attack: Attack, client: Party) -> None:
    attack.redirected(client, "invalid_request", claims=asked)


def test_ui_006_verified_claims_hold_no_number_and_nothing_that_was_not_asked_for(
    attack: Attack, client: Party, target: Target
) -> None:
    number = f"019190{uuid4().int % 10**6:06}"
    person = target.new_person(personal_id_number=number, birthdate="1990-02-03")
    asked = {"verification": {"trust_framework": None, "evidence": [{"type": {"value": "document"}}]}}
    parameter = json.dumps({"userinfo": {"verified_claims": {**asked, "claims": {"name": None}}}})
    names = orjson.dumps(["verified_claims/name", "verified_claims/evidence"]).decode()
    target.agree(person, client, scope="openid", claims=names)
    attack.sign_in(person)
    answer = attack.send("GET", "/authorize", params=client.query(claims=parameter))
    form = client.redemption(parameters_of(answer)["code"])
    tokens = target.keep(target.http.post("/token", data=form, headers=client.basic).json())
    claims = attack.send("GET", "/userinfo", headers=bearer(tokens["access_token"])).json()
    assert number not in str(claims) and set(claims) == {"sub", "verified_claims"}
    assert claims["verified_claims"]["claims"] == {"name": "Nguyễn Văn Thử"}
    assert claims["verified_claims"]["verification"]["evidence"] == [{"type": "document"}]


def spellings(token: str) -> list[str]:
    """Other texts that a lenient decoder takes for the same token."""
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    neighbour = token[:-1] + last[last.index(token[-1]) ^ 1]
    return [
        token.replace("-", "+").replace("_", "/"),
        token + "=",
        token + "====",
        token[:4] + "!!!!" + token[4:],
        token[:9] + "\n\n\n\n" + token[9:],
        "...." + token,
        neighbour,
    ]


def test_ui_001_a_token_has_one_spelling(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    token = target.new_tokens(person, client)["access_token"]
    for other in spellings(token):
        if other == token:
            continue
        assert target.services.provider.handles.read(other) is None, other
        answer = attack.send("POST", "/userinfo", data={"access_token": other})
        assert answer.status_code == 401
    assert target.is_active(client, token)


def test_ui_001_expired_and_revoked(attack: Attack, client: Party, person: Victim, target: Target) -> None:
    tokens = target.new_tokens(person, client)
    grant = target.services.provider.handles.read(tokens["access_token"])
    assert grant is not None
    expired = Handle(ACCESS, grant.owner, grant.issued_at - 900, int(time.time()) - 1)
    ask(attack, 401, "invalid_token", headers=bearer(target.services.provider.handles.write(expired)))
    target.http.post("/revoke", data={"token": tokens["access_token"]}, headers=client.basic)
    ask(attack, 401, "invalid_token", headers=bearer(tokens["access_token"]))


@pytest.mark.parametrize("kind", [ACCESS, REFRESH, CLIENT_ACCESS, 0, 9])
def test_ui_001_forged_under_another_key(
    kind: int, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    tokens = target.new_tokens(person, client)
    grant = target.services.provider.handles.read(tokens["access_token"])
    assert grant is not None
    forged = Handles(b"k" * 32).write(Handle(kind, grant.owner, grant.issued_at, 2**40))
    ask(attack, 401, "invalid_token", headers=bearer(forged))


def test_ui_002_a_token_without_a_person(attack: Attack, target: Target) -> None:
    machine = target.new_client(grant_types=["client_credentials"], redirect_uris=[], scope="jobs.read")
    form = {"grant_type": "client_credentials"}
    token = target.keep(target.http.post("/token", data=form, headers=machine.basic).json())["access_token"]
    ask(attack, 403, "insufficient_scope", headers=bearer(token))


def test_ui_002_a_token_without_openid(attack: Attack, client: Party, person: Victim, target: Target) -> None:
    tokens = target.new_tokens(person, client, scope="openid profile")
    form = client.refreshment(tokens["refresh_token"], scope="profile")
    answer = target.http.post("/token", data=form, headers=client.basic).json()
    target.keep(answer)
    assert "id_token" not in answer
    ask(attack, 403, "insufficient_scope", headers=bearer(answer["access_token"]))


def test_ui_003_a_token_in_the_address_is_ignored(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    token = target.new_tokens(person, client)["access_token"]
    for method in ("GET", "POST"):
        ask(attack, 401, "invalid_token", method=method, params={"access_token": token})
    # … and is not in the log either, as `attack` checks


def test_ui_003_a_token_comes_once(attack: Attack, client: Party, person: Victim, target: Target) -> None:
    token = target.new_tokens(person, client)["access_token"]
    form = {"access_token": token}
    ask(attack, 400, "invalid_request", method="POST", data=form, headers=bearer(token))
    twice = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"access_token={token}&access_token={token}"
    ask(attack, 400, "invalid_request", method="POST", content=body, headers=twice)
    ask(attack, 401, "invalid_token", method="POST", json=form)


@pytest.mark.parametrize("how", ["disable", "delete"])
def test_ui_005_a_person_who_is_no_more(how: str, attack: Attack, client: Party, target: Target) -> None:
    person = target.new_person(totp=False)
    token = target.new_tokens(person, client)["access_token"]
    {"disable": target.disable, "delete": target.delete}[how](person)
    ask(attack, 401, "invalid_token", headers=bearer(token))


def test_ui_006_openid_alone_tells_the_subject_alone(attack: Attack, client: Party, target: Target) -> None:
    person = target.new_person(
        personal_id_number="019199054321", phone_number="+84912345678", email="an@example.vn",
        address={"locality": "Phường Gia Sàng"}, birthdate="1990-02-03",
    )  # fmt: skip
    for scope, names in (("openid", set()), ("openid email", {"email", "email_verified"})):
        token = target.new_tokens(person, client, scope=scope)["access_token"]
        answer = attack.send("GET", "/userinfo", headers=bearer(token))
        assert set(answer.json()) == {"sub", *names} and answer.json()["sub"] != person.account_id
        assert "019199054321" not in answer.text


def test_ui_006_clients_of_two_hosts_can_not_compare_notes(
    attack: Attack, person: Victim, target: Target
) -> None:
    subjects = set()
    for host in ("one.example", "two.example"):
        party = target.new_client(redirect_uris=[f"https://{host}/cb"], post_logout_redirect_uris=[])
        token = target.new_tokens(person, party)["access_token"]
        subjects.add(attack.send("GET", "/userinfo", headers=bearer(token)).json()["sub"])
    assert len(subjects) == 2


@pytest.mark.parametrize(
    "path", ["/userinfo", "/token", "/.well-known/openid-configuration", "/jwks", "/account", "/login"]
)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://rp.example.evil.com"])
def test_ui_007_no_origin_is_let_in(path: str, origin: str, attack: Attack) -> None:
    for method in ("GET", "OPTIONS"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        answer = attack.send(method, path, headers=headers)
        assert answer.headers.get("Access-Control-Allow-Origin") in (None, "*")
        assert "Access-Control-Allow-Credentials" not in answer.headers


FALSE_HOSTS = [
    {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"X-Forwarded-Proto": "https"},
    {"Forwarded": "host=evil.example;proto=https"}, {"X-Original-URL": "/evil"}, {"X-Rewrite-URL": "/evil"},
    {"X-Forwarded-Prefix": "/evil"}, {"Host": "evil.example:80"},
]  # fmt: skip


@pytest.mark.parametrize("headers", FALSE_HOSTS)
def test_ui_008_addresses_come_from_the_configuration(
    headers: dict[str, str], attack: Attack, target: Target
) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        assert attack.send("GET", path, headers=headers).content == target.http.get(path).content
    for path in ("//login", "/login", "/account", "/", "/account//security", "/static//css"):
        answer = attack.send("GET", path, headers=headers)
        told = str(answer.headers) + answer.text
        assert "evil.example" not in told and "/evil" not in told, path
