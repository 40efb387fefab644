"""Client authentication: RFC 6749 §2.3, RFC 7523 §3, OpenID Connect Core §9."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from oidc.clients.assertion import ASSERTION_TYPE
from oidc.http import Response
from oidc.models import Client
from tests.oidc.world import ISSUER, World, basic, document, post

KEY = ECKey.generate_key("P-256", parameters={"kid": "k1"})
OTHER_KEY = ECKey.generate_key("P-256", parameters={"kid": "k1"})
BODY = {"grant_type": "authorization_code", "code": "unknown"}


def respond(world: World, body: dict[str, str], authorization: str = "") -> Response:
    return world.provider.token.respond(post({**BODY, **body}, authorization), world.now)


def authenticated(response: Response) -> bool:
    """An unknown code is only looked for once the client is known."""
    return document(response)["error"] == "invalid_grant"


def is_refused(response: Response) -> bool:
    assert document(response)["error"] == "invalid_client", document(response)
    assert dict(response.headers)["WWW-Authenticate"].startswith("Basic")
    return response.status == 401


def test_basic_and_post_each_for_its_own_clients(world: World) -> None:
    by_post, secret = world.add_client(token_endpoint_auth_method="client_secret_post")
    in_body = {"client_id": by_post.client_id, "client_secret": secret}
    assert authenticated(respond(world, {}, basic(world.client.client_id, world.secret)))
    assert authenticated(respond(world, in_body))
    assert is_refused(respond(world, {}, basic(by_post.client_id, secret)))
    assert is_refused(respond(world, {"client_id": world.client.client_id, "client_secret": world.secret}))


def test_a_public_client_only_names_itself(world: World) -> None:
    public, secret = world.add_client(token_endpoint_auth_method="none")
    assert secret == ""
    assert authenticated(respond(world, {"client_id": public.client_id}))
    assert is_refused(respond(world, {"client_id": world.client.client_id}))


def test_unknown_client_and_wrong_secret_look_the_same(world: World) -> None:
    wrong = respond(world, {}, basic(world.client.client_id, "wrong"))
    unknown = respond(world, {}, basic("nobody", "wrong"))
    nothing = respond(world, {})
    assert is_refused(wrong) and wrong == unknown == nothing


@pytest.mark.parametrize(
    "header",
    [
        "Basic //8=",
        "Basic !!!",
        "Basic Yw==",
        "Basic",
        "Basic ",
        "Bearer abc",
        "Digest x",
        "Basic Ojo=",
        "Basic ww==",
    ],
)
def test_a_broken_header_is_invalid_client(world: World, header: str) -> None:
    assert is_refused(respond(world, {}, header))


def test_id_and_secret_are_form_encoded_in_the_header(world: World) -> None:
    client, _ = world.add_client(client_id="app+one%2", client_secret="p:a? &=#+secret")
    encoded = "app%2Bone%252:p%3Aa%3F+%26%3D%23%2Bsecret"
    assert authenticated(respond(world, {}, "Basic " + base64.b64encode(encoded.encode()).decode()))
    assert client.client_id == "app+one%2"


def test_two_methods_at_once_are_an_invalid_request(world: World) -> None:
    header = basic(world.client.client_id, world.secret)
    for body in (
        {"client_secret": world.secret},
        {"client_assertion": "x", "client_assertion_type": ASSERTION_TYPE},
        {"client_id": "another"},
    ):
        response = respond(world, body, header)
        assert response.status == 400 and document(response)["error"] == "invalid_request"


def test_a_disabled_client_is_no_client(world: World) -> None:
    world.clients.rows[world.client.client_id] = replace(world.client, disabled_at=world.now)
    assert is_refused(respond(world, {}, basic(world.client.client_id, world.secret)))


# private_key_jwt


@pytest.fixture
def jwt_client(world: World) -> Client:
    client, _ = world.add_client(
        token_endpoint_auth_method="private_key_jwt", jwks={"keys": [KEY.as_dict(private=False)]}
    )
    return client


def assertion(
    world: World, client: Client, key: Any = KEY, alg: str = "ES256", header: Any = None, **changes: Any
) -> str:
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": ISSUER,
        "jti": "jti-1",
        "exp": world.now + 60,
        "iat": world.now,
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not ...}
    return jwt.encode({"alg": alg, "kid": "k1", **(header or {})}, kept, key, algorithms=[alg])


def present(world: World, text: str, **body: str) -> Response:
    return respond(world, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text, **body})


def test_an_assertion_for_issuer_or_token_endpoint_is_good_once(world: World, jwt_client: Client) -> None:
    text = assertion(world, jwt_client)
    assert authenticated(present(world, text))
    assert is_refused(present(world, text))
    second = assertion(world, jwt_client, aud=f"{ISSUER}/token", jti="jti-2")
    assert authenticated(present(world, second, client_id=jwt_client.client_id))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": ...},
        {"exp": 365 * 86400 + 1_800_000_000},
        {"exp": 1_700_000_000},
        {"exp": "soon"},
        {"exp": True},
        {"iat": 1_800_003_600},
        {"nbf": 1_800_000_061},
        {"aud": "https://other.example"},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": []},
        {"aud": ...},
        {"iss": "somebody"},
        {"sub": "somebody"},
        {"sub": {}},
        {"jti": ...},
        {"jti": ""},
        {"jti": 5},
        {"header": {"kid": "unknown"}},
        {"header": {"kid": "../../etc/passwd"}},
        {"key": OTHER_KEY},
    ],
)
def test_a_faulty_assertion_is_refused(world: World, jwt_client: Client, changes: dict[str, Any]) -> None:
    assert is_refused(present(world, assertion(world, jwt_client, **changes), client_id=jwt_client.client_id))


def test_a_clock_eight_seconds_ahead_is_forgiven(world: World, jwt_client: Client) -> None:
    ahead = world.now + 8
    assert authenticated(present(world, assertion(world, jwt_client, iat=ahead, nbf=ahead)))


@pytest.mark.parametrize("payload", ["[]", "5", '{"sub":{}}', "", "{", '{"iss":"a","iss":"b"}'])
@pytest.mark.parametrize("client_id", [True, False])
def test_an_assertion_that_is_no_jwt_is_refused(
    world: World, jwt_client: Client, payload: str, client_id: bool
) -> None:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    header = part(json.dumps({"alg": "ES256", "kid": "k1"}))
    named = {"client_id": jwt_client.client_id} if client_id else {}
    for text in (f"{header}.{part(payload)}.c2ln", f"{header}.{part(payload)}", "x", "..", '{"payload":"x"}'):
        assert is_refused(present(world, text, **named))


def test_unsigned_symmetric_and_oversized_assertions_are_refused(world: World, jwt_client: Client) -> None:
    signed = assertion(world, jwt_client).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for text in (
        f"{none}.{signed[1]}.",
        f"{none}.{signed[1]}.{signed[2]}",
        "a" * 100_000,
        ".".join(["a"] * 5),
    ):
        assert is_refused(present(world, text, client_id=jwt_client.client_id))


def test_a_client_of_keys_is_not_let_in_by_a_secret(world: World, jwt_client: Client) -> None:
    assert is_refused(respond(world, {}, basic(jwt_client.client_id, "")))
    assert is_refused(respond(world, {"client_id": jwt_client.client_id, "client_secret": "x"}))
    assert is_refused(respond(world, {"client_id": jwt_client.client_id}))


def test_the_registered_algorithm_is_the_only_one(world: World) -> None:
    key = RSAKey.generate_key(2048, parameters={"kid": "k1"})
    client, _ = world.add_client(
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg="PS256",
        jwks={"keys": [key.as_dict(private=False)]},
    )
    assert is_refused(present(world, assertion(world, client, key=key, alg="RS256")))
    assert authenticated(present(world, assertion(world, client, key=key, alg="PS256")))


def test_the_wrong_type_of_assertion_is_refused(world: World, jwt_client: Client) -> None:
    body = {"client_assertion": assertion(world, jwt_client), "client_assertion_type": "urn:saml"}
    assert is_refused(respond(world, body))
