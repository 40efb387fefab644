"""Sealing at rest: AES-256-GCM, with the context in which the bytes belong as associated data.

A sealed value is a version byte, a random 96-bit nonce, the ciphertext and its tag. It opens only under the
same key and in the same context, so a row's secret can't be moved to another row.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.signing_key import SigningKey, parse_der
from keys.store import StoredKey

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits
TAG_BYTES = 16
HEAD_BYTES = len(VERSION) + NONCE_BYTES


class SealBroken(Exception):
    """What was to be opened was sealed under another key or for another context, or has been changed."""


class KeyUnreadable(Exception):
    """A signing key can't be opened. Names the key by its kid and says nothing of what is in it."""


class Envelope:
    """Seals and opens bytes under one 256-bit key. Raises ValueError where the key is of another length."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes")
        self._cipher = AESGCM(key)

    def seal(self, plaintext: bytes, context: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, plaintext, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return the plaintext, or raise SealBroken."""
        if len(sealed) < HEAD_BYTES + TAG_BYTES or sealed[:1] != VERSION:
            raise SealBroken("not a sealed value")
        nonce, ciphertext = sealed[1:HEAD_BYTES], sealed[HEAD_BYTES:]
        try:
            return self._cipher.decrypt(nonce, ciphertext, context.encode())
        except InvalidTag:
            raise SealBroken("sealed under another key or for another place, or changed since") from None


class Envelopes:
    """Seals under the first of several keys, and opens what is sealed under any of them."""

    def __init__(self, key: bytes, *others: bytes) -> None:
        self._all = tuple(Envelope(one) for one in (key, *others))

    def seal(self, plaintext: bytes, context: str) -> bytes:
        return self._all[0].seal(plaintext, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return the plaintext, or raise SealBroken."""
        for envelope in self._all[:-1]:
            try:
                return envelope.open(sealed, context)
            except SealBroken:
                continue
        return self._all[-1].open(sealed, context)

    def reseal(self, sealed: bytes, context: str) -> bytes | None:
        """Return it sealed under the first key; None where it is already. Raises SealBroken."""
        try:
            self._all[0].open(sealed, context)
        except SealBroken:
            return self.seal(self.open(sealed, context), context)
        return None


class KeyEnvelope:
    """Seals signing keys under the key-encryption key, each for its own kid.

    Raises KeyUnreadable where the key-encryption key is missing or of a wrong length.
    """

    def __init__(self, kek: bytes, *others: bytes) -> None:
        """What is sealed under `others` is opened, too."""
        if any(len(one) != KEY_BYTES for one in (kek, *others)):
            raise KeyUnreadable(f"signing keys need a key-encryption key of {KEY_BYTES} bytes")
        self._envelope = Envelopes(kek, *others)

    def seal(self, key: SigningKey) -> bytes:
        return self._envelope.seal(key.to_der(), key.kid)

    def open(self, stored: StoredKey) -> SigningKey:
        """Return the parsed key. Raises KeyUnreadable where it isn't, to the bit, what was sealed."""
        try:
            key = parse_der(self._envelope.open(stored.sealed, stored.kid), stored.alg)
        except (SealBroken, ValueError):
            # `from None`: a parser's message might quote what it read.
            raise unreadable(stored) from None
        if key.kid != stored.kid:
            raise unreadable(stored)
        return key


def unreadable(stored: StoredKey) -> KeyUnreadable:
    return KeyUnreadable(
        f"the {stored.alg} signing key {stored.kid} can't be opened:"
        " the master key is not the one it was sealed under, or its row has been changed"
    )
