"""Codes on slips: typed once by the person at home, to make an account theirs or to have it back."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Any

from oidc.token.handles import new_identifier
from tnid.interfaces import BlindIndex
from tnid.stores.activations import ActivationStore

ENROL = "enrol"
RECOVER = "recover"
LIFETIME_SECONDS = 7 * 86400
GROUPS = 4
GROUP_CHARACTERS = 4
MOST_TYPED_CHARACTERS = 64

# No letter or digit that is read as another, and none that is told apart by case alone
_ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXYZ"
_CODE = re.compile(rf"^[{_ALPHABET}]{{{GROUPS * GROUP_CHARACTERS}}}$")


class Activations:
    """The life of codes on slips; each method runs in the caller's unit of work."""

    def __init__(self, store: ActivationStore, blind: BlindIndex) -> None:
        self._store = store
        self._blind = blind

    def issue(
        self,
        account_id: str,
        purpose: str,
        official_id: str,
        commune: str,
        recovery_hashes: list[str],
        now: int,
    ) -> str:
        """Return a new code, which is seen this once; the account's earlier ones end.

        `recovery_hashes` are of the recovery codes beside it, which are worth nothing before it is used.
        """
        self._store.void_of_account(account_id, now)
        code = _generate()
        self._store.add(
            id=new_identifier(),
            code_hash=self.hash(code),
            account_id=account_id,
            purpose=purpose,
            recovery_hashes=" ".join(recovery_hashes),
            commune=commune,
            official_id=official_id,
            created_at=now,
            expires_at=now + LIFETIME_SECONDS,
        )
        return code

    def find(self, code_hash: str, now: int) -> Any:
        """Return what a code would do (account_id, purpose, …), or None where it would do nothing."""
        return self._store.find_live(code_hash, now)

    def find_of_account(self, account_id: str, now: int) -> Any:
        """Return what was printed for an account and would work now, or None."""
        return self._store.find_of_account(account_id, now)

    def void(self, account_id: str, now: int) -> bool:
        """End what was printed for an account; False where there is nothing."""
        return self._store.void_of_account(account_id, now) > 0

    def consume(self, code_hash: str, now: int) -> bool:
        """Spend a code; True for one caller, once."""
        return self._store.consume(code_hash, now)

    def set_credentials(
        self, account_id: str, username: str, key: str, new_hash: str, required_at: int | None, now: int
    ) -> bool:
        """Set what the account's person chose; False where it is disabled. Raises Conflict."""
        return self._store.set_credentials(account_id, username, key, new_hash, required_at, now)

    def hash(self, typed: str) -> str:
        """Return what is kept of a code; of anything that is none, what no code has."""
        return self._blind.blind_index("activation_code", normalise(typed) or "")


def _generate() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(GROUP_CHARACTERS)) for _ in range(GROUPS))
    return "-".join(groups)


def normalise(typed: str) -> str | None:
    """Return a code as it is hashed: case, spaces and dashes make no difference. None for no code."""
    if len(typed) > MOST_TYPED_CHARACTERS:
        return None
    letters = re.sub(r"[\s\-–—.]", "", unicodedata.normalize("NFKC", typed)).upper()
    return letters if _CODE.match(letters) else None
