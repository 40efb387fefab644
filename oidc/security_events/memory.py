"""Security events in memory, held to the same contract as the database's."""

from __future__ import annotations

from dataclasses import replace

from oidc.security_events.models import DELETED, SecurityEvent


class MemorySecurityEvents:
    def __init__(self) -> None:
        self.rows: dict[str, SecurityEvent] = {}

    def add(self, event: SecurityEvent) -> None:
        self.rows[event.id] = event

    def find(self, event_id: str) -> SecurityEvent | None:
        return self.rows.get(event_id)

    def answer(self, event_id: str, outcome: str, reason: str | None, now: int) -> bool:
        event = self.rows.get(event_id)
        if event is None or event.outcome == DELETED:
            return False
        self.rows[event_id] = replace(event, outcome=outcome, reason=reason, answered_at=now)
        return True
