"""The two ceremonies of WebAuthn Level 3: what a browser sends is read strictly, then judged (§7.1, §7.2).

Nothing here looks anything up or writes: the challenge is consumed, the passkey found and the counter raised
by `tnid.signin.passkeys`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from oidc.strict_json import BadJson, load_object
from tnid.signin.cbor import BadCbor, find_end

ES256, EDDSA, RS256 = -7, -8, -257
ALGORITHMS = (ES256, EDDSA, RS256)
TRANSPORTS = ("internal", "hybrid", "usb", "nfc", "ble", "smart-card")
MAX_MESSAGE_BYTES = 24 * 1024
MAX_CLIENT_DATA_BYTES = 4 * 1024
MAX_ATTESTATION_BYTES = 8 * 1024
MAX_AUTHENTICATOR_DATA_BYTES = 2 * 1024
MAX_SIGNATURE_BYTES = 1024
MAX_CREDENTIAL_ID_BYTES = 1023  # §4: what an authenticator may make
MAX_USER_HANDLE_BYTES = 64
LEAST_RSA_BITS, MOST_RSA_BITS = 2048, 4096
_FLAGS_AT, _HEADER_BYTES, _AAGUID_BYTES = 32, 37, 16
_ATTESTED, _EXTENDED = 0x40, 0x80
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class BadCeremony(ValueError):
    """What was sent proves nothing; the argument is a stable reason for the log."""


class Place(NamedTuple):
    """Where ceremonies take place: the host that passkeys belong to, and the origin of our pages."""

    rp_id: str
    origin: str


class Created(NamedTuple):
    """A registration as sent: nothing in it is verified yet."""

    credential_id: bytes
    challenge: bytes
    client_data: bytes
    attestation: bytes
    transports: tuple[str, ...]


class Asserted(NamedTuple):
    """A sign-in as sent: nothing in it is verified yet."""

    credential_id: bytes
    challenge: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes | None


class NewKey(NamedTuple):
    """What a verified registration gives. `public_key` is a COSE_Key."""

    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool


class Proof(NamedTuple):
    """What a verified assertion says of the key."""

    sign_count: int
    backup_eligible: bool
    backed_up: bool
    user_verified: bool


# Reading


def read_created(text: str, place: Place) -> Created:
    """Read a RegistrationResponseJSON (§5.1); raise BadCeremony."""
    answer, credential_id = _read_message(text)
    client_data, challenge = _read_client_data(answer, "webauthn.create", place)
    attestation = _bytes(answer, "attestationObject", MAX_ATTESTATION_BYTES)
    named = answer.get("transports", [])
    transports = tuple(one for one in TRANSPORTS if isinstance(named, list) and one in named)
    return Created(credential_id, challenge, client_data, attestation, transports)


def read_asserted(text: str, place: Place) -> Asserted:
    """Read an AuthenticationResponseJSON (§5.1); raise BadCeremony."""
    answer, credential_id = _read_message(text)
    client_data, challenge = _read_client_data(answer, "webauthn.get", place)
    has_handle = answer.get("userHandle") is not None
    return Asserted(
        credential_id,
        challenge,
        client_data,
        _bytes(answer, "authenticatorData", MAX_AUTHENTICATOR_DATA_BYTES),
        _bytes(answer, "signature", MAX_SIGNATURE_BYTES),
        _bytes(answer, "userHandle", MAX_USER_HANDLE_BYTES) if has_handle else None,
    )


def _read_message(text: str) -> tuple[dict[str, Any], bytes]:
    """Return the authenticator's answer and the credential's id."""
    try:
        document = load_object(text, max_bytes=MAX_MESSAGE_BYTES)
    except BadJson:
        raise BadCeremony("malformed") from None
    answer = document.get("response")
    if document.get("type") != "public-key" or not isinstance(answer, dict):
        raise BadCeremony("malformed")
    credential_id = _bytes(document, "id", MAX_CREDENTIAL_ID_BYTES)
    if not credential_id or document.get("rawId", document["id"]) != document["id"]:
        raise BadCeremony("malformed")
    return answer, credential_id


def _bytes(members: dict[str, Any], name: str, most: int) -> bytes:
    """Return a member's bytes; base64url has one way to write them, and only that is taken."""
    text = members.get(name)
    if not isinstance(text, str) or len(text) > most * 4 // 3 + 2 or not _BASE64URL.fullmatch(text):
        raise BadCeremony("malformed")
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadCeremony("malformed") from None
    if len(found) > most or to_text(found) != text:
        raise BadCeremony("malformed")
    return found


