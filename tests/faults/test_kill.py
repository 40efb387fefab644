"""`kill -9` in the middle of things: what was answered is kept, and what works once worked at most once."""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.faults.at_once import Answer, Line, Post
from tests.security.target import Party, Target, Victim
from tests.servers.processes import wait_until

# Exchanges that are cut in two, in all; each kill meets a few of them
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "40"))
EXCHANGES = 13
LOAD_THREADS = 6
LOAD_ROUNDS = 12
SERVING_SECONDS = 20
CHOICE = random.Random(7)


class Exchange:
    """One code on its way, on a connection that will break."""

    def __init__(self, target: Target, party: Party, person: Victim) -> None:
        self.person = person
        self.issued_before = count_issued(target, person)
        self.code = target.new_code(person, party)
        self.post = Post(party, "/token", party.redemption(self.code))
        self._line = Line(target)
        self.answer: Answer | None = None

    def send(self) -> None:
        self._line.send(self.post)

    def receive(self) -> None:
        self.answer = self._line.find_answer()
        self._line.close()


def redeem(target: Target, post: Post) -> Answer:
    line = Line(target)
    try:
        line.send(post)
        return line.answer()
    finally:
        line.close()


def typical_seconds(target: Target, party: Party, people: list[Victim]) -> float:
    """Return how long the exchanges take that the kills are to meet."""
    took = []
    for person in people[:5]:
        exchange = Exchange(target, party, person)
        began = time.monotonic()
        exchange.send()
        exchange.receive()
        took.append(time.monotonic() - began)
    return statistics.median(took)


def cut(target: Target, party: Party, people: list[Victim], after_seconds: float) -> list[Exchange]:
    """Send some exchanges at once, and kill the server while they are under way."""
    exchanges = [Exchange(target, party, person) for person in people]
    with ThreadPoolExecutor(EXCHANGES) as threads:
        for exchange in exchanges:
            exchange.send()
        received = [threads.submit(exchange.receive) for exchange in exchanges]
        threading.Event().wait(after_seconds)  # any moment will do, and another each round
        target.provider.kill()
        for one in received:
            one.result(30)
    return exchanges


def restart(target: Target) -> None:
    target.http.close()
    target.provider.start()
    target.__post_init__()


def count_issued(target: Target, person: Victim) -> int:
    rows = target.fetch_all(
        "SELECT COUNT(*) AS n FROM audit_events"
        " WHERE account_id = :a AND event = 'token.issued' AND outcome = 'ok'",
        a=person.account_id,
    )  # fmt: skip
    return int(rows[0].n)


def check_exchange(target: Target, exchange: Exchange) -> None:
    """Ask for the code again, twice: in all it gave tokens once, and it did where that was answered."""
    answered = exchange.answer is not None and exchange.answer.status == 200
    once = exchange.issued_before + 1
    was_spent = count_issued(target, exchange.person) == once
    assert was_spent or not answered, "an answered exchange was lost"
    second = redeem(target, exchange.post)
    expected = (400, "invalid_grant") if was_spent else (200, "")
    assert (second.status, second.error) == expected, exchange.answer
    third = redeem(target, exchange.post)
    assert (third.status, third.error) == (400, "invalid_grant")
    assert count_issued(target, exchange.person) == once, "issued twice"


def test_a_code_in_the_middle_of_a_kill_is_redeemable_once_or_spent(fragile: Target) -> None:
    party = fragile.new_client()
    people = [fragile.new_person(totp=False) for _ in range(EXCHANGES)]
    typical = typical_seconds(fragile, party, people)
    for _ in range(max(1, ROUNDS // EXCHANGES)):
        exchanges = cut(fragile, party, people, CHOICE.uniform(0, 2.5 * typical))
        restart(fragile)
        for exchange in exchanges:
            check_exchange(fragile, exchange)
    fragile.provider.tnid("db", "check")


class Load:
    """People who sign in and refresh until the server is gone; remembers what was answered."""

    def __init__(self, target: Target, party: Party, stop: threading.Event) -> None:
        self._target = target
        self._party = party
        self._stop = stop
        self.answered: list[dict[str, Any]] = []
        person = target.new_person(totp=False)
        self.codes = [target.new_code(person, party) for _ in range(LOAD_ROUNDS)]

    def run(self) -> None:
        line = Line(self._target)
        try:
            for code in self.codes:
                if not self._exchange(line, self._party.redemption(code)):
                    return
                for _ in range(2):
                    token = self.answered[-1]["refresh_token"]
                    if not self._exchange(line, self._party.refreshment(token)):
                        return
        except OSError:
            return
        finally:
            line.close()

    def _exchange(self, line: Line, form: dict[str, str]) -> bool:
        line.send(Post(self._party, "/token", form))
        answer = line.find_answer()
        if answer is None:
            return False
        assert answer.status == 200, answer
        self.answered.append(answer.document)
        return not self._stop.is_set()


def test_everything_answered_before_a_kill_under_load_is_kept(fragile: Target) -> None:
    party, stop = fragile.new_client(), threading.Event()
    loads = [Load(fragile, party, stop) for _ in range(LOAD_THREADS)]
    with ThreadPoolExecutor(LOAD_THREADS) as threads:
        running = [threads.submit(load.run) for load in loads]
        wait_until(lambda: sum(len(load.answered) for load in loads) > 40, seconds=30, what="load")
        fragile.provider.kill()
        stop.set()
        for one in running:
            one.result(30)
    began = time.monotonic()
    restart(fragile)
    assert time.monotonic() - began < SERVING_SECONDS
    for load in loads:
        assert all(fragile.is_active(party, tokens["access_token"]) for tokens in load.answered)
        if load.answered:
            assert fragile.refresh(party, load.answered[-1]["refresh_token"])["access_token"]
    fragile.provider.tnid("db", "check")
    fragile.provider.tnid("audit", "verify")


def test_a_killed_worker_is_replaced_and_loses_nothing(fragile: Target) -> None:
    party, person = fragile.new_client(), fragile.new_person(totp=False)
    tokens = fragile.new_tokens(person, party)
    before = set(fragile.provider.worker_pids())
    victim = next(iter(sorted(before)))
    os.kill(victim, 9)
    wait_until(
        lambda: len(set(fragile.provider.worker_pids()) - {victim}) >= len(before),
        seconds=SERVING_SECONDS, what="new process",
    )  # fmt: skip
    restart_client(fragile)
    assert fragile.is_active(party, tokens["access_token"])


def restart_client(target: Target) -> None:
    """Drop connections to a process that is gone."""
    target.http.close()
    target.__post_init__()
