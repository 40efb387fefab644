"""Authlib's client on httpx, unmodified; its Flask client is what the examples are built on (tests/flows)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.person import Browser
from tests.province import Province

REDIRECT_URI = "http://127.0.0.1:9/callback"
VERIFIER = "v" * 64
NONCE = "n-0S6_WzA2Mj"
SCOPE = "openid profile phone offline_access"

Register = Callable[..., OAuth2Client]


@pytest.fixture
def metadata(province: Province) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{province.issuer}/.well-known/openid-configuration").json()
    return found


@pytest.fixture
def register(province: Province, metadata: dict[str, Any]) -> Register:
    """Register a client and return Authlib's client for it."""

    def make(method: str = "client_secret_basic", **more: Any) -> OAuth2Client:
        document = {
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": SCOPE,
            "token_endpoint_auth_method": method,
            **more,
        }
        registered = province.tnid("client", "create", "-", given=document)
        return OAuth2Client(
            registered["client_id"],
            registered.get("client_secret"),
            scope=document["scope"],
            redirect_uri=REDIRECT_URI,
            code_challenge_method="S256",
            token_endpoint_auth_method=method,
            token_endpoint=metadata["token_endpoint"],
        )

    return make


@pytest.fixture
def sign_in(province: Province, metadata: dict[str, Any]) -> Callable[[OAuth2Client], dict[str, Any]]:
    """Take a new person through the provider's screens, and return the client's tokens."""

    def run(client: OAuth2Client) -> dict[str, Any]:
        address, state = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce=NONCE
        )
        with Browser(stops_at=REDIRECT_URI) as browser:
            browser.open(address)
            answer = province.new_person(phone_number="+84912000777").pass_through(browser).url
        token: dict[str, Any] = client.fetch_token(
            authorization_response=answer, state=state, code_verifier=VERIFIER
        )
        return token

    return run


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_the_id_token_passes_authlibs_own_validation(
    method: str, alg: str, register: Register, sign_in: Any, metadata: dict[str, Any]
) -> None:
    client = register(method, id_token_signed_response_alg=alg)
    token = sign_in(client)
    keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"]).json())
    decoded = jwt.decode(token["id_token"], keys, algorithms=[alg])
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {"iss": {"values": [metadata["issuer"]]}},
        {"nonce": NONCE, "client_id": client.client_id, "access_token": token["access_token"]},
    )
    claims.validate()
    assert client.get(metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]


def test_refreshing_rotates_and_keeps_the_person(
    register: Register, sign_in: Any, metadata: dict[str, Any]
) -> None:
    client = register()
    first = dict(sign_in(client))
    before = client.get(metadata["userinfo_endpoint"]).json()
    second = client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert client.get(metadata["userinfo_endpoint"]).json() == before
    assert before["phone_number"] == "+84912000777"


def test_a_code_works_once(register: Register, province: Province, metadata: dict[str, Any]) -> None:
    client = register("none")
    address, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER
    )
    with Browser(stops_at=REDIRECT_URI) as browser:
        browser.open(address)
        answer = province.new_person().pass_through(browser).url
    client.fetch_token(authorization_response=answer, state=state, code_verifier=VERIFIER)
    with pytest.raises(OAuthError) as refused:
        client.fetch_token(authorization_response=answer, state=state, code_verifier=VERIFIER)
    assert refused.value.error == "invalid_grant"
    assert client.get(metadata["userinfo_endpoint"]).status_code == 401, "reuse kills what was issued"


def test_client_credentials_bring_a_token_without_a_person(
    register: Register, metadata: dict[str, Any]
) -> None:
    client = register(grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="audit")
    token = client.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", scope="audit")
    assert "refresh_token" not in token
    assert "id_token" not in token
