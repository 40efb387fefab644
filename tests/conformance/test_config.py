"""The Config OP plan, oidcc-config-certification-test-plan: the discovery document and the keys it names."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from oidc.clients.redirect_uris import LOOPBACK_HOSTS
from tests.conformance.relying_party import Op

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture
def keys(op: Op) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = op.http.get(op.metadata["jwks_uri"]).json()["keys"]
    return found


def test_oidcc_discovery_endpoint_verification(op: Op) -> None:
    """OpenID Connect Discovery §3 and §4.3"""
    answer = op.http.get(f"{op.issuer}/.well-known/openid-configuration")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    metadata = answer.json()
    assert metadata["issuer"] == op.issuer
    assert "code" in metadata["response_types_supported"]
    assert {"query", "form_post"} <= set(metadata["response_modes_supported"])
    assert {"authorization_code", "refresh_token"} <= set(metadata["grant_types_supported"])
    assert {"public", "pairwise"} & set(metadata["subject_types_supported"])
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert {"openid", "profile", "email", "address", "phone"} <= set(metadata["scopes_supported"])
    assert {"sub", "name", "email", "address", "phone_number"} <= set(metadata["claims_supported"])
    assert metadata["claims_parameter_supported"] is True
    assert metadata["authorization_response_iss_parameter_supported"] is True


def test_every_endpoint_is_https_or_on_this_machine(op: Op) -> None:
    addresses = {n: v for n, v in op.metadata.items() if n.endswith(("_endpoint", "_uri"))}
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(addresses)
    for name, address in addresses.items():
        parts = urlsplit(address)
        assert parts.scheme == "https" or parts.hostname in LOOPBACK_HOSTS, name
        assert not parts.fragment and not parts.query, name


def test_no_algorithm_is_none(op: Op) -> None:
    listed = {name: value for name, value in op.metadata.items() if "_alg_values_supported" in name}
    assert listed and all("none" not in value for value in listed.values()), listed


def test_what_is_off_is_said_to_be_off(op: Op) -> None:
    """OpenID Connect Discovery §3: request_uri_parameter_supported is true where it is left out."""
    assert isinstance(op.metadata["request_uri_parameter_supported"], bool)
    assert isinstance(op.metadata["request_parameter_supported"], bool)


def test_the_oauth_address_says_the_same(op: Op) -> None:
    """RFC 8414 §3"""
    assert op.http.get(f"{op.issuer}/.well-known/oauth-authorization-server").json() == op.metadata


def test_keys_are_public_distinct_and_of_both_kinds(keys: list[dict[str, Any]]) -> None:
    kids = [key["kid"] for key in keys]
    assert len(set(kids)) == len(kids)
    assert not [kid for kid, key in zip(kids, keys, strict=True) if PRIVATE_MEMBERS & set(key)]
    assert all(key["kty"] in ("RSA", "EC", "OKP") for key in keys), "nothing symmetric"
    assert any(key["kty"] == "RSA" and key.get("use", "sig") == "sig" for key in keys)
    assert any(key["kty"] == "EC" and key["crv"] == "P-256" for key in keys)
