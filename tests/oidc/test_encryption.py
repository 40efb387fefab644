"""Signed and encrypted answers: OpenID Connect Core §5.3.2, §10 and §16.14, RFC 7516 and 7518."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jwe, jws
from joserfc._rfc7518.derive_key import derive_key_for_concat_kdf
from joserfc._rfc7518.jwe_encs import JWE_ENC_MODELS
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from oidc.clients import client_keys, fetch_cache
from oidc.clients.client_keys import ClientKeys
from oidc.clients.registration import validate_metadata
from oidc.errors import InvalidClientMetadata, InvalidRequest
from oidc.models import Client
from oidc.token.encryption import (
    CONTENT_ENCRYPTION_ALGS,
    KEY_MANAGEMENT_ALGS,
    check_encryption_key,
    encrypt,
    find_encryption_key,
)
from tests.oidc.test_registration_endpoint import DOCUMENT, register
from tests.oidc.world import ISSUER, World, document

RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa", "use": "enc"})
EC = ECKey.generate_key("P-256", parameters={"kid": "ec", "use": "enc"})
X25519 = OKPKey.generate_key("X25519", parameters={"kid": "okp", "use": "enc"})
SIGNING = ECKey.generate_key("P-256", parameters={"kid": "sig", "use": "sig"})
URI = "https://rp.example/jwks.json"


def public(*keys: Any) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def own_key(alg: str) -> Any:
    return RSA if alg == "RSA-OAEP-256" else EC


def registered(**metadata: Any) -> Client:
    return Client("c", {"jwks": public(SIGNING, RSA, EC), **metadata})


def opened(world: World, token: str, key: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Decrypt as the client would, verify by the published keys; return the JWE's header and the claims."""
    outer = jwe.decrypt_compact(token, key, algorithms=[*KEY_MANAGEMENT_ALGS, *CONTENT_ENCRYPTION_ALGS])
    keys = KeySet.import_key_set(document(world.provider.jwks(world.now)))  # type: ignore[arg-type]
    assert outer.plaintext is not None
    inner = jws.deserialize_compact(outer.plaintext, keys, algorithms=["RS256", "ES256"])
    return outer.protected, json.loads(inner.payload)


# OpenID Connect Core §5.3.2


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_signed_userinfo_names_its_issuer_and_its_reader(world: World, alg: str) -> None:
    client, secret = world.add_client(userinfo_signed_response_alg=alg)
    code = world.new_code(client, scope="openid email")
    answer = world.userinfo(document(world.redeem(code, client=client, secret=secret))["access_token"])
    assert answer.status == 200
    assert dict(answer.headers)["Content-Type"] == "application/jwt"
    assert dict(answer.headers)["Cache-Control"] == "no-store"
    keys = KeySet.import_key_set(document(world.provider.jwks(world.now)))  # type: ignore[arg-type]
    signed = jws.deserialize_compact(answer.body, keys, algorithms=[alg])
    claims = json.loads(signed.payload)
    assert signed.headers()["alg"] == alg and signed.headers()["kid"]
    assert claims == {
        "iss": ISSUER,
        "aud": client.client_id,
        "sub": world.provider.subjects.subject(client, "an"),
        "email": "an@example.vn",
        "email_verified": True,
    }


def test_signed_userinfo_is_no_id_token(world: World) -> None:
    """RFC 8725 §3.12: it has no exp, and so is no good as an id_token_hint."""
    client, secret = world.add_client(userinfo_signed_response_alg="RS256")
    code = world.new_code(client)
    body = world.userinfo(document(world.redeem(code, client=client, secret=secret))["access_token"]).body
    with pytest.raises(ValueError, match="times"):
        world.keyring.verify(body.decode(), typ="JWT", now=world.now)


