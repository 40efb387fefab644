"""Client metadata: RFC 7591 §2 and §3.2.2, OpenID Connect Registration §2."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from oidc.clients.authentication import hash_secret
from oidc.clients.registration import client_information, new_client, validate_metadata
from oidc.errors import InvalidClientMetadata, InvalidRedirectUri

NOW = 1_800_000_000
GOOD = {"redirect_uris": ["https://rp.example/cb"]}
EC = ECKey.generate_key("P-256", parameters={"kid": "a"})


def test_defaults_are_those_of_the_standards() -> None:
    metadata = validate_metadata(GOOD)
    assert metadata["grant_types"] == ["authorization_code"] and metadata["response_types"] == ["code"]
    assert metadata["token_endpoint_auth_method"] == "client_secret_basic"
    assert metadata["id_token_signed_response_alg"] == "RS256" and metadata["application_type"] == "web"
    assert metadata["subject_type"] == "pairwise"
    assert metadata["scope"] == "openid profile email phone address"


@pytest.mark.parametrize(
    "uri",
    [
        "http://rp.example/cb",
        "https://rp.example/cb#f",
        "https://*.rp.example/cb",
        "https://user@rp.example/cb",
        "https://user:pw@rp.example/cb",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "",
        "https://",
        "https:///cb",
        "/cb",
        "rp.example/cb",
        "https://rp.example/a/../b",
        "https://rp.example/a/%2e%2e/b".replace("%2e%2e", ".."),
        "https://rp.example:99999/cb",
        "https://[::1/cb",
        "https://rp.example/\u202ecb",
        "https://rp.example/c b",
        "http://localhost.evil.example/cb",
        "myapp:/cb",
        "https://rp.example/" + "a" * 2000,
    ],
)
def test_a_browser_is_not_sent_just_anywhere(uri: str) -> None:
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        with pytest.raises(InvalidRedirectUri):
            validate_metadata({**GOOD, name: [uri]})


@pytest.mark.parametrize("host", ["a.example;sandbox", "a.example,default-src", "a.example'b", "a$.example"])
def test_a_host_is_a_host(host: str) -> None:
    """A policy header of ours names it: a semicolon or a comma there would begin another directive."""
    with pytest.raises(InvalidRedirectUri):
        validate_metadata({**GOOD, "redirect_uris": [f"https://{host}/cb"]})


@pytest.mark.parametrize(
    "uri",
    ["http://localhost:8002/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb", "https://a.example/cb?x=1"],
)
def test_loopback_may_be_plain_http(uri: str) -> None:
    assert validate_metadata({"redirect_uris": [uri]})["redirect_uris"] == [uri]


def test_a_native_application_may_have_a_scheme_of_its_own_domain() -> None:
    metadata = {"redirect_uris": ["vn.gov.thainguyen.app:/cb"], "application_type": "native"}
    assert validate_metadata(metadata)
    with pytest.raises(InvalidRedirectUri):
        validate_metadata({**metadata, "redirect_uris": ["myapp:/cb"]})


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uris": []},
        {"redirect_uris": "https://rp.example/cb"},
        {"redirect_uris": [5]},
        {"redirect_uris": ["https://rp.example/cb"] * 2},
        {"redirect_uris": [f"https://rp.example/{n}" for n in range(500)]},
    ],
)
def test_redirect_uris_are_a_list_of_distinct_addresses(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRedirectUri):
        validate_metadata({**GOOD, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"grant_types": ["password"]},
        {"grant_types": []},
        {"grant_types": ["implicit"]},
        {"grant_types": ["refresh_token"]},
        {"grant_types": "authorization_code"},
        {"response_types": ["token"]},
        {"response_types": ["code", "id_token"]},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": 5},
        {"token_endpoint_auth_signing_alg": "none"},
        {"id_token_signed_response_alg": "none"},
        {"id_token_signed_response_alg": "HS256"},
        {"subject_type": "private"},
        {"application_type": "desktop"},
        {"scope": "openid admin"},
        {"scope": 'openid "'},
        {"client_name": "a" * 201},
        {"client_name": "Cổng \u202egnuht"},
        {"client_name": "zero\u200bwidth"},
        {"client_name": ""},
        {"client_name": {"vi": "x"}},
        {"client_name#vi": 5},
        {"logo_uri": "javascript:alert(1)"},
        {"logo_uri": "http://rp.example/logo.png"},
        {"policy_uri": "data:text/html,x"},
        {"tos_uri": "https://user@rp.example/"},
        {"client_uri": "nonsense"},
        {"contacts": "me"},
        {"default_max_age": -1},
        {"default_max_age": True},
        {"require_auth_time": "yes"},
        {"jwks": []},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": 5}},
        {"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}},
        {"jwks": {"keys": [EC.as_dict(private=True)]}},
        {"jwks": {"keys": [OctKey.generate_key(256).as_dict()]}},
        {"jwks": {"keys": [EC.as_dict(private=False)] * 2}},
        {"jwks": {"keys": [RSAKey.generate_key(1024, auto_kid=True).as_dict(private=False)]}},
        {"redirect_uris": ["https://a.example/cb", "https://b.example/cb"]},
    ],
)
def test_metadata_that_cannot_work_is_refused_with_a_reason(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata) as caught:
        validate_metadata({**GOOD, **changes})
    assert caught.value.description


def test_a_client_sets_nothing_that_is_an_operators() -> None:
    extra = {
        "client_id": "mine",
        "client_secret": "s" * 32,
        "is_trusted": True,
        "require_pkce": False,
        "least_acr": "LoA1",
        "profile": "fapi2",
        "organisation": "UBND tỉnh",
    }
    client, secret = new_client({**GOOD, **extra}, NOW)
    assert client.client_id != "mine" and secret != "s" * 32 and client.require_pkce
    assert client.organisation == "" and not set(extra) & set(client.metadata)


def test_an_operator_imports_identifier_secret_and_policy() -> None:
    policy = {"client_id": "c1", "client_secret": "s" * 32, "require_pkce": False, "least_acr": "LoA2"}
    client, secret = new_client({**GOOD, **policy, "least_identity_level": 2}, NOW, by_operator=True)
    assert (client.client_id, secret, client.require_pkce) == ("c1", "s" * 32, False)
    assert (client.least_acr, client.least_identity_level) == ("LoA2", 2)
    assert client.secret_hashes == (hash_secret("s" * 32),) and "s" * 32 not in repr(client)


@pytest.mark.parametrize(
    "policy",
    [
        {"client_id": "a:b"},
        {"client_id": ""},
        {"client_secret": "short"},
        {"require_pkce": "no"},
        {"profile": "other"},
        {"least_acr": "LoA3"},
        {"least_identity_level": 3},
        {"least_identity_level": True},
    ],
)
def test_a_policy_that_cannot_be_is_refused(policy: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata):
        new_client({**GOOD, **policy}, NOW, by_operator=True)


def test_the_response_holds_the_secret_once_and_what_was_registered() -> None:
    client, secret = new_client({**GOOD, "client_name#vi": "Ứng dụng", "unknown": 1}, NOW)
    answer = client_information(client, secret)
    assert answer["client_secret"] == secret and answer["client_secret_expires_at"] == 0
    assert answer["client_id_issued_at"] == NOW and answer["client_name#vi"] == "Ứng dụng"
    assert "unknown" not in answer and "client_secret" not in client_information(client)


def test_a_public_client_and_one_with_keys_get_no_secret() -> None:
    assert new_client({**GOOD, "token_endpoint_auth_method": "none"}, NOW)[1] is None
    by_key = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [EC.as_dict(private=False)]}}
    assert new_client({**GOOD, **by_key}, NOW)[1] is None
