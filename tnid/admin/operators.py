"""Who is an operator, and in which roles. A role that was not used for long sleeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.admin.roles import OPERATOR_ROLES, Permission, may
from tnid.db import Conflict
from tnid.stores.roles import RoleStore

# One person did it, at the machine itself
BY_COMMAND: Mapping[str, str] = {"by": "command"}


class Operators:
    """Grants and revokes roles; each method runs in the caller's unit of work and records what it did."""

    def __init__(self, store: RoleStore, events: Events, idle_seconds: int) -> None:
        """A role that was not used for `idle_seconds` sleeps, until it is granted anew."""
        self._store = store
        self._events = events
        self._idle_seconds = idle_seconds

    def list_roles(self, account_id: str, now: int) -> list[Any]:
        """Return the roles (id, role, …) that somebody holds as an operator and that are awake."""
        held = self._store.list_of_account(account_id)
        return [row for row in held if row.role in OPERATOR_ROLES and not self.is_asleep(row, now)]

    def list_all(self) -> list[Any]:
        """Return every role of every operator, with the account's username."""
        return [row for role in sorted(OPERATOR_ROLES) for row in self._store.list_active(role)]

    def list_who_may(self, permission: Permission, now: int) -> list[str]:
        """Return the accounts of those who hold a role that is awake and allows this."""
        held = [row for row in self.list_all() if not self.is_asleep(row, now)]
        return sorted({row.account_id for row in held if may(frozenset({row.role}), permission)})

    def is_asleep(self, row: Any, now: int) -> bool:
        return bool(row.used_at <= now - self._idle_seconds)

    def grant(
        self, account_id: str, role: str, now: int, by: Mapping[str, str] = BY_COMMAND
    ) -> Refused | None:
        """Give somebody a role; `by` says for the log who does: a command on the machine, or operators.

        `unknown_role`, or `has_role` where they have it by now.
        """
        if role not in OPERATOR_ROLES:
            return self._refuse(Refused("role", "unknown_role"), account_id, now)
        held = self._store.find(account_id, role)
        if held is not None and not self.is_asleep(held, now):
            return self._refuse(Refused("role", "has_role"), account_id, now)
        if held is not None:
            self._store.revoke(account_id, role, now)
        try:
            self._store.add(
                id=new_identifier(), account_id=account_id, role=role, commune="", granted_at=now, used_at=now
            )
        except Conflict:
            return self._refuse(Refused("role", "has_role"), account_id, now)
        self._record("grant", account_id, role, now, by)
        return None

    def revoke(self, account_id: str, role: str, now: int, by: Mapping[str, str] = BY_COMMAND) -> bool:
        """Take a role back; what it opened is shut from now on."""
        if role not in OPERATOR_ROLES or not self._store.revoke(account_id, role, now):
            return False
        self._record("revoke", account_id, role, now, by)
        return True

    def note_use(self, account_id: str, now: int) -> None:
        """Note that somebody uses the roles that they hold."""
        for row in self.list_roles(account_id, now):
            self._store.touch(row.id, now)

    def _record(self, verb: str, account_id: str, role: str, now: int, by: Mapping[str, str]) -> None:
        details = {"role": role, **by}
        self._events.record(f"operator.{verb}", account_id=account_id, now=now, details=details)

    def _refuse(self, refused: Refused, account_id: str, now: int) -> Refused:
        return refuse(self._events, "operator.grant", refused, account_id, now)