@pytest.mark.parametrize("enc", CONTENT_ENCRYPTION_ALGS)
@pytest.mark.parametrize("alg", KEY_MANAGEMENT_ALGS)
def test_id_token_and_userinfo_are_signed_and_then_encrypted(world: World, alg: str, enc: str) -> None:
    metadata = {f"{name}_encrypted_response_alg": alg for name in ("id_token", "userinfo")}
    metadata |= {f"{name}_encrypted_response_enc": enc for name in ("id_token", "userinfo")}
    client, secret = world.add_client(
        jwks=public(SIGNING, RSA, EC), userinfo_signed_response_alg="ES256", **metadata
    )
    tokens = document(world.redeem(world.new_code(client, nonce="n-1"), client=client, secret=secret))
    header, claims = opened(world, tokens["id_token"], own_key(alg))
    assert {name: header[name] for name in ("alg", "enc", "cty", "kid")} == {
        "alg": alg, "enc": enc, "cty": "JWT", "kid": own_key(alg).kid,
    }  # fmt: skip
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, client.client_id, "n-1")
    answer = world.userinfo(tokens["access_token"])
    assert dict(answer.headers)["Content-Type"] == "application/jwt"
    header, released = opened(world, answer.body.decode(), own_key(alg))
    assert header["cty"] == "JWT" and released["sub"] == claims["sub"]
    refreshed = document(
        world.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}, client, secret)
    )
    assert opened(world, refreshed["id_token"], own_key(alg))[1]["sub"] == claims["sub"]


def test_userinfo_may_be_encrypted_without_being_signed(world: World) -> None:
    client, secret = world.add_client(jwks=public(RSA), userinfo_encrypted_response_alg="RSA-OAEP-256")
    tokens = document(world.redeem(world.new_code(client), client=client, secret=secret))
    assert tokens["id_token"].count(".") == 2, "each answer is as it was asked for"
    answer = world.userinfo(tokens["access_token"])
    found = jwe.decrypt_compact(answer.body, RSA, algorithms=["RSA-OAEP-256", "A128CBC-HS256"])
    assert "cty" not in found.protected and found.protected["enc"] == "A128CBC-HS256"
    claims = json.loads(found.plaintext or b"")
    assert claims["iss"] == ISSUER and claims["aud"] == client.client_id and claims["sub"]


# Which key: OpenID Connect Core §10.2, RFC 7517 §4.2 and §4.4


def test_the_key_is_one_that_is_meant_for_it() -> None:
    plain = ECKey.generate_key("P-256", parameters={"kid": "any"})
    other = ECKey.generate_key("P-256", parameters={"kid": "kw", "alg": "ECDH-ES+A256KW"})
    odd = ECKey.generate_key("secp256k1", parameters={"kid": "k1", "use": "enc"})
    weak = RSAKey.generate_key(1024, parameters={"kid": "weak", "use": "enc"})
    for keys, alg, kid in (
        ([SIGNING, plain, EC], "ECDH-ES", "ec"),
        ([SIGNING, plain], "ECDH-ES", "any"),
        ([X25519], "ECDH-ES+A128KW", "okp"),
        ([other], "ECDH-ES+A256KW", "kw"),
        ([other], "ECDH-ES", None),
        ([SIGNING], "ECDH-ES", None),
        ([odd, RSA], "ECDH-ES", None),
        ([EC, weak], "RSA-OAEP-256", None),
        ([EC, RSA], "RSA-OAEP-256", "rsa"),
    ):
        found = find_encryption_key(KeySet.import_key_set(public(*keys)), alg)  # type: ignore[arg-type]
        assert (found and found.kid) == kid, (alg, kid)


def test_a_key_without_a_name_is_not_given_one(world: World) -> None:
    bare = EC.as_dict(private=False)
    del bare["kid"]
    client = registered(jwks={"keys": [bare]}, id_token_encrypted_response_alg="ECDH-ES")
    token = encrypt(client, "id_token", "a.b.c", ClientKeys(world.elsewhere))
    found = jwe.decrypt_compact(token, EC, algorithms=["ECDH-ES", "A128CBC-HS256"])
    assert "kid" not in found.protected and found.plaintext == b"a.b.c"


