"""The Dynamic OP plan for code, oidcc-dynamic-certification-test-plan: clients that register themselves.

They authenticate by private_key_jwt, as the plan's do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx
import pytest
from joserfc.jwk import KeySet, RSAKey

from tests.conformance.elsewhere import Elsewhere
from tests.conformance.relying_party import (
    REDIRECT_URI,
    Op,
    RelyingParty,
    check_refused,
    check_userinfo_response,
)
from tests.person import Person

REFETCH_SECONDS = 1.2

Register = Callable[..., RelyingParty]


@cache
def client_key(kid: str = "client-1") -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid})


def public(*keys: RSAKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


@pytest.fixture(scope="module")
def initial_token(op: Op) -> str:
    """What an operator gives to somebody whose confidential clients may do without PKCE."""
    return str(op.target.provider.tnid("client", "initial-token", "--no-pkce")["initial_access_token"])


@pytest.fixture
def ask(op: Op, initial_token: str) -> Callable[..., httpx.Response]:
    """Post a registration: RFC 7591 §3.1."""

    def post(**metadata: Any) -> httpx.Response:
        document = {
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "contacts": ["ops@rp.example"],
            **({} if "jwks_uri" in metadata else {"jwks": public(client_key())}),
            **metadata,
        }
        headers = {"Authorization": f"Bearer {initial_token}"}
        return op.http.post(op.metadata["registration_endpoint"], json=document, headers=headers)

    return post


@pytest.fixture
def register(op: Op, person: Person, ask: Callable[..., httpx.Response]) -> Register:
    """Register a client; return it, ready to sign in."""

    def made(key: RSAKey | None = None, **metadata: Any) -> RelyingParty:
        answer = ask(**metadata)
        assert answer.status_code == 201, answer.text
        client = answer.json()
        assert client["client_id"] and client["registration_client_uri"].startswith(op.issuer)
        assert client["registration_access_token"]
        assert ("client_secret" in client) == ("client_secret_expires_at" in client)
        return RelyingParty(
            op,
            person,
            client["client_id"],
            client.get("client_secret", ""),
            client["token_endpoint_auth_method"],
            client["redirect_uris"][0],
            id_token_alg=client["id_token_signed_response_alg"],
            key=key or client_key(),
        )

    return made


def test_oidcc_discovery_endpoint_verification(op: Op) -> None:
    assert op.metadata["registration_endpoint"].startswith(op.issuer)
    assert "private_key_jwt" in op.metadata["token_endpoint_auth_methods_supported"]
    assert "RS256" in op.metadata["token_endpoint_auth_signing_alg_values_supported"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_oidcc_server(register: Register, method: str) -> None:
    rp = register(token_endpoint_auth_method=method)
    rp.check_userinfo(rp.flow(scope="openid profile"))


def test_a_public_client_uses_pkce_whatever_the_token_says(register: Register) -> None:
    rp = register(token_endpoint_auth_method="none")
    request = rp.request()
    assert rp.receive(rp.open(request), request)["error"] == "invalid_request"
    rp.pkce = True
    rp.check_userinfo(rp.flow())


def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(register: Register, op: Op) -> None:
    rp = register()
    rp.assertion_audience = op.issuer
    rp.flow()


def test_oidcc_ensure_redirect_uri_in_authorization_request(register: Register) -> None:
    """OpenID Connect Core §3.1.2.1: redirect_uri is required, even where one alone is registered."""
    rp = register()
    assert rp.is_error_page(rp.open(rp.request(redirect_uri=None)))


def test_oidcc_idtoken_rs256(register: Register) -> None:
    register(id_token_signed_response_alg="RS256").flow()


def test_oidcc_idtoken_es256(register: Register) -> None:
    register(id_token_signed_response_alg="ES256").flow()


def test_oidcc_idtoken_unsigned(ask: Callable[..., httpx.Response]) -> None:
    check_refused(ask(id_token_signed_response_alg="none"), "invalid_client_metadata")


def test_oidcc_redirect_uri_query_ok(register: Register) -> None:
    """oidcc-redirect-uri-query-OK"""
    rp = register(redirect_uris=[REDIRECT_URI + "?foo=bar"])
    rp.check_userinfo(rp.flow())


@pytest.mark.parametrize(
    ("registered", "asked"), [("", "?foo=bar"), ("?foo=bar", "?foo=baz"), ("?foo=bar", "?foo=bar&a=b")]
)
def test_oidcc_redirect_uri_query_added_and_mismatch(register: Register, registered: str, asked: str) -> None:
    """oidcc-redirect-uri-query-added, oidcc-redirect-uri-query-mismatch"""
    rp = register(redirect_uris=[REDIRECT_URI + registered])
    assert rp.is_error_page(rp.open(rp.request(redirect_uri=REDIRECT_URI + asked)))


def test_oidcc_redirect_uri_regfrag(ask: Callable[..., httpx.Response]) -> None:
    check_refused(ask(redirect_uris=[REDIRECT_URI + "#foo"]), "invalid_redirect_uri")


def test_oidcc_refresh_token(register: Register) -> None:
    rp, other = register(), register()
    flow = rp.flow(scope="openid offline_access", prompt="consent")
    check_refused(other.refresh(flow.tokens["refresh_token"]), "invalid_grant")
    tokens = rp.refresh(flow.tokens["refresh_token"]).json()
    _header, again = rp.read_jwt(tokens["id_token"])
    assert [again[n] == flow.claims[n] for n in ("iss", "sub", "aud", "auth_time")] == [True] * 4
    check_userinfo_response(rp.userinfo(tokens["access_token"]), flow.claims["sub"])


def test_oidcc_refresh_token_rp_key_rotation(register: Register, elsewhere: Elsewhere) -> None:
    uri = elsewhere.put("/rotating.json", public(client_key("old")))
    rp = register(client_key("old"), jwks_uri=uri)
    flow = rp.flow(scope="openid offline_access", prompt="consent")
    elsewhere.put("/rotating.json", public(client_key("new")))
    rp.key = client_key("new")
    time.sleep(REFETCH_SECONDS)  # a kid that isn't known yet has the keys fetched again, once a second
    answer = rp.refresh(flow.tokens["refresh_token"])
    assert answer.status_code == 200, answer.text


def test_oidcc_registration_jwks_uri(register: Register, elsewhere: Elsewhere) -> None:
    uri = elsewhere.put("/keys.json", public(client_key("by-uri")))
    rp = register(client_key("by-uri"), jwks_uri=uri)
    rp.check_userinfo(rp.flow())
    assert "/keys.json" in elsewhere.asked()


@pytest.mark.parametrize("member", ["policy_uri", "tos_uri"])
def test_oidcc_registration_policy_and_tos_uri(register: Register, member: str) -> None:
    """oidcc-registration-policy-uri, oidcc-registration-tos-uri: the sign-in page links to it."""
    address = f"https://rp.example/{member}.html"
    rp = register(**{member: address})
    page = rp.open(rp.request())
    assert page.has("login_password") and page.document is not None
    assert page.document.xpath(f"//a[@href='{address}']"), page


def test_oidcc_registration_logo_uri(register: Register) -> None:
    rp = register(logo_uri="https://rp.example/logo.png", client_name="Chè Tân Cương")
    assert "Chè Tân Cương" in rp.open(rp.request()).words()


def test_oidcc_registration_sector_uri(register: Register, elsewhere: Elsewhere) -> None:
    uri = elsewhere.put("/sector.json", [REDIRECT_URI, "https://other.example/cb"])
    rp = register(sector_identifier_uri=uri, subject_type="pairwise")
    rp.check_userinfo(rp.flow())


def test_oidcc_registration_sector_bad(ask: Callable[..., httpx.Response], elsewhere: Elsewhere) -> None:
    uri = elsewhere.put("/bad-sector.json", ["https://other.example/cb"])
    check_refused(ask(sector_identifier_uri=uri, subject_type="pairwise"), "invalid_client_metadata")


def test_oidcc_server_rotate_keys(register: Register, op: Op) -> None:
    rp = register()
    before = thumbprints(op.keys())
    old = rp.flow().tokens["id_token"]
    op.target.provider.tnid("keys", "rotate")
    time.sleep(REFETCH_SECONDS)  # our keys are kept in the process for a second
    after = thumbprints(op.keys())
    assert before < after, "the new keys are there, and the old ones still"
    rp.read_jwt(old)
    rp.flow()


def thumbprints(keys: KeySet) -> set[str]:
    return {key.thumbprint() for key in keys.keys}


def test_oidcc_userinfo_rs256(register: Register, op: Op) -> None:
    """OpenID Connect Core §5.3.2"""
    assert "RS256" in op.metadata["userinfo_signing_alg_values_supported"]
    rp = register(userinfo_signed_response_alg="RS256")
    flow = rp.flow(scope="openid email")
    answer = rp.userinfo(flow.tokens["access_token"])
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/jwt")
    header, claims = rp.read_jwt(answer.text)
    assert header["alg"] == "RS256" and claims["iss"] == op.issuer
    assert claims["aud"] in (rp.client_id, [rp.client_id])
    assert claims["sub"] == flow.claims["sub"] and claims["email"]
