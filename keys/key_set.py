"""The published keys, parsed, as of one reading of the store."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from keys import compact, rotation
from keys.envelope import KeyEnvelope
from keys.signing_key import ALGORITHMS, SigningKey
from keys.store import StoredKey


class KeySet:
    """Parsed keys by kid and the JWK Set as bytes. Never changes, so that threads share it without a lock."""

    def __init__(
        self, stored: Sequence[StoredKey], envelope: KeyEnvelope, earlier: KeySet | None = None
    ) -> None:
        """Open the keys, but for those that `earlier` has opened. Raises KeyUnreadable."""
        self.stored = tuple(stored)
        self._parsed: dict[StoredKey, SigningKey] = {
            key: (earlier and earlier.find_parsed(key)) or envelope.open(key) for key in stored
        }
        self._by_kid = {key.kid: key for key in self._parsed.values()}
        self._generations = {alg: rotation.list_generations(stored, alg) for alg in ALGORITHMS}
        self.jwks = orjson.dumps({"keys": [key.public_jwk for key in self._by_kid.values()]})
        self._headers: dict[tuple[str, str], bytes] = {}

    def find(self, kid: str) -> SigningKey | None:
        """Return the key of this kid, or of one of its further names."""
        return self._by_kid.get(kid) or self._by_kid.get(kid.partition(compact.NAME_MARK)[0])

    def find_parsed(self, stored: StoredKey) -> SigningKey | None:
        """Return the key of exactly this record."""
        return self._parsed.get(stored)

    def find_active(self, alg: str, now: int) -> SigningKey | None:
        """Return the algorithm's key that signs now; None for an algorithm that we don't sign with."""
        active = rotation.find_active(self._generations.get(alg, ()), now)
        return self._by_kid[active.kid] if active else None

    def serialize_header(self, key: SigningKey, typ: str) -> bytes:
        """Return the header of the key's tokens of this type, made once; types are few, the program's own."""
        header = self._headers.get((key.kid, typ))
        if header is None:
            header = self._headers[key.kid, typ] = compact.serialize_header(key, typ)
        return header
