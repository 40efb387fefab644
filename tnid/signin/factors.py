"""A person's second factor: enrolled, verified and spent. Secrets are sealed, recovery codes hashed."""

from __future__ import annotations

from typing import Protocol

from tnid.signin import recovery_codes, totp
from tnid.stores.factors import FactorStore


class Sealer(Protocol):
    """What is needed of tnid.sealing."""

    def seal(self, plaintext: bytes, context: str) -> bytes: ...
    def open(self, sealed: bytes, context: str) -> bytes: ...
    def blind_index(self, kind: str, value: str) -> str: ...


class Factors:
    """Answers for one factor at a time; counting tries is the caller's."""

    def __init__(self, store: FactorStore, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    def is_enrolled(self, account_id: str) -> bool:
        return self._store.find_totp(account_id) is not None

    def enrol(self, account_id: str, secret: str, step: int, now: int) -> bool:
        """Store a secret whose code for `step` was just shown; False where there is a factor already."""
        sealed = self._sealer.seal(secret.encode(), _context(account_id))
        return self._store.add_totp(account_id, sealed, step, now)

    def verify_totp(self, account_id: str, code: str, now: int) -> bool:
        """Spend a code; a step once accepted, and any before it, is refused from then on."""
        row = self._store.find_totp(account_id)
        digits = totp.normalise(code)
        if row is None or digits is None:
            return False
        secret = self._sealer.open(bytes(row.secret_sealed), _context(account_id)).decode()
        step = totp.find_step(secret, digits, now)
        return step is not None and self._store.advance_totp(account_id, step)

    def replace_recovery_codes(self, account_id: str, now: int) -> list[str]:
        """Make ten new codes and forget the old ones; this is the only time that they are seen."""
        codes = recovery_codes.generate()
        hashes = [self._hash(account_id, recovery_codes.normalise(code) or "") for code in codes]
        self._store.replace_codes(account_id, hashes, now)
        return codes

    def consume_recovery_code(self, account_id: str, code: str, now: int) -> bool:
        """Spend a recovery code; True for one caller once."""
        normalised = recovery_codes.normalise(code)
        if normalised is None:
            return False
        return self._store.consume_code(account_id, self._hash(account_id, normalised), now)

    def count_recovery_codes(self, account_id: str) -> int:
        return self._store.count_codes(account_id)

    def remove(self, account_id: str) -> bool:
        return self._store.remove(account_id)

    def _hash(self, account_id: str, normalised: str) -> str:
        # A keyed hash: the codes are random enough that a slow one would protect nothing more.
        return self._sealer.blind_index("recovery_code", f"{account_id}:{normalised}")


def _context(account_id: str) -> str:
    return f"totp_factors.secret:{account_id}"
