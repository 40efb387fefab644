"""Mutual TLS: RFC 8705, its own example first; the certificate is what a trusted proxy wrote down."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from joserfc.jwk import ECKey

from oidc.clients.mtls import MTLS_METHODS, BadCertificate, Mtls, read_certificate
from oidc.clients.registration import new_client
from oidc.errors import InvalidClientMetadata
from oidc.http import Request, Response
from tests.oidc.proof import make_proof
from tests.oidc.world import ISSUER, NOW, REDIRECT_URI, VERIFIER, World, basic, document, post
from tests.servers.certificates import SERVER, Identity, make_authority, make_certificate

# RFC 8705 Appendix A
EXAMPLE = """-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----
"""
EXAMPLE_THUMBPRINT = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"

STARTS = datetime.fromtimestamp(NOW, UTC) - timedelta(days=1)
SUBJECT = "CN=soc,OU=Cong an,O=Thai Nguyen,C=VN"
AUTHORITY = make_authority("CN=Province authority", STARTS)
NAMES = (
    x509.DNSName("soc.example.vn"),
    x509.UniformResourceIdentifier("urn:soc"),
    x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
    x509.RFC822Name("soc@example.vn"),
)
OURS = make_certificate(AUTHORITY, SUBJECT, *NAMES, starts=STARTS)
SELF = make_certificate(None, "CN=self", starts=STARTS)
MACHINE: dict[str, Any] = {"grant_types": ["client_credentials"], "redirect_uris": [], "scope": "jobs.read"}
FORM = {"grant_type": "client_credentials"}


@pytest.fixture
def world() -> World:
    """A world behind a proxy that hands certificates on."""
    return World(mtls=Mtls(is_on=True, authorities=AUTHORITY.pem))


def jwk_of(identity: Identity) -> dict[str, Any]:
    return {**ECKey.import_key(identity.key.public_key()).as_dict(private=False), "x5c": identity.x5c}


def add(world: World, **document: Any) -> None:
    world.client, world.secret = world.add_client(**{**MACHINE, **document})


def add_known(world: World, **document: Any) -> None:
    """Register a client that is known by its subject."""
    named = {"tls_client_auth_subject_dn": SUBJECT}
    add(world, token_endpoint_auth_method="tls_client_auth", **(document or named))


def add_self_signed(world: World, identity: Identity = SELF, **document: Any) -> None:
    jwks = {"keys": [jwk_of(identity)]}
    add(world, token_endpoint_auth_method="self_signed_tls_client_auth", jwks=jwks, **document)


def ask(world: World, certificate: Identity | str | None, **form: str) -> Response:
    text = certificate.escaped if isinstance(certificate, Identity) else certificate or ""
    body = {**FORM, "client_id": world.client.client_id, **form}
    return world.provider.token.respond(post(body, certificate=text), world.now)


def is_refused(response: Response, error: str = "invalid_client", status: int = 401) -> bool:
    assert (response.status, document(response)["error"]) == (status, error), document(response)
    return "access_token" not in document(response)


# Certificates as proxies write them


def test_the_example_of_the_rfc() -> None:
    found = read_certificate(quote(EXAMPLE, safe=""))
    assert found.thumbprint == EXAMPLE_THUMBPRINT
    # RFC 9440 §2.2
    as_bytes = f":{base64.b64encode(found.der).decode()}:"
    assert read_certificate(as_bytes).thumbprint == EXAMPLE_THUMBPRINT


NO_CERTIFICATES = ["", "x", "::", ":AA==:", "%", "%ff", quote(EXAMPLE[:200]), "ü", ":" + "A" * 40_000 + ":"]


@pytest.mark.parametrize("text", NO_CERTIFICATES)
def test_what_is_no_certificate(text: str) -> None:
    with pytest.raises(BadCertificate):
        read_certificate(text)


# §2.1: by an authority


@pytest.mark.parametrize(
    "named",
    [
        {"tls_client_auth_subject_dn": SUBJECT},
        {"tls_client_auth_san_dns": "SOC.example.vn"},
        {"tls_client_auth_san_uri": "urn:soc"},
        {"tls_client_auth_san_ip": "192.0.2.7"},
        {"tls_client_auth_san_email": "soc@example.vn"},
    ],
)
def test_a_registered_subject_of_our_authority_authenticates(world: World, named: dict[str, str]) -> None:
    add_known(world, **named)
    assert ask(world, OURS).status == 200
    for other in (make_certificate(AUTHORITY, "CN=other", starts=STARTS), None):
        assert is_refused(ask(world, other))


def test_a_certificate_without_a_named_use_is_for_any(world: World) -> None:
    add_known(world)
    assert ask(world, make_certificate(AUTHORITY, SUBJECT, use=None, starts=STARTS)).status == 200


OTHER_AUTHORITY = make_authority("CN=Province authority", STARTS)
STRANGERS = {
    "another authority's": make_certificate(OTHER_AUTHORITY, SUBJECT, starts=STARTS),
    "self-signed": make_certificate(None, SUBJECT, starts=STARTS),
    "a server's": make_certificate(AUTHORITY, SUBJECT, use=SERVER, starts=STARTS),
    "expired": make_certificate(AUTHORITY, SUBJECT, starts=STARTS - timedelta(days=60)),
    "not yet valid": make_certificate(AUTHORITY, SUBJECT, starts=STARTS + timedelta(days=2)),
    "the authority itself": AUTHORITY,
    "by a client": make_certificate(OURS, SUBJECT, starts=STARTS),
    "in another order": make_certificate(AUTHORITY, "C=VN,O=Thai Nguyen,OU=Cong an,CN=soc", starts=STARTS),
    "with more": make_certificate(AUTHORITY, f"{SUBJECT},DC=x", starts=STARTS),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_whose_certificate_is_not_the_client_s(world: World, name: str) -> None:
    add_known(world)
    assert is_refused(ask(world, STRANGERS[name]))


@pytest.mark.parametrize("text", ["x", "%00", "-----BEGIN CERTIFICATE-----", ":AA==:"])
def test_a_broken_certificate_authenticates_nobody(world: World, text: str) -> None:
    add_known(world)
    assert is_refused(ask(world, text))


def test_a_certificate_is_one_method_and_no_other_goes_with_it(world: World) -> None:
    add_known(world)
    response = ask(world, OURS, client_secret="x")
    assert is_refused(response)
    add(world)
    assert is_refused(ask(world, OURS)), "a client with a secret is not let in by a certificate"
    world.client = replace(world.client, disabled_at=world.now)
    world.clients.add(world.client)
    assert is_refused(ask(world, OURS))


def test_a_certificate_that_was_tampered_with_is_refused_and_breaks_nothing(world: World) -> None:
    add_known(world)
    der = base64.b64decode(OURS.x5c[0])
    for position in range(0, len(der), 3):
        for value in (0x00, 0xFF, der[position] ^ 0x14):
            changed = der[:position] + bytes([value]) + der[position + 1 :]
            if changed != der:
                assert is_refused(ask(world, f":{base64.b64encode(changed).decode()}:"))


# §2.2: by itself


def test_a_registered_certificate_authenticates(world: World) -> None:
    add_self_signed(world)
    assert ask(world, SELF).status == 200
    for other in (OURS, make_certificate(None, "CN=self", starts=STARTS), None):
        assert is_refused(ask(world, other))
    world.now += 90 * 86400
    assert is_refused(ask(world, SELF))


def test_a_certificate_behind_jwks_uri_is_fetched(world: World) -> None:
    uri = "https://rp.example/jwks"
    world.elsewhere.documents[uri] = {"keys": [jwk_of(SELF)]}
    add(world, token_endpoint_auth_method="self_signed_tls_client_auth", jwks_uri=uri)
    assert ask(world, SELF).status == 200 and is_refused(ask(world, OURS))
    add(world, token_endpoint_auth_method="self_signed_tls_client_auth", jwks_uri="https://rp.example/gone")
    assert is_refused(ask(world, SELF))


# Registration


@pytest.mark.parametrize(
    "document",
    [
        {"token_endpoint_auth_method": "tls_client_auth"},
        {
            "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_san_dns": "a",
            "tls_client_auth_san_uri": "b",
        },
        {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "not a name"},
        {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": ""},
        {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_ip": "localhost"},
        {"token_endpoint_auth_method": "client_secret_basic", "tls_client_auth_san_dns": "a"},
        {"token_endpoint_auth_method": "self_signed_tls_client_auth"},
        {
            "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "jwks": {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]},
        },
        {"tls_client_certificate_bound_access_tokens": "yes"},
        {"tls_client_certificate_bound_access_tokens": True, "dpop_bound_access_tokens": True},
    ],
)
def test_metadata_that_can_not_work_are_refused(document: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata):
        new_client({**MACHINE, **document}, NOW)


# §3: certificate-bound tokens

BOUND = {"tls_client_certificate_bound_access_tokens": True}


def introspect(world: World, token: str) -> dict[str, Any]:
    request = post({"token": token, "client_id": world.client.client_id}, certificate=OURS.escaped)
    return document(world.provider.introspection.respond(request, world.now))


def test_a_token_is_bound_to_the_certificate(world: World) -> None:
    add_known(world, tls_client_auth_subject_dn=SUBJECT, **BOUND)
    answer = document(ask(world, OURS))
    assert answer["token_type"] == "Bearer"
    thumbprint = read_certificate(OURS.escaped).thumbprint
    found = introspect(world, answer["access_token"])
    assert found["cnf"] == {"x5t#S256": thumbprint} and found["token_type"] == "Bearer"


def sign_in(world: World, certificate: str) -> Response:
    form = {"grant_type": "authorization_code", "code": world.new_code(), "redirect_uri": REDIRECT_URI}
    body = {**form, "code_verifier": VERIFIER, "client_id": world.client.client_id}
    header = basic(world.client.client_id, world.secret) if world.secret else ""
    return world.provider.token.respond(post(body, header, certificate=certificate), world.now)


def userinfo(world: World, token: str, certificate: str, scheme: str = "Bearer", dpop: Any = None) -> int:
    request = Request("GET", authorization=f"{scheme} {token}", certificate=certificate, dpop=dpop)
    return world.provider.userinfo.respond(request, world.now).status


def test_a_bound_token_is_worth_nothing_without_its_certificate(world: World) -> None:
    world.client, world.secret = world.add_client(**BOUND)
    assert is_refused(sign_in(world, ""), "invalid_request", 400)
    assert is_refused(sign_in(world, "x"), "invalid_request", 400)
    token = document(sign_in(world, SELF.escaped))["access_token"]
    assert userinfo(world, token, SELF.escaped) == 200
    for certificate in ("", "x", OURS.escaped):
        assert userinfo(world, token, certificate) == 401
    dpop = make_proof("GET", f"{ISSUER}/userinfo", world.now)
    assert userinfo(world, token, SELF.escaped, "DPoP", dpop) == 401


def test_a_public_client_s_refresh_token_is_bound_too(world: World) -> None:
    """§4: any certificate will do, and from then on none but it."""
    world.client, world.secret = world.add_client(token_endpoint_auth_method="none", **BOUND)
    token = document(sign_in(world, SELF.escaped))["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    assert is_refused(ask(world, OURS, **form), "invalid_grant", 400)
    assert ask(world, SELF, **form).status == 200


def test_a_client_that_did_not_ask_gets_a_bearer_s_token(world: World) -> None:
    add_known(world)
    assert "cnf" not in introspect(world, document(ask(world, OURS))["access_token"])


def test_fapi2_by_certificates(world: World) -> None:
    document_ = {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": SUBJECT}
    add(world, **document_, profile="fapi2")
    token = document(ask(world, OURS))["access_token"]
    assert "x5t#S256" in introspect(world, token)["cnf"]


# §5 and RFC 8414: what is published


def test_discovery_tells_what_is_on() -> None:
    assert not [name for name in document(World().provider.metadata()) if "tls" in name]
    half = document(World(mtls=Mtls(is_on=True)).provider.metadata())
    assert half["tls_client_certificate_bound_access_tokens"] is True
    assert set(half["token_endpoint_auth_methods_supported"]) & set(MTLS_METHODS) == {MTLS_METHODS[1]}
    assert "mtls_endpoint_aliases" not in half
    whole = Mtls(is_on=True, authorities=AUTHORITY.pem, base="https://mtls.id.example")
    found = document(World(mtls=whole).provider.metadata())
    assert set(MTLS_METHODS) <= set(found["introspection_endpoint_auth_methods_supported"])
    assert found["mtls_endpoint_aliases"]["token_endpoint"] == "https://mtls.id.example/token"
    assert found["mtls_endpoint_aliases"]["userinfo_endpoint"] == "https://mtls.id.example/userinfo"


def test_a_proof_may_name_the_alias() -> None:
    world = World(mtls=Mtls(is_on=True, base="https://mtls.id.example"))
    add(world)
    for htu, status in (
        ("https://mtls.id.example/token", 200),
        (f"{ISSUER}/token", 200),
        ("https://x/token", 400),
    ):
        request = post(FORM, basic(world.client.client_id, world.secret), dpop=make_proof("POST", htu, NOW))
        assert world.provider.token.respond(request, NOW).status == status


def test_without_a_proxy_nobody_is_known_by_a_certificate() -> None:
    world = World()
    add_known(world)
    assert is_refused(ask(world, OURS))
    half = World(mtls=Mtls(is_on=True))
    add_known(half)
    assert is_refused(ask(half, OURS)), "without authorities nobody can tell whose it is"
