"""The alarm: raised by an operator, or by our own figures, and over when it was calm for a while."""

from __future__ import annotations

from typing import Any

import pytest

from tnid.audit import Audit
from tnid.challenge.alarm import CALM_SECONDS, MINUTE_SECONDS, OPERATOR, WATCH, Alarm, Watch
from tnid.db import Database
from tnid.stores.event_counts import EventCountStore

NOW = 1_800_000_000
MOST_WRONG = 10


@pytest.fixture
def alarm(database: Database) -> Alarm:
    return Alarm(database, Audit(database))


@pytest.fixture
def watch(database: Database, alarm: Alarm) -> Watch:
    return Watch(database, alarm, MOST_WRONG)


def count_wrong(database: Database, times: int, reason: str = "wrong_password") -> None:
    EventCountStore(database).add("sign_in.password", "refused", reason, times)


def raised(alarm: Alarm, now: int) -> Any:
    found = alarm.find(now)
    return None if found is None else (found.raised_by, found.until)


def test_many_wrong_passwords_within_a_minute_raise_it(
    database: Database, alarm: Alarm, watch: Watch
) -> None:
    count_wrong(database, 1000)
    watch.look(NOW)
    assert raised(alarm, NOW) is None, "what was before anybody looked is no attack"
    count_wrong(database, 6, "unknown")
    watch.look(NOW + 30)
    assert not alarm.is_on(NOW + 30)
    count_wrong(database, 5)
    watch.look(NOW + MINUTE_SECONDS)
    assert raised(alarm, NOW + MINUTE_SECONDS) == (WATCH, NOW + MINUTE_SECONDS + CALM_SECONDS)
    assert alarm.is_on(NOW + MINUTE_SECONDS)
    assert not alarm.is_on(NOW + MINUTE_SECONDS + CALM_SECONDS)


def test_as_many_over_a_longer_time_do_not(database: Database, alarm: Alarm, watch: Watch) -> None:
    for minute in range(10):
        watch.look(NOW + minute * (MINUTE_SECONDS + 1))
        count_wrong(database, MOST_WRONG)
    assert raised(alarm, NOW) is None


def test_while_it_goes_on_so_does_the_alarm(database: Database, alarm: Alarm, watch: Watch) -> None:
    for step in range(20):
        watch.look(NOW + 5 * step)
        count_wrong(database, MOST_WRONG)
    assert raised(alarm, NOW + 95) == (WATCH, NOW + 95 + CALM_SECONDS)
    assert alarm.find(NOW + 95).raised_at < NOW + 20


def test_what_an_operator_said_is_not_shortened(database: Database, alarm: Alarm, watch: Watch) -> None:
    alarm.begin(3600, OPERATOR, NOW)
    watch.look(NOW)
    count_wrong(database, 100)
    watch.look(NOW + 5)
    assert raised(alarm, NOW + 5) == (OPERATOR, NOW + 3600)
    assert alarm.end(NOW + 6) and not alarm.end(NOW + 7)
    assert not alarm.is_on(NOW + 6)
