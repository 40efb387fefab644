"""What the end of a mandate brings with it, in the same unit of work: its grants end, its clients are told.

Used where an account is shut, too, before there is anybody to tell of it by name.
"""

from __future__ import annotations

from typing import Any, Protocol

from oidc.interfaces import Events


class Store(Protocol):
    """What is needed of the mandates' store."""

    def list_ids_of(self, account_id: str) -> list[str]: ...
    def list_expired(self, now: int, *, most: int) -> list[str]: ...
    def end_any(self, mandate_id: str, now: int) -> Any: ...


class Grants(Protocol):
    """What ends with a mandate."""

    def revoke_by_mandate(self, mandate_id: str, now: int) -> int: ...


class Telling(Protocol):
    """What is needed of tnid.signout.endings."""

    def tell_of_mandate(self, mandate_id: str, now: int) -> None: ...


class MandateEndings:
    """Ends mandates and what came of them, in the caller's unit of work."""

    def __init__(self, store: Store, grants: Grants, telling: Telling, events: Events) -> None:
        self._store = store
        self._grants = grants
        self._telling = telling
        self._events = events

    def follow(self, row: Any, now: int) -> set[str]:
        """Do what the end of this mandate brings with it; return the people it was known to."""
        # After the row: a grant that is being made at this moment has either seen the end, or is seen here
        self._end_grants(row.id, now)
        people = {row.principal_id, row.helper_id} if row.accepted_at is not None else {row.principal_id}
        for account_id in people:
            self._events.record("mandate.end", account_id=account_id, now=now, details={"mandate": row.id})
        return people

    def end_all(self, account_id: str, now: int) -> None:
        """End every mandate that this account gave or holds."""
        for mandate_id in self._store.list_ids_of(account_id):
            row = self._store.end_any(mandate_id, now)
            if row is not None:
                self.follow(row, now)

    def end_grants(self, account_id: str, now: int) -> None:
        """End what came of an account's mandates, which stay: whoever helps signs in anew."""
        for mandate_id in self._store.list_ids_of(account_id):
            self._end_grants(mandate_id, now)

    def end_expired(self, now: int, *, most: int) -> bool:
        """End up to `most` mandates whose day has come; say whether more may be left."""
        expired = self._store.list_expired(now, most=most)
        for mandate_id in expired:
            if self._store.end_any(mandate_id, now) is not None:
                self._end_grants(mandate_id, now)
        return len(expired) == most

    def _end_grants(self, mandate_id: str, now: int) -> None:
        self._grants.revoke_by_mandate(mandate_id, now)
        self._telling.tell_of_mandate(mandate_id, now)
