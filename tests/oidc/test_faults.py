"""What is wrong about a client's metadata: each fault names its member, and all are found at once."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from oidc.clients.elsewhere import check_elsewhere
from oidc.clients.faults import find_faults
from oidc.clients.outbound import OutboundRefused
from oidc.clients.registration import METADATA_CHECKS, validate_metadata
from oidc.errors import BadMetadata

ROOT = Path(__file__).resolve().parents[2]
URI = "https://rp.example/cb"
GOOD = {"redirect_uris": [URI], "client_name": "Ứng dụng"}
EC = ECKey.generate_key("P-256", parameters={"kid": "a"})
PUBLIC = EC.as_dict(private=False)
NAMELESS = {name: value for name, value in PUBLIC.items() if name != "kid"}
SHORT_RSA = RSAKey.generate_key(1024, parameters={"kid": "short"}).as_dict(private=False)
NONE = {"token_endpoint_auth_method": "none"}
CIBA = "urn:openid:params:grant-type:ciba"
SUBJECT = "tls_client_auth_subject_dn"


def faults(**changes: Any) -> list[tuple[str, str]]:
    return [(one.member, one.reason) for one in find_faults({**GOOD, **changes})]


# What each address is refused for, in the word that the portal explains
ADDRESSES = [
    ("", "empty"),
    ("https://rp.example/" + "a" * 2000, "too_long"),
    ("https://rp.example/cb#here", "fragment"),
    ("https://*.rp.example/cb", "wildcard"),
    ("https://rp.example/a b", "space"),
    ("https://rp.example/\u200bcb", "invisible"),
    ("https://rp.example/\u00a0cb", "invisible"),
    ("https://rp.example/cổng", "not_ascii"),
    ('https://rp.example/"cb"', "characters"),
    ("https://[::1/cb", "malformed"),
    ("https://rp.example:99999/cb", "malformed"),
    ("https://user:pw@rp.example/cb", "userinfo"),
    ("https://rp.example/a/../b", "dots"),
    ("http://rp.example/cb", "not_https"),
    ("http://192.168.1.5/cb", "not_https"),
    ("http://localhost.evil.example/cb", "not_https"),
    ("https:///cb", "host"),
    ("rp.example/cb", "no_scheme"),
    ("myapp:/cb", "scheme"),
    ("vn.gov.thainguyen.app:/cb", "scheme"),
    ("javascript:alert(1)", "forbidden_scheme"),
]


@pytest.mark.parametrize(("uri", "reason"), ADDRESSES)
def test_an_address_says_what_is_wrong_with_it(uri: str, reason: str) -> None:
    (found,) = find_faults({**GOOD, "redirect_uris": [URI, uri]})
    assert (found.member, found.reason, found.value) == ("redirect_uris", reason, uri)
    assert found.code == "invalid_redirect_uri"


def test_a_native_application_s_scheme_is_a_reversed_domain() -> None:
    assert faults(application_type="native", redirect_uris=["vn.example.app:/cb"]) == []
    native = faults(application_type="native", redirect_uris=["myapp:/cb"])
    assert native == [("redirect_uris", "scheme_name")]


# Each check of the validator, by something that it refuses
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"client_name": 5}, "client_name", "type"),
    ({"client_uri": ""}, "client_uri", "empty"),
    ({"redirect_uris": "x"}, "redirect_uris", "type"),
    ({"redirect_uris": []}, "redirect_uris", "none"),
    ({"redirect_uris": [URI, URI]}, "redirect_uris", "duplicate"),
    ({"redirect_uris": [f"{URI}/{n}" for n in range(51)]}, "redirect_uris", "too_many"),
    ({"post_logout_redirect_uris": ["http://rp.example/"]}, "post_logout_redirect_uris", "not_https"),
    ({"grant_types": ["password"]}, "grant_types", "choice"),
    ({"response_types": ["token"]}, "response_types", "response_types"),
    ({"grant_types": ["refresh_token"]}, "grant_types", "refresh_alone"),
    ({"grant_types": [CIBA], **NONE}, "token_endpoint_auth_method", "needs_authentication"),
    (
        {"grant_types": [CIBA], "backchannel_token_delivery_mode": "push"},
        "backchannel_token_delivery_mode",
        "choice",
    ),
    (
        {"grant_types": [CIBA], "backchannel_token_delivery_mode": "ping"},
        "backchannel_client_notification_endpoint",
        "not_https",
    ),
    (
        {"grant_types": [CIBA], "backchannel_authentication_request_signing_alg": "none"},
        "backchannel_authentication_request_signing_alg",
        "choice",
    ),
    ({"jwks": {"keys": 5}}, "jwks", "not_jwks"),
    ({"jwks": {"keys": []}}, "jwks", "not_jwks"),
    ({"jwks": {"keys": [EC.as_dict(private=True)]}}, "jwks", "secret_keys"),
    ({"jwks": {"keys": [SHORT_RSA]}}, "jwks", "weak_key"),
    ({"jwks": {"keys": [PUBLIC, NAMELESS]}}, "jwks", "kid"),
    ({"jwks": {"keys": [PUBLIC]}, "jwks_uri": "https://rp.example/jwks"}, "jwks", "keys_twice"),
    ({"application_type": "desktop"}, "application_type", "invalid"),
    ({"client_name": "a" * 201}, "client_name", "text_length"),
    ({"client_name#en": "zero\u200bwidth"}, "client_name#en", "text_characters"),
    ({"logo_uri": "http://rp.example/logo.png"}, "logo_uri", "page"),
    ({"initiate_login_uri": "http://localhost/login"}, "initiate_login_uri", "https_alone"),
    ({"initiate_login_uri": "https://rp.example/#x"}, "initiate_login_uri", "fragment"),
    ({"frontchannel_logout_uri": "https://b.example/out"}, "frontchannel_logout_uri", "same_origin"),
    ({"scope": 'openid "'}, "scope", "scope_name"),
    ({"scope": "openid admin"}, "scope", "scope"),
    ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg", "choice"),
    ({"userinfo_encrypted_response_alg": "dir"}, "userinfo_encrypted_response_alg", "choice"),
    (
        {
            "userinfo_encrypted_response_alg": "ECDH-ES",
            "userinfo_encrypted_response_enc": "x",
            "jwks": {"keys": [PUBLIC]},
        },
        "userinfo_encrypted_response_enc",
        "choice",
    ),
    ({"userinfo_encrypted_response_alg": "ECDH-ES"}, "jwks", "needs_keys"),
    (
        {"userinfo_encrypted_response_alg": "RSA-OAEP-256", "jwks": {"keys": [PUBLIC]}},
        "jwks",
        "no_encryption_key",
    ),
    ({"subject_type": "private"}, "subject_type", "choice"),
    ({"redirect_uris": [URI, "https://b.example/cb"]}, "sector_identifier_uri", "sector"),
    ({"token_endpoint_auth_method": "client_secret_jwt"}, "token_endpoint_auth_method", "choice"),
    ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks", "needs_keys"),
    ({"token_endpoint_auth_method": "tls_client_auth"}, SUBJECT, "needs_subject"),
    (
        {"token_endpoint_auth_method": "tls_client_auth", SUBJECT: "no name"},
        SUBJECT,
        "subject",
    ),
    (
        {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_ip": "300.1.1.1"},
        "tls_client_auth_san_ip",
        "subject",
    ),
    ({SUBJECT: "CN=a"}, SUBJECT, "no_subject"),
    ({"token_endpoint_auth_method": "self_signed_tls_client_auth"}, "jwks", "needs_certificate"),
    (
        {"dpop_bound_access_tokens": True, "tls_client_certificate_bound_access_tokens": True},
        "dpop_bound_access_tokens",
        "bound_twice",
    ),
    ({"jwks_uri": "http://rp.example/jwks"}, "jwks_uri", "not_https"),
    ({"jwks_uri": "https://*.rp.example/jwks"}, "jwks_uri", "wildcard"),
    ({"backchannel_logout_uri": "https://rp example/out"}, "backchannel_logout_uri", "host"),
    ({"client_uri": "https://rp.example:99999/"}, "client_uri", "malformed"),
    ({"client_uri": "https://*.rp.example/"}, "client_uri", "page"),
    ({"backchannel_logout_uri": "https://u@rp.example/out"}, "backchannel_logout_uri", "userinfo"),
    ({"security_events_uri": "http://rp.example/events"}, "security_events_uri", "not_https"),
    ({"security_events_uri": "https://rp.example/e", **NONE}, "security_events_uri", "needs_authentication"),
    ({"request_object_signing_alg": "none"}, "request_object_signing_alg", "choice"),
    ({"require_signed_request_object": True}, "jwks", "needs_keys"),
    ({"request_uris": ["https://rp.example/ü"]}, "request_uris", "request_uris"),
    ({"request_uris": ["http://rp.example/r"]}, "request_uris", "not_https"),
    ({"default_max_age": -1}, "default_max_age", "type"),
    ({"require_auth_time": "yes"}, "require_auth_time", "type"),
]


@pytest.mark.parametrize(("changes", "member", "reason"), REFUSED)
def test_each_check_names_its_member_and_a_stable_reason(
    changes: dict[str, Any], member: str, reason: str
) -> None:
    with pytest.raises(BadMetadata) as caught:
        validate_metadata({**GOOD, **changes})
    assert (caught.value.member, caught.value.reason) == (member, reason)
    assert faults(**changes) == [(member, reason)]


def test_every_check_of_the_validator_was_walked() -> None:
    """A check that is added comes with an example here."""
    names = {check.__name__ for check in METADATA_CHECKS} - {"fill_defaults"}
    reached = set()
    for changes, *_ in REFUSED:
        with pytest.raises(BadMetadata) as caught:
            validate_metadata({**GOOD, **changes})
        reached |= {entry.name for entry in caught.traceback} & names
    assert reached == names


def test_no_fault_is_raised_without_its_member() -> None:
    """Not the ones of a document that is no object: it has no members."""
    silent = []
    for path in (ROOT / "oidc").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "InvalidClientMetadata",
                "InvalidRedirectUri",
            ):
                names = {keyword.arg for keyword in node.keywords}
                if not {"member", "reason"} <= names and "registration_endpoint" not in path.name:
                    silent.append(f"{path.name}:{node.lineno}")
    assert silent == []


def test_all_that_is_wrong_is_said_at_once() -> None:
    document = {
        **GOOD,
        "redirect_uris": [URI, "http://rp.example/a", "https://*.rp.example/", URI, "http://rp.example/a"],
        "client_name": "\u202egnuht",
        "jwks": {"keys": [EC.as_dict(private=True)]},
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": "openid admin",
        "default_max_age": "long",
        "backchannel_logout_uri": "http://rp.example/out",
    }
    found = find_faults(document)
    assert {(one.member, one.reason, one.value) for one in found} == {
        ("default_max_age", "type", ""),
        ("redirect_uris", "duplicate", URI),
        ("redirect_uris", "duplicate", "http://rp.example/a"),
        ("redirect_uris", "wildcard", "https://*.rp.example/"),
        ("jwks", "secret_keys", ""),
        ("client_name", "text_characters", ""),
        ("scope", "scope", "admin"),
        ("backchannel_logout_uri", "not_https", ""),
    }
    assert document["redirect_uris"][0] == URI and len(document["redirect_uris"]) == 5, "it is left as it was"


def test_what_the_validator_takes_has_no_faults() -> None:
    assert find_faults(GOOD) == []
    assert find_faults({**GOOD, "token_endpoint_auth_method": "none"}, "fapi2")[0].reason == "profile"


class Elsewhere:
    """Answers with what it is given; refuses to connect to this machine."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def fetch(self, _url: str) -> bytes:
        return self._answer

    def check(self, url: str) -> None:
        if "127.0.0.1" in url:
            raise OutboundRefused("The host is in a private or reserved range.", reason="private")


@pytest.mark.parametrize(
    ("changes", "answer", "member", "reason"),
    [
        ({"jwks_uri": "https://127.0.0.1/jwks"}, b"", "jwks_uri", "private"),
        ({"request_uris": ["https://127.0.0.1/r"]}, b"", "request_uris", "private"),
        ({"sector_identifier_uri": "https://s.example/s"}, b"[]", "sector_identifier_uri", "sector_list"),
        ({"sector_identifier_uri": "https://s.example/s"}, b"{", "sector_identifier_uri", "sector_list"),
        (
            {"jwks_uri": "https://rp.example/j", "userinfo_encrypted_response_alg": "ECDH-ES"},
            b"{}",
            "jwks_uri",
            "not_jwks",
        ),
    ],
)
def test_what_is_elsewhere_is_refused_by_its_member(
    changes: dict[str, Any], answer: bytes, member: str, reason: str
) -> None:
    metadata = validate_metadata({**GOOD, **changes})
    with pytest.raises(BadMetadata) as caught:
        check_elsewhere(metadata, Elsewhere(answer))
    assert (caught.value.member, caught.value.reason) == (member, reason)
