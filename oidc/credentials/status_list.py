"""Token Status List: one bit for each credential, compressed, signed and public.

Whoever verifies fetches the whole list now and then, and so tells nobody whose credential they look at.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from oidc.interfaces import Signer

TYP = "statuslist+jwt"
CONTENT_TYPE = "application/statuslist+jwt"
ALG = "ES256"
BITS = 1
# What a list may unpack to: more than a hundred million credentials are not ours
MOST_BYTES = 16 * 1024 * 1024


class InvalidStatusList(ValueError):
    """Not a list that says anything of this index."""


def pack(indexes: Iterable[int], size: int) -> str:
    """Return `lst` for so many credentials, those at these indexes revoked; `size` is a multiple of eight.

    The first index is the lowest bit of the first byte; ZLIB at its highest level.
    """
    bits = bytearray(size // 8)
    for index in indexes:
        bits[index // 8] |= 1 << index % 8
    return urlsafe_b64encode(zlib.compress(bytes(bits), 9)).rstrip(b"=").decode("ascii")


def is_revoked(status_list: Mapping[str, Any], index: int) -> bool:
    """Say what a list says of an index. Raises InvalidStatusList where it says nothing of it."""
    packed = status_list.get("lst")
    if status_list.get("bits") != BITS or not isinstance(packed, str):
        raise InvalidStatusList("form")
    try:
        unpacker = zlib.decompressobj()
        bits = unpacker.decompress(urlsafe_b64decode(packed + "=="), MOST_BYTES)
    except (ValueError, zlib.error):
        raise InvalidStatusList("form") from None
    if index < 0 or index // 8 >= len(bits):
        raise InvalidStatusList("beyond")
    return bool(bits[index // 8] >> index % 8 & 1)


def issue(signer: Signer, uri: str, packed: str, *, ttl: int, lifetime: int, now: int) -> str:
    """Return the Status List Token: `sub` is the address that credentials name."""
    claims = {
        "sub": uri,
        "iat": now,
        "exp": now + lifetime,
        "ttl": ttl,
        "status_list": {"bits": BITS, "lst": packed},
    }
    return signer.sign(claims, alg=ALG, typ=TYP, now=now)
