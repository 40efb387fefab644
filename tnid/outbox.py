"""Sends what the outbox holds, again and again until it is taken or given up.

Each machine's housekeeper runs one sender. A client that is slow or down holds up nobody else: threads are
few, no host gets more than its share of them, and those that failed last time share a small part.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import urlsplit

from oidc.clients.outbound import OutboundRefused, Parcel
from oidc.interfaces import Events
from tnid import clock
from tnid.db import Database, DatabaseUnavailable
from tnid.stores.outbox import OutboxStore

THREADS = 12
OF_ONE_HOST = 2
OF_THE_UNWELL = 4
MOST_UNWELL = 10_000
# Far above what one attempt takes, looking the name up included
LEASE_SECONDS = 60
TICK_SECONDS = 0.25
GROWTH = 3
MOST_WAIT_SECONDS = 6 * 3600
# What the other end may ask for: longer, and a message would be of no use when it comes
MOST_RETRY_AFTER_SECONDS = 3600
KEEP_DEAD_SECONDS = 30 * 86400
MOST_REASON = 200

logger = logging.getLogger(__name__)

Composer = Callable[[Any, int], Parcel | None]
"""Makes the request of a row, fresh for each attempt; None where nobody is to be told any more."""


class Poster(Protocol):
    def post(self, parcel: Parcel) -> None:
        """Post once; raise OutboundRefused where it wasn't taken."""


class NeverTaken(Exception):
    """It was refused for good: trying again changes nothing."""


Outcome = Literal["delivered", "dropped", "put_off", "given_up"]


class Attempt(NamedTuple):
    """What came of an attempt; where it wasn't taken, the problem, and for how long it is to rest."""

    outcome: Outcome
    problem: str = ""
    retry_after_seconds: int = 0


class Carrier(Protocol):
    """Sends the rows of a kind that is no request to a client."""

    def carry(self, row: Any, now: int) -> bool:
        """Send once; False where nothing is to be sent any more.

        Raises OutboundRefused where it wasn't taken this time, NeverTaken where it never will be.
        """

    def note(self, row: Any, outcome: Outcome, now: int) -> None:
        """Keep what came of an attempt, in the unit of work in which the outbox keeps it."""


def host_of(address: str) -> str:
    """Return whose turns a message to this address takes: a row's `host`, which has a column's length."""
    return urlsplit(address).netloc[-255:].lower()


class Schedule(NamedTuple):
    """When to try again: each wait is three times the one before."""

    first_wait_seconds: int
    most_attempts: int

    def wait_seconds(self, attempts: int) -> int:
        """Return how long to wait after so many attempts."""
        return int(min(MOST_WAIT_SECONDS, self.first_wait_seconds * GROWTH ** (attempts - 1)))


