"""What happened how often: counted once, when it is sealed, and told to those who may know."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.person import Page
from tests.tnid.conftest import InProcess
from tnid.audit import Audit, Chain
from tnid.db import Database
from tnid.event_counts import MOST_KINDS, OTHER, EventCounts, Kind
from tnid.metrics import may_read
from tnid.services import Services
from tnid.settings import load
from tnid.stores.audit import AuditStore
from tnid.stores.event_counts import EventCountStore

NOW = 1_795_000_000
KEY = bytes(range(32))
LINE = re.compile(r'[a-z_]+(\{([a-z]+="[a-z0-9_.-]*",?)+\})? [\d.]+')


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database)


@pytest.fixture
def counts(database: Database) -> EventCounts:
    return EventCounts(database)


def seal(database: Database) -> int:
    return Chain(database, KEY).seal(NOW)


def test_an_event_counts_once_when_it_is_sealed(
    database: Database, audit: Audit, counts: EventCounts
) -> None:
    for _ in range(3):
        audit.record("qr.begin", now=NOW)
    audit.record("qr.claim", outcome="refused", reason="second_phone", account_id="a", now=NOW)
    assert counts.find_all() == {}
    assert [seal(database), seal(database)] == [4, 0]
    audit.record("qr.begin", now=NOW)
    seal(database)
    assert counts.find_all() == {
        Kind("qr.begin", "ok", ""): 4,
        Kind("qr.claim", "refused", "second_phone"): 1,
    }
    assert Chain(database, KEY).verify().problems == ()


def test_one_event_may_stand_for_many(database: Database, audit: Audit, counts: EventCounts) -> None:
    audit.record("qr.expired", details={"times": 7}, now=NOW)
    audit.record("qr.expired", details={"other": 1}, now=NOW)
    seal(database)
    assert counts.find_all() == {Kind("qr.expired", "ok", ""): 8}


def test_a_seal_that_fails_counts_nothing(
    database: Database, audit: Audit, counts: EventCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted and sealed in one unit of work: what another process sealed meanwhile is that one's."""
    audit.record("qr.begin", now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(EventCounts, "add", fail)
        with pytest.raises(ZeroDivisionError):
            seal(database)
    assert AuditStore(database).count_unsealed() == 1
    seal(database)
    assert counts.find_all() == {Kind("qr.begin", "ok", ""): 1}


def fail(*_: Any) -> None:
    raise ZeroDivisionError


def test_a_count_outlives_its_events(database: Database, audit: Audit, counts: EventCounts) -> None:
    audit.record("qr.begin", now=NOW)
    seal(database)
    assert AuditStore(database).purge_batch(before=NOW + 1, now=NOW + 1)
    assert counts.find_all() == {Kind("qr.begin", "ok", ""): 1}


@pytest.mark.parametrize("reason", ['a"b', "a\nb", "Nguyễn", "a b", "A", "\\"])
def test_no_word_that_a_stranger_chose_becomes_a_label(
    database: Database, audit: Audit, counts: EventCounts, reason: str
) -> None:
    audit.record("client.refused", outcome="refused", reason=reason, now=NOW)
    seal(database)
    assert counts.find_all() == {Kind("client.refused", "refused", OTHER): 1}


def test_there_are_no_more_kinds_than_there_is_room_for(
    database: Database, audit: Audit, counts: EventCounts
) -> None:
    with database.unit():
        for number in range(MOST_KINDS):
            EventCountStore(database).add(f"made.up{number}", "ok", "", 1)
    audit.record("qr.begin", now=NOW)
    audit.record("made.up7", now=NOW)
    seal(database)
    found = counts.find_all()
    assert found[Kind(OTHER, OTHER, "")] == 1
    assert found[Kind("made.up7", "ok", "")] == 2
    assert len(found) == MOST_KINDS + 1


def test_the_figures_are_in_prometheus_form(new_browser: Any, services: Services, database: Database) -> None:
    services.audit.record("qr.begin", client_id="jobs", account_id="a", now=NOW)
    services.audit.record("qr.digits", outcome="refused", reason="wrong_digits", now=NOW)
    seal(database)
    answer = new_browser("127.0.0.1").get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert 'tnid_events_total{event="qr.begin",outcome="ok",reason=""} 1' in lines
    assert 'tnid_qr_sign_ins_total{step="wrong_digits"} 1' in lines
    assert 'tnid_qr_sign_ins_total{step="collected"} 0' in lines
    assert lines.count("# TYPE tnid_events_total counter") == 1
    assert [line for line in lines if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    assert "jobs" not in answer.text


def test_to_others_the_figures_are_not_there(browser: InProcess, new_browser: Any) -> None:
    refused, unknown = browser.open("/metrics"), browser.open("/nothing-is-here")
    assert refused.status == unknown.status == 404
    assert page_without_number(refused) == page_without_number(unknown)
    near = new_browser("127.0.0.1")
    assert near.get("/metrics", **{"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert near.get("/metrics", Forwarded="for=127.0.0.1").status_code == 404
    assert near.send("POST", "/metrics").status_code in (400, 404, 405)


def page_without_number(page: Page) -> str:
    """Return a page's words but for the number of its request."""
    return page.words().replace(page.headers["X-Request-ID"], "")


@pytest.mark.parametrize(
    ("peer", "forwarded", "came_from", "may"),
    [
        ("10.1.2.3", False, "10.1.2.3", True),
        ("10.1.2.3", True, "10.1.2.3", False),
        ("192.0.2.1", True, "10.1.2.3", True),
        ("192.0.2.1", True, "198.51.100.7", False),
        ("192.0.2.1", False, "192.0.2.1", False),
        ("127.0.0.1", False, "127.0.0.1", False),
        ("2001:db8::1", False, "2001:db8::1", True),
        ("", False, "", False),
        # A proxy of ours that says nothing of who asks, or nothing that is an address
        ("10.9.9.9", True, "somebody", False),
        ("10.9.9.9", True, "10.9.9.9", False),
        ("10.9.9.9", False, "10.9.9.9", True),
    ],
)
def test_who_may_read_is_a_setting(peer: str, forwarded: bool, came_from: str, may: bool) -> None:
    settings = load(
        {"TNID_METRICS_NETWORKS": "10.0.0.0/8,2001:db8::/32", "TNID_TRUSTED_PROXIES": "192.0.2.1,10.9.9.9"}
    )
    environ = {"REMOTE_ADDR": peer, **({"HTTP_X_FORWARDED_FOR": came_from} if forwarded else {})}
    assert may_read(environ, settings) is may
