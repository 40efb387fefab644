"""JWT Secured Authorization Response Mode for OAuth 2.0 (JARM)."""

from __future__ import annotations

import html
import re
from base64 import urlsafe_b64decode
from dataclasses import replace
from typing import Any

import orjson
import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from oidc.authorization.prompts import Prompt
from oidc.authorization.response import LIFETIME_SECONDS
from oidc.clients import fetch_cache
from oidc.errors import InvalidClientMetadata
from oidc.http import Request, Response
from tests.oidc.world import ISSUER, REDIRECT_URI, World, document, location

MODES = ("jwt", "query.jwt", "form_post.jwt")
KEY = ECKey.generate_key("P-256", {"kid": "enc", "use": "enc"})
JWKS_URI = "https://rp.example/jwks.json"


def signed_for(world: World, **metadata: Any) -> World:
    """Give the world a client that wants its responses signed."""
    world.client, world.secret = world.add_client(
        **{"authorization_signed_response_alg": "RS256", **metadata}
    )
    world.agree()
    return world


def response_of(answer: Any) -> str:
    """Return the one parameter that the client is sent, by either way."""
    assert isinstance(answer, Response)
    if answer.status == 303:
        found = location(answer)
    else:
        fields = re.findall(r'name="(\w+)" value="([^"]*)"', answer.body.decode())
        found = {name: html.unescape(value) for name, value in fields}
    assert set(found) == {"response"}, "nothing stands beside the JWT, the issuer neither (RFC 9207 §2.4)"
    return found["response"]


def opened(world: World, answer: Any) -> dict[str, Any]:
    return world.keyring.verify(response_of(answer), typ="JWT", now=world.now)


@pytest.mark.parametrize("mode", MODES)
def test_a_code_comes_in_a_signed_response(world: World, mode: str) -> None:
    """§2.1 and §2.3.1 to §2.3.4: for a code, jwt is query.jwt."""
    signed_for(world)
    answer = world.authorize(world.end_user(), response_mode=mode)
    assert isinstance(answer, Response) and answer.status == (200 if mode == "form_post.jwt" else 303)
    claims = opened(world, answer)
    assert (claims["iss"], claims["aud"], claims["state"]) == (ISSUER, world.client.client_id, "state-1")
    assert claims["exp"] == world.now + LIFETIME_SECONDS <= world.now + 600
    assert set(claims) == {"iss", "aud", "exp", "code", "state"}
    assert document(world.redeem(claims["code"]))["access_token"]
    assert claims["code"] not in str(answer)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("changes", "error"), [({"prompt": "none"}, "login_required"), ({"scope": "profile"}, "invalid_scope")]
)
def test_errors_come_signed_too(world: World, mode: str, changes: dict[str, str], error: str) -> None:
    claims = opened(signed_for(world), world.authorize(response_mode=mode, **changes))
    assert (claims["error"], claims["state"], claims["iss"]) == (error, "state-1", ISSUER)
    assert claims["error_description"] and "code" not in claims


def test_a_refusal_by_the_person_comes_signed(world: World) -> None:
    signed_for(world)
    prompt = world.authorize(response_mode="jwt")
    assert isinstance(prompt, Prompt)
    world.provider.interactions.deny(prompt.interaction.uid, world.now)
    assert opened(world, world.resume(prompt, world.end_user()))["error"] == "access_denied"


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_the_algorithm_is_the_registered_one(world: World, alg: str) -> None:
    signed_for(world, authorization_signed_response_alg=alg)
    token = response_of(world.authorize(world.end_user(), response_mode="jwt"))
    assert header_of(token)["alg"] == alg


def header_of(token: str) -> Any:
    head = token.partition(".")[0]
    return orjson.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))


@pytest.mark.parametrize("mode", MODES)
def test_a_client_that_registered_for_none_is_not_sent_any(world: World, mode: str) -> None:
    world.agree()
    found = location(world.authorize(world.end_user(), response_mode=mode))
    assert (found["error"], found["iss"]) == ("invalid_request", ISSUER) and not world.grants.rows


