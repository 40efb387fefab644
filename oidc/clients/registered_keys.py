"""The keys that a client registers: public ones alone, each strong enough and told apart by its kid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from oidc.errors import InvalidClientMetadata

LEAST_RSA_BITS = 2048


def check_keys(metadata: Mapping[str, Any]) -> None:
    """Raise InvalidClientMetadata for keys that can't be used, or must not be sent to us."""
    if "jwks" not in metadata:
        return
    if "jwks_uri" in metadata:
        text = "jwks and jwks_uri exclude each other."
        raise InvalidClientMetadata(text, member="jwks", reason="keys_twice")
    try:
        keys = KeySet.import_key_set(metadata["jwks"]).keys
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidClientMetadata("jwks is not a JWK Set.", member="jwks", reason="not_jwks") from error
    if not keys or any(not isinstance(key, RSAKey | ECKey | OKPKey) or key.is_private for key in keys):
        text = "jwks must hold public keys, and nothing else."
        raise InvalidClientMetadata(text, member="jwks", reason="secret_keys")
    weak = next((k for k in keys if isinstance(k, RSAKey) and k.raw_value.key_size < LEAST_RSA_BITS), None)
    if weak is not None:
        text = f"An RSA key must have {LEAST_RSA_BITS} bits or more."
        raise InvalidClientMetadata(text, member="jwks", reason="weak_key", value=str(weak.kid or ""))
    kids = [member.get("kid") for member in metadata["jwks"]["keys"]]
    named = [kid for kid in kids if kid is not None]
    if len(set(named)) != len(named) or (len(kids) > 1 and len(named) != len(kids)):
        text = "Each key of several needs a kid of its own."
        raise InvalidClientMetadata(text, member="jwks", reason="kid")
