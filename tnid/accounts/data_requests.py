"""Requests under the law about one's data, and their clock (Law 91/2025, Decree 356/2025).

A person sees at any time what became of each; an operator answers by `tnid request`.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.accounts.working_days import add_working_days
from tnid.interfaces import Announcer, Seals
from tnid.stores.data_requests import DataRequestStore

DAY_SECONDS = 86400
# Days in which each must be done, from the moment it is made
DAYS = {"see": 10, "correct": 10, "provide": 10, "withdraw": 15, "restrict": 15, "object": 15, "delete": 20}
ACKNOWLEDGE_WORKING_DAYS = 2
OUTCOMES = ("done", "refused")
MOST_WAITING = 10
MOST_CHARACTERS = 2000
MOST_LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """One request, opened. `username` is filled for operators only."""

    id: str
    account_id: str
    kind: str
    words: str = field(repr=False)
    created_at: int
    acknowledge_by: int
    acknowledged_at: int | None
    due_at: int
    answered_at: int | None
    outcome: str | None
    answer: str | None = field(repr=False)
    username: str | None = None

    def is_late(self, now: int) -> bool:
        return self.answered_at is None and now > self.due_at

    def as_document(self) -> dict[str, Any]:
        """Return it for machines, with times that people can read too."""
        times = ("created_at", "acknowledge_by", "acknowledged_at", "due_at", "answered_at")
        return {
            "id": self.id,
            "kind": self.kind,
            "words": self.words,
            **{name: _utc(getattr(self, name)) for name in times},
            "outcome": self.outcome,
            "answer": self.answer,
        }


class DataRequests:
    """Each method runs in the caller's unit of work."""

    def __init__(self, store: DataRequestStore, sealer: Seals, messages: Announcer, events: Events) -> None:
        self._store = store
        self._sealer = sealer
        self._messages = messages
        self._events = events

    def make(self, account_id: str, kind: str, words: str, now: int, *, attempt: str = "") -> Refused | None:
        """Take a request, and tell the person by when it will be answered.

        The same words of the same `attempt` are one request, however often and at once they are sent.
        """
        if kind not in DAYS:
            return Refused("kind", "choose_one")
        if len(words) > MOST_CHARACTERS:
            return Refused("words", "too_long")
        id_ = _id_of(account_id, attempt, kind, words) if attempt else new_identifier()
        if self._store.find(id_) is not None:
            return None
        if self._store.count_open(account_id) >= MOST_WAITING:
            return Refused("", "too_many_requests")
        is_added = self._store.add(
            id=id_,
            account_id=account_id,
            kind=kind,
            words_sealed=self._sealer.seal(words.encode(), _context(id_, "words")),
            created_at=now,
            acknowledge_by=add_working_days(now, ACKNOWLEDGE_WORKING_DAYS),
            due_at=now + DAYS[kind] * DAY_SECONDS,
        )
        if is_added:
            self._events.record("request.make", account_id=account_id, now=now, details={"kind": kind})
        return None

    def list_by_account(self, account_id: str) -> list[DataRequest]:
        """Return a person's requests, the newest first."""
        return [self._open(row) for row in self._store.list_by_account(account_id)]

    def list_all(self, *, only_open: bool) -> list[DataRequest]:
        """Return everybody's requests, the most urgent first."""
        return [self._open(row) for row in self._store.list_rows(most=MOST_LISTED, only_open=only_open)]

    def find(self, id_: str) -> DataRequest | None:
        row = self._store.find(id_)
        return None if row is None else self._open(row)

    def acknowledge(self, id_: str, now: int) -> bool:
        """Tell the person that somebody looks after it; False where that was done."""
        found = self._store.find(id_)
        if found is None or not self._store.acknowledge(id_, now):
            return False
        self._events.record("request.acknowledge", account_id=found.account_id, now=now)
        self._messages.announce(found.account_id, "request_acknowledged", now)
        return True

    def answer(self, id_: str, outcome: str, answer: str, now: int) -> Refused | None:
        """Answer a request once, and tell the person that there is an answer."""
        if outcome not in OUTCOMES or not answer.strip():
            return Refused("answer", "required")
        sealed = self._sealer.seal(answer.encode(), _context(id_, "answer"))
        answered = self._store.answer(id_, outcome, sealed, now)
        if answered is None:
            return Refused("", "not_open")
        details = {"outcome": outcome}
        self._events.record("request.answer", account_id=answered.account_id, now=now, details=details)
        self._messages.announce(answered.account_id, "request_answered", now)
        return None

    def _open(self, row: Any) -> DataRequest:
        columns = row._asdict()
        words, answer = columns.pop("words_sealed"), columns.pop("answer_sealed")
        return DataRequest(
            **columns,
            words=self._sealer.open(bytes(words), _context(row.id, "words")).decode(),
            answer=(
                self._sealer.open(bytes(answer), _context(row.id, "answer")).decode() if answer else None
            ),
        )


def _id_of(account_id: str, *sent: str) -> str:
    """Return the id of what one form asked; its attempt is random, so that no id tells the words."""
    digest = hashlib.sha256("\0".join([account_id, *sent]).encode()).digest()[:16]
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _context(id_: str, part: str) -> str:
    return f"data_requests.{part}:{id_}"


def _utc(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
