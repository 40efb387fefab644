"""Giving an account back at the counter: by two officials, or by one and a time that its person is told."""

from __future__ import annotations

from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.interfaces import Announcer
from tnid.officials.activations import Activations
from tnid.officials.acts import (
    AGREED_TO_RECOVER,
    ASKED_TO_RECOVER,
    PRINTED_TO_RECOVER,
    STOPPED_RECOVERY,
    Acts,
    name_of,
)
from tnid.stores.assisted_recoveries import AssistedRecoveryStore

DAY_SECONDS = 86400
# After the waiting is over there is this long to come back to the counter
COLLECT_SECONDS = 14 * DAY_SECONDS


class AssistedRecoveries:
    """The life of recoveries at the counter; each method runs in the caller's unit of work."""

    def __init__(
        self,
        store: AssistedRecoveryStore,
        activations: Activations,
        acts: Acts,
        messages: Announcer,
        events: Events,
        wait_seconds: int,
    ) -> None:
        self._store = store
        self._activations = activations
        self._acts = acts
        self._messages = messages
        self._events = events
        self._wait_seconds = wait_seconds

    def ask(self, account_id: str, official_id: str, commune: str, now: int) -> Refused | None:
        """Ask that an account be given back; the person is warned everywhere, and can stop it."""
        if account_id == official_id:
            return self._refuse(ASKED_TO_RECOVER, "own_account", account_id, official_id, now)
        is_added = self._store.add(
            id=new_identifier(),
            account_id=account_id,
            commune=commune,
            asked_by=official_id,
            asked_at=now,
            ready_at=now + self._wait_seconds,
            expires_at=now + self._wait_seconds + COLLECT_SECONDS,
        )
        if not is_added:
            return self._refuse(ASKED_TO_RECOVER, "recovery_under_way", account_id, official_id, now)
        self._acts.note(ASKED_TO_RECOVER, official_id, account_id, commune, now)
        hours = str(self._wait_seconds // 3600)
        self._messages.announce(
            account_id, "counter_recovery_asked", now, commune=name_of(commune), hours=hours
        )
        return None

    def find_of_account(self, account_id: str, now: int) -> Any:
        return self._store.find_of_account(account_id, now)

    def find(self, recovery_id: str, commune: str, now: int) -> Any:
        return self._store.find(recovery_id, commune, now)

    def list_of_commune(self, commune: str, now: int) -> list[Any]:
        return self._store.list_of_commune(commune, now)

    def agree(self, recovery: Any, official_id: str, now: int) -> Refused | None:
        """Agree as a second official; nobody does to what they asked for, nor for themselves."""
        if not self._store.agree(recovery.id, recovery.commune, official_id, now):
            reason = "asked_oneself" if recovery.asked_by == official_id else "not_open"
            return self._refuse(AGREED_TO_RECOVER, reason, recovery.account_id, official_id, now)
        self._acts.note(AGREED_TO_RECOVER, official_id, recovery.account_id, recovery.commune, now)
        return None

    def complete(self, recovery: Any, official_id: str, now: int) -> Refused | None:
        """Take what was agreed to or waited for, once: a code may be printed for it."""
        if not self._store.complete(recovery.id, recovery.commune, official_id, now):
            return self._refuse(PRINTED_TO_RECOVER, "not_ready", recovery.account_id, official_id, now)
        self._acts.note(PRINTED_TO_RECOVER, official_id, recovery.account_id, recovery.commune, now)
        return None

    def stop_by_official(self, recovery: Any, official_id: str, now: int) -> bool:
        if not self._store.stop(recovery.account_id, now):
            return False
        self._acts.note(STOPPED_RECOVERY, official_id, recovery.account_id, recovery.commune, now)
        return True

    def stop_by_person(self, account_id: str, now: int) -> bool:
        """Stop what is under way for one's own account, also where its slip is printed."""
        is_stopped = self._store.stop(account_id, now)
        is_voided = self._activations.void(account_id, now)
        if is_stopped or is_voided:
            self._events.record("counter.stop_own_recovery", account_id=account_id, now=now)
        return is_stopped or is_voided

    def _refuse(self, act: str, reason: str, account_id: str, official_id: str, now: int) -> Refused:
        details = {"actor": official_id}
        return refuse(self._events, f"counter.{act}", Refused("", reason), account_id, now, details=details)
