"""An authenticator in software: makes passkeys and signs with them as WebAuthn Level 3 §6 says, or badly.

Every part of what it sends can be replaced, which no browser allows.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
ES256, EDDSA, RS256 = -7, -8, -257


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_private_key(algorithm: int) -> Any:
    if algorithm == RS256:
        return rsa.generate_private_key(65537, 2048)
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def cose_key(private: Any) -> dict[int, Any]:
    """Return the public half as a COSE_Key (RFC 9053)."""
    public = private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {1: 3, 3: RS256, -1: numbers.n.to_bytes(256, "big"), -2: b"\x01\x00\x01"}
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes_raw()}
    numbers = public.public_numbers()
    return {1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


@dataclass
class Authenticator:
    """One passkey on one device."""

    origin: str
    algorithm: int = ES256
    flags: int = UP | UV | BE | BS
    sign_count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes | None = None
    private: Any = None
    rp_id: str = "localhost"

    def __post_init__(self) -> None:
        self.private = self.private or new_private_key(self.algorithm)

    def create(self, options: dict[str, Any], **changes: Any) -> str:
        """Answer navigator.credentials.create(); return a RegistrationResponseJSON.

        Changes: `client` (members of the client data; None leaves one out), `flags`, `credential_id`, `cose`
        (the key), `authenticator_data`, `attestation` (bytes), `fmt`, `statement`, `more` (members beside).
        """
        self.user_handle = decode(options["user"]["id"])
        attestation = changes.get("attestation")
        if attestation is None:
            document = {
                "fmt": changes.get("fmt", "none"),
                "attStmt": changes.get("statement", {}),
                "authData": changes.get("authenticator_data") or self._attested_data(**changes),
            }
            attestation = cbor2.dumps(document)
        client = self._client_data("webauthn.create", options, changes.get("client", {}))
        answer = {"clientDataJSON": encode(client), "attestationObject": encode(attestation)}
        sent_id = encode(changes.get("credential_id", self.credential_id))
        return self._message(sent_id, {**answer, "transports": ["internal"]}, changes.get("more", {}))

    def get(self, options: dict[str, Any], **changes: Any) -> str:
        """Answer navigator.credentials.get(); return an AuthenticationResponseJSON.

        Changes: `client`, `flags`, `sign_count`, `authenticator_data`, `signature`, `user_handle`,
        `credential_id`, `sent_client` (client data other than what is signed), `more`.
        """
        client = self._client_data("webauthn.get", options, changes.get("client", {}))
        data = changes.get("authenticator_data")
        if data is None:
            data = self._header(changes.get("flags", self.flags), changes.get("sign_count", self.sign_count))
        signature = changes.get("signature") or self.sign(data + hashlib.sha256(client).digest())
        user_handle = changes.get("user_handle", self.user_handle)
        answer = {
            "clientDataJSON": encode(changes.get("sent_client", client)),
            "authenticatorData": encode(data),
            "signature": encode(signature),
            "userHandle": encode(user_handle) if user_handle is not None else None,
        }
        return self._message(
            encode(changes.get("credential_id", self.credential_id)), answer, changes.get("more", {})
        )

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), SHA256())
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(data)
        signature: bytes = self.private.sign(data, ec.ECDSA(SHA256()))
        return signature

    def _client_data(self, ceremony: str, options: dict[str, Any], changes: dict[str, Any]) -> bytes:
        members = {
            "type": ceremony,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": False,
            **changes,
        }
        return json.dumps({name: value for name, value in members.items() if value is not None}).encode()

    def _header(self, flags: int, sign_count: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + sign_count.to_bytes(4, "big")

    def _attested_data(self, **changes: Any) -> bytes:
        credential_id = changes.get("credential_id", self.credential_id)
        key = cbor2.dumps(changes.get("cose") or cose_key(self.private))
        header = self._header(changes.get("flags", self.flags | AT), self.sign_count)
        return header + bytes(16) + len(credential_id).to_bytes(2, "big") + credential_id + key

    @staticmethod
    def _message(sent_id: str, answer: dict[str, Any], more: dict[str, Any]) -> str:
        document = {
            "id": sent_id,
            "rawId": sent_id,
            "type": "public-key",
            "response": answer,
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            **more,
        }
        return json.dumps(document)
