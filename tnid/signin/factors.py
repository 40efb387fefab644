"""A person's second factors: which there are, and the authenticator app's codes and the recovery codes.

Passkeys are `tnid.signin.passkeys`'; that there is one counts here, too. Secrets are sealed, recovery codes
hashed.
"""

from __future__ import annotations

from typing import NamedTuple

from tnid.interfaces import Sealer
from tnid.signin import recovery_codes, totp
from tnid.stores.factors import FactorStore


class Kinds(NamedTuple):
    """Which second factors an account has."""

    totp: bool
    passkey: bool


class Factors:
    """Answers for one factor at a time; counting tries is the caller's."""

    def __init__(self, store: FactorStore, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    def find_kinds(self, account_id: str) -> Kinds:
        """Return which second factors there are, by one statement."""
        found = self._store.find_kinds(account_id)
        return Kinds(bool(found.totp), bool(found.passkey))

    def is_enrolled(self, account_id: str) -> bool:
        """Say whether the account has a second factor, of whatever kind."""
        return any(self.find_kinds(account_id))

    def has_totp(self, account_id: str) -> bool:
        return self.find_kinds(account_id).totp

    def find_totp_date(self, account_id: str) -> int | None:
        """Return since when there is an authenticator app, None where there is none."""
        row = self._store.find_totp(account_id)
        return None if row is None else int(row.confirmed_at)

    def enrol(self, account_id: str, secret: str, step: int, now: int) -> bool:
        """Store a secret whose code for `step` was just shown; False where there is a factor already."""
        sealed = self._sealer.seal(secret.encode(), _context(account_id))
        return self._store.add_totp(account_id, sealed, step, now)

    def find_totp_seal(self, account_id: str) -> bytes | None:
        """Return what tells one authenticator app from the next, and nothing of its secret."""
        row = self._store.find_totp(account_id)
        return None if row is None else bytes(row.secret_sealed)

    def replace_totp(self, account_id: str, old_seal: bytes, secret: str, step: int, now: int) -> bool:
        """Put a new phone's secret in the old one's place; False where another was faster."""
        sealed = self._sealer.seal(secret.encode(), _context(account_id))
        return self._store.replace_totp(account_id, old_seal, sealed, step, now)

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
        codes, hashes = self.draft_recovery_codes(account_id)
        self._store.replace_codes(account_id, hashes, now)
        return codes

    def draft_recovery_codes(self, account_id: str) -> tuple[list[str], list[str]]:
        """Return ten codes, seen this once, and what would be kept of them; the present ones stay."""
        codes = recovery_codes.generate()
        return codes, [self._hash(account_id, recovery_codes.normalise(code) or "") for code in codes]

    def set_recovery_codes(self, account_id: str, hashes: list[str], now: int) -> None:
        """Have drafted codes count in the place of the present ones."""
        self._store.replace_codes(account_id, hashes, now)

    def consume_recovery_code(self, account_id: str, code: str, now: int) -> bool:
        """Spend a recovery code; True for one caller once."""
        normalised = recovery_codes.normalise(code)
        if normalised is None:
            return False
        return self._store.consume_code(account_id, self._hash(account_id, normalised), now)

    def count_recovery_codes(self, account_id: str) -> int:
        return self._store.count_codes(account_id)

    def hold(self, account_id: str) -> Kinds:
        """Return which factors there are, and let nobody else remove one until the unit of work ends."""
        self._store.hold(account_id)
        return self.find_kinds(account_id)

    def remove_all(self, account_id: str) -> None:
        """Remove every factor, and the recovery codes that stood in for them: their person has none left."""
        self._store.remove_all(account_id)

    def remove_totp(self, account_id: str) -> bool:
        return self._store.remove_totp(account_id)

    def remove_codes(self, account_id: str) -> None:
        """Remove the recovery codes: there is no factor left that they stand in for."""
        self._store.remove_codes(account_id)

    def _hash(self, account_id: str, normalised: str) -> str:
        # A keyed hash: the codes are random enough that a slow one would protect nothing more.
        return self._sealer.blind_index("recovery_code", f"{account_id}:{normalised}")


def _context(account_id: str) -> str:
    return f"totp_factors.secret:{account_id}"
