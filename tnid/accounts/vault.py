"""How personal data lies in the database: sealed, with a keyed blind index for what must be found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from tnid.accounts.account import Account
from tnid.accounts.contacts import email_key


class Sealer(Protocol):
    """What is needed of tnid.sealing."""

    def seal(self, plaintext: bytes, context: str) -> bytes: ...
    def open(self, sealed: bytes, context: str) -> bytes: ...
    def blind_index(self, kind: str, value: str) -> str: ...


class Vault:
    """Seals what goes into an account's row and opens what comes out. The place is part of each seal."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def open_account(self, row: Any, **shown_once: Any) -> Account:
        return Account(
            id=row.id,
            username=row.username,
            profile=self.open_profile(row),
            identity_level=row.identity_level,
            locale=row.locale,
            factor_required=row.factor_required_at is not None,
            created_at=row.created_at,
            updated_at=row.updated_at,
            password_changed_at=row.password_changed_at,
            disabled_at=row.disabled_at,
            **shown_once,
        )

    def seal_profile(self, account_id: str, profile: Mapping[str, Any]) -> bytes:
        return self._sealer.seal(orjson.dumps(dict(profile)), f"accounts.profile:{account_id}")

    def open_profile(self, row: Any) -> dict[str, Any]:
        opened = self._sealer.open(bytes(row.profile_sealed), f"accounts.profile:{row.id}")
        profile: dict[str, Any] = orjson.loads(opened)
        return profile

    def seal_verified(self, account_id: str, claims: Mapping[str, Any]) -> bytes:
        return self._sealer.seal(orjson.dumps(dict(claims)), f"verifications.claims:{account_id}")

    def open_verified(self, row: Any) -> dict[str, Any]:
        opened = self._sealer.open(bytes(row.claims_sealed), f"verifications.claims:{row.account_id}")
        claims: dict[str, Any] = orjson.loads(opened)
        return claims

    def seal_pin(self, account_id: str, number: str | None) -> bytes | None:
        return None if number is None else self._sealer.seal(number.encode(), f"accounts.pin:{account_id}")

    def open_pin(self, row: Any) -> str | None:
        if row.pin_sealed is None:
            return None
        return self._sealer.open(bytes(row.pin_sealed), f"accounts.pin:{row.id}").decode()

    def pin_index(self, number: str | None) -> str | None:
        return None if number is None else self._sealer.blind_index("personal_id_number", number)

    def phone_index(self, phone: str | None) -> str | None:
        return self._sealer.blind_index("phone", phone) if phone else None

    def email_index(self, email: str | None) -> str | None:
        return self._sealer.blind_index("email", email_key(email)) if email else None
