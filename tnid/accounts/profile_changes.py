"""What a person changes in their profile, what it does to what was verified, and who follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oidc.interfaces import Events
from tnid.accounts.ages import child_until
from tnid.accounts.claims import check_profile
from tnid.accounts.refusal import Refused
from tnid.accounts.vault import Vault
from tnid.db import Conflict
from tnid.stores.accounts import AccountStore

CONTACTS = ("phone_number", "email")

Profile = Mapping[str, Any]
Follower = Callable[[str, Profile, Profile, int], object]
"""Takes an account's id, its profile before and after, and the time."""


class ProfileChanges:
    """Stores changes of profiles. Each method runs in the caller's unit of work."""

    def __init__(
        self, store: AccountStore, vault: Vault, events: Events, followers: Iterable[Follower] = ()
    ) -> None:
        """`followers` are called where a phone number or an e-mail address changed."""
        self._store = store
        self._vault = vault
        self._events = events
        self._followers = tuple(followers)

    def change(self, account_id: str, changes: Profile, now: int) -> Refused | None:
        """Replace the claims that `changes` names; an empty value removes one.

        A changed phone number or e-mail address is no longer verified. Raises LookupError, and Conflict where
        the profile is changed at this very moment: what the other one changed must not be taken back.
        """
        row = self._store.find(account_id)
        if row is None:
            raise LookupError("no such account")
        before = self._vault.open_profile(row)
        merged = {**before, **changes}
        for contact in CONTACTS:
            merged.pop(f"{contact}_verified", None)
        after = check_profile(merged, known=before)
        if isinstance(after, Refused):
            return after
        for contact in CONTACTS:
            if contact in after and after[contact] == before.get(contact):
                after[f"{contact}_verified"] = before.get(f"{contact}_verified", False)
        if after == before:
            return None
        self._replace(account_id, row.profile_sealed, after, now)
        if after.get("birthdate") != before.get("birthdate"):
            self._store.set_guardian_awaited(account_id, child_until(after.get("birthdate", ""), now))
        changed = sorted(name for name in {*after, *before} if after.get(name) != before.get(name))
        details = {"claims": changed}
        self._events.record("account.change_profile", account_id=account_id, now=now, details=details)
        if any(after.get(contact) != before.get(contact) for contact in CONTACTS):
            for follow in self._followers:
                follow(account_id, before, after, now)
        return None

    def _replace(self, account_id: str, was: bytes, after: Profile, now: int) -> None:
        phone_index = self._vault.phone_index(after.get("phone_number"))
        email_index = self._vault.email_index(after.get("email"))
        sealed = self._vault.seal_profile(account_id, after)
        if not self._store.set_profile(account_id, was, sealed, phone_index, email_index, now):
            raise Conflict

    def confirm_contact(self, account_id: str, contact: str, now: int) -> bool:
        """Note that the person reads this contact ("phone_number" or "email"); False where it is gone.

        The caller saw it proved in this unit of work; a profile that changed meanwhile is left as it is.
        """
        row = self._store.find(account_id)
        if row is None:
            return False
        profile = self._vault.open_profile(row)
        if contact not in profile:
            return False
        sealed = self._vault.seal_profile(account_id, {**profile, f"{contact}_verified": True})
        if not self._store.replace_profile(account_id, row.profile_sealed, sealed, now):
            return False
        details = {"claims": [contact]}
        self._events.record("account.verify_contact", account_id=account_id, now=now, details=details)
        return True
