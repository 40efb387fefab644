"""A signing key signs as RFC 7515 says, names itself as RFC 7638 says, and shows nothing private."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.jwk import DictKey, ECKey, RSAKey

from keys.generate import generate_key
from keys.signing_key import ALGORITHMS, Es256Key, Rs256Key, SigningKey, parse_der

# RFC 7515 appendix A.2: the key, what is signed, and the signature, which RS256 makes the same every time
RFC7515_A2_KEY: DictKey = {
    "kty": "RSA",
    "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4Ql"
    "L-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
    "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoud"
    "F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    "e": "AQAB",
    "d": "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe"
    "46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9J"
    "YanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuh"
    "LhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
}
RFC7515_A2_INPUT = (
    b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
    b"Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
RFC7515_A2_SIGNATURE = (
    b"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb"
    b"F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383"
    b"LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy"
    b"wlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)
# RFC 7515 appendix A.3
RFC7515_A3_KEY: DictKey = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
RFC7515_A3_INPUT = RFC7515_A2_INPUT.replace(b"eyJhbGciOiJSUzI1NiJ9", b"eyJhbGciOiJFUzI1NiJ9")
RFC7515_A3_SIGNATURE = (
    b"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)


def decode(segment: bytes) -> bytes:
    return urlsafe_b64decode(segment + b"==")


@pytest.fixture(scope="module", params=ALGORITHMS)
def key(request: pytest.FixtureRequest) -> SigningKey:
    return generate_key(request.param)


def test_rs256_signs_the_rfc_example_to_the_byte() -> None:
    private = RSAKey.import_key(RFC7515_A2_KEY).private_key
    assert private is not None
    key = Rs256Key(private)
    assert key.sign(RFC7515_A2_INPUT) == decode(RFC7515_A2_SIGNATURE)
    assert key.verify(RFC7515_A2_INPUT, decode(RFC7515_A2_SIGNATURE))


def test_es256_verifies_the_rfc_example() -> None:
    private = ECKey.import_key(RFC7515_A3_KEY).private_key
    assert private is not None
    assert Es256Key(private).verify(RFC7515_A3_INPUT, decode(RFC7515_A3_SIGNATURE))


def test_what_a_key_signs_is_verified_by_another_library(key: SigningKey) -> None:
    header = urlsafe_b64encode(json.dumps({"alg": key.alg}).encode()).rstrip(b"=")
    signing_input = header + b".cGF5bG9hZA"
    token = signing_input + b"." + urlsafe_b64encode(key.sign(signing_input)).rstrip(b"=")
    public = (RSAKey if key.alg == "RS256" else ECKey).import_key(key.public_jwk)
    assert jws.deserialize_compact(token, public, algorithms=[key.alg]).payload == b"payload"


def test_kid_is_the_thumbprint_of_the_public_key(key: SigningKey) -> None:
    members = {"RS256": ("e", "kty", "n"), "ES256": ("crv", "kty", "x", "y")}[key.alg]
    canonical = json.dumps({name: key.public_jwk[name] for name in members}, separators=(",", ":"))
    assert decode(key.kid.encode()) == sha256(canonical.encode()).digest()


def test_public_jwk_has_no_private_member(key: SigningKey) -> None:
    public = {"RS256": {"kty", "n", "e"}, "ES256": {"kty", "crv", "x", "y"}}[key.alg]
    assert key.public_jwk.keys() == public | {"kid", "alg", "use"}
    assert key.public_jwk["use"] == "sig"


@pytest.mark.parametrize(
    "signature", [b"", b"\0" * 64, b"\xff" * 64, b"\0" * 256, b"\xff" * 256, b"x" * 63, b"x" * 10_000]
)
def test_any_bytes_are_refused_as_a_signature(key: SigningKey, signature: bytes) -> None:
    assert not key.verify(b"message", signature)


def test_a_changed_message_or_signature_is_refused(key: SigningKey) -> None:
    signature = key.sign(b"message")
    assert key.verify(b"message", signature)
    assert not key.verify(b"Message", signature)
    assert not key.verify(b"message", bytes([signature[0] ^ 1]) + signature[1:])


def test_a_key_comes_back_from_its_der(key: SigningKey) -> None:
    again = parse_der(key.to_der(), key.alg)
    assert again.public_jwk == key.public_jwk


def test_a_key_is_not_parsed_for_another_algorithm(key: SigningKey) -> None:
    other = next(alg for alg in ALGORITHMS if alg != key.alg)
    for alg in (other, "none", "HS256"):
        with pytest.raises(ValueError, match="not a private key"):
            parse_der(key.to_der(), alg)


def test_other_sizes_and_curves_are_refused() -> None:
    with pytest.raises(ValueError, match="2048"):
        Rs256Key(rsa.generate_private_key(65537, 1024))
    with pytest.raises(ValueError, match="P-256"):
        Es256Key(ec.generate_private_key(ec.SECP384R1()))


def test_no_private_number_in_a_keys_repr(key: SigningKey) -> None:
    assert key.to_der().hex() not in repr(key)
    assert repr(key).startswith("<keys.signing_key.")
