"""DPoP proofs for tests, right ones and wrong ones."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

Key = ECKey | OKPKey | RSAKey
KEY = ECKey.generate_key("P-256")
OTHER_KEY = ECKey.generate_key("P-256")


def part(value: object) -> str:
    """Return a part of a JWS: bytes as they are, anything else as JSON."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def ath(access_token: str) -> str:
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def sign(header: dict[str, Any], payload: bytes, key: Any, alg: str) -> str:
    """Return a compact JWS of whatever it is, which a client library would refuse to make."""
    signing_input = f"{part(header)}.{part(payload)}"
    signature = jws.JWSRegistry.algorithms[alg].sign(signing_input.encode(), key)
    return f"{signing_input}.{part(signature)}"


def make_proof(
    htm: str,
    htu: str,
    now: int,
    key: Any = KEY,
    /,
    *,
    alg: str = "ES256",
    header: dict[str, Any] | None = None,
    **changes: Any,
) -> str:
    """Return a proof; `...` leaves a member of its header or claims out."""
    claims = {"jti": str(uuid4()), "htm": htm, "htu": htu, "iat": now, **changes}
    given = {"typ": "dpop+jwt", "alg": alg, "jwk": key.as_dict(private=False), **(header or {})}
    kept = {name: value for name, value in given.items() if value is not ...}
    payload = json.dumps({name: value for name, value in claims.items() if value is not ...})
    return sign(kept, payload.encode(), key, alg)
