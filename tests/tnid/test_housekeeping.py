"""The chores: done when due, by one process at a time, and never the end of the housekeeper."""

from __future__ import annotations

import logging
import threading

import pytest
from sqlalchemy import text

from tnid import purge
from tnid.audit import Audit
from tnid.db import Database, DatabaseUnavailable
from tnid.housekeeping import Chore, Housekeeper, chores
from tnid.services import Services
from tnid.settings import Settings
from tnid.stores.audit import LeaseStore
from tnid.stores.replay import ReplayStore

NOW = 1_795_000_000


class Counter:
    """Work that counts itself, and fails where told to."""

    def __init__(self, *failures: Exception, more: int = 0) -> None:
        self.calls = 0
        self._failures = list(failures)
        self._more = more

    def __call__(self, now: int) -> bool:
        self.calls += 1
        if self._failures:
            raise self._failures.pop(0)
        return self.calls <= self._more


def test_one_of_several_housekeepers_does_a_leased_chore(database: Database) -> None:
    work = Counter()
    chore = Chore("seal", 1, True, work)
    first, second = (Housekeeper([chore], LeaseStore(database)) for _ in range(2))
    for second_passed in range(20):
        first.do(chore, NOW + second_passed)
        second.do(chore, NOW + second_passed)
    assert work.calls == 20


def test_another_takes_over_from_one_that_died(database: Database) -> None:
    work = Counter()
    chore = Chore("seal", 1, True, work)
    first, second = (Housekeeper([chore], LeaseStore(database)) for _ in range(2))
    first.do(chore, NOW)
    second.do(chore, NOW + 60)
    assert work.calls == 2


@pytest.mark.parametrize("failure", [DatabaseUnavailable(), ZeroDivisionError()])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_chore_that_fails_is_logged_and_tried_again(
    database: Database, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    chore = Chore("tend_keys", 1, False, Counter(failure))
    housekeeper = Housekeeper([chore], LeaseStore(database))
    with caplog.at_level(logging.WARNING):
        assert housekeeper.do(chore, NOW) is False
    assert "tend_keys" in caplog.text
    assert housekeeper.do(chore, NOW + 1) is False


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_chore_with_more_to_do_goes_on_at_once(database: Database) -> None:
    work, stop = Counter(more=3), threading.Event()

    def stop_after_four(now: int) -> bool:
        if work.calls == 3:
            stop.set()
        return work(now)

    chore = Chore("purge", 3600, False, stop_after_four)
    Housekeeper([chore], LeaseStore(database)).run(stop)
    assert work.calls == 4


def test_every_chore_of_a_provider_can_be_done(settings: Settings, database: Database) -> None:
    services = Services(settings, database)
    services.audit.record("account.create", account_id="a", now=NOW)
    housekeeper = Housekeeper([], LeaseStore(database))
    done = {chore.name: housekeeper.do(chore, NOW) for chore in chores(services)}
    names = ("end_employments", "tell_workers", "remind_workers", "remind_employers")
    names += (
        "tend_keys",
        "watch",
        "warn",
        "end_mandates",
        "end_requests",
        "end_secrets",
        "count_expired",
        "note_abandoned",
        "purge",
        "purge_audit",
        "delete_accounts",
    )
    quiet = dict.fromkeys(names, False)
    assert done == {"seal": True, **quiet}
    assert len(services.keyring.list_keys(NOW)) == 2


def test_what_has_ended_goes_in_batches_and_the_rest_stays(database: Database) -> None:
    replays = ReplayStore(database)
    for number in range(5):
        replays.consume("test", f"old {number}", NOW - purge.KEEP_SECONDS - 1)
    replays.consume("test", "lately ended", NOW - 1)
    assert purge.purge_expired(database, NOW, most=3) is True
    assert purge.purge_expired(database, NOW, most=3) is False
    assert not replays.is_consumed("test", "old 1")
    assert replays.is_consumed("test", "lately ended")


def test_an_idle_provider_writes_no_batches(settings: Settings, database: Database) -> None:
    services = Services(settings, database)
    seal = next(chore for chore in chores(services) if chore.name == "seal")
    Audit(database).record("account.create", now=NOW)
    assert [seal.work(NOW + n) for n in range(3)] == [True, False, False]
    assert database.fetch_one(text("SELECT COUNT(*) AS batches FROM audit_batches")).batches == 1


def test_what_nobody_took_up_or_confirmed_for_a_year_goes(database: Database) -> None:
    """An employer said it of somebody who never came; a worker's own record stays with the account."""
    long_ago = NOW - 365 * 86400 - 1
    for statement in (ADD_EMPLOYER, ADD_ACCOUNT):
        database.execute(text(statement), now=NOW)
    for name, until, account, ended in (
        ("confirmed", long_ago + 2, None, None),
        ("old", long_ago, None, None),
        ("over", long_ago, None, NOW),
        ("taken", long_ago, "a", None),
    ):
        row = {"id": name, "until": until, "account": account, "ended": ended}
        database.execute(text(ADD_EMPLOYMENT), **row, now=NOW)
    assert purge.purge_expired(database, NOW, most=10) is False
    left = database.fetch_all(text("SELECT id FROM employments ORDER BY id"))
    assert [row.id for row in left] == ["confirmed", "over", "taken"]


ADD_EMPLOYER = "INSERT INTO employers (id, tax_code, name, requested_at) VALUES ('e', '1', 'E', :now)"
ADD_ACCOUNT = (
    "INSERT INTO accounts (id, username, username_key, password_hash, password_changed_at, profile_sealed,"
    " identity_level, locale, created_at, updated_at)"
    " VALUES ('a', 'a', 'a', '', :now, '', 0, 'vi', :now, :now)"
)
ADD_EMPLOYMENT = (
    "INSERT INTO employments (id, employer_id, account_id, accepted, refused, is_hidden, attested_at,"
    " attested_through, valid_until, ended_at, version, created_at, updated_at)"
    " VALUES (:id, 'e', :account, '', '', 0, :now, 'list', :until, :ended, 1, :now, :now)"
)
