"""Introspection answers as JWTs: RFC 9701, after its examples in §4 and §5."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet

from oidc.http import Response
from oidc.models import Client
from tests.oidc.test_resource_indicators import CALENDAR, Office
from tests.oidc.world import ISSUER, NOW, World, basic, document, post

MEDIA_TYPE = "application/token-introspection+jwt"
MACHINE: dict[str, Any] = {"grant_types": ["client_credentials"], "redirect_uris": []}


@pytest.fixture
def token(world: World) -> str:
    return str(Office(world).sign_in(CALENDAR)["access_token"])


def ask(world: World, token: str, asker: tuple[Client, str], accept: str = MEDIA_TYPE) -> Response:
    request = post({"token": token}, basic(asker[0].client_id, asker[1]), accept=accept)
    return world.provider.introspection.respond(request, world.now)


def read(world: World, signed: str) -> tuple[dict[str, Any], dict[str, Any]]:
    keys = KeySet.import_key_set(orjson.loads(world.keyring.jwks(world.now)))
    verified = jwt.decode(signed, keys, algorithms=["RS256", "ES256"])
    return dict(verified.header), dict(verified.claims)


def test_a_resource_gets_a_signed_answer_where_it_asks_for_one(world: World, token: str) -> None:
    asker = world.add_client(protected_resource=CALENDAR, **MACHINE)
    response = ask(world, token, asker)
    assert response.status == 200 and dict(response.headers)["Content-Type"] == MEDIA_TYPE
    assert dict(response.headers)["Cache-Control"] == "no-store"
    header, claims = read(world, response.body.decode())
    assert header["typ"] == "token-introspection+jwt" and header["alg"] == "RS256" and header["kid"]
    described = claims.pop("token_introspection")
    assert claims == {"iss": ISSUER, "aud": asker[0].client_id, "iat": NOW}, "neither sub nor exp: §5, §8.1"
    assert described == document(ask(world, token, asker, accept="application/json"))
    assert described["active"] is True and described["aud"] == CALENDAR


def test_the_algorithm_is_the_one_that_was_registered(world: World, token: str) -> None:
    asker = world.add_client(
        protected_resource=CALENDAR, introspection_signed_response_alg="ES256", **MACHINE
    )
    header, _ = read(world, ask(world, token, asker).body.decode())
    assert header["alg"] == "ES256"


def test_an_inactive_token_is_said_to_be_so_and_nothing_else(world: World, token: str) -> None:
    asker = world.add_client(protected_resource="https://other.example/", **MACHINE)
    for presented in (token, "garbage"):
        _, claims = read(world, ask(world, presented, asker).body.decode())
        assert claims["token_introspection"] == {"active": False}


@pytest.mark.parametrize(
    ("accept", "is_signed"),
    [
        ("", False),
        ("*/*", False),
        ("application/*", False),
        ("application/json", False),
        ("application/jwt", False),
        (MEDIA_TYPE.upper(), True),
        (f"application/json;q=0.5, {MEDIA_TYPE};q=0.9", True),
        (f"{MEDIA_TYPE} ; charset=utf-8", True),
        (f"{MEDIA_TYPE};q=0", False),
        (f"{MEDIA_TYPE};q=0.000", False),
        (f"{MEDIA_TYPE};q=0.001", True),
        (f"{MEDIA_TYPE}x", False),
        (";;,,;q=", False),
    ],
)
def test_the_accept_header_decides(world: World, token: str, accept: str, is_signed: bool) -> None:
    asker = world.add_client(protected_resource=CALENDAR, **MACHINE)
    content_type = dict(ask(world, token, asker, accept).headers)["Content-Type"]
    assert (content_type == MEDIA_TYPE) is is_signed


def test_a_refusal_is_json_whatever_was_asked_for(world: World, token: str) -> None:
    asker = world.add_client(protected_resource=CALENDAR, **MACHINE)
    response = ask(world, token, (asker[0], "wrong"))
    assert response.status == 401 and document(response)["error"] == "invalid_client"


def test_a_signed_answer_is_no_access_token_and_no_id_token(world: World, token: str) -> None:
    asker = world.add_client(protected_resource=CALENDAR, **MACHINE)
    signed = ask(world, token, asker).body.decode()
    assert document(ask(world, signed, asker, "")) == {"active": False}
    assert world.userinfo(signed).status == 401


def test_an_answer_is_encrypted_to_who_registered_so(world: World, token: str) -> None:
    key = ECKey.generate_key("P-256", {"use": "enc"}, auto_kid=True)
    asker = world.add_client(
        protected_resource=CALENDAR,
        introspection_encrypted_response_alg="ECDH-ES",
        jwks={"keys": [key.as_dict(private=False)]},
        **MACHINE,
    )
    sealed = ask(world, token, asker).body.decode()
    opened = jwe.decrypt_compact(sealed, key, algorithms=["ECDH-ES", "A128CBC-HS256"])
    assert opened.plaintext is not None
    _, claims = read(world, opened.plaintext.decode())
    assert claims["token_introspection"]["active"] is True


def test_discovery_says_by_which_algorithms(world: World) -> None:
    metadata = document(world.provider.metadata())
    assert set(metadata["introspection_signing_alg_values_supported"]) == {"RS256", "ES256"}
    assert metadata["introspection_encryption_alg_values_supported"]
