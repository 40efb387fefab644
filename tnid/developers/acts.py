"""What is done in a team: told to its members on its page, and to the audit log, by one call.

Every room of the portal calls `record` where somebody changed something that the others should know of. The
event's words stand in tnid.developers.words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from oidc.interfaces import Events
from tnid.stores.team_acts import TeamActStore

KEPT_SECONDS = 400 * 86400
PAGE_ACTS = 30


class Act(NamedTuple):
    """Something that was done. `account_id` is None where a program did it, or who did it is gone."""

    id: int
    application_id: str | None
    account_id: str | None
    event: str
    details: Mapping[str, Any]
    occurred_at: int


class Acts:
    """Runs in the caller's unit of work."""

    def __init__(self, store: TeamActStore, events: Events) -> None:
        self._store = store
        self._events = events

    def record(
        self,
        event: str,
        team_id: str,
        account_id: str | None,
        now: int,
        *,
        application_id: str | None = None,
        client_id: str | None = None,
        **details: str,
    ) -> None:
        """Note what somebody did. `details` hold no secrets, and of people no more than their account's
        id."""
        self.tell(event, team_id, account_id, now, application_id=application_id, **details)
        about = {"team": team_id, **({"application": application_id} if application_id else {}), **details}
        self._events.record(event, account_id=account_id, client_id=client_id, now=now, details=about)

    def tell(
        self,
        event: str,
        team_id: str,
        account_id: str | None,
        now: int,
        *,
        application_id: str | None = None,
        **details: str,
    ) -> None:
        """Note it on the team's page alone, without `account_id` for what the province did: the log has it
        by other hands."""
        self._store.add(
            team_id=team_id, application_id=application_id, account_id=account_id, event=event,
            details=orjson.dumps(details).decode(), occurred_at=now, expires_at=now + KEPT_SECONDS,
        )  # fmt: skip

    def list_of_team(self, team_id: str, *, before: int | None = None, most: int = PAGE_ACTS) -> list[Act]:
        """Return the latest acts in a team, the newest first; from before one of them."""
        asked = {} if before is None else {"before_id": before}
        return [_act(row) for row in self._store.list_of_team(team_id, most=most, **asked)]

    def list_of_application(self, application_id: str, *, most: int = PAGE_ACTS) -> list[Act]:
        return [_act(row) for row in self._store.list_of_application(application_id, most=most)]


def _act(row: Any) -> Act:
    return Act(
        row.id, row.application_id, row.account_id, row.event, orjson.loads(row.details), row.occurred_at
    )
