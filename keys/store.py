"""What the keyring asks of a store of signing keys, and the record that is kept there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class StoreUnavailable(Exception):
    """The store can't be read now. A store raises this, or a subclass, from `find_all`."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One signing key, as kept at rest. It never changes once written.

    Whether it is next, active or retired is not kept: it follows from its algorithm's keys and the time (see
    `keys.rotation`), so two processes can't disagree about it, and nothing has to be written to activate it.
    """

    kid: str  # RFC 7638 thumbprint of the public key
    alg: str
    generation: int  # 1, 2, 3 … within its algorithm
    published_at: int
    active_from: int
    sealed: bytes = field(repr=False)  # the private key, as keys.envelope seals it


class KeyStore(Protocol):
    """Where signing keys are kept; every method is one atomic statement, safe among processes."""

    def find_all(self) -> tuple[StoredKey, ...]:
        """Return every key, in a stable order. Raises StoreUnavailable."""

    def add(self, key: StoredKey) -> bool:
        """Insert the key, unless its algorithm already has this generation: then return False.

        This is what makes one key of many that processes make at the same time.
        """

    def remove(self, kid: str) -> bool:
        """Delete the key; False where it was gone already."""
