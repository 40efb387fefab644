"""The audit log: what happened, who did it, from where.

Events are appended in the caller's unit of work, so that an act and its record commit together, and carry no
chain: no two requests queue for one row. A worker seals them in batches, each batch's keyed hash covering its
events and the hash of the batch before. A change or removal of sealed events is seen by `verify`; the last
second's events, not yet sealed, are not yet protected.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple

import orjson

from tnid.db import Conflict, Database
from tnid.event_counts import EventCounts
from tnid.stores.audit import AuditStore, Kinds

FIRST_HASH = bytes(32)
BATCH_EVENTS = 1000
CHAIN_PURPOSE = "audit.chain"
SECRET_WORDS = frozenset({"password", "secret", "token", "code", "pin", "cookie", "authorization"})


class Asked(NamedTuple):
    """An application's request that the person at the browser is answering, and since when."""

    client_id: str
    flow: str
    began_at: int


class Origin(NamedTuple):
    """Where a request came from; the source port too, for addresses are shared (Decree 333/2026)."""

    ip: str | None = None
    port: int | None = None
    user_agent: str | None = None
    request_id: str | None = None
    # Of a screen of a sign-in: what belongs to it is linked in the log that the developer reads
    asked: Asked | None = None


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039  an Origin is immutable


def find_request_id() -> str | None:
    """Return the number of the request that this thread answers."""
    return origin.get().request_id


def note_asked(asked: Asked) -> None:
    """Note in which sign-in the current request is."""
    origin.set(origin.get()._replace(asked=asked))


