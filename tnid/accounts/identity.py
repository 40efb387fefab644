"""The identity level of an account: raised by what was verified, with one document's number a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.claims import check_profile
from tnid.accounts.numbers import DocumentNumber
from tnid.accounts.refusal import Refused, refuse
from tnid.accounts.vault import Vault
from tnid.accounts.verification import VERIFIED_CLAIMS, Evidence, Verification, Verifications
from tnid.stores.accounts import AccountStore
from tnid.stores.former_numbers import FormerNumberStore

NAME_PARTS = ("family_name", "middle_name", "given_name")
RAISE = "account.raise_identity_level"

ChangeProfile = Callable[[str, Mapping[str, Any], int], Refused | None]


class Identity:
    """Raises identity levels and keeps the history of numbers, in the caller's unit of work.

    `followers` are told of an account that was held against a document for the first time, or another one.
    """

    def __init__(
        self,
        store: AccountStore,
        former: FormerNumberStore,
        verifications: Verifications,
        vault: Vault,
        events: Events,
    ) -> None:
        self._store = store
        self._former = former
        self._verifications = verifications
        self._vault = vault
        self._events = events
        self.followers: list[Callable[[str, int], object]] = []

    def raise_level(
        self,
        account_id: str,
        level: int,
        claims: Mapping[str, Any],
        evidence: Evidence,
        now: int,
        change_profile: ChangeProfile,
    ) -> Refused | None:
        """Record what was verified, and have the profile say the same from now on.

        Refused, with one audit row: `disabled`, `identity_level_lower`, `number_taken` (another active
        account has the document's number), and a claim that is none. A number that differs from the one
        before takes its place; the one before is kept as history.
        """
        checked = check_profile({name: value for name, value in claims.items() if name in VERIFIED_CLAIMS})
        if isinstance(checked, Refused):
            return refuse(self._events, RAISE, checked, account_id, now)
        before = self._store.find(account_id)
        refused = self._find_obstacle(account_id, level, evidence.number)
        refused = refused or self._set_level(account_id, level, evidence.number, now)
        if refused is not None:
            return refuse(self._events, RAISE, refused, account_id, now)
        # Parts of a name that the document doesn't have are no parts of it
        parts = dict.fromkeys(NAME_PARTS, "") if "name" in checked else {}
        change_profile(account_id, {**parts, **checked}, now)
        self._verifications.record(account_id, level, checked, evidence, now)
        details = {
            "level": level,
            "check_method": evidence.check_method,
            "organisation": evidence.organisation,
        }
        self._events.record(RAISE, account_id=account_id, now=now, details=details)
        after = self._store.find(account_id)
        if before.identity_level < 1 or before.pin_index != after.pin_index:
            for follow in self.followers:
                follow(account_id, now)
        return None

    def _find_obstacle(self, account_id: str, level: int, number: DocumentNumber | None) -> Refused | None:
        row = self._store.find(account_id)
        if row is None or row.disabled_at is not None:
            return Refused("", "disabled")
        if row.identity_level > level:
            return Refused("identity_level", "identity_level_lower")
        if number is None:
            return None
        owner = self._store.find_id_by_pin(self._vault.number_index(number))
        return None if owner in (None, account_id) else Refused("number", "number_taken")

    def _set_level(
        self, account_id: str, level: int, number: DocumentNumber | None, now: int
    ) -> Refused | None:
        if number is None:
            is_set = self._store.raise_level(account_id, level)
            return None if is_set else Refused("identity_level", "identity_level_lower")
        before = self._vault.open_number(self._store.find(account_id))
        sealed, index = self._vault.seal_number(account_id, number), self._vault.number_index(number)
        if not self._store.raise_level_with_number(account_id, level, number.kind, sealed, index):
            return Refused("number", "number_taken")
        if before is not None and before != number:
            self._keep_former(account_id, before, now)
        return None

    def _keep_former(self, account_id: str, number: DocumentNumber, now: int) -> None:
        self._former.add(
            id=new_identifier(),
            account_id=account_id,
            kind=number.kind,
            number_sealed=self._vault.seal_former_number(account_id, number),
            number_index=self._vault.number_index(number),
            ended_at=now,
        )
        self._events.record("account.change_number", account_id=account_id, now=now)

    def find_verification(self, account_id: str) -> Verification | None:
        """Return what is verified about an active account, and how; None for nothing."""
        return self._verifications.find(account_id)

    def find_number(self, account_id: str) -> DocumentNumber | None:
        """Return the document's number. Whoever asks shows it masked and records why."""
        row = self._store.find(account_id)
        return None if row is None else self._vault.open_number(row)

    def find_account_id(self, number: DocumentNumber) -> str | None:
        """Return the active account whose person has this number now, or None."""
        return self._store.find_id_by_pin(self._vault.number_index(number))

    def list_former_numbers(self, account_id: str) -> list[tuple[DocumentNumber, int]]:
        """Return the numbers that the person had before, oldest first, each with when it ended."""
        rows = self._former.list_by_account(account_id)
        return [(self._vault.open_former_number(row), row.ended_at) for row in rows]
