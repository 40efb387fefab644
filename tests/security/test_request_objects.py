"""Request objects, by value and by reference: what a client did not sign for us is no request."""

from __future__ import annotations

import base64
import hmac
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tests.security.attack import Attack, check_quick
from tests.security.target import CHALLENGE, REDIRECT_URI, Party, Target, Victim, parameters_of
from tests.servers.https import Server
from tnid import clock

KEY = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
JWKS = {"keys": [key.as_dict(private=False) for key in (KEY, RSA)]}


@pytest.fixture(scope="module")
def signer(target: Target) -> Party:
    """A client that has registered keys to sign its requests by."""
    return target.new_client(jwks=JWKS)


def claims(target: Target, party: Party, **changes: Any) -> dict[str, Any]:
    now = clock.now()
    members = {
        "iss": party.client_id, "aud": target.provider.issuer, "iat": now, "nbf": now, "exp": now + 300,
        "client_id": party.client_id, "redirect_uri": REDIRECT_URI, "response_type": "code",
        "scope": "openid", "state": "inside", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        **changes,
    }  # fmt: skip
    return {name: value for name, value in members.items() if value is not None}


def sign(payload: dict[str, Any] | bytes, key: Any = KEY, **header: Any) -> str:
    head = {"alg": "ES256" if isinstance(key, ECKey) else "RS256", "kid": key.kid, **header}
    text = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return jws.serialize_compact(head, text, key, algorithms=[head["alg"]])


def encode(part: dict[str, Any] | bytes) -> str:
    text = part if isinstance(part, bytes) else orjson.dumps(part)
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def forgeries(good: str) -> dict[str, str]:
    head, payload, signature = good.split(".")
    by_public_key = f"{encode({'alg': 'HS256', 'kid': 'rsa'})}.{payload}"
    mac = hmac.digest(RSA.as_pem(private=False), by_public_key.encode(), "sha256")
    stranger = ECKey.generate_key("P-256", {"kid": "ec"})
    deep = b'{"alg":' * 300 + b"1" + b"}" * 300
    embedded = {"alg": "ES256", "jwk": stranger.as_dict(private=False)}
    return {
        "none": f"{encode({'alg': 'none'})}.{payload}.",
        "None": f"{encode({'alg': 'None'})}.{payload}.",
        "none-signed": f"{encode({'alg': 'none'})}.{payload}.{signature}",
        "unsigned": f"{head}.{payload}.",
        "hs256-public-key": f"{by_public_key}.{encode(mac)}",
        "stranger": jws.serialize_compact(
            {"alg": "ES256", "kid": "ec"}, base64.urlsafe_b64decode(payload + "=="), stranger, ["ES256"]
        ),
        "embedded-key": jws.serialize_compact(
            embedded, base64.urlsafe_b64decode(payload + "=="), stranger, ["ES256"]
        ),
        "key-of-another-kind": f"{encode({'alg': 'RS256', 'kid': 'ec'})}.{payload}.{signature}",
        "kid-path": f"{encode({'alg': 'ES256', 'kid': '../../dev/null'})}.{payload}.{signature}",
        "deep-header": f"{encode(deep)}.{payload}.{signature}",
        "no-jws": "x",
        "three-letters": "a.b.c",
        "jwe": "a.b.c.d.e",
    }


NAMES = tuple(forgeries(sign({})))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_az_030_a_request_object_that_the_client_did_not_sign(
    name: str, method: str, attack: Attack, target: Target, signer: Party
) -> None:
    query = signer.query(request=forgeries(sign(claims(target, signer)))[name])
    how: dict[str, Any] = {"params": query} if method == "GET" else {"data": query}
    answer = attack.refused(method, "/authorize", event="authorization.refused", **how)
    attack.check_redirected(answer, signer, "invalid_request_object")
    check_quick(answer)


