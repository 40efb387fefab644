"""What a client signed: a compact JWS (RFC 7515), read strictly and verified by its registered keys."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError

from oidc.clients.client_keys import ClientKeys
from oidc.clients.outbound import OutboundRefused
from oidc.models import FAPI2, Client
from oidc.strict_json import BadJson, load_object

SIGNING_ALGS = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
"""What clients may sign with: asymmetric algorithms alone, and never none. RFC 9864 renames EdDSA Ed25519."""

FAPI2_ALGS = ("PS256", "ES256", "Ed25519", "EdDSA")
"""What clients of the `fapi2` profile may sign with: FAPI 2.0 Security Profile §5.4.1."""


class BadSignedObject(ValueError):
    """Not an object that this client signed; the text is for the client's developer."""


class SignedObject(NamedTuple):
    header: dict[str, Any]
    claims: dict[str, Any]


def read_signed_object(
    client: Client, token: str, keys: ClientKeys, *, algorithms: Sequence[str], max_bytes: int
) -> SignedObject:
    """Return the header and claims of a JWS by a key of the client; raise BadSignedObject.

    The signature alone is checked, not what the claims say.
    """
    if len(token) > max_bytes or token.count(".") != 2:
        raise BadSignedObject("is not a compact JWS of reasonable size.")
    try:
        header = load_object(decode_base64url(token.partition(".")[0]), max_bytes=max_bytes)
        if "crit" in header or not isinstance(header.get("kid", ""), str):
            raise BadSignedObject("has a header that is not understood.")
        if header.get("alg") not in algorithms:
            raise BadSignedObject(f"must be signed by {', '.join(algorithms)}.")
        found = keys.find(client, header.get("kid"))
        verified = jws.deserialize_compact(token.encode("ascii"), found, algorithms=list(algorithms))
        return SignedObject(header, load_object(verified.payload, max_bytes=max_bytes))
    except OutboundRefused as error:
        raise BadSignedObject(f"can't be verified, as the client's keys can't be had: {error}") from error
    except BadSignedObject:
        raise
    except (JoseError, BadJson, ValueError, TypeError, KeyError) as error:
        raise BadSignedObject("can't be verified by the client's keys.") from error


def get_algorithms(client: Client, member: str) -> tuple[str, ...]:
    """Return what the client may sign with: what it registered as `member`, or what its profile allows."""
    allowed = FAPI2_ALGS if client.profile == FAPI2 else SIGNING_ALGS
    registered = client.metadata.get(member)
    return tuple(name for name in allowed if registered in (None, name)) or allowed


def is_of_type(header: dict[str, Any], *types: str) -> bool:
    """Say whether the object is of one of these types, or of none: RFC 8725 §3.11.

    RFC 7515 §4.1.9: a type has no case, and `application/` before it may be left out.
    """
    typ = header.get("typ", types[0])
    return isinstance(typ, str) and typ.lower().removeprefix("application/") in types


def decode_base64url(part: str) -> bytes:
    """Decode a part of a JWS; raise BadJson, as what it must hold is JSON."""
    try:
        return urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
    except (UnicodeEncodeError, Base64Error) as error:
        raise BadJson("not base64url") from error


def is_numeric_date(value: object) -> TypeGuard[int]:
    """Say whether this is a time: RFC 7519 §2, in whole seconds."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
