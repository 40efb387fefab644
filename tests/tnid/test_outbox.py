"""The outbox: nothing is lost, nothing is sent by two at once, nobody waits for somebody else's client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from oidc.clients.outbound import OutboundRefused, Parcel
from tests.conftest import Clock
from tests.servers.processes import wait_until
from tnid import outbox, purge
from tnid.audit import Audit
from tnid.db import Database
from tnid.outbox import LEASE_SECONDS, Lanes, Schedule, Sender
from tnid.stores.outbox import OutboxStore

SCHEDULE = Schedule(first_wait_seconds=5, most_attempts=3)


class Post:
    """Clients that take what they are sent, but for those in `down`; those in `slow` wait for `answer`."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.tried: list[str] = []
        self.down: set[str] = set()
        self.slow: set[str] = set()
        self.under_way: set[str] = set()
        self.answer = threading.Event()
        self._lock = threading.Lock()

    def post(self, parcel: Parcel) -> None:
        host = parcel.url.split("/")[2]
        with self._lock:
            self.tried.append(parcel.url)
            self.under_way.add(parcel.url)
        if host in self.slow:
            self.answer.wait(30)
        with self._lock:
            self.under_way.discard(parcel.url)
        if host in self.down:
            raise OutboundRefused("The address answered 500.")
        with self._lock:
            self.taken.append(parcel.url)


def compose(row: Any, _now: int) -> Parcel | None:
    return None if row.client_id == "gone" else Parcel(f"https://{row.host}/{row.reference}", b"x")


