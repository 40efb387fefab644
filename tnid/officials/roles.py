"""Who is an official, and of which commune. An operator grants the role and takes it back."""

from __future__ import annotations

from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.db import Conflict
from tnid.stores.roles import RoleStore
from tnid.wards import find_ward

OFFICIAL = "official"


class Roles:
    """Grants and revokes the role; each method runs in the caller's unit of work and records what it did."""

    def __init__(self, store: RoleStore, events: Events, idle_seconds: int) -> None:
        """A role that was not used for `idle_seconds` sleeps, until an operator grants it anew."""
        self._store = store
        self._events = events
        self._idle_seconds = idle_seconds

    def find_official(self, account_id: str, now: int) -> Any:
        """Return the official's role (id, commune, …), or None where there is none or it sleeps."""
        row = self._store.find(account_id, OFFICIAL)
        return row if row is not None and self._is_awake(row, now) else None

    def _is_awake(self, row: Any, now: int) -> bool:
        return bool(row.used_at > now - self._idle_seconds)

    def list_officials(self) -> list[Any]:
        return self._store.list_active(OFFICIAL)

    def is_asleep(self, row: Any, now: int) -> bool:
        """Say whether a role was unused for so long that it no longer counts."""
        return not self._is_awake(row, now)

    def grant_official(self, account_id: str, commune: str, now: int) -> Refused | None:
        """Make somebody an official: `unknown_commune`, or `has_role` where they are one by now."""
        if find_ward(commune) is None:
            return refuse(self._events, "role.grant", Refused("commune", "unknown_commune"), account_id, now)
        held = self._store.find(account_id, OFFICIAL)
        if held is not None and self._is_awake(held, now):
            return refuse(self._events, "role.grant", Refused("", "has_role"), account_id, now)
        if held is not None:
            self._store.revoke(account_id, OFFICIAL, now)
        try:
            self._store.add(
                id=new_identifier(), account_id=account_id, role=OFFICIAL, commune=commune,
                granted_at=now, used_at=now,
            )  # fmt: skip
        except Conflict:
            return refuse(self._events, "role.grant", Refused("", "has_role"), account_id, now)
        self._events.record(
            "role.grant", account_id=account_id, now=now, details={"role": OFFICIAL, "commune": commune}
        )
        return None

    def revoke_official(self, account_id: str, now: int) -> bool:
        """Take the role back; no page of the counter works for the account from now on."""
        if not self._store.revoke(account_id, OFFICIAL, now):
            return False
        self._events.record("role.revoke", account_id=account_id, now=now, details={"role": OFFICIAL})
        return True

    def note_use(self, role_id: str, now: int) -> None:
        self._store.touch(role_id, now)
