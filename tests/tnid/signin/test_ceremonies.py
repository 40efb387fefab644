"""What a registration and an assertion must be: WebAuthn Level 3 §7.1 and §7.2, held against bad ones."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.authenticator import AT, BE, BS, ED, EDDSA, ES256, RS256, UP, UV, Authenticator, encode
from tests.tnid.conftest import ISSUER
from tnid.signin import cbor, ceremonies
from tnid.signin.ceremonies import BadCeremony, NewKey, Place, Proof

PLACE = Place("localhost", ISSUER)


@pytest.fixture(autouse=True)
def cheap_passwords() -> None:
    """No password is hashed here."""


@pytest.fixture
def key() -> Authenticator:
    return Authenticator(ISSUER)


def new_options(handle: bytes = b"handle") -> dict[str, Any]:
    return {"challenge": encode(secrets.token_bytes(32)), "user": {"id": encode(handle)}}


def create(key: Authenticator, **changes: Any) -> NewKey:
    created = ceremonies.read_created(key.create(new_options(), **changes), PLACE)
    return ceremonies.verify_created(created, PLACE)


def get(key: Authenticator, public_key: bytes, *, needs_verification: bool = True, **changes: Any) -> Proof:
    asserted = ceremonies.read_asserted(key.get(new_options(), **changes), PLACE)
    return ceremonies.verify_asserted(asserted, public_key, PLACE, needs_verification=needs_verification)


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_what_is_right_is_taken(algorithm: int) -> None:
    key = Authenticator(ISSUER, algorithm)
    made = create(key)
    assert made.backup_eligible and made.backed_up
    assert get(key, made.public_key, sign_count=3) == Proof(3, True, True, True)


def p384() -> dict[int, Any]:
    numbers = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    return {1: 2, 3: ES256, -1: 2, -2: numbers.x.to_bytes(48, "big"), -3: numbers.y.to_bytes(48, "big")}


BAD_REGISTRATIONS: list[tuple[dict[str, Any], str]] = [
    ({"client": {"type": "webauthn.get"}}, "ceremony"),
    ({"client": {"origin": "http://localhost:9"}}, "origin"),
    ({"client": {"origin": "http://localhost:8000/"}}, "origin"),
    ({"client": {"origin": None}}, "origin"),
    ({"client": {"crossOrigin": True}}, "cross_origin"),
    ({"client": {"crossOrigin": "false"}}, "cross_origin"),
    ({"client": {"topOrigin": "http://localhost:8000"}}, "cross_origin"),
    ({"client": {"challenge": None}}, "malformed"),
    ({"client": {"challenge": "AA=="}}, "malformed"),
    ({"flags": UP | AT}, "registration"),
    ({"flags": UV | AT}, "registration"),
    ({"flags": UP | UV | BS | AT}, "registration"),
    ({"flags": UP | UV}, "credential_id"),
    ({"cose": {1: 2, 3: -36, -1: 3, -2: bytes(66), -3: bytes(66)}}, "registration"),
    ({"cose": {1: 2, 3: ES256, -1: 1, -2: bytes(32), -3: bytes(32)}}, "public_key"),
    ({"cose": {1: 2, 3: RS256, -1: 1, -2: bytes(32), -3: bytes(32)}}, "public_key"),
    ({"cose": {1: 3, 3: RS256, -1: b"\xff" * 64, -2: b"\x01\x00\x01"}}, "public_key"),
    ({"cose": {1: 2, 3: ES256}}, "registration"),
    ({"cose": {1: 9, 3: ES256}}, "registration"),
    ({"cose": {3: ES256}}, "registration"),
    ({"cose": p384()}, "public_key"),
    ({"credential_id": b"i" * 1024}, "malformed"),
    ({"more": {"rawId": "AAAA"}}, "malformed"),
    ({"more": {"type": "password"}}, "malformed"),
    ({"more": {"response": []}}, "malformed"),
    ({"more": {"id": encode(b"another"), "rawId": encode(b"another")}}, "credential_id"),
    ({"fmt": "tpm"}, "attestation"),
    ({"fmt": "none", "statement": {"sig": b""}}, "attestation"),
    ({"fmt": "packed", "statement": {"alg": ES256, "sig": b"0", "x5c": [b"0"]}}, "attestation"),
    ({"fmt": "packed", "statement": {"alg": ES256, "sig": b"garbage"}}, "registration"),
    ({"fmt": 7}, "attestation"),
    ({"statement": []}, "attestation"),
    ({"authenticator_data": b"short"}, "malformed"),
    ({"attestation": b""}, "malformed"),
    ({"attestation": b"\x9f" * 8000}, "malformed"),
    ({"attestation": b"\x81" * 8000 + b"\x00"}, "malformed"),
    ({"attestation": b"\x9b\x00\x00\x00\x10\x00\x00\x00\x00"}, "malformed"),
    ({"attestation": b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff"}, "malformed"),
    ({"attestation": cbor2.dumps(["fmt"])}, "malformed"),
    ({"attestation": cbor2.dumps({"fmt": "none"}) + b"\x00"}, "malformed"),
    ({"attestation": cbor2.dumps(cbor2.CBORTag(35, "(a+)+$"))}, "malformed"),
    ({"attestation": b"\xa2\x01\x02\x01\x03"}, "malformed"),
    ({"attestation": b"x" * 9000}, "malformed"),
]


@pytest.mark.parametrize(("changes", "expected"), BAD_REGISTRATIONS)
def test_a_bad_registration_is_refused(key: Authenticator, changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(BadCeremony, match=f"^{expected}$"):
        create(key, **changes)


def test_a_key_of_another_host_is_refused() -> None:
    with pytest.raises(BadCeremony, match=r"^registration$"):
        create(Authenticator(ISSUER, rp_id="evil.example"))


def test_bytes_behind_the_key_are_refused(key: Authenticator) -> None:
    with pytest.raises(BadCeremony, match=r"^malformed$"):
        create(key, authenticator_data=key._attested_data() + b"\x00")


def test_an_attestation_by_the_key_itself_is_taken(key: Authenticator) -> None:
    options = new_options()
    client = key._client_data("webauthn.create", options, {})
    data = key._attested_data()
    statement = {"alg": ES256, "sig": key.sign(data + hashlib.sha256(client).digest())}
    text = key.create(options, fmt="packed", statement=statement)
    assert ceremonies.verify_created(ceremonies.read_created(text, PLACE), PLACE).public_key


def test_transports_that_nobody_knows_are_left_out(key: Authenticator) -> None:
    created = ceremonies.read_created(key.create(new_options()), PLACE)
    assert created.transports == ("internal",)
    text = key.create(new_options()).replace('["internal"]', '["usb", "pigeon", 7]')
    assert ceremonies.read_created(text, PLACE).transports == ("usb",)


BAD_ASSERTIONS: list[tuple[dict[str, Any], str]] = [
    ({"client": {"type": "webauthn.create"}}, "ceremony"),
    ({"client": {"origin": "https://evil.example"}}, "origin"),
    ({"client": {"crossOrigin": True}}, "cross_origin"),
    ({"client": {"topOrigin": ""}}, "cross_origin"),
    ({"flags": UV | BE | BS}, "assertion"),
    ({"flags": UP | BE | BS}, "assertion"),
    ({"flags": UP | UV | BS}, "assertion"),
    ({"flags": UP | UV | BE | BS | AT}, "malformed"),
    ({"flags": UP | UV | BE | BS | ED}, "malformed"),
    ({"authenticator_data": b""}, "malformed"),
    ({"authenticator_data": bytes(37)}, "assertion"),
    ({"authenticator_data": bytes(38)}, "malformed"),
    ({"signature": b"0"}, "assertion"),
    ({"signature": b"\x30\x06\x02\x01\x01\x02\x01\x01"}, "assertion"),
    ({"signature": b"\x30\x84\xff\xff\xff\xff"}, "assertion"),
    ({"signature": b"s" * 2000}, "malformed"),
    ({"user_handle": b"h" * 65}, "malformed"),
]


@pytest.mark.parametrize(("changes", "expected"), BAD_ASSERTIONS)
def test_a_bad_assertion_is_refused(key: Authenticator, changes: dict[str, Any], expected: str) -> None:
    public_key = create(key).public_key
    with pytest.raises(BadCeremony, match=f"^{expected}$"):
        get(key, public_key, **changes)


def test_client_data_other_than_what_was_signed(key: Authenticator) -> None:
    public_key, options = create(key).public_key, new_options()
    altered = key._client_data("webauthn.get", options, {"extra": "member"})
    asserted = ceremonies.read_asserted(key.get(options, sent_client=altered), PLACE)
    with pytest.raises(BadCeremony, match=r"^assertion$"):
        ceremonies.verify_asserted(asserted, public_key, PLACE, needs_verification=True)


def test_an_algorithm_is_the_key_s(key: Authenticator) -> None:
    public_key = create(key).public_key
    other = Authenticator(ISSUER, RS256, credential_id=key.credential_id)
    with pytest.raises(BadCeremony, match=r"^assertion$"):
        get(other, public_key)


def test_beside_a_password_presence_is_enough(key: Authenticator) -> None:
    public_key = create(key).public_key
    proof = get(key, public_key, needs_verification=False, flags=UP | BE | BS)
    assert not proof.user_verified


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", '{"id":1}', "[" * 20_000, '{"id":"A","id":"B"}', "x" * 50_000]
)
def test_what_is_no_credential_is_malformed(text: str) -> None:
    for read in (ceremonies.read_created, ceremonies.read_asserted):
        with pytest.raises(BadCeremony, match=r"^malformed$"):
            read(text, PLACE)


@pytest.mark.parametrize("value", [{"a": [1, {"b": b"c"}]}, -5, "text", b"\x00" * 300, [1.5, None, True], {}])
def test_plain_cbor_ends_where_it_ends(value: object) -> None:
    data = cbor2.dumps(value)
    assert cbor.find_end(data + b"more") == len(data)


@pytest.mark.parametrize(
    "data", [b"", b"\x18", b"\x5f\xff", b"\x62a", b"\x82\x00", b"\xa1\x00", b"\xc0\x00", b"\x81" * 9]
)
def test_what_is_not_plain_cbor_is_refused(data: bytes) -> None:
    with pytest.raises(cbor.BadCbor):
        cbor.find_end(data)