class Lanes:
    """Who may have a thread: few at once to one host, and few to all those together that failed last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()
        self._unwell: set[str] = set()

    def in_order(self, hosts: Iterable[str]) -> list[str]:
        """Return the hosts, the well ones first."""
        return sorted(hosts, key=lambda host: host in self._unwell)

    def enter(self, host: str) -> bool:
        """Take a place for this host, if it may have one."""
        with self._lock:
            if not self._has_place(host):
                return False
            self._busy[host] += 1
            return True

    def _has_place(self, host: str) -> bool:
        if self._busy.total() >= THREADS:
            return False
        if host not in self._unwell:
            return self._busy[host] < OF_ONE_HOST
        return self._busy[host] == 0 and len(self._unwell & self._busy.keys()) < OF_THE_UNWELL

    def leave(self, host: str, *, is_well: bool | None = None) -> None:
        """Give the place back, and say how it went, if that was seen."""
        with self._lock:
            self._busy[host] -= 1
            if not self._busy[host]:
                del self._busy[host]
            if is_well:
                self._unwell.discard(host)
            elif is_well is False and len(self._unwell) < MOST_UNWELL:
                self._unwell.add(host)


class Sender:
    """Sends what is due: by a row's kind, `composers` make what is posted, `carriers` send by themselves."""

    def __init__(
        self,
        database: Database,
        composers: Mapping[str, Composer],
        poster: Poster,
        schedule: Schedule,
        events: Events,
        carriers: Mapping[str, Carrier] | None = None,
        to_clients: Collection[str] = (),
    ) -> None:
        """Each attempt to send a kind in `to_clients` is recorded: the log of its client is made of that."""
        self._database = database
        self._store = OutboxStore(database)
        self._composers = composers
        self._carriers = carriers or {}
        self._to_clients = to_clients
        self._poster = poster
        self._schedule = schedule
        self._events = events
        self._lanes = Lanes()
        self._freed = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="outbox")

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set, and let what is under way end."""
        while not stop.is_set():
            try:
                self.send_due(clock.now())
            except DatabaseUnavailable as error:
                logger.warning("the outbox waits for the database: %s", error.__cause__ or error)
            except Exception:
                logger.exception("sending failed and will be tried again")
            # At once where a thread was freed, since more may wait for it
            self._freed.wait(TICK_SECONDS)
            self._freed.clear()
        self.close()

    def close(self) -> None:
        """Return when what is under way has ended."""
        self._pool.shutdown()

    def send_due(self, now: int) -> int:
        """Begin as many deliveries as there are places for; return how many."""
        hosts = self._lanes.in_order(self._store.list_due_hosts(now))
        return sum(self._send_to(host, now) for host in hosts)

    def _send_to(self, host: str, now: int) -> int:
        begun = 0
        while self._lanes.enter(host):
            row = self._claim(host, now)
            if row is None:
                break
            self._pool.submit(self._deliver, row)
            begun += 1
        return begun

    def _claim(self, host: str, now: int) -> Any:
        """Claim a row only when there is a thread for it: a lease that waits in line would run out."""
        row = None
        try:
            row = self._store.claim(host, now, until=now + LEASE_SECONDS)
        finally:
            if row is None:
                self._lanes.leave(host)
        return row

    def _deliver(self, row: Any) -> None:
        is_well = None
        try:
            attempt = self._attempt(row)
            # One that refuses this message for good may well take the next
            is_well = attempt.outcome in ("delivered", "given_up")
            self._note(row, attempt, clock.now())
        except Exception:
            # Its lease runs out, and it is tried again
            logger.exception("the outcome of message %s could not be noted", row.id)
        finally:
            self._lanes.leave(row.host, is_well=is_well)
            self._freed.set()

    def _attempt(self, row: Any) -> Attempt:
        """Send once."""
        may_retry = row.attempts < self._schedule.most_attempts
        try:
            is_sent = self._send(row, clock.now())
        except NeverTaken as refused:
            return Attempt("given_up", str(refused))
        except OutboundRefused as refused:
            outcome: Outcome = "put_off" if may_retry else "given_up"
            return Attempt(outcome, str(refused), refused.retry_after_seconds)
        except Exception:
            logger.exception("message %s could not be sent", row.id)
            problem = "It could not be sent, for a reason of our own."
            return Attempt("put_off" if may_retry else "given_up", problem)
        return Attempt("delivered" if is_sent else "dropped")

    def _send(self, row: Any, now: int) -> bool:
        carrier = self._carriers.get(row.kind)
        if carrier is not None:
            return carrier.carry(row, now)
        parcel = self._composers[row.kind](row, now)
        if parcel is not None:
            self._poster.post(parcel)
        return parcel is not None

    def _note(self, row: Any, attempt: Attempt, now: int) -> None:
        outcome, problem, asked = attempt
        with self._database.unit():
            if outcome == "delivered":
                self._store.mark_delivered(row, now)
                self._record_attempt("outbox.deliver", row, now)
            elif outcome == "dropped":
                self._store.give_up(row, "Nobody is to be told any more.", now, keep_until=now)
            elif outcome == "put_off":
                wait = max(self._schedule.wait_seconds(row.attempts), min(asked, MOST_RETRY_AFTER_SECONDS))
                self._store.put_off(row, problem[:MOST_REASON], until=now + wait)
                self._record_attempt("outbox.put_off", row, now, problem)
                logger.warning("%s to %s: %s", row.kind, row.client_id, problem)
            else:
                self._give_up(row, problem[:MOST_REASON], now)
            carrier = self._carriers.get(row.kind)
            if carrier is not None:
                carrier.note(row, outcome, now)

    def _record_attempt(self, event: str, row: Any, now: int, problem: str = "") -> None:
        if row.kind not in self._to_clients:
            return
        details = {"kind": row.kind, "attempts": row.attempts}
        outcome, reason = ("refused", "put_off") if problem else ("ok", None)
        self._events.record(
            event, outcome=outcome, reason=reason, client_id=row.client_id, now=now,
            details={**details, "description": problem} if problem else details,
        )  # fmt: skip

    def _give_up(self, row: Any, problem: str, now: int) -> None:
        if not self._store.give_up(row, problem, now, keep_until=now + KEEP_DEAD_SECONDS):
            return
        logger.error("%s to %s given up: %s", row.kind, row.client_id, problem)
        self._events.record(
            "outbox.give_up", outcome="refused", reason="undelivered", now=now,
            account_id=row.account_id, client_id=row.client_id,
            details={"kind": row.kind, "attempts": row.attempts, "description": problem},
        )  # fmt: skip
