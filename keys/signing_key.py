"""A signing key, parsed once: what it signs, what it verifies, and what the world may see of it.

The cryptography is `cryptography`'s, a JWK's form and thumbprint are joserfc's. Signing doesn't go through
joserfc's JWS layer, which takes as long again as an ES256 signature itself.
"""

from __future__ import annotations

from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc.jwk import ECKey, RSAKey

RSA_KEY_BITS = 2048
P256_COORDINATE_BYTES = 32


class Rs256Key:
    """RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 section 3.3."""

    alg: ClassVar = "RS256"

    def __init__(self, private: RSAPrivateKey) -> None:
        if private.key_size != RSA_KEY_BITS:
            raise ValueError(f"an RS256 key has {RSA_KEY_BITS} bits")
        jwk = RSAKey.import_key(private)
        self.kid = jwk.thumbprint()
        self.public_jwk = describe(jwk, self.kid, self.alg)
        self._private, self._public = private, private.public_key()
        self._padding, self._hash = PKCS1v15(), SHA256()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message, self._padding, self._hash)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is this key's; any bytes may come."""
        try:
            self._public.verify(signature, message, self._padding, self._hash)
        except InvalidSignature:
            return False
        return True

    def to_der(self) -> bytes:
        """Return the private key as PKCS #8, for sealing and nothing else."""
        return self._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


class Es256Key:
    """ECDSA on P-256 with SHA-256, RFC 7518 section 3.4: the signature is R and S, 32 bytes each."""

    alg: ClassVar = "ES256"

    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        if not isinstance(private.curve, SECP256R1):
            raise ValueError("an ES256 key is on P-256")
        jwk = ECKey.import_key(private)
        self.kid = jwk.thumbprint()
        self.public_jwk = describe(jwk, self.kid, self.alg)
        self._private, self._public = private, private.public_key()
        self._ecdsa = ECDSA(SHA256())

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._private.sign(message, self._ecdsa))
        return r.to_bytes(P256_COORDINATE_BYTES, "big") + s.to_bytes(P256_COORDINATE_BYTES, "big")

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is this key's; any bytes may come."""
        if len(signature) != 2 * P256_COORDINATE_BYTES:
            return False
        r = int.from_bytes(signature[:P256_COORDINATE_BYTES], "big")
        s = int.from_bytes(signature[P256_COORDINATE_BYTES:], "big")
        try:
            self._public.verify(encode_dss_signature(r, s), message, self._ecdsa)
        except InvalidSignature:
            return False
        return True

    def to_der(self) -> bytes:
        """Return the private key as PKCS #8, for sealing and nothing else."""
        return self._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


SigningKey = Rs256Key | Es256Key
ALGORITHMS = (Rs256Key.alg, Es256Key.alg)


def describe(jwk: RSAKey | ECKey, kid: str, alg: str) -> dict[str, Any]:
    """Return the public JWK as relying parties get it, RFC 7517."""
    return {**jwk.as_dict(private=False), "kid": kid, "alg": alg, "use": "sig"}


def parse_der(der: bytes, alg: str) -> SigningKey:
    """Return the key from our PKCS #8 form of it. Raises ValueError where it is of another algorithm."""
    # Nobody but us made it, nor changed it under its seal: to try whether its primes are primes takes 30 ms
    private = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    if alg == Rs256Key.alg and isinstance(private, RSAPrivateKey):
        return Rs256Key(private)
    if alg == Es256Key.alg and isinstance(private, EllipticCurvePrivateKey):
        return Es256Key(private)
    raise ValueError(f"not a private key for {alg}")
