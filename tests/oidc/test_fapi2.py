"""The `fapi2` profile: FAPI 2.0 Security Profile §5.3.2 and §5.4, as a policy that an operator sets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from oidc.clients.assertion import ASSERTION_TYPE
from oidc.clients.registration import new_client, validate_metadata
from oidc.errors import InvalidClientMetadata, OAuthError
from oidc.http import Request, Response
from tests.oidc.proof import KEY as DPOP_KEY
from tests.oidc.proof import ath, make_proof, sign
from tests.oidc.world import (
    ISSUER,
    NOW,
    REDIRECT_URI,
    VERIFIER,
    World,
    claims_of,
    document,
    location,
    post,
)

KEY = ECKey.generate_key("P-256", parameters={"kid": "ec"})
RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
ED25519 = OKPKey.generate_key("Ed25519", parameters={"kid": "ed"})
KEYS: dict[str, Any] = {"ES256": KEY, "PS256": RSA, "RS256": RSA, "Ed25519": ED25519, "EdDSA": ED25519}
DOCUMENT: dict[str, Any] = {
    "redirect_uris": [REDIRECT_URI],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks": {"keys": [key.as_dict(private=False) for key in (KEY, RSA, ED25519)]},
    "profile": "fapi2",
}


@pytest.fixture
def bank(world: World) -> World:
    """A world whose client is held to the profile."""
    world.client, world.secret = world.add_client(**DOCUMENT)
    world.agree()
    return world


def assertion(world: World, alg: str = "ES256", header: Any = None, **changes: Any) -> dict[str, str]:
    """Return the form members by which the client authenticates; `...` leaves a claim out."""
    client_id = world.client.client_id
    claims = {"iss": client_id, "sub": client_id, "aud": ISSUER, "exp": world.now + 60, "iat": world.now}
    claims |= {"jti": str(uuid4()), **changes}
    kept = {name: value for name, value in claims.items() if value is not ...}
    key = KEYS[alg]
    text = sign({"alg": alg, "kid": key.kid, **(header or {})}, json.dumps(kept).encode(), key, alg)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text, "client_id": client_id}


def proof(world: World, path: str, **changes: Any) -> str:
    return make_proof("POST", ISSUER + path, world.now, DPOP_KEY, **changes)


def push(world: World, dpop: str | None = None, **changes: Any) -> Response:
    form = dict(parse_qsl(world.query(world.client, **changes)))
    return world.provider.pushed_requests.respond(post({**form, **assertion(world)}, dpop=dpop), world.now)


def new_code(world: World, **changes: Any) -> str:
    pushed = push(world, **changes)
    assert pushed.status == 201, pushed.body
    query = f"client_id={world.client.client_id}&request_uri={document(pushed)['request_uri']}"
    answer = world.ask(query, world.end_user())
    assert isinstance(answer, Response)
    return location(answer)["code"]


def exchange(world: World, form: dict[str, str], dpop: str | None, authentication: Any = None) -> Response:
    request = post({**form, **(authentication or assertion(world))}, dpop=dpop)
    return world.provider.token.respond(request, world.now)


def redeem(world: World, code: str, dpop: str | None, authentication: Any = None) -> Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    return exchange(world, {**form, "code_verifier": VERIFIER}, dpop, authentication)


def sign_in(world: World, **changes: Any) -> dict[str, Any]:
    answer = redeem(world, new_code(world, **changes), proof(world, "/token"))
    assert answer.status == 200, answer.body
    return document(answer)


def error_of(response: Response) -> str:
    assert response.status in (400, 401)
    return str(document(response)["error"])


def test_the_whole_way_through(bank: World) -> None:
    tokens = sign_in(bank, scope="openid profile")
    assert tokens["token_type"] == "DPoP"
    claims = claims_of(tokens["id_token"])
    assert claims["aud"] == bank.client.client_id and bank.client.id_token_alg == "ES256"
    token = tokens["access_token"]
    dpop = make_proof("GET", f"{ISSUER}/userinfo", bank.now, DPOP_KEY, ath=ath(token))
    request = Request("GET", authorization=f"DPoP {token}", dpop=dpop)
    assert document(bank.provider.userinfo.respond(request, bank.now))["name"] == "Nguyễn Văn An"


# Metadata and policy


def test_the_profile_brings_its_own_defaults() -> None:
    client, secret = new_client(DOCUMENT, NOW, by_operator=True)
    assert client.profile == "fapi2" and client.id_token_alg == "ES256" and secret is None
    assert client.must_push and client.must_use_pkce


@pytest.mark.parametrize(
    "changes",
    [
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "none"},
        {"id_token_signed_response_alg": "RS256"},
        {"userinfo_signed_response_alg": "RS256"},
        {"token_endpoint_auth_signing_alg": "RS256"},
        {"require_pkce": False},
        {"profile": "fapi1"},
        {"profile": ["fapi2"]},
    ],
)
def test_what_the_profile_does_not_take_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata):
        new_client({**DOCUMENT, **changes}, NOW, by_operator=True)


def test_a_client_can_not_set_or_leave_its_profile(bank: World) -> None:
    assert new_client(DOCUMENT, NOW)[0].profile == "default", "the operator's to set"
    assert validate_metadata(DOCUMENT, "fapi2")["id_token_signed_response_alg"] == "ES256"
    with pytest.raises(OAuthError):
        validate_metadata({**DOCUMENT, "id_token_signed_response_alg": "RS256"}, "fapi2")


# Authorization


def test_a_request_that_was_not_pushed_is_refused(bank: World) -> None:
    answer = bank.ask(bank.query(bank.client), bank.end_user())
    assert not isinstance(answer, Response) or location(answer)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": None, "code_challenge_method": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/cb"},
        {"response_type": "code id_token"},
        {"response_type": "token"},
    ],
)
def test_a_pushed_request_that_is_wrong_is_refused(bank: World, changes: dict[str, Any]) -> None:
    assert push(bank, **changes).status == 400


def test_the_code_lives_a_minute_whatever_the_setting() -> None:
    world = World(code_lifetime_seconds=600)
    world.client, world.secret = world.add_client(**DOCUMENT)
    world.agree()
    code, late = new_code(world), new_code(world)
    world.now += 59
    assert redeem(world, code, proof(world, "/token")).status == 200
    world.now += 1
    assert error_of(redeem(world, late, proof(world, "/token"))) == "invalid_grant"


# Tokens


def test_no_token_without_a_sender_s_key(bank: World) -> None:
    code = new_code(bank)
    assert error_of(redeem(bank, code, None)) == "invalid_request"
    tokens = document(redeem(bank, code, proof(bank, "/token")))
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert error_of(exchange(bank, form, None)) == "invalid_request"


def test_refresh_tokens_are_not_rotated(bank: World) -> None:
    first = sign_in(bank, scope="openid offline_access")
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    for _ in range(3):
        bank.now += 600
        again = document(exchange(bank, form, proof(bank, "/token")))
        assert again["refresh_token"] == first["refresh_token"]
        assert claims_of(again["id_token"])["auth_time"] == claims_of(first["id_token"])["auth_time"]
    [grant] = bank.grants.rows.values()
    assert grant.generation == 0
    assert [row["event"] for row in bank.events.rows].count("token.refreshed") == 3
    bank.grants.revoke(grant.id, bank.now)
    assert error_of(exchange(bank, form, proof(bank, "/token"))) == "invalid_grant"


def test_another_client_s_refresh_token_is_refused(bank: World) -> None:
    token = sign_in(bank)["refresh_token"]
    bank.client, _ = bank.add_client(**DOCUMENT)
    form = {"grant_type": "refresh_token", "refresh_token": token}
    assert error_of(exchange(bank, form, proof(bank, "/token"))) == "invalid_grant"


# Assertions: RFC 7523 §3 and FAPI 2.0 §5.3.2.1


@pytest.mark.parametrize("alg", ["ES256", "PS256", "Ed25519", "EdDSA"])
def test_the_profile_s_algorithms_authenticate(bank: World, alg: str) -> None:
    answer = redeem(bank, "unknown", proof(bank, "/token"), assertion(bank, alg))
    assert error_of(answer) == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "RS256"},
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/token"},
        {"aud": f"{ISSUER}/"},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": ...},
        {"exp": ...},
        {"exp": NOW - 300},
        {"nbf": NOW + 61},
        {"nbf": NOW + 3600},
        {"iat": NOW + 3600},
        {"sub": ...},
        {"sub": "somebody"},
        {"iss": ...},
        {"jti": ...},
        {"header": {"typ": "dpop+jwt"}},
        {"header": {"typ": "oauth-authz-req+jwt"}},
        {"header": {"crit": ["x"]}},
    ],
)
def test_an_assertion_that_the_profile_refuses(bank: World, changes: dict[str, Any]) -> None:
    answer = redeem(bank, "unknown", proof(bank, "/token"), assertion(bank, **changes))
    assert error_of(answer) == "invalid_client" and answer.status == 401


def test_a_clock_a_little_ahead_is_forgiven(bank: World) -> None:
    ahead = assertion(bank, nbf=NOW + 8, iat=NOW + 8)
    assert error_of(redeem(bank, "unknown", proof(bank, "/token"), ahead)) == "invalid_grant"


@pytest.mark.parametrize("typ", ["JWT", "client-authentication+jwt", "application/client-authentication+jwt"])
def test_the_types_of_an_assertion(bank: World, typ: str) -> None:
    typed = assertion(bank, header={"typ": typ})
    assert error_of(redeem(bank, "unknown", proof(bank, "/token"), typed)) == "invalid_grant"


def test_an_assertion_works_once_at_any_endpoint(bank: World) -> None:
    used = assertion(bank)
    assert error_of(redeem(bank, "unknown", proof(bank, "/token"), used)) == "invalid_grant"
    assert error_of(redeem(bank, "unknown", proof(bank, "/token"), used)) == "invalid_client"
    pushed = post({**dict(parse_qsl(bank.query(bank.client))), **used})
    assert error_of(bank.provider.pushed_requests.respond(pushed, bank.now)) == "invalid_client"


def test_a_client_without_the_profile_may_name_the_token_endpoint(world: World) -> None:
    world.client, _ = world.add_client(**{**DOCUMENT, "profile": "default"})
    for audience in (ISSUER, f"{ISSUER}/token", [ISSUER], [ISSUER, f"{ISSUER}/token"]):
        answer = redeem(world, "unknown", None, assertion(world, aud=audience))
        assert error_of(answer) == "invalid_grant"
    assert error_of(redeem(world, "unknown", None, assertion(world, "RS256"))) == "invalid_grant"
