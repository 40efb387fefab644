"""Selective Disclosure for JWTs: RFC 9901, the compact form without key binding, as an SD-JWT VC.

As narrow as our own tokens are read: what is claimed of somebody stands at the top, each claim in a
disclosure of its own; none hides within another or in an array, and what `issue` could not have written is
refused.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import orjson

from oidc.interfaces import Signer
from oidc.strict_json import loads

TYP = "dc+sd-jwt"
ALG = "ES256"
# RFC 9901 §9.3: 128 bits, base64url-encoded
SALT_BYTES = 16
HASH_NAME = "sha-256"
# A card takes some two thousand; more than a QR holds is no card of ours
MOST_CHARACTERS = 8192
MOST_DISCLOSURES = 32
# RFC 9901 §7.1 (3): never the name of a disclosed claim; and SD-JWT VC: what may not be selectively disclosed
RESERVED = frozenset({"_sd", "_sd_alg", "...", "iss", "nbf", "exp", "cnf", "vct", "status", "iat"})
DISCLOSURE_PARTS = 3


class InvalidCredential(ValueError):
    """Not a good credential of ours. `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Disclosure(NamedTuple):
    """One claim as it is carried beside the signed part, and the digest by which that part holds it."""

    encoded: str
    name: str
    value: Any

    @property
    def digest(self) -> str:
        """RFC 9901 §4.2.3: over the encoded form, so that nobody has to write JSON the same way twice."""
        return _encode(hashlib.sha256(self.encoded.encode("ascii")).digest())


def issue(signer: Signer, claims: Mapping[str, Any], disclosed: Mapping[str, Any], now: int) -> str:
    """Return `<JWT>~<Disclosure>~…~`: what is plain for everybody, and what its holder may leave out.

    The order of the digests says nothing of the claims: RFC 9901 §4.2.4.1.
    """
    if RESERVED & disclosed.keys():
        raise ValueError("these claims are never selectively disclosed")
    made = [make_disclosure(name, value) for name, value in disclosed.items()]
    signed = signer.sign(
        {**claims, "_sd_alg": HASH_NAME, "_sd": sorted(one.digest for one in made)},
        alg=ALG,
        typ=TYP,
        now=now,
    )
    return join(signed, made)


def make_disclosure(name: str, value: Any) -> Disclosure:
    salt = _encode(secrets.token_bytes(SALT_BYTES))
    return Disclosure(_encode(orjson.dumps([salt, name, value])), name, value)


def join(signed: str, disclosures: Collection[Disclosure]) -> str:
    """Return the compact form: RFC 9901 §4."""
    return "~".join((signed, *(one.encoded for one in disclosures), ""))


def leave_out(presented: str, names: Collection[str]) -> str:
    """Return the same credential without these claims, as its holder may show it."""
    signed, disclosures = split(presented)
    return join(signed, [one for one in disclosures if one.name not in names])


def split(presented: str) -> tuple[str, list[Disclosure]]:
    """Take a credential apart; nothing of it is verified. Any text may come; raises InvalidCredential."""
    if len(presented) > MOST_CHARACTERS or not presented.isascii():
        raise InvalidCredential("malformed")
    signed, *encoded = presented.split("~")
    # What stands behind the last tilde would be a key binding (RFC 9901 §4.3), which ours have none of
    if not encoded or encoded.pop() or len(encoded) > MOST_DISCLOSURES:
        raise InvalidCredential("malformed")
    return signed, [_read_disclosure(one) for one in encoded]


def read(presented: str, verify: Callable[[str], Mapping[str, Any]]) -> dict[str, Any]:
    """Return the claims of a presented credential, plain and disclosed: RFC 9901 §7.1.

    `verify` checks the signed part and raises what it raises. Raises InvalidCredential where a disclosure is
    not one that was signed, comes twice, or says what the signed part says already.
    """
    signed, disclosures = split(presented)
    payload = dict(verify(signed))
    digests = payload.pop("_sd", [])
    if payload.pop("_sd_alg", HASH_NAME) != HASH_NAME or not isinstance(digests, list):
        raise InvalidCredential("malformed")
    if len(set(map(str, digests))) != len(digests):
        raise InvalidCredential("digest_twice")
    waiting = set(map(str, digests))
    for one in disclosures:
        if one.digest not in waiting:
            raise InvalidCredential("not_signed")
        waiting.remove(one.digest)
        if one.name in payload:
            raise InvalidCredential("claim_twice")
        payload[one.name] = one.value
    return payload


def _read_disclosure(encoded: str) -> Disclosure:
    try:
        parts = loads(_decode(encoded), max_bytes=MOST_CHARACTERS)
    except ValueError:
        raise InvalidCredential("malformed") from None
    if not isinstance(parts, list) or len(parts) != DISCLOSURE_PARTS:
        raise InvalidCredential("malformed")
    salt, name, value = parts
    if not isinstance(salt, str) or not isinstance(name, str) or name in RESERVED or _hides_more(value):
        raise InvalidCredential("malformed")
    return Disclosure(encoded, name, value)


def _hides_more(value: Any) -> bool:
    """Say whether a value holds digests itself, which ours never does: RFC 9901 §4.2.6."""
    if isinstance(value, dict):
        return bool({"_sd", "..."} & value.keys()) or any(map(_hides_more, value.values()))
    return isinstance(value, list) and any(map(_hides_more, value))


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _decode(segment: str) -> bytes:
    """Decode base64url without padding; one content has one spelling."""
    content = urlsafe_b64decode(segment + "==")
    if _encode(content) != segment:
        raise ValueError("not base64url")
    return content
