"""What is to be sent, as operators look after it: sent again, or given up. What it says is never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from oidc.interfaces import Events
from tnid.accounts.refusal import Refused
from tnid.admin.requests import read_reason
from tnid.outbox import KEEP_DEAD_SECONDS, Carrier
from tnid.stores.outbox import OutboxStore

MOST_REASON = 200
# A mail server may repeat whom something was for; a gateway, the number
_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+|\+?\d[\d .-]{7,}\d")


class OutboxCare:
    """Each method runs in the caller's unit of work and leaves one row in the log."""

    def __init__(self, store: OutboxStore, carriers: Mapping[str, Carrier], events: Events) -> None:
        """`carriers` keep what became of the kinds that have more than a row in the outbox."""
        self._store = store
        self._carriers = carriers
        self._events = events

    def list_page(self, *, is_dead: bool, most: int) -> list[Any]:
        return self._store.list_page(is_dead=is_dead, most=most)

    def count(self) -> Any:
        return self._store.count()

    def retry(self, id_: int, by: str, now: int) -> Refused | None:
        """Have one message sent now: `message_over` where it was delivered or is being sent."""
        refused = None if self._store.retry(id_, now) else Refused("", "message_over")
        return self._record("outbox.retry", refused, by, now, messages=[id_])

    def retry_dead(self, by: str, now: int) -> int:
        """Have all that was given up sent now; return how many."""
        retried = [id_ for id_ in self._store.list_dead() if self._store.retry(id_, now)]
        self._record("outbox.retry", None, by, now, messages=len(retried))
        return len(retried)

    def give_up(self, id_: int, typed: str, by: str | None, now: int) -> Refused | None:
        """Send one message no more, for a reason: `message_over` as above, or where that was done."""
        reason, row = read_reason(typed), self._store.find(id_)
        refused = reason if isinstance(reason, Refused) else None
        if refused is None and not self._give_up(row, str(reason), now):
            refused = Refused("", "message_over")
        kind = row.kind if row is not None else ""
        why = {} if refused else {"why": reason}
        return self._record("outbox.give_up_by_operator", refused, by, now, messages=[id_], kind=kind, **why)

    def _give_up(self, row: Any, reason: str, now: int) -> bool:
        # What is under way may be taken at this very moment
        if row is None or row.due_at is None or row.claimed_until > now:
            return False
        kept_until = now + KEEP_DEAD_SECONDS
        if not self._store.give_up(row, reason[:MOST_REASON], now, keep_until=kept_until):
            return False
        if row.kind in self._carriers:
            self._carriers[row.kind].note(row, "given_up", now)
        return True

    def _record(
        self, event: str, refused: Refused | None, by: str | None, now: int, **details: Any
    ) -> Refused | None:
        self._events.record(
            event, outcome="refused" if refused else "ok", reason=refused.reason if refused else None,
            account_id=by, now=now, details=details,
        )  # fmt: skip
        return refused


def mask_addresses(text: str | None) -> str:
    """Return what the other end said without anybody's address or number."""
    return _ADDRESS.sub("•••", text or "")
