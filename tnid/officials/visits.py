"""A person at the counter: who, and what was read off the card, for half an hour and for one official."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from oidc.token.handles import new_identifier
from tnid.accounts.numbers import DocumentNumber
from tnid.interfaces import Sealer
from tnid.stores.visits import VisitStore

LIFETIME_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of the card on the table. `claims` are those that its code gave; empty where typed."""

    number: DocumentNumber | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at one official's counter. `account_id` is None until the person has an account."""

    id: str
    account_id: str | None
    commune: str
    card: Card


class Visits:
    """The life of visits; each method runs in the caller's unit of work."""

    def __init__(self, store: VisitStore, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    def begin(self, official_id: str, commune: str, account_id: str | None, card: Card, now: int) -> Visit:
        """Begin a visit; the official's last one ends."""
        self._store.end_all(official_id, now)
        visit = Visit(new_identifier(), account_id, commune, card)
        self._store.add(
            id=visit.id,
            official_id=official_id,
            commune=commune,
            account_id=account_id,
            card_sealed=self._seal(visit.id, card),
            begun_at=now,
            expires_at=now + LIFETIME_SECONDS,
        )
        return visit

    def find(self, visit_id: str, official_id: str, commune: str, now: int) -> Visit | None:
        """Return this official's own visit while it lasts, or None."""
        row = self._store.find_open(visit_id, official_id, commune, now)
        if row is None:
            return None
        return Visit(row.id, row.account_id, row.commune, self._open(row))

    def keep_card(self, visit: Visit, card: Card) -> Visit:
        """Keep what was read off the card meanwhile."""
        self._store.set_card(visit.id, self._seal(visit.id, card))
        return replace(visit, card=card)

    def keep_account(self, visit: Visit, account_id: str) -> bool:
        """Note the account that was begun for the person; False where there is one."""
        return self._store.set_account(visit.id, account_id)

    def end_all(self, official_id: str, now: int) -> None:
        self._store.end_all(official_id, now)

    def _seal(self, visit_id: str, card: Card) -> bytes:
        number = list(card.number) if card.number else None
        document = {"number": number, "claims": dict(card.claims), "warnings": card.warnings}
        return self._sealer.seal(orjson.dumps(document), f"visits.card:{visit_id}")

    def _open(self, row: Any) -> Card:
        kept = orjson.loads(self._sealer.open(bytes(row.card_sealed), f"visits.card:{row.id}"))
        number = DocumentNumber(*kept["number"]) if kept["number"] else None
        return Card(number, kept["claims"], tuple(kept["warnings"]))
