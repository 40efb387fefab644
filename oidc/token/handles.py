"""Codes, access tokens and refresh tokens as handles: opaque to everyone else, checked by a keyed hash.

An access or refresh token is stored nowhere. It names its grant and carries a MAC; what it is worth is read
from the grant's row each time, so that a revocation counts at once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from oidc.confirmation import Confirmation

ACCESS = 1
REFRESH = 2
CLIENT_ACCESS = 3
INITIAL_ACCESS = 4
REGISTRATION = 5
_BODY = struct.Struct(">BQQI")  # kind, issued at, expires at, generation
_MAC_BYTES = 32
_MAX_CHARACTERS = 8192  # fifty scopes of 64 characters are allowed to a client, and have to fit
_SALT_BYTES = 16
_NONCE = bytes(12)


@dataclass(frozen=True, slots=True)
class Handle:
    """What a token says: `owner` is a grant's id, or a client's id where no person is behind the token.

    `scope` is narrower than the grant's, or "" for all of it. `generation` is a refresh token's.
    `confirmation` is the key that the token is bound to, None for a bearer token.
    """

    kind: int
    owner: str
    issued_at: int = 0
    expires_at: int = 0
    generation: int = 0
    scope: str = ""
    confirmation: Confirmation | None = None

    @property
    def is_access_token(self) -> bool:
        return self.kind in (ACCESS, CLIENT_ACCESS)


def new_identifier() -> str:
    """Return 128 random bits in 22 URL-safe characters; no leading dash, which looks like an option."""
    while (identifier := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return identifier


def new_code() -> str:
    """Return an authorization code of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_code(code: str) -> bytes:
    """Return what is stored of a code."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()


class Handles:
    """Makes and reads tokens under one MAC key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, handle: Handle) -> str:
        """Return the token; the same handle always gives the same token."""
        head = _BODY.pack(handle.kind, handle.issued_at, handle.expires_at, handle.generation)
        bound = "\n{} {}".format(*handle.confirmation) if handle.confirmation else ""
        body = head + f"{handle.owner} {handle.scope}{bound}".encode()
        return urlsafe_b64encode(self._mac(body) + body).rstrip(b"=").decode()

    def read(self, token: str) -> Handle | None:
        """Return what the token says, or None where we didn't write it. Expiry is the caller's to judge."""
        if len(token) > _MAX_CHARACTERS:
            return None
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (UnicodeEncodeError, Base64Error):
            return None
        # The decoder drops what it doesn't know: two spellings of a token would be two tokens to a revocation
        if urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
            return None
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if len(body) <= _BODY.size or not hmac.compare_digest(mac, self._mac(body)):
            return None
        kind, issued_at, expires_at, generation = _BODY.unpack_from(body)
        text, _, bound = body[_BODY.size :].decode().partition("\n")
        owner, _, scope = text.partition(" ")
        method, _, thumbprint = bound.partition(" ")
        confirmation = Confirmation(method, thumbprint) if bound else None
        return Handle(kind, owner, issued_at, expires_at, generation, scope, confirmation)

    def seal(self, purpose: str, content: bytes) -> str:
        """Return the content so that nobody else can read it, in a spelling that is new each time.

        What several parties see must not tell them that it hangs on one grant.
        """
        salt = secrets.token_bytes(_SALT_BYTES)
        sealed = salt + self._cipher(purpose, salt).encrypt(_NONCE, content, None)
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def unseal(self, purpose: str, sealed: str) -> bytes | None:
        """Return what `seal` was given for this purpose, or None where we didn't write it."""
        if len(sealed) > _MAX_CHARACTERS:
            return None
        try:
            raw = urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
            if urlsafe_b64encode(raw).rstrip(b"=").decode() != sealed or len(raw) <= _SALT_BYTES:
                return None
            return self._cipher(purpose, raw[:_SALT_BYTES]).decrypt(_NONCE, raw[_SALT_BYTES:], None)
        except (UnicodeEncodeError, Base64Error, InvalidTag):
            return None

    def _cipher(self, purpose: str, salt: bytes) -> AESGCM:
        """A key for each message: so its nonce may be constant, and no number of messages is too many."""
        return AESGCM(hmac.digest(self._key, b"seal\x00" + purpose.encode() + b"\x00" + salt, hashlib.sha256))

    def digest(self, purpose: str, text: str) -> bytes:
        """Return a keyed hash of something short, for one purpose; no token's MAC is over such a text."""
        return self._mac(f"{purpose}\x00{text}".encode())

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)
