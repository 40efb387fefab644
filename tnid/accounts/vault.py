"""How personal data lies in the database: sealed, with a keyed blind index for what must be found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from tnid.accounts.account import Account
from tnid.accounts.contacts import email_key
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber, number_of_text
from tnid.interfaces import Sealer


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
            shut_by_owner_at=row.shut_by_owner_at,
            deletion_due_at=row.deletion_due_at,
            is_sandbox=bool(row.is_sandbox),
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

    def seal_warnings(self, account_id: str, warnings: Sequence[str]) -> bytes | None:
        if not warnings:
            return None
        return self._sealer.seal(orjson.dumps(list(warnings)), f"verifications.warnings:{account_id}")

    def open_warnings(self, row: Any) -> tuple[str, ...]:
        if row.warnings_sealed is None:
            return ()
        opened = self._sealer.open(bytes(row.warnings_sealed), f"verifications.warnings:{row.account_id}")
        return tuple(orjson.loads(opened))

    def seal_number(self, account_id: str, number: DocumentNumber) -> bytes:
        return self._sealer.seal(number.text.encode(), f"accounts.pin:{account_id}")

    def open_number(self, row: Any) -> DocumentNumber | None:
        """Return the document's number that an account's row holds, or None."""
        if row.pin_sealed is None:
            return None
        text = self._sealer.open(bytes(row.pin_sealed), f"accounts.pin:{row.id}").decode()
        return number_of_text(row.pin_kind or IDENTITY_CARD, text)

    def number_index(self, number: DocumentNumber) -> str:
        """Return what finds the number: one key a kind, so that a passport never meets a card."""
        if number.kind == IDENTITY_CARD:
            return self._sealer.blind_index("personal_id_number", number.text)
        return self._sealer.blind_index(f"document_number.{number.kind}", number.text)

    def seal_former_number(self, account_id: str, number: DocumentNumber) -> bytes:
        return self._sealer.seal(number.text.encode(), f"former_numbers.number:{account_id}")

    def open_former_number(self, row: Any) -> DocumentNumber:
        opened = self._sealer.open(bytes(row.number_sealed), f"former_numbers.number:{row.account_id}")
        return number_of_text(row.kind, opened.decode())

    def phone_index(self, phone: str | None) -> str | None:
        return self._sealer.blind_index("phone", phone) if phone else None

    def email_index(self, email: str | None) -> str | None:
        return self._sealer.blind_index("email", email_key(email)) if email else None
