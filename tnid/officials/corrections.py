"""Correcting what was checked of somebody: by two officials who read the same off the card, or one and time.

Nothing of the card is kept between the two: the second compares it as the first did, in a visit of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.interfaces import Announcer, BlindIndex
from tnid.officials.acts import ASKED_TO_CORRECT, Acts, name_of
from tnid.officials.recoveries import COLLECT_SECONDS
from tnid.stores.card_corrections import CardCorrectionStore

ASKED = Refused("", "correction_asked")
"""Noted, and nothing changed yet."""


class Corrections:
    """Each method runs in the caller's unit of work."""

    def __init__(
        self,
        store: CardCorrectionStore,
        blind: BlindIndex,
        acts: Acts,
        messages: Announcer,
        events: Events,
        wait_seconds: int,
    ) -> None:
        self._store = store
        self._blind = blind
        self._acts = acts
        self._messages = messages
        self._events = events
        self._wait_seconds = wait_seconds

    def take(
        self, account_id: str, claims: Mapping[str, Any], official_id: str, commune: str, now: int
    ) -> Refused | None:
        """Take one official's word; None where it is the second, or the first one's after the waiting time.

        ASKED where it is the first: the person is warned everywhere, and can stop it.
        """
        claims_hash = self._blind.blind_index(
            "card_correction", orjson.dumps(claims, option=orjson.OPT_SORT_KEYS).decode()
        )
        if self._store.complete(account_id, commune, claims_hash, official_id, now):
            return None
        is_added = self._store.add(
            id=new_identifier(),
            account_id=account_id,
            commune=commune,
            claims_hash=claims_hash,
            asked_by=official_id,
            asked_at=now,
            ready_at=now + self._wait_seconds,
            expires_at=now + self._wait_seconds + COLLECT_SECONDS,
        )
        if not is_added:
            waits, details = Refused("", "correction_waits"), {"actor": official_id}
            return refuse(
                self._events, f"counter.{ASKED_TO_CORRECT}", waits, account_id, now, details=details
            )
        self._acts.note(ASKED_TO_CORRECT, official_id, account_id, commune, now)
        hours = str(self._wait_seconds // 3600)
        self._messages.announce(
            account_id, "counter_correction_asked", now, commune=name_of(commune), hours=hours
        )
        return ASKED

    def find_of_account(self, account_id: str, now: int) -> Any:
        return self._store.find(account_id, now)

    def stop_by_person(self, account_id: str, now: int) -> bool:
        """Stop what waits for one's own account."""
        is_stopped = self._store.stop(account_id, now)
        if is_stopped:
            self._events.record("counter.stop_own_correction", account_id=account_id, now=now)
        return is_stopped
