"""Counts in each process, agreed on between them: bounded everywhere, and free for whoever stays within."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from tests.servers.processes import wait_until
from tnid.rates import counting
from tnid.rates.counting import SHARE, Rates
from tnid.rates.rules import MINUTE_SECONDS, Rule

RULE = Rule("pages", 100)
NOW = 60_000_000


class Shared:
    """What the processes agree on."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.asked = 0
        self.shut: list[tuple[str, str]] = []

    def agree(self, rule: Rule, key: str, count: int) -> int:
        self.asked += 1
        self.counts[f"{rule.name}:{key}"] += count
        return self.counts[f"{rule.name}:{key}"]

    def note(self, rule: Rule, subject: str, _now: int) -> None:
        self.shut.append((rule.name, subject))

    def process(self, monkeypatch: pytest.MonkeyPatch) -> Rates:
        """Return a process that agrees when it is told to."""
        rates = Rates(self.agree, self.note)
        monkeypatch.setattr(rates, "_thread", object())
        return rates


@pytest.fixture
def shared() -> Shared:
    return Shared()


def take(rates: Rates, times: int, *, now: int = NOW, subject: str = "a") -> list[int]:
    return [rates.take(RULE, subject, now) for _ in range(times)]


def test_what_is_allowed_passes_and_the_next_waits_for_the_minutes_end(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = shared.process(monkeypatch)
    assert take(rates, 100, now=NOW + 13) == [0] * 100
    assert take(rates, 2, now=NOW + 13) == [47, 47]
    assert rates.seconds_shut(RULE, "a", NOW + 59) == 1
    assert take(rates, 1, now=NOW + MINUTE_SECONDS) == [0]
    assert take(rates, 1, now=NOW + 13, subject="b") == [0]


def test_it_is_noted_once_a_minute(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = shared.process(monkeypatch)
    take(rates, 120)
    assert shared.shut == [("pages", "a")]
    take(rates, 120, now=NOW + MINUTE_SECONDS)
    assert shared.shut == [("pages", "a")] * 2


def test_who_stays_far_within_bounds_costs_nobody_anything(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = shared.process(monkeypatch)
    take(rates, RULE.allowed // SHARE - 1)
    rates.agree()
    assert shared.asked == 0


def test_processes_learn_what_the_others_counted(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = shared.process(monkeypatch), shared.process(monkeypatch)
    take(one, 60)
    one.agree()
    take(two, 60)
    two.agree()
    assert two.seconds_shut(RULE, "a", NOW) == 60
    # The other one hears of it with its own next share
    take(one, RULE.allowed // SHARE)
    one.agree()
    assert take(one, 1) == [60]
    assert shared.counts.total() == 125


def test_nothing_is_counted_twice_and_nothing_is_lost(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = shared.process(monkeypatch)
    for _ in range(9):
        take(rates, 7)
        rates.agree()
    assert shared.counts.total() == 63


def test_where_nobody_answers_a_process_goes_by_its_own_count(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = shared.process(monkeypatch)
    monkeypatch.setattr(rates, "_agree", lambda _rule, _key, count: count)
    take(rates, 60)
    rates.agree()
    assert take(rates, 41)[-1] == 60


def test_ever_new_subjects_take_no_more_memory(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_SUBJECTS", 100)
    rates = shared.process(monkeypatch)
    take(rates, 101, subject="busy")
    for number in range(1000):
        take(rates, 1, subject=str(number))
    assert len(rates._tallies) <= 100
    assert take(rates, 1, subject="busy") == [60]


def test_the_thread_agrees_by_itself(shared: Shared) -> None:
    rates = Rates(shared.agree, shared.note)
    take(rates, 60)
    wait_until(lambda: shared.counts.total() >= 60, what="agreement")
    assert shared.counts.total() == 60


def test_the_thread_outlives_what_nobody_foresaw(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "AGREE_SECONDS", 0.01)
    failed = threading.Event()

    def agree(rule: Rule, key: str, count: int) -> int:
        if not failed.is_set():
            failed.set()
            raise ZeroDivisionError
        return shared.agree(rule, key, count)

    rates = Rates(agree, shared.note)
    take(rates, 60, subject="first")
    assert failed.wait(60)
    take(rates, 60, subject="second")
    wait_until(lambda: shared.counts.total() == 60, seconds=10, what="agreement")
