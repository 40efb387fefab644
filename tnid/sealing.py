"""The master key and what is derived from it: sealed values, blind indexes, keys for other parts.

Beside the master key its file may hold seal keys: values are sealed under the newest of them and opened
under any, so that all can be sealed anew (tnid.resealing). What can't be made anew stays under the master
key.
"""

from __future__ import annotations

import base64
import hmac
import os
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.envelope import Envelopes, SealBroken

__all__ = ["MasterKeyError", "SealBroken", "Sealer", "load_master_key"]

# What sealed values are for, by the purpose that their key is derived for
VALUES, KEYS = "sealing.seal", "keys"

KEY_BYTES = 32
MAX_FILE_BYTES = 2048
# Before a key in the file: one that seals, and one that only opens until every process knows it
SEAL, NEXT = b"seal", b"next"
LEAST_DISTINCT_BYTES = 8  # 32 random bytes have fewer once in 10^38: then somebody typed them


class MasterKeyError(Exception):
    """The master key can't be used. Names the file and the reason, never what is in it."""


class MasterKeys(NamedTuple):
    """What the file holds: the master key, the seal keys that are or were in use, and the one that comes."""

    master: bytes
    seals: tuple[bytes, ...] = ()
    coming: bytes | None = None

    def in_order(self) -> tuple[bytes, ...]:
        """Return all under which a value may be sealed, first the one that is in use."""
        known = (*reversed(self.seals), self.master)
        return known if self.coming is None else (*known, self.coming)


class Sealer:
    """Seals values and makes blind indexes, each under a key of its own derived from the master key.

    Raises ValueError where a key is of another length than 32 bytes.
    """

    def __init__(self, master_key: bytes, keys: MasterKeys | None = None) -> None:
        """`keys` are those that values are sealed under, where the file holds more than the master key."""
        self._master_key = master_key
        self._seal_keys = (keys or MasterKeys(master_key)).in_order()
        if any(len(key) != KEY_BYTES for key in (master_key, *self._seal_keys)):
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._envelope = Envelopes(*self.derive_seals(VALUES))
        self._index_keys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "Sealer()"

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose (HKDF-SHA256, RFC 5869); they tell nothing of any other's."""
        return _derive(self._master_key, purpose)

    def derive_seals(self, purpose: str) -> list[bytes]:
        """Return the keys that values of a purpose are sealed under: the one in use, then what may open."""
        return [_derive(key, purpose) for key in self._seal_keys]

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


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def load_sealer(path: Path, create: bool = True) -> Sealer:
    """Return the sealer of a key file, as `load_master_key` finds it."""
    master = load_master_key(path, create)
    return Sealer(master, load_master_keys(path))


def load_master_keys(path: Path) -> MasterKeys:
    """Return all that the file holds; raises as `load_master_key`."""
    master = load_master_key(path, create=False)
    lines = [line.split() for line in read_private_file(path).splitlines()[1:] if line.strip()]
    if any(len(words) != 2 or words[0] not in (SEAL, NEXT) for words in lines):
        raise MasterKeyError(f"the master key file {path} has a line that is no key")
    seals = tuple(decode_master_key(words[1], path) for words in lines if words[0] == SEAL)
    coming = [decode_master_key(words[1], path) for words in lines if words[0] == NEXT]
    if len(coming) > 1:
        raise MasterKeyError(f"the master key file {path} has two keys that come")
    return MasterKeys(master, seals, coming[0] if coming else None)


def write_master_keys(path: Path, keys: MasterKeys) -> None:
    """Put other keys into the file, all at once: a power cut leaves what was, or what is to be."""
    lines = [base64.b64encode(keys.master).decode()]
    lines += [f"{SEAL.decode()} {base64.b64encode(key).decode()}" for key in keys.seals]
    if keys.coming is not None:
        lines.append(f"{NEXT.decode()} {base64.b64encode(keys.coming).decode()}")
    before = path.stat()
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # always 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            # Whoever serves reads it, whoever wrote it
            os.fchown(file.fileno(), before.st_uid, before.st_gid)
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
        sync_folder(path.parent)
    finally:
        Path(draft).unlink(missing_ok=True)


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
    return decode_master_key(next(iter(content.strip().splitlines()), b""), path)


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
