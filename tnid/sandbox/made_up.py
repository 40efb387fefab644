"""The accounts of those who are made up: made when they are first needed, and found by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.token.handles import new_identifier
from tnid.accounts.account import is_open
from tnid.accounts.ages import child_until
from tnid.accounts.numbers import DocumentNumber
from tnid.accounts.vault import Vault
from tnid.accounts.verification import SEEN_BY_AN_OFFICIAL, SEEN_IN_PERSON_LEVEL, Evidence, Verifications
from tnid.sandbox.people import Person, people
from tnid.stores.made_up import MadeUpStore


class MadeUp:
    """Each method runs in the caller's unit of work."""

    def __init__(self, store: MadeUpStore, vault: Vault, verifications: Verifications) -> None:
        self._store = store
        self._vault = vault
        self._verifications = verifications

    def find_id(self, username: str) -> str | None:
        """Return the id of the open account of somebody made up, where it was needed before."""
        row = self._store.find(username) if username in people() else None
        return str(row.id) if row is not None and is_open(row) else None

    def find_or_make(self, username: str, now: int) -> str | None:
        """Return the id of the account of somebody made up, who is there from now on; None for one that is
        shut, and where there is nobody of this name."""
        if username in people() and self._store.find(username) is None:
            self.ensure(people()[username], now)
        return self.find_id(username)

    def find_row(self, username: str) -> Any:
        """Return the account's row, shut ones too; None where there is nobody made up of this name."""
        return self._store.find(username) if username in people() else None

    def ensure(self, person: Person, now: int) -> tuple[str, bool]:
        """Have there be an account as the person is described today; return its id and whether it is new."""
        row = self._store.find(person.username)
        if row is None:
            return self._add(person, now)
        profile, awaited = person.profile(now), self._awaited_until(person, now)
        if self._vault.open_profile(row) != profile or row.identity_level != person.level:
            sealed = self._vault.seal_profile(row.id, profile)
            self._store.replace(row.id, sealed, person.level, awaited, now)
            self._verify(row.id, person, profile, now)
        return str(row.id), False

    def _add(self, person: Person, now: int) -> tuple[str, bool]:
        account_id, profile = new_identifier(), person.profile(now)
        is_added = self._store.add(
            id=account_id,
            username=person.username,
            profile_sealed=self._vault.seal_profile(account_id, profile),
            identity_level=person.level,
            locale=person.locale,
            now=now,
            disabled_at=now if person.is_disabled else None,
            guardian_awaited_until=self._awaited_until(person, now),
        )
        if not is_added:  # another process was faster by a moment
            return str(self._store.find(person.username).id), False
        self._verify(account_id, person, profile, now)
        return account_id, True

    def _verify(self, account_id: str, person: Person, profile: Mapping[str, Any], now: int) -> None:
        is_seen = person.level >= SEEN_IN_PERSON_LEVEL
        # Which kind it is, is kept; there is no number
        evidence = Evidence(
            number=DocumentNumber(person.document, ""), check_method=SEEN_BY_AN_OFFICIAL if is_seen else None
        )
        self._verifications.record(account_id, person.level, {**profile, **person.verified}, evidence, now)

    @staticmethod
    def _awaited_until(person: Person, now: int) -> int | None:
        """Return until when the account waits for a guardian: a child's, unless somebody agreed."""
        if any(one.guardian_of == person.username for one in people().values()):
            return None
        return child_until(person.birthdate(now), now)