# Keys that are missing, at registration and later


BAD = [
    {"id_token_encrypted_response_enc": "A256GCM"},
    {"userinfo_encrypted_response_enc": "A128GCM"},
    {"id_token_encrypted_response_alg": "RSA1_5"},
    {"id_token_encrypted_response_alg": "RSA-OAEP"},
    {"id_token_encrypted_response_alg": "dir"},
    {"id_token_encrypted_response_alg": "none"},
    {"userinfo_encrypted_response_alg": "A128KW"},
    {"userinfo_encrypted_response_alg": 5},
    {"id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A192GCM"},
    {"id_token_encrypted_response_alg": "ECDH-ES", "jwks": public(SIGNING, RSA)},
    {"userinfo_encrypted_response_alg": "RSA-OAEP-256", "jwks": public(EC)},
    {"userinfo_signed_response_alg": "none"},
    {"userinfo_signed_response_alg": "HS256"},
]


@pytest.mark.parametrize("changes", BAD)
def test_what_can_not_be_encrypted_is_refused_at_registration(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata) as caught:
        validate_metadata({**DOCUMENT, "jwks": public(RSA, EC), **changes})
    assert "encrypt" in caught.value.description or "userinfo_signed" in caught.value.description


def test_a_client_without_keys_can_not_ask_for_encryption() -> None:
    with pytest.raises(InvalidClientMetadata, match="needs jwks"):
        validate_metadata({**DOCUMENT, "id_token_encrypted_response_alg": "ECDH-ES"})


def test_the_content_is_encrypted_by_the_default_algorithm_and_says_so() -> None:
    metadata = validate_metadata(
        {**DOCUMENT, "jwks": public(EC), "id_token_encrypted_response_alg": "ECDH-ES"}
    )
    assert metadata["id_token_encrypted_response_enc"] == "A128CBC-HS256"


def test_keys_elsewhere_are_looked_at_at_registration(world: World) -> None:
    asked = {"jwks_uri": URI, "userinfo_encrypted_response_alg": "RSA-OAEP-256"}
    assert "404" in document(register(world, **asked))["error_description"]
    for bad in ({"keys": []}, "x", public(EC)):
        world.elsewhere.documents[URI] = bad
        assert document(register(world, **asked))["error"] == "invalid_client_metadata"
    world.elsewhere.documents[URI] = public(SIGNING, RSA)
    assert register(world, **asked).status == 201


def test_keys_that_are_gone_when_they_are_needed_spend_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, secret = world.add_client(
        jwks_uri=URI,
        id_token_encrypted_response_alg="ECDH-ES",
        userinfo_encrypted_response_alg="ECDH-ES",
    )
    code = world.new_code(client)
    for documents, why in (
        ({}, "404"),
        ({URI: "x"}, "JWK Set"),
        ({URI: public(SIGNING, RSA)}, "no key for ECDH-ES"),
    ):
        world.elsewhere.documents = documents
        monkeypatch.setattr(fetch_cache, "FAILED_SECONDS", -1)
        answer = world.redeem(code, client=client, secret=secret)
        assert answer.status == 400
        assert document(answer)["error"] == "invalid_request"
        assert why in document(answer)["error_description"]
        assert world.events.rows[-1]["reason"] == "encryption_key"
    world.elsewhere.documents = {URI: public(EC)}
    monkeypatch.setattr(client_keys, "FRESH_SECONDS", -1)
    tokens = document(world.redeem(code, client=client, secret=secret))
    assert opened(world, tokens["id_token"], EC)[1]["aud"] == client.client_id
    world.elsewhere.documents = {}
    assert world.userinfo(tokens["access_token"]).status == 200, "a moment's outage costs nobody anything"
    monkeypatch.setattr(fetch_cache, "FAILED_SECONDS", -1)
    world.elsewhere.documents = {URI: public(SIGNING, RSA)}
    refused = world.userinfo(tokens["access_token"])
    assert refused.status == 400 and "no key" in document(refused)["error_description"]
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert world.token(refresh, client, secret).status == 400
    world.elsewhere.documents = {URI: public(EC)}
    assert world.token(refresh, client, secret).status == 200, "the refresh token was not spent"