class Audit:
    """Appends events in the current unit of work."""

    def __init__(self, database: Database) -> None:
        self._store = AuditStore(database)

    def record(
        self,
        event: str,
        *,
        now: int,
        outcome: str = "ok",
        reason: str | None = None,
        account_id: str | None = None,
        client_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Append one event.

        `event` is "noun.verb", `outcome` "ok" or "refused", `reason` a stable word. `details` hold neither
        secrets nor personal data.
        """
        asked = origin.get().asked
        if asked is not None and client_id == asked.client_id:
            details = {"flow": asked.flow, "seconds": max(0, now - asked.began_at), **(details or {})}
        self._store.append(
            **event_columns(event, now),
            outcome=outcome, reason=reason, account_id=account_id, client_id=_bounded(client_id),
            details=_details(details) if details else None,
        )  # fmt: skip

    def list_by_account(self, account_id: str, *, most: int = 50) -> list[Any]:
        """Return the account's latest events, newest first."""
        return self._store.list_by_account(account_id, most=most)

    def list_page(
        self, account_id: str, kinds: Kinds, *, since: int, until: int, before_id: int, most: int
    ) -> list[Any]:
        """Return one page of an account's events of these kinds (name and outcome), newest first."""
        return self._store.list_page(
            account_id, kinds, since=since, until=until, before_id=before_id, most=most
        )

    def list_reads(self, account_id: str, *, since: int) -> list[Any]:
        """Return client_id, event, times and last_at of every client that was given access since then."""
        return self._store.list_reads(account_id, since=since)


def event_columns(event: str, now: int) -> dict[str, Any]:
    """Return the columns that every event of the current request has."""
    where = origin.get()
    return {
        "occurred_at": now, "event": event, "ip": where.ip, "port": where.port,
        "user_agent": _bounded(where.user_agent), "request_id": where.request_id,
    }  # fmt: skip


def _bounded(given: str | None) -> str | None:
    """Cut what a stranger sent to the column's length, without the characters a database refuses."""
    if given is None:
        return None
    return given[:255].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _details(details: Mapping[str, Any]) -> str:
    if leaking := SECRET_WORDS & details.keys():
        raise ValueError(f"audit details must not hold {', '.join(sorted(leaking))}")
    return orjson.dumps(details, option=orjson.OPT_SORT_KEYS).decode()


def digest_of(key: bytes, number: int, previous: bytes, events: Iterable[Sequence[Any]]) -> bytes:
    """Return the seal of a batch: over its number, its events' columns and the seal before."""
    canonical = orjson.dumps([number, *(list(event) for event in events)])
    return hmac.new(key, previous + canonical, hashlib.sha256).digest()


class Verified(NamedTuple):
    """What a check of the whole chain found; it holds where `problems` is empty."""

    batches: int
    events: int
    unsealed: int
    head: str
    problems: tuple[str, ...]


class Chain:
    """Seals the appended events, counts what it sealed, and checks the seals."""

    def __init__(
        self, database: Database, key: bytes, followers: Sequence[Callable[[list[Any]], None]] = ()
    ) -> None:
        """Take the key derived from the master key for CHAIN_PURPOSE.

        Each of `followers` is called with a sealed batch's events, in the unit of work that seals it: so each
        sees every event, and once.
        """
        self._database = database
        self._store = AuditStore(database)
        self._counts = EventCounts(database)
        self._key = key
        self._followers = (self._counts.add, *followers)

    def seal(self, now: int) -> int:
        """Seal what has been appended, up to BATCH_EVENTS; return how many events that were.

        Zero where there are none, or where another process was sealing too.
        """
        if not self._store.has_unsealed():
            return 0
        try:
            with self._database.unit():
                return self._seal(now)
        except Conflict:
            return 0

    def _seal(self, now: int) -> int:
        last = self._store.find_last_batch()
        number, previous = (last.id + 1, bytes(last.hash)) if last else (1, FIRST_HASH)
        events = self._store.begin_batch(number, most=BATCH_EVENTS)
        if events:
            digest = self._digest(number, previous, events)
            self._store.complete_batch(
                number, previous_hash=previous, digest=digest, event_count=len(events), now=now
            )
            for follow in self._followers:
                follow(events)
        return len(events)

    def _digest(self, number: int, previous: bytes, events: list[Any]) -> bytes:
        return digest_of(self._key, number, previous, events)

    def verify(self) -> Verified:
        """Recompute every seal, in order. Reads the whole log, a batch at a time."""
        problems: list[str] = []
        number, count, previous = 0, 0, FIRST_HASH
        while batches := self._store.list_batches(after=number, most=500):
            for batch in batches:
                problems += self._find_problems(batch, number + 1, previous)
                number, previous = batch.id, bytes(batch.hash)
                count += batch.event_count
        if stray := self._store.count_stray():
            problems.append(f"{stray} events name a batch that is not there")
        return Verified(number, count, self._store.count_unsealed(), previous.hex(), tuple(problems))

    def verify_latest(self, *, most_batches: int, most_events: int) -> Verified:
        """Recompute the seals of the latest batches alone, at least of one: the log's end, in a moment."""
        last = self._store.find_last_batch()
        after = max(0, last.id - most_batches - 1) if last else 0
        batches = self._store.list_batches(after=after, most=most_batches + 1)
        while len(batches) > 2 and sum(batch.event_count for batch in batches[1:]) > most_events:
            batches.pop(0)
        # The first one is there for its hash, unless it is the first of all
        previous, number = FIRST_HASH, 0
        if batches and batches[0].id != 1:
            number, previous = batches[0].id, bytes(batches[0].hash)
            batches.pop(0)
        problems: list[str] = []
        for batch in batches:
            problems += self._find_problems(batch, number + 1, previous)
            number, previous = batch.id, bytes(batch.hash)
        count = sum(batch.event_count for batch in batches)
        return Verified(len(batches), count, self._store.count_unsealed(), previous.hex(), tuple(problems))

    def _find_problems(self, batch: Any, expected: int, previous: bytes) -> list[str]:
        if batch.id != expected:
            return [f"batches {expected} to {batch.id - 1} are missing"]
        if bytes(batch.previous_hash) != previous:
            return [f"batch {batch.id} does not follow the batch before it"]
        if batch.purged_at is not None:
            return []
        events = self._store.list_by_batch(batch.id)
        if not hmac.compare_digest(self._digest(batch.id, previous, events), bytes(batch.hash)):
            return [f"batch {batch.id} was changed after it was sealed"]
        return []
