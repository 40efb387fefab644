"""Where a client's public keys come from: an address, a JWK Set, or PEM as key tools write it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Literal

import orjson

from oidc.clients.client_keys import read_key_set
from oidc.clients.fetch_cache import Fetcher
from oidc.clients.outbound import OutboundRefused
from oidc.errors import InvalidClientMetadata

MOST_CHARACTERS = 32 * 1024
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_CERTIFICATE, _PRIVATE = "CERTIFICATE", "PRIVATE KEY"
# Members that only a private or a shared key has: RFC 7518 §6.2.2, §6.3.2 and §6.4
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def check_key_address(metadata: Mapping[str, Any], fetcher: Fetcher) -> None:
    """Raise InvalidClientMetadata where jwks_uri gives no keys: nobody could sign in by them."""
    if "jwks_uri" not in metadata:
        return
    try:
        read_key_set(fetcher.fetch(metadata["jwks_uri"]))
    except OutboundRefused as error:
        text = f"jwks_uri: {error}"
        raise InvalidClientMetadata(text, member="jwks_uri", reason=error.reason) from error


def is_secret(typed: str) -> bool:
    """Say whether this holds a key that nobody else may have; it isn't sent back to the page either."""
    if any(kind.endswith(_PRIVATE) for kind in _BLOCK.findall(typed)) or _PRIVATE in typed:
        return True
    try:
        document = orjson.loads(typed)
    except ValueError:
        return False
    keys = document.get("keys", [document]) if isinstance(document, dict) else []
    return isinstance(keys, list) and any(
        isinstance(key, dict) and _SECRET_MEMBERS & key.keys() for key in keys
    )


def read_keys(typed: str) -> dict[str, Any]:
    """Return the JWK Set of what was pasted: a set, one JWK, or public keys and certificates as PEM.

    Each key gets a kid (RFC 7638) where it has none. Raises InvalidClientMetadata about `jwks`.
    """
    text = typed.strip()
    if len(text) > MOST_CHARACTERS:
        raise InvalidClientMetadata("The keys are too long.", member="jwks", reason="too_long")
    if is_secret(text):
        raise InvalidClientMetadata("jwks must hold public keys alone.", member="jwks", reason="secret_keys")
    blocks = [(found.group(1), found.group(0)) for found in _BLOCK.finditer(text)]
    if blocks:
        return {"keys": [_of_pem(kind, block) for kind, block in blocks]}
    try:
        document = orjson.loads(text)
    except ValueError as error:
        raise InvalidClientMetadata(
            "jwks is neither JSON nor PEM.", member="jwks", reason="no_json"
        ) from error
    if isinstance(document, dict) and "kty" in document:
        document = {"keys": [document]}
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise InvalidClientMetadata("jwks is not a JWK Set.", member="jwks", reason="not_jwks")
    return {**document, "keys": [_with_kid(key) for key in document["keys"]]}


def _of_pem(kind: str, block: str) -> dict[str, Any]:
    # Here alone: a page that is seldom sent needs them, and each process would pay for them
    from cryptography import x509  # noqa: PLC0415  as above
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  as above
    from cryptography.hazmat.primitives import serialization as forms  # noqa: PLC0415  as above
    from joserfc.errors import JoseError  # noqa: PLC0415  as above
    from joserfc.jwk import import_key  # noqa: PLC0415  as above

    try:
        chain: dict[str, Any] = {}
        if kind == _CERTIFICATE:
            certificate = x509.load_pem_x509_certificate(block.encode())
            chain = {"x5c": [base64.b64encode(certificate.public_bytes(forms.Encoding.DER)).decode()]}
            public: Any = certificate.public_key()
        else:
            public = forms.load_pem_public_key(block.encode())
        pem = public.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
        key = import_key(pem, _family_of(type(public).__name__))
        return dict(_with_kid({**key.as_dict(private=False), **chain}))
    except (JoseError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidClientMetadata("A PEM block can't be read.", member="jwks", reason="not_pem") from error


def _family_of(name: str) -> Literal["RSA", "EC", "OKP"]:
    """Return the kty of a public key's class: RSAPublicKey, ECPublicKey, Ed25519PublicKey …"""
    return "RSA" if name.startswith("RSA") else "EC" if name.startswith("EC") else "OKP"


def _with_kid(key: Any) -> Any:
    """Return a key with a kid, its thumbprint (RFC 7638) where it had none; what is no key as it is."""
    if not isinstance(key, dict) or key.get("kid"):
        return key
    from joserfc.errors import JoseError  # noqa: PLC0415  as above
    from joserfc.jwk import import_key  # noqa: PLC0415  as above

    try:
        return {**key, "kid": import_key(key).thumbprint()}
    except (JoseError, ValueError, TypeError, KeyError):
        return key
