"""The end of an employment: what was known of it ends everywhere, and the employer's data is erased.

From the first second after the last day nothing is released any more, whoever carries it out when; this
tells those who had it, and tidies up. Each method runs in the caller's unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from oidc.interfaces import Events
from tnid.db import Database
from tnid.interfaces import Seals
from tnid.stores.employment_notices import EmploymentNoticeStore
from tnid.stores.employments import EmploymentStore

Follower = Callable[[Any, int], object]
_KEPT = ("title", "start_date", "contract_type", "park")


class Endings:
    """Carries ends out, once each.

    `erasers` remove what else there is of the employer's data of a row, any row, before it is erased;
    `followers` are told of a row that somebody had linked, and when.
    """

    def __init__(
        self,
        store: EmploymentStore,
        notices: EmploymentNoticeStore,
        sealer: Seals,
        events: Events,
        followers: Iterable[Follower] = (),
    ) -> None:
        self._store = store
        self._notices = notices
        self._sealer = sealer
        self._events = events
        self.followers = list(followers)
        self.erasers: list[Follower] = []

    def carry_out(self, row: Any, now: int) -> None:
        """Erase what the employer holds of the row; the worker keeps where they worked, and when.

        Law 91/2025 on personal data, art. 25: an employer erases a worker's data when the contract ends.
        """
        for erase in self.erasers:
            erase(row, now)
        if row.account_id is None:
            if self._store.remove(row.id):
                self._record(row, now)
            return
        history = self._seal_history(row)
        if self._store.close(row, history, min(row.ends_at or now, now), now):
            self._record(row, now)
            for follow in self.followers:
                follow(row, now)

    def carry_out_due(self, database: Database, now: int, *, most: int) -> bool:
        """Carry out up to `most` ends whose day has come, each in a unit of its own; say if more may wait."""
        due = self._store.list_over(now, most)
        for row in due:
            with database.unit():
                self.carry_out(row, now)
        return len(due) == most

    def tell_suspended(self, employer_id: str, now: int) -> None:
        """Have the workers of an employer that was suspended be told, and the applications that know of them.

        What it attests is released no more from that moment; the housekeeper tells, and once alone.
        """
        self._notices.hold(employer_id, now)

    def open_history(self, row: Any) -> Mapping[str, Any]:
        """Return what the worker keeps of work that is over: employer, title, when it began."""
        if row.history_sealed is None:
            return {}
        opened = self._sealer.open(bytes(row.history_sealed), f"employments.history:{row.id}")
        kept: dict[str, Any] = orjson.loads(opened)
        return kept

    def _seal_history(self, row: Any) -> bytes:
        opened = self._sealer.open(bytes(row.values_sealed), f"employments.values:{row.id}")
        values = orjson.loads(opened)
        kept = {name: values[name] for name in _KEPT if name in values}
        return self._sealer.seal(orjson.dumps(kept), f"employments.history:{row.id}")

    def _record(self, row: Any, now: int) -> None:
        self._events.record(
            "employment.end", account_id=row.account_id, now=now, details={"employer": row.employer_id}
        )
