"""The master key and what is derived from it: sealed values, blind indexes, keys for other parts."""

from __future__ import annotations

import base64
import hmac
import os
import stat
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.envelope import Envelope, SealBroken

__all__ = ["MasterKeyError", "SealBroken", "Sealer", "load_master_key"]

KEY_BYTES = 32
MAX_FILE_BYTES = 128
LEAST_DISTINCT_BYTES = 8  # 32 random bytes have fewer once in 10^38: then somebody typed them


class MasterKeyError(Exception):
    """The master key can't be used. Names the file and the reason, never what is in it."""


class Sealer:
    """Seals values and makes blind indexes, each under a key of its own derived from the master key.

    Raises ValueError where the master key is of another length than 32 bytes.
    """

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._master_key = master_key
        self._envelope = Envelope(self.derive("sealing.seal"))
        self._index_keys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "Sealer()"

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose (HKDF-SHA256, RFC 5869); they tell nothing of any other's."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._master_key)

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt with AES-256-GCM for one place, such as `accounts.profile:<id>`; never twice alike."""
        return self._envelope.seal(plaintext, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return what was sealed. Raises SealBroken for another place, another key or a changed bit."""
        return self._envelope.open(sealed, context)

    def blind_index(self, kind: str, value: str) -> str:
        """Return what stands for the value in a search for equals: HMAC-SHA256 in hex, one key a kind.

        The caller normalises the value first: other bytes are another index.
        """
        key = self._index_keys.get(kind)
        if key is None:
            # A list of workers asks for twenty thousand: deriving it costs more than all the rest
            key = self._index_keys[kind] = self.derive(f"sealing.blind_index:{kind}")
        return hmac.digest(key, value.encode(), "sha256").hex()


def load_master_key(path: Path, create: bool = True) -> bytes:
    """Return the 32 bytes that the file holds in base64; where there is none and `create`, make it, 0600.

    Processes that create it at the same time get the same key. Raises MasterKeyError where the file is
    missing, unreadable, not 32 bytes, obviously not random, or open to anyone but its owner.
    """
    try:
        if create and not path.exists():
            create_master_key(path)
        content = read_private_file(path)
    except FileNotFoundError:
        raise MasterKeyError(f"there is no master key file at {path}") from None
    except OSError as error:
        raise MasterKeyError(f"the master key file {path} can't be used: {error.strerror}") from None
    return decode_master_key(content, path)


def create_master_key(path: Path) -> None:
    """Write a new key beside the path and link it in: who comes second leaves the first one's in place."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # always 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
        sync_folder(path.parent)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut: what is sealed from now on can't be opened without it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_private_file(path: Path) -> bytes:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise MasterKeyError(f"the master key file {path} is not a regular file")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MasterKeyError(f"the master key file {path} is open to others than its owner: chmod 600 it")
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES)


def decode_master_key(content: bytes, path: Path) -> bytes:
    try:
        key = base64.b64decode(content.strip(), validate=True)
    except ValueError:
        raise MasterKeyError(f"the master key file {path} does not hold base64") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"the master key file {path} does not hold {KEY_BYTES} bytes in base64")
    if len(set(key)) < LEAST_DISTINCT_BYTES:
        raise MasterKeyError(f"the master key in {path} was not made at random")
    return key