def test_fapi2_clients_may_always_ask_for_it(world: World) -> None:
    """FAPI 2.0 Message Signing §5.4."""
    world.client = replace(world.client, profile="fapi2")
    world.clients.add(world.client)
    found = opened(world, world.authorize(world.end_user(), response_mode="jwt"))
    assert found["error"] == "invalid_request", "for the request was not pushed"


def test_a_signed_response_is_no_id_token_hint(world: World) -> None:
    signed_for(world)
    token = response_of(world.authorize(world.end_user(), response_mode="jwt"))
    assert location(world.authorize(world.end_user(), id_token_hint=token))["error"] == "invalid_request"


@pytest.mark.parametrize("alg", ["none", "HS256", "x"])
def test_no_other_algorithm_is_registered(world: World, alg: str) -> None:
    with pytest.raises(InvalidClientMetadata):
        world.add_client(authorization_signed_response_alg=alg)


# Encrypted: §2.2


def decrypted(world: World, answer: Any) -> dict[str, Any]:
    inner = jwe.decrypt_compact(response_of(answer), KEY, algorithms=["ECDH-ES", "A128CBC-HS256"])
    assert inner.plaintext
    return world.keyring.verify(inner.plaintext.decode(), typ="JWT", now=world.now)


def test_a_response_is_signed_and_then_encrypted(world: World) -> None:
    keys = {"keys": [KEY.as_dict(private=False)]}
    signed_for(world, jwks=keys, authorization_encrypted_response_alg="ECDH-ES")
    for mode in MODES:
        found = decrypted(world, world.authorize(world.end_user(), response_mode=mode))
        assert found["code"] and found["aud"] == world.client.client_id
    assert decrypted(world, world.authorize(response_mode="jwt", prompt="none"))["error"] == "login_required"


def test_without_a_key_the_client_is_told_and_no_code_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_cache, "FAILED_SECONDS", -1)
    world.elsewhere.documents[JWKS_URI] = {"keys": [KEY.as_dict(private=False)]}
    signed_for(world, jwks_uri=JWKS_URI, authorization_encrypted_response_alg="ECDH-ES")
    world.elsewhere.documents.clear()
    answer = world.authorize(world.end_user(), response_mode="jwt")
    assert opened(world, answer)["error"] == "invalid_request"
    asked = Request("GET", world.query(response_mode="jwt"))
    assert world.answer_silently(asked) is None
    assert not world.grants.rows and world.events.rows[-1]["reason"] == "encryption_key"


def test_a_key_that_nothing_can_be_encrypted_to_is_an_error_and_no_crash(world: World) -> None:
    """RFC 7748 §6.1: with a point of small order the shared secret would be all zeros."""
    zeros = {"kty": "OKP", "crv": "X25519", "x": "A" * 43}
    signed_for(world, jwks={"keys": [zeros]}, authorization_encrypted_response_alg="ECDH-ES")
    assert world.answer_silently(Request("GET", world.query(response_mode="jwt"))) is None
    claims = opened(world, world.authorize(world.end_user(), response_mode="jwt"))
    assert claims["error"] == "invalid_request" and "code" not in claims


def test_discovery_tells_of_it(world: World) -> None:
    found = document(world.provider.metadata())
    assert {*MODES, "query", "form_post"} == set(found["response_modes_supported"])
    assert found["authorization_signing_alg_values_supported"] == ["RS256", "ES256"]
    assert "ECDH-ES" in found["authorization_encryption_alg_values_supported"]


def test_form_post_leaves_nothing_in_the_address(world: World) -> None:
    signed_for(world)
    answer = world.authorize(world.end_user(), response_mode="form_post.jwt")
    assert isinstance(answer, Response) and f'action="{REDIRECT_URI}"' in answer.body.decode()
    assert "Location" not in dict(answer.headers)
