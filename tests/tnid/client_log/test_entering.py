"""Sealed events become entries and counts: each once, bounded, and without a word about anybody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Select, select, text

from oidc.token.redemption import Redemption
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.audit import Audit, Chain, Origin, origin
from tnid.client_log.entering import ClientLogWriter, Keeping
from tnid.client_log.entries import hash_flow
from tnid.client_log.figures import PERIODS
from tnid.client_log.service import ClientLog, Filters, LogEntry
from tnid.db import Database
from tnid.housekeeping import chores
from tnid.purge import purge_expired
from tnid.services import Services
from tnid.stores import client_log as client_log_store
from tnid.stores.audit import EVENTS_OF_BATCH
from tnid.stores.client_log import ClientLogStore
from tnid.stores.grants import grants

NOW = 1_795_000_000
KEY = bytes(range(32))
DAY = 86400
TABLES = ("client_log", "client_hours")
KEEPING = Keeping(30 * DAY, 400 * DAY, 8)


class Log:
    """A log on a database, and the one who seals."""

    def __init__(self, database: Database, known: tuple[str, ...] = ("jobs", "homes")) -> None:
        self.database = database
        self.audit = Audit(database)
        self.store = ClientLogStore(database)
        self.reader = ClientLog(self.store)
        self.writer = ClientLogWriter(self.store, known.__contains__, KEEPING)
        self.chain = Chain(database, KEY, (self.writer.enter,))

    def refuse(self, client_id: str | None = "jobs", now: int = NOW, **details: Any) -> None:
        error = details.setdefault("error", "invalid_grant")
        details.setdefault("description", "The code was used before.")
        self.audit.record(
            "token.refused", outcome="refused", reason=error, client_id=client_id, account_id="lan",
            details=details, now=now,
        )  # fmt: skip

    def seal(self) -> None:
        while self.chain.seal(NOW):
            pass

    def entries(self, client_id: str = "jobs") -> list[LogEntry]:
        return list(self.reader.export(client_id, Filters()))

    def hours(self, client_id: str = "jobs") -> dict[tuple[str, str, str], int]:
        rows = self.store.list_hours(client_id, since=0)
        return {(row.stage, row.outcome, row.error): row.times for row in rows}


@pytest.fixture
def log(database: Database) -> Log:
    return Log(database)


def test_an_event_is_entered_once_when_it_is_sealed(log: Log) -> None:
    token = origin.set(Origin("192.0.2.9", 4711, "Firefox", "00ff"))
    log.refuse(flow="g1", seconds=7, sent={"grant_type": "authorization_code"})
    origin.reset(token)
    assert log.entries() == []
    log.seal()
    (entry,) = log.entries()
    assert (entry.stage, entry.outcome, entry.error, entry.seconds) == (
        "token",
        "refused",
        "invalid_grant",
        7,
    )
    assert (entry.request_id, entry.description) == ("00ff", "The code was used before.")
    assert entry.flow == hash_flow("g1") != "g1"
    for canary in ("lan", "192.0.2.9", "4711", "Firefox", "g1"):
        assert canary not in repr(entry).replace(entry.flow, "")
    log.writer.enter(log.database.fetch_all(EVENTS_OF_BATCH, b=1))
    assert len(log.entries()) == 1


def test_what_machines_do_rightly_is_counted_alone(log: Log) -> None:
    for _ in range(5):
        log.audit.record("token.refreshed", client_id="jobs", account_id="lan", now=NOW)
    log.seal()
    assert log.entries() == []
    assert log.hours() == {("refresh", "ok", ""): 5}
    log.audit.record("token.refreshed", client_id="jobs", account_id="lan", now=NOW)
    log.seal()
    assert log.hours() == {("refresh", "ok", ""): 6}


def test_what_is_no_developers_business_is_not_entered(log: Log) -> None:
    for event in ("consent.withdraw", "consent.change", "session.end", "client.disable", "qr.claim"):
        log.audit.record(event, client_id="jobs", account_id="lan", now=NOW)
    log.audit.record("sign_in.complete", account_id="lan", now=NOW)
    log.audit.record("sign_in.password", outcome="refused", client_id="jobs", now=NOW)
    log.seal()
    assert (log.entries(), log.hours()) == ([], {})


def test_too_many_requests_are_entered_for_the_client(log: Log) -> None:
    for client_id in ("jobs", None):
        log.audit.record("rate.exceed", outcome="refused", reason="requests", client_id=client_id, now=NOW)
    log.seal()
    assert [(entry.stage, entry.error) for entry in log.entries()] == [("rate", "temporarily_unavailable")]
    assert log.entries("") == []


def test_a_name_that_is_no_applications_is_entered_for_none(log: Log) -> None:
    log.refuse("made-up-1")
    log.refuse(None)
    log.seal()
    assert [log.entries("made-up-1"), len(log.entries(""))] == [[], 2]


def test_a_broken_application_fills_no_disk(log: Log) -> None:
    for number in range(20):
        log.refuse(flow=f"g{number}")
    log.refuse("homes")
    log.audit.record("token.issued", client_id="jobs", now=NOW, details={"flow": "g", "since": NOW})
    log.seal()
    # A quarter for refusals of one stage: other news has room beside them
    assert [entry.outcome for entry in log.entries()] == ["ok", "refused", "refused"]
    assert len(log.entries("homes")) == 1
    assert log.hours()["token", "refused", "invalid_grant"] == 20
    assert log.hours()["left_out", "refused", ""] == 18
    log.refuse(now=NOW + 60)
    log.seal()
    assert len(log.entries()) == 4
    assert log.reader.get_figures("jobs", PERIODS[0], NOW).left_out == 18


def test_an_event_that_cannot_be_read_holds_nothing_up(log: Log) -> None:
    log.refuse(seconds="soon")
    log.refuse()
    log.seal()
    assert len(log.entries()) == 1
    assert log.chain.verify().problems == ()


def test_entries_and_counts_go_when_their_time_is_over(log: Log) -> None:
    log.refuse()
    log.seal()
    purge_expired(log.database, NOW + 31 * DAY, most=100)
    assert log.entries() == []
    assert log.hours()
    purge_expired(log.database, NOW + 402 * DAY, most=100)
    assert log.hours() == {}


def test_pages_hold_each_sign_in_once_and_whole(log: Log) -> None:
    for number in range(50):
        now = NOW + 60 * number
        details = {"flow": f"g{number}", "seconds": 5}
        log.audit.record("sign_in.complete", client_id="jobs", now=now, details=details)
        log.audit.record("consent.give", client_id="jobs", now=now, details={**details, "seconds": 9})
        log.refuse(now=now + 20, flow=f"g{number}")
    log.seal()
    before, pages = None, []
    while True:
        page = log.reader.list_page("jobs", Filters(), before_id=before)
        pages.append(page)
        before = page.next_before
        if before is None:
            break
    sign_ins = [one for page in pages for one in page.sign_ins]
    assert len(pages) == 5
    assert [len(one.entries) for one in sign_ins] == [3] * 50
    assert len({one.last.flow for one in sign_ins}) == 50
    assert [one.last.id for one in sign_ins] == sorted((one.last.id for one in sign_ins), reverse=True)
    assert {one.last.seconds for one in sign_ins} == {25}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(outcome="ok"), ["consent"]),
        (Filters(stage="token"), ["token", "token"]),
        (Filters(error="invalid_scope"), ["token"]),
        (Filters(request_id="00aa"), ["token"]),
        (Filters(since=NOW + 50), ["token"]),
        (Filters(until=NOW + 50, outcome="refused"), ["token"]),
        (Filters(error="server_error"), []),
    ],
)
def test_a_page_is_narrowed(log: Log, filters: Filters, expected: list[str]) -> None:
    log.audit.record("consent.give", client_id="jobs", now=NOW)
    log.refuse()
    token = origin.set(Origin(request_id="00aa"))
    log.refuse(now=NOW + 50, error="invalid_scope")
    origin.reset(token)
    log.seal()
    found = log.reader.list_page("jobs", filters).sign_ins
    assert [one.last.stage for one in found] == expected


def test_a_sign_in_is_one_flow_from_its_screens_to_its_tokens(
    services: Services, browser: InProcess, minh: Someone, new_app: Any, clock: Clock
) -> None:
    address = new_app()
    minh.sign_in(browser, address)
    clock.advance(11)
    browser.submit("consent_allow")
    (grant,) = services.database.fetch_all(select(grants))
    with services.database.unit():
        found = services.grants.find_by_code(bytes(grant.code_hash))
        assert found is not None
        _redeem(services, found, clock.advance(2))
    seal = next(chore for chore in chores(services) if chore.name == "seal")
    seal.work(clock.now())
    (sign_in,) = services.client_log.list_page("jobs", Filters()).sign_ins
    assert [entry.stage for entry in sign_in.entries] == ["sign_in", "consent", "token"]
    assert sign_in.last.seconds == 30 + 11 + 2
    assert services.client_log.has_signed_in("jobs")
    assert not services.client_log.has_signed_in("homes")
    figures = services.client_log.get_figures("jobs", PERIODS[0], clock.now())
    assert (figures.finished, figures.refused) == (1, 0)
    assert 30 < (figures.median_seconds or 0) <= 45
    kept = [services.database.fetch_all(text(f"SELECT * FROM {name}")) for name in TABLES]
    for canary in (minh.id, minh.username, "Minh", "912345678", "192.0.2.1", "httpx", grant.sid, grant.id):
        assert canary not in repr(kept)


def _redeem(services: Services, grant: Any, now: int) -> None:
    redemption = Redemption(grant.code_hash, grant.client_id, grant.redirect_uri, grant.code_challenge, None)
    assert services.grants.redeem(redemption, now)


def test_the_last_error_is_that_of_the_application(log: Log) -> None:
    assert log.reader.find_last_error("jobs") is None
    log.refuse(error="invalid_scope")
    log.refuse("homes", error="invalid_target")
    log.seal()
    found = log.reader.find_last_error("jobs")
    assert found is not None
    assert found.error == "invalid_scope"


NARROWED = ((), ("stage",), ("outcome",), ("error",), ("request_id",), ("since", "until"))


@pytest.mark.parametrize("names", NARROWED)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_page_is_found_by_an_index_that_orders_it(log: Log, names: tuple[str, ...]) -> None:
    log.store.list_page("jobs", most=2, before_id=9, **dict.fromkeys(names, 1))
    statement = log.store._pages[tuple(sorted((*names, "before_id")))]
    plan = plan_of(log.database, statement)
    assert all(step.startswith("SEARCH") or "ORDER BY" in step for step in plan), plan
    # By time and by number they are few
    assert len(plan) == 1 or names in (("request_id",), ("since", "until"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_look_is_by_an_index(log: Log) -> None:
    statements = [one for one in vars(client_log_store).values() if isinstance(one, Select)]
    assert len(statements) == 6
    for statement in statements:
        plan = plan_of(log.database, statement)
        assert not [step for step in plan if step.startswith("SCAN")], plan


def plan_of(database: Database, statement: Select[Any]) -> list[str]:
    compiled = statement.compile()
    given: dict[str, Any] = dict.fromkeys(compiled.params, 1)
    with database._engine.connect() as connection:
        return [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"), given)]
