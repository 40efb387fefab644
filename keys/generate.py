"""New signing keys."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_private_key

from keys.signing_key import RSA_KEY_BITS, Es256Key, Rs256Key, SigningKey

RSA_PUBLIC_EXPONENT = 65537

GENERATORS: dict[str, Callable[[], SigningKey]] = {
    Rs256Key.alg: lambda: Rs256Key(generate_rsa_private_key(RSA_PUBLIC_EXPONENT, RSA_KEY_BITS)),
    Es256Key.alg: lambda: Es256Key(generate_private_key(SECP256R1())),
}


def generate_key(alg: str) -> SigningKey:
    """Return a new key for the algorithm; its kid is the RFC 7638 thumbprint of its public part.

    RS256 takes about a tenth of a second.
    """
    return GENERATORS[alg]()
