"""The key pair of a sandbox client that signs instead of keeping a secret, made of the secret that its form
makes: so that the same form, sent twice, makes the same one.

For trying only: the private key was on our side for a moment. A live client brings a public key of its own.
"""

from __future__ import annotations

from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

# NIST SP 800-186 §3.2.1.3: the order of P-256
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _key_of(secret: str) -> ECKey:
    number = int(secret, 16) % (_ORDER - 1) + 1
    return ECKey.import_key(_pem(ec.derive_private_key(number, ec.SECP256R1())))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_keys_of(secret: str) -> dict[str, Any]:
    """Return the JWK Set that a client registers."""
    key = _key_of(secret)
    public = key.as_dict(private=False)
    return {"keys": [{**public, "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}]}


def private_key_of(secret: str) -> str:
    """Return the private key as a JWK, in JSON."""
    key = _key_of(secret)
    return orjson.dumps({**key.as_dict(private=True), "kid": key.thumbprint(), "alg": "ES256"}).decode()
