"""Encrypted answers: JWE (RFC 7516, 7518 §4) under a key of the client's own.

OpenID Connect Core §16.14: what is signed and encrypted is signed first, and the signed JWT is the content of
the encrypted one. Which answers are, the client's metadata say: `<name>_encrypted_response_alg` and `_enc`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeGuard

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from oidc.clients.client_keys import ClientKeys
from oidc.clients.outbound import OutboundRefused
from oidc.errors import InvalidRequest
from oidc.models import Client

KEY_MANAGEMENT_ALGS = ("RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
CONTENT_ENCRYPTION_ALGS = ("A128CBC-HS256", "A128GCM", "A256GCM")
DEFAULT_ENC = "A128CBC-HS256"  # OpenID Connect Registration §2
LEAST_RSA_BITS = 2048  # RFC 7518 §4.3
AGREEMENT_CURVES = ("P-256", "P-384", "P-521", "X25519")

Key = RSAKey | ECKey | OKPKey


def find_encryption_key(keys: KeySet, alg: str) -> Key | None:
    """Return the key of the set to encrypt to by `alg`: one for encryption alone rather than for anything."""
    fitting = [key for key in keys.keys if _fits(key, alg)]
    return next((key for key in fitting if key.get("use") == "enc"), next(iter(fitting), None))


def _fits(key: Any, alg: str) -> TypeGuard[Key]:
    """RFC 7517 §4.2 and §4.4: `use` and `alg`, where the key has them, bind it to one purpose."""
    if key.get("use", "enc") != "enc" or key.get("alg", alg) != alg:
        return False
    if alg == "RSA-OAEP-256":
        return isinstance(key, RSAKey) and key.raw_value.key_size >= LEAST_RSA_BITS
    return isinstance(key, ECKey | OKPKey) and key.curve_name in AGREEMENT_CURVES


def is_encrypted(client: Client, name: str) -> bool:
    """Say whether the client has its `name` answers ("id_token", "userinfo" …) encrypted."""
    return f"{name}_encrypted_response_alg" in client.metadata


def check_encryption_key(client: Client, name: str, keys: ClientKeys) -> None:
    """Raise InvalidRequest where the client wants `name` encrypted and has no key for it now.

    It may fetch the client's jwks_uri: call it before the first write, so that a slow host holds up nobody.
    """
    if is_encrypted(client, name):
        _get_recipient(client, name, keys)


def encrypt(client: Client, name: str, content: str | bytes, keys: ClientKeys, *, cty: str = "JWT") -> str:
    """Return `content`, by default a signed JWT, as a JWE to the client; raise InvalidRequest without a key.

    A `cty` of "" is for content that is no JWT but the claims themselves: RFC 7519 §5.2.
    """
    alg = client.metadata[f"{name}_encrypted_response_alg"]
    enc = client.metadata.get(f"{name}_encrypted_response_enc", DEFAULT_ENC)
    recipient = _get_recipient(client, name, keys)
    header = {"alg": alg, "enc": enc, "kid": recipient.kid, "cty": cty}
    present = {member: value for member, value in header.items() if value}
    try:
        return jwe.encrypt_compact(present, content, recipient.key, algorithms=[alg, enc])
    except (JoseError, ValueError) as error:
        raise _refusal(f"The client's key for {alg} can't be encrypted to.") from error


class _Recipient(NamedTuple):
    """A client's key, and by what name the client knows it, or ""."""

    key: Key
    kid: str


def _get_recipient(client: Client, name: str, keys: ClientKeys) -> _Recipient:
    alg = client.metadata[f"{name}_encrypted_response_alg"]
    try:
        found = keys.find(client)
    except OutboundRefused as error:
        raise _refusal(f"The client's keys, for the encrypted {name}, can't be had: {error}") from error
    key = find_encryption_key(found, alg)
    if key is None:
        raise _refusal(f"The client has no key for {alg}, which {name}_encrypted_response_alg asks for.")
    # An only key may have no name but the thumbprint that joserfc gave it here, which its owner may not know
    is_nameless = len(found.keys) == 1 and key.kid == key.thumbprint()
    return _Recipient(key, "" if is_nameless else str(key.kid))


def _refusal(description: str) -> InvalidRequest:
    return InvalidRequest(description, reason="encryption_key")