class Office:
    """An outbox, its sender, and the clients that it sends to."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.store = OutboxStore(database)
        self.post = Post()
        self.sender = self.new_sender()

    def new_sender(self) -> Sender:
        return Sender(self.database, {"k": compose}, self.post, SCHEDULE, Audit(self.database))

    def add(self, reference: str, host: str = "rp.example", client_id: str = "") -> bool:
        return self.store.add("k", client_id or host, "an", reference, host, self.clock.now())

    def send(self) -> int:
        """Send what is due now; return how much that was, when all of it was noted."""
        begun = 0
        while more := self.sender.send_due(self.clock.now()):
            begun += more
            self.settle()
        return begun

    def settle(self) -> None:
        wait_until(lambda: not self.sender._lanes._busy, seconds=30, what="end of what is under way")

    def row(self, reference: str) -> Any:
        rows = self.database.fetch_all(text("SELECT * FROM outbox WHERE reference = :r"), r=reference)
        return rows[0]


@pytest.fixture
def office(database: Database, clock: Clock) -> Iterator[Office]:
    made = Office(database, clock)
    yield made
    made.post.answer.set()
    made.sender.close()


def test_what_is_queued_is_sent_once(office: Office) -> None:
    assert office.add("one") and office.add("two", "other.example")
    assert office.send() == 2
    assert sorted(office.post.taken) == ["https://other.example/two", "https://rp.example/one"]
    assert office.send() == 0 and office.row("one").delivered_at == office.clock.now()


def test_the_same_message_is_queued_once(office: Office) -> None:
    assert [office.add("one"), office.add("one"), office.add("one", client_id="another")] == [
        True,
        False,
        True,
    ]


def test_what_the_unit_of_work_rolled_back_is_not_sent(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), office.database.unit():
        office.add("one")
        raise ZeroDivisionError
    assert office.send() == 0


def test_a_failure_is_tried_again_after_growing_waits_and_then_given_up(office: Office) -> None:
    office.post.down.add("rp.example")
    office.add("one")
    waits = []
    for _ in range(SCHEDULE.most_attempts):
        assert office.send() == 1
        due_at = office.row("one").due_at
        if due_at is not None:
            waits.append(due_at - office.clock.now())
            office.clock.advance(waits[-1] - 1)
            assert office.send() == 0, "not before its time"
            office.clock.advance(1)
    row = office.row("one")
    assert waits == [5, 15] and row.error == "The address answered 500."
    assert (row.due_at, row.delivered_at, row.dead_at) == (None, None, office.clock.now())
    events = office.database.fetch_all(text("SELECT event, outcome, client_id FROM audit_events"))
    assert [tuple(event) for event in events] == [("outbox.give_up", "refused", "rp.example")]


def test_a_client_that_comes_back_gets_what_waited(office: Office) -> None:
    office.post.down.add("rp.example")
    for number in range(4):
        office.add(str(number))
    office.send()
    assert not office.post.taken
    office.post.down.clear()
    office.clock.advance(SCHEDULE.first_wait_seconds)
    office.send()
    assert sorted(office.post.taken) == [f"https://rp.example/{n}" for n in range(4)]


def test_an_operator_retries_a_dead_letter(office: Office) -> None:
    office.post.down.add("rp.example")
    office.add("one")
    office.send()
    for _ in range(1, SCHEDULE.most_attempts):
        office.clock.advance(3600)
        office.send()
    assert office.store.list_dead() == [office.row("one").id]
    office.post.down.clear()
    assert office.store.retry(office.row("one").id, office.clock.now())
    assert office.send() == 1 and office.row("one").delivered_at
    assert not office.store.retry(office.row("one").id, office.clock.now()), "it was delivered"
    assert not office.store.retry(10**6, office.clock.now())


def test_nobody_is_told_where_nobody_is_left(office: Office) -> None:
    office.add("one", client_id="gone")
    office.send()
    assert not office.post.tried and office.row("one").due_at is None
    assert not office.database.fetch_all(text("SELECT * FROM audit_events"))


def test_a_fault_of_our_own_costs_an_attempt_and_not_the_sender(office: Office) -> None:
    office.store.add("unknown kind", "c", "an", "one", "rp.example", office.clock.now())
    office.add("two")
    office.send()
    assert office.post.taken == ["https://rp.example/two"]
    assert office.row("one").attempts == 1 and "our own" in office.row("one").error


# Several senders


def test_of_many_that_claim_at_once_each_message_goes_to_one(office: Office) -> None:
    for number in range(20):
        office.add(str(number))
    now = office.clock.now()

    def claim(_: int) -> Any:
        return office.store.claim("rp.example", now, until=now + LEASE_SECONDS)

    with ThreadPoolExecutor(8) as pool:
        claimed = [row.id for row in pool.map(claim, range(60)) if row is not None]
    assert len(claimed) == len(set(claimed))
    while row := claim(0):
        claimed.append(row.id)
    assert len(claimed) == len(set(claimed)) == 20


def test_what_a_sender_took_with_it_is_sent_when_its_lease_has_run_out(office: Office) -> None:
    office.add("one")
    now = office.clock.now()
    died = office.store.claim("rp.example", now, until=now + LEASE_SECONDS)
    office.clock.advance(LEASE_SECONDS - 1)
    assert office.send() == 0
    office.clock.advance(1)
    assert office.send() == 1 and office.row("one").delivered_at
    assert not office.store.put_off(died, "late", until=now), "the row is no longer the dead one's"
    assert office.row("one").delivered_at


# Fairness


def test_clients_that_hang_hold_up_nobody_else(office: Office) -> None:
    hosts = [f"hangs-{number}.example" for number in range(outbox.OF_THE_UNWELL + 2)]
    office.post.down.update(hosts)
    for host in hosts:
        office.add("first", host)
    office.send()
    office.post.slow.update(hosts)
    office.clock.advance(SCHEDULE.first_wait_seconds)
    for host in hosts:
        for number in range(10):
            office.add(str(number), host)
    office.sender.send_due(office.clock.now())
    wait_until(lambda: len(office.post.under_way) == outbox.OF_THE_UNWELL, seconds=30, what="hanging")
    for number in range(50):
        office.add(str(number), f"well-{number}.example")

    def all_well_have_theirs() -> bool:
        office.sender.send_due(office.clock.now())
        return len(office.post.taken) == 50

    wait_until(all_well_have_theirs, seconds=30, what="delivery to those that are well")
    assert len(office.post.under_way) == outbox.OF_THE_UNWELL


def test_one_host_has_few_threads_however_much_waits_for_it(office: Office) -> None:
    office.post.slow.add("rp.example")
    for number in range(20):
        office.add(str(number))
    office.sender.send_due(office.clock.now())
    assert office.sender.send_due(office.clock.now()) == 0
    wait_until(lambda: office.post.under_way, seconds=30, what="attempt")
    assert sum(office.sender._lanes._busy.values()) == outbox.OF_ONE_HOST


def test_there_are_never_more_under_way_than_threads() -> None:
    lanes = Lanes()
    entered = [lanes.enter(f"host-{number}") for number in range(outbox.THREADS + 5)]
    assert sum(entered) == outbox.THREADS
    lanes.leave("host-0", is_well=True)
    assert lanes.enter("another")


# Running and purging


def test_a_running_sender_sends_by_itself_and_ends_when_told(office: Office) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=office.sender.run, args=(stop,))
    thread.start()
    office.add("one")
    wait_until(lambda: office.post.taken, seconds=30, what="delivery")
    stop.set()
    thread.join(30)
    assert not thread.is_alive() and office.row("one").delivered_at


def test_what_was_delivered_is_purged_and_what_waits_or_died_stays(office: Office) -> None:
    office.post.down.add("down.example")
    office.add("one")
    office.add("two", "down.example")
    office.send()
    purge.purge_expired(office.database, office.clock.now() + purge.KEEP_SECONDS + 1, most=10)
    left = office.database.fetch_all(text("SELECT reference FROM outbox"))
    assert [row.reference for row in left] == ["two"]


def test_waits_grow_up_to_six_hours() -> None:
    waits = [Schedule(5, 20).wait_seconds(attempts) for attempts in range(1, 20)]
    assert waits[:4] == [5, 15, 45, 135] and max(waits) == outbox.MOST_WAIT_SECONDS
    assert waits == sorted(waits)