def test_a_client_that_acts_for_itself_needs_no_encryption_key(world: World) -> None:
    client, secret = world.add_client(
        grant_types=["authorization_code", "client_credentials"],
        jwks_uri=URI,
        id_token_encrypted_response_alg="ECDH-ES",
    )
    assert world.token({"grant_type": "client_credentials"}, client, secret).status == 200
    assert not world.elsewhere.fetched


def test_a_key_is_looked_for_only_where_encryption_is_asked_for(world: World) -> None:
    keys = ClientKeys(world.elsewhere)
    check_encryption_key(Client("c", {}), "id_token", keys)
    with pytest.raises(InvalidRequest, match="no keys"):
        check_encryption_key(Client("c", {"id_token_encrypted_response_alg": "ECDH-ES"}), "id_token", keys)


def test_discovery_tells_what_can_be_signed_and_encrypted(world: World) -> None:
    found = document(world.provider.metadata())
    assert found["userinfo_signing_alg_values_supported"] == ["RS256", "ES256"]
    for name in ("id_token", "userinfo"):
        assert found[f"{name}_encryption_alg_values_supported"] == list(KEY_MANAGEMENT_ALGS)
        assert found[f"{name}_encryption_enc_values_supported"] == list(CONTENT_ENCRYPTION_ALGS)


# The vectors of the RFCs, by the library and the registry that answers are encrypted with


def test_rfc_7518_appendix_c_agreement() -> None:
    """Appendix C: Alice's ephemeral key and Bob's, ECDH-ES for A128GCM, give the derived key of the RFC."""
    bob = ECKey.import_key({
        "kty": "EC", "crv": "P-256",
        "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
        "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
        "d": "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
    })  # fmt: skip
    alice = ECKey.import_key({
        "kty": "EC", "crv": "P-256",
        "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
        "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
        "d": "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo",
    })  # fmt: skip
    shared = alice.exchange_derive_key(bob)
    header = {"alg": "ECDH-ES", "enc": "A128GCM", "apu": "QWxpY2U", "apv": "Qm9i"}
    derived = derive_key_for_concat_kdf(shared, header, 128, None)
    assert derived.hex() == "56aa8deaf8236d205c2228cd71a7101a"


def test_rfc_7518_appendix_b_1_content_encryption() -> None:
    cbc = next(model for model in JWE_ENC_MODELS if model.name == "A128CBC-HS256")
    text = (
        b"A cipher system must not be required to be secret, and it must be able to fall into the hands of"
        b" the enemy without inconvenience"
    )
    iv, about = (
        bytes.fromhex("1af38c2dc2b96ffdd86694092341bc04"),
        b"The second principle of Auguste Kerckhoffs",
    )
    ciphertext, tag = cbc.encrypt(text, bytes(range(32)), iv, about)
    assert tag.hex() == "652c3fa36b0a7c5b3219fab3a30bc1c4"
    assert ciphertext.hex().startswith("c80edfa32ddf39d5ef00c0b468834279")


def test_rfc_7516_appendix_a_3_is_read() -> None:
    key = OctKey.import_key({"kty": "oct", "k": "GawgguFyGrWKav7AX4VKUg"})
    token = (
        "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0"
        ".6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ"
        ".AxY8DCtDaGlsbGljb3RoZQ"
        ".KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY"
        ".U0m_YmjN04DJvceFICbCVQ"
    )
    found = jwe.decrypt_compact(token, key, algorithms=["A128KW", "A128CBC-HS256"])
    assert found.plaintext == b"Live long and prosper."