def to_text(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read_client_data(answer: dict[str, Any], ceremony: str, place: Place) -> tuple[bytes, bytes]:
    """Return the client data and the challenge in it: §7.1 steps 5 to 11, §7.2 steps 8 to 14."""
    client_data = _bytes(answer, "clientDataJSON", MAX_CLIENT_DATA_BYTES)
    try:
        members = load_object(client_data, max_bytes=MAX_CLIENT_DATA_BYTES)
    except BadJson:
        raise BadCeremony("malformed") from None
    if members.get("type") != ceremony:
        raise BadCeremony("ceremony")
    if members.get("origin") != place.origin:
        raise BadCeremony("origin")
    # Our pages are in nobody's frame
    if members.get("crossOrigin", False) is not False or "topOrigin" in members:
        raise BadCeremony("cross_origin")
    return client_data, _bytes(members, "challenge", MAX_CLIENT_DATA_BYTES)


# Judging


@contextmanager
def _judged(reason: str) -> Iterator[None]:
    """Turn whatever the library's parsers raise over a stranger's bytes into BadCeremony."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415  as below
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415  megabytes, for its users only

    try:
        yield
    except (WebAuthnException, InvalidSignature, UnsupportedAlgorithm) as error:
        raise BadCeremony(reason) from error
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        raise BadCeremony(reason) from error


def verify_created(created: Created, place: Place) -> NewKey:
    """Judge a registration: §7.1 steps 12 to 24. The user must have been verified; raise BadCeremony."""
    _check_attestation(created)
    from webauthn import verify_registration_response  # noqa: PLC0415  megabytes, for its users only
    from webauthn.helpers import structs  # noqa: PLC0415  likewise

    with _judged("registration"):
        credential = structs.RegistrationCredential(
            id=to_text(created.credential_id),
            raw_id=created.credential_id,
            response=structs.AuthenticatorAttestationResponse(created.client_data, created.attestation),
        )
        found = verify_registration_response(
            credential=credential,
            expected_challenge=created.challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            require_user_verification=True,
            supported_pub_key_algs=_algorithms(),
        )
    if found.credential_id != created.credential_id:
        raise BadCeremony("credential_id")
    _check_public_key(found.credential_public_key)
    eligible = found.credential_device_type == structs.CredentialDeviceType.MULTI_DEVICE
    return NewKey(found.credential_public_key, found.sign_count, eligible, found.credential_backed_up)


def verify_asserted(
    asserted: Asserted, public_key: bytes, place: Place, *, needs_verification: bool
) -> Proof:
    """Judge an assertion by the key it should be of: §7.2 steps 15 to 21; raise BadCeremony.

    The counter, and whether the key may be synced, are the caller's to compare with what is stored.
    """
    _check_authenticator_data(asserted.authenticator_data)
    from webauthn import verify_authentication_response  # noqa: PLC0415  megabytes, for its users only
    from webauthn.helpers import structs  # noqa: PLC0415  likewise

    with _judged("assertion"):
        answer = structs.AuthenticatorAssertionResponse(
            asserted.client_data, asserted.authenticator_data, asserted.signature, asserted.user_handle
        )
        found = verify_authentication_response(
            credential=structs.AuthenticationCredential(
                id=to_text(asserted.credential_id), raw_id=asserted.credential_id, response=answer
            ),
            expected_challenge=asserted.challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            credential_public_key=public_key,
            # The counter means something only once the signature is right: it is looked at afterwards
            credential_current_sign_count=0,
            require_user_verification=needs_verification,
        )
    eligible = found.credential_device_type == structs.CredentialDeviceType.MULTI_DEVICE
    return Proof(found.new_sign_count, eligible, found.credential_backed_up, found.user_verified)


def _algorithms() -> list[Any]:
    from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415  megabytes, for its users only

    return [COSEAlgorithmIdentifier(algorithm) for algorithm in ALGORITHMS]


def _check_attestation(created: Created) -> None:
    """Raise BadCeremony unless it is plain CBOR of a statement that names no maker.

    We ask for none: what a browser may still send is a statement by the new key itself (§5.4.7).
    """
    import cbor2  # noqa: PLC0415  comes with the library for passkeys

    try:
        if find_end(created.attestation) != len(created.attestation):
            raise BadCeremony("malformed")
        document = cbor2.loads(created.attestation, allow_duplicate_keys=False)
        _check_attested_data(document["authData"])
        statement, form = document["attStmt"], document["fmt"]
    except (BadCbor, cbor2.CBORDecodeError, TypeError, LookupError) as error:
        raise BadCeremony("malformed") from error
    is_own = form == "packed" and isinstance(statement, dict) and "x5c" not in statement
    if not (is_own or (form == "none" and statement == {})):
        raise BadCeremony("attestation")


def _check_attested_data(data: Any) -> None:
    """Raise unless what follows the header is one credential, its key and, where flagged, extensions."""
    if not isinstance(data, bytes) or not _HEADER_BYTES < len(data) <= MAX_ATTESTATION_BYTES:
        raise BadCeremony("malformed")
    flags, start = data[_FLAGS_AT], _HEADER_BYTES + _AAGUID_BYTES
    length = int.from_bytes(data[start : start + 2], "big")
    if not flags & _ATTESTED or not 0 < length <= MAX_CREDENTIAL_ID_BYTES:
        raise BadCeremony("credential_id")
    end = find_end(data, start + 2 + length)
    if flags & _EXTENDED:
        end = find_end(data, end)
    if end != len(data):
        raise BadCeremony("malformed")


def _check_authenticator_data(data: bytes) -> None:
    """Raise BadCeremony unless it is the header and, where flagged, extensions: §6.1 has no key in it."""
    if len(data) < _HEADER_BYTES or data[_FLAGS_AT] & _ATTESTED:
        raise BadCeremony("malformed")
    try:
        end = find_end(data, _HEADER_BYTES) if data[_FLAGS_AT] & _EXTENDED else _HEADER_BYTES
    except BadCbor as error:
        raise BadCeremony("malformed") from error
    if end != len(data):
        raise BadCeremony("malformed")


def _check_public_key(public_key: bytes) -> None:
    """Raise BadCeremony unless the key is one of its algorithm: the library looks only when it is used."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415  as the rest
    from webauthn.helpers import (  # noqa: PLC0415  megabytes, for its users only
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
    )

    with _judged("public_key"):
        decoded = decode_credential_public_key(public_key)
        key = decoded_public_key_to_cryptography(decoded)
    is_fit = {
        ES256: isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1),
        EDDSA: isinstance(key, ed25519.Ed25519PublicKey),
        RS256: isinstance(key, rsa.RSAPublicKey) and LEAST_RSA_BITS <= key.key_size <= MOST_RSA_BITS,
    }
    if not is_fit.get(int(decoded.alg), False):
        raise BadCeremony("public_key")
