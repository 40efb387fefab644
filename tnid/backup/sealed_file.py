"""A file of any length under a 256-bit key: a header, then chunks sealed by AES-256-GCM.

Each file has a key of its own (HKDF over a random salt), and a chunk's nonce says its number and whether it
is the last: none can be changed, moved, left out or cut off without being seen.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TNIDBK1\n"
KIND_BYTES = 8
SALT_BYTES = 32
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16


class BrokenFile(Exception):
    """The file is not one of ours, was changed or cut off, or was sealed under another key."""


def seal(plain: IO[bytes], sealed: IO[bytes], key: bytes, kind: bytes) -> None:
    """Write all of `plain`, sealed; `kind` (up to 8 bytes) says what it is and is protected too."""
    header = MAGIC + kind.ljust(KIND_BYTES) + os.urandom(SALT_BYTES)
    sealed.write(header)
    cipher = _cipher(key, header)
    for number, chunk, is_last in _chunks(plain, CHUNK_BYTES):
        sealed.write(cipher.encrypt(_nonce(number, is_last), chunk, header))


def unseal(sealed: IO[bytes], plain: IO[bytes], key: bytes, kind: bytes | None) -> bytes:
    """Write what was sealed to `plain`; trust none of it before this returns. Raises BrokenFile.

    Returns its kind; None as `kind` takes any.
    """
    header = sealed.read(len(MAGIC) + KIND_BYTES + SALT_BYTES)
    if not header.startswith(MAGIC):
        raise BrokenFile("it is not a backup of this program")
    found = header[len(MAGIC) :][:KIND_BYTES].strip()
    if kind not in (None, found):
        raise BrokenFile(f"it is a backup of another kind of database ({found.decode('ascii', 'replace')})")
    cipher = _cipher(key, header)
    try:
        for number, chunk, is_last in _chunks(sealed, CHUNK_BYTES + TAG_BYTES):
            plain.write(cipher.decrypt(_nonce(number, is_last), chunk, header))
    except InvalidTag:
        raise BrokenFile("it was changed or cut off, or made under another master key") from None
    return found


def _cipher(key: bytes, header: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=header[-SALT_BYTES:], info=MAGIC).derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return struct.pack(">3xQ?", number, is_last)


def _chunks(file: IO[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield number, content and whether it is the last of each chunk; an empty file has one, empty."""
    number, chunk = 0, file.read(size)
    while True:
        following = file.read(size) if len(chunk) == size else b""
        yield number, chunk, not following
        if not following:
            return
        number, chunk = number + 1, following