WRONG = {
    "expired": {"exp": 1_700_000_000},
    "not-yet": {"nbf": 4_000_000_000},
    "wrong-audience": {"aud": "https://other.example"},
    "other-clients-iss": {"iss": "somebody"},
    "other-clients-id": {"client_id": "somebody"},
    "no-client-id": {"client_id": None},
    "nested": {"request": "x"},
    "nested-uri": {"request_uri": "https://rp.example/r"},
    "huge-number": {"exp": 2**63},
    "nul": {"login_hint": "\x00"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_az_030_a_request_object_for_another_time_or_place(
    changes: dict[str, Any], attack: Attack, target: Target, signer: Party
) -> None:
    token = sign(claims(target, signer, **changes))
    attack.redirected(signer, "invalid_request_object", request=token)


def test_az_030_another_clients_request_object(attack: Attack, target: Target, signer: Party) -> None:
    other = target.new_client(jwks={"keys": [ECKey.generate_key("P-256", {"kid": "ec"}).as_dict(False)]})
    attack.redirected(other, "invalid_request_object", request=sign(claims(target, signer)))
    attack.redirected(other, "invalid_request_object", request=sign(claims(target, other)))


def test_az_030_a_request_object_that_names_a_member_twice(
    attack: Attack, target: Target, signer: Party
) -> None:
    text = orjson.dumps(claims(target, signer)).replace(b'"scope"', b'"scope":"openid phone","scope"')
    attack.redirected(signer, "invalid_request_object", request=sign(text))


@pytest.mark.parametrize("key", [KEY, RSA], ids=["ES256", "RS256"])
def test_az_031_what_was_signed_counts_and_nothing_else(
    key: Any, attack: Attack, target: Target, signer: Party, shared_person: Victim
) -> None:
    target.agree(shared_person, signer)
    attack.sign_in(shared_person)
    token = sign(claims(target, signer, nonce="inside"), key)
    outside = {"redirect_uri": "https://evil.com/", "scope": "openid phone", "nonce": "outside", "state": "x"}
    answer = attack.send("GET", "/authorize", params=signer.query(request=token, **outside))
    found = parameters_of(answer)
    assert answer.headers["Location"].startswith(REDIRECT_URI) and found["state"] == "inside"
    target.hide(found["code"])
    sql = "SELECT scope, nonce FROM grants WHERE client_id = :id ORDER BY created_at DESC"
    [grant, *_] = target.fetch_all(sql, id=signer.client_id)
    assert (grant.scope, grant.nonce) == ("openid", "inside")


def test_az_031_an_unregistered_redirect_uri_is_none_when_it_is_signed(
    attack: Attack, target: Target, signer: Party
) -> None:
    token = sign(claims(target, signer, redirect_uri="https://evil.com/"))
    attack.shown(signer.query(request=token))


def test_az_031_response_types_that_disagree(attack: Attack, target: Target, signer: Party) -> None:
    token = sign(claims(target, signer))
    attack.redirected(signer, "invalid_request_object", request=token, response_type="token")


FOREIGN = ("http://169.254.169.254/", "https://evil.com/r", "file:///etc/passwd", "https://[::1]/r", "//x")


@pytest.mark.parametrize("uri", FOREIGN)
def test_az_032_request_uri_is_off_for_those_that_registered_none(
    uri: str, attack: Attack, shared_client: Party
) -> None:
    attack.redirected(shared_client, "request_uri_not_supported", request_uri=uri)


@pytest.mark.parametrize("uri", [*FOREIGN, "https://rp.example/r/../x", "https://RP.example/r"])
def test_az_032_an_address_that_was_not_registered(uri: str, attack: Attack, target: Target) -> None:
    party = target.new_client(jwks=JWKS, request_uris=["https://rp.example/r"])
    attack.redirected(party, "invalid_request_uri", request_uri=uri)


def test_az_032_a_registered_address_of_our_own_network_is_not_connected_to(
    attack: Attack, target: Target, tmp_path: Path
) -> None:
    inside = Server(tmp_path)
    try:
        for host in ("localhost", "127.0.0.1", "[::1]"):
            uri = inside.url(host, "/r")
            party = target.new_client(jwks=JWKS, request_uris=[uri])
            attack.redirected(party, "invalid_request_uri", request_uri=uri)
        assert inside.connections == 0
    finally:
        inside.close()


# Pushed: RFC 9126 §7


def push(attack: Attack, party: Party, **changes: str | None) -> httpx.Response:
    return attack.send("POST", "/par", data=party.query(**changes), headers=party.basic)


def pushed_uri(attack: Attack, party: Party, **changes: str | None) -> str:
    answer = push(attack, party, **changes)
    assert answer.status_code == 201 and answer.json()["expires_in"] == 90, answer.text
    uri: str = answer.json()["request_uri"]
    attack.target.hide(uri)
    return uri


@pytest.mark.parametrize("uri", ["urn:ietf:params:oauth:request_uri:x", "urn:ietf:params:oauth:request_uri:"])
def test_az_032_a_handle_that_nobody_pushed(uri: str, attack: Attack, shared_client: Party) -> None:
    page = attack.shown(shared_client.query(request_uri=uri))
    assert "invalid_request_uri" in page.text


def test_az_032_a_handle_of_another_client(attack: Attack, shared_client: Party, target: Target) -> None:
    uri = pushed_uri(attack, shared_client)
    attack.shown(target.new_client().query(request_uri=uri))
    attack.shown({"request_uri": uri})


def test_az_031_nothing_beside_a_pushed_request_counts(
    attack: Attack, target: Target, client: Party, person: Victim
) -> None:
    target.agree(person, client)
    attack.sign_in(person)
    uri = pushed_uri(attack, client, state="pushed")
    beside = {"redirect_uri": "https://evil.com/", "scope": "openid phone", "state": "beside"}
    answer = attack.send("GET", "/authorize", params=client.query(request_uri=uri, **beside))
    assert answer.headers["Location"].startswith(REDIRECT_URI) and parameters_of(answer)["state"] == "pushed"
    target.hide(parameters_of(answer)["code"])
    attack.shown(client.query(request_uri=uri))


def test_az_030_what_may_not_be_pushed(attack: Attack, target: Target, signer: Party) -> None:
    for changes, error in (
        ({"request_uri": "https://rp.example/r"}, "invalid_request"),
        ({"redirect_uri": "https://evil.com/"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"request": forgeries(sign(claims(target, signer)))["none"]}, "invalid_request_object"),
        ({"request": sign(claims(target, signer, client_id="x"))}, "invalid_request_object"),
        ({"dpop_jkt": "x"}, "invalid_request"),
    ):
        answer = attack.refused(
            "POST", "/par", event="authorization.push_refused",
            data=signer.query(**changes), headers=signer.basic,
        )  # fmt: skip
        assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert answer.headers["Cache-Control"] == "no-store"


def test_az_018_a_client_of_the_fapi2_profile_pushes_or_gets_nothing(
    attack: Attack, target: Target, person: Victim
) -> None:
    party = target.new_client(jwks=JWKS)
    # Without what the profile asks beside, such as no secret
    target.execute("UPDATE clients SET profile = 'fapi2' WHERE client_id = :c", c=party.client_id)
    target.agree(person, party)
    attack.sign_in(person)
    attack.redirected(party, "invalid_request")
    attack.redirected(party, "invalid_request", request=sign(claims(target, party, state="state-1")))
    answer = attack.send(
        "GET", "/authorize", params={"client_id": party.client_id, "request_uri": pushed_uri(attack, party)}
    )
    assert parameters_of(answer)["code"]
    target.hide(parameters_of(answer)["code"])


def test_az_001_only_the_client_itself_can_push(attack: Attack, shared_client: Party) -> None:
    wrong = Party(shared_client.client_id, "x" * 43).basic
    for headers in ({}, wrong):
        answer = attack.refused("POST", "/par", data=shared_client.query(), headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert attack.send("GET", "/par", params=shared_client.query()).status_code == 405
