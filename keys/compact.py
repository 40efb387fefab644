"""JWS Compact Serialization (RFC 7515) of our own JSON Web Tokens, and of nothing else.

Reading is as narrow as writing: what `serialize` could not have written, `parse` refuses.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

import orjson

from keys.signing_key import SigningKey

MAX_TOKEN_LENGTH = 32768
MAX_HEADER_LENGTH = 512
CLOCK_SKEW_SECONDS = 60  # what the clocks of two of our machines may differ by
HEADER_MEMBERS = frozenset(("alg", "kid", "typ"))

# Behind a kid, before a further name of its key; no kid of ours has it
NAME_MARK = "~"


class InvalidToken(ValueError):
    """Not a good token of ours. `reason` is a stable word for the log.

    A ValueError, so that the protocol, which doesn't know this package, can tell it from a fault.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ParsedToken(NamedTuple):
    """A token taken apart; nothing in it is verified but its form."""

    alg: str
    kid: str
    typ: str
    signing_input: bytes
    payload: bytes
    signature: bytes


def serialize_header(key: SigningKey, typ: str, name: str = "") -> bytes:
    """Return the protected header's segment: the same for every token of this key and type.

    `name` calls the key by a further name.
    """
    kid = f"{key.kid}{NAME_MARK}{name}" if name else key.kid
    return encode_segment(orjson.dumps({"alg": key.alg, "kid": kid, "typ": typ}))


def serialize(header: bytes, claims: Mapping[str, Any], key: SigningKey) -> str:
    """Return the signed token; `header` is what serialize_header() made for the same key."""
    signing_input = header + b"." + encode_segment(orjson.dumps(claims))
    return (signing_input + b"." + encode_segment(key.sign(signing_input))).decode("ascii")


def parse(token: str) -> ParsedToken:
    """Take a token apart. Any value may come; raises InvalidToken for what isn't in our form."""
    if not isinstance(token, str) or len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise InvalidToken("malformed")
    signing_input, _, signature = token.encode("ascii").rpartition(b".")
    header, separator, payload = signing_input.partition(b".")
    if not separator or len(header) > MAX_HEADER_LENGTH:
        raise InvalidToken("malformed")
    members = read_object(decode_segment(header))
    # RFC 8725 section 3.10: jku, x5u, jwk, crit and whatever else we never write are not even looked at.
    if members.keys() != HEADER_MEMBERS or not all(isinstance(value, str) for value in members.values()):
        raise InvalidToken("header")
    return ParsedToken(
        **members,
        signing_input=signing_input,
        payload=decode_segment(payload),
        signature=decode_segment(signature),
    )


def check_times(claims: Mapping[str, Any], now: int, *, allow_expired: bool) -> None:
    """Raise InvalidToken unless exp, and nbf and iat where there, allow the token now (RFC 7519 s. 4.1)."""
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if "exp" not in times or any(type(value) is not int for value in times.values()):
        raise InvalidToken("times")
    if times["exp"] <= now and not allow_expired:
        raise InvalidToken("expired")
    if max(times.get("nbf", 0), times.get("iat", 0)) > now + CLOCK_SKEW_SECONDS:
        raise InvalidToken("not_yet_valid")


def encode_segment(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")


def decode_segment(segment: bytes) -> bytes:
    """Decode base64url without padding; one content has one spelling, any other raises InvalidToken."""
    try:
        content = urlsafe_b64decode(segment + b"==")
    except ValueError:
        raise InvalidToken("malformed") from None
    if encode_segment(content) != segment:
        raise InvalidToken("malformed")
    return content


def read_object(content: bytes) -> dict[str, Any]:
    """Read a JSON object of distinct members (RFC 8725 section 2.4: parsers differ on duplicates)."""
    try:
        value = STRICT_JSON.decode(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidToken("malformed") from None
    if not isinstance(value, dict):
        raise InvalidToken("malformed")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate members")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


STRICT_JSON = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_refuse_constant)
