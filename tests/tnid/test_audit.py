"""The audit log: appended with the act, sealed in a chain, tampering seen."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from tnid import audit as audit_module
from tnid.audit import Audit, Chain, Origin
from tnid.db import Database
from tnid.stores.audit import AuditStore, LeaseStore

NOW = 1_795_000_000
KEY = bytes(range(32))


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database)


@pytest.fixture
def chain(database: Database) -> Chain:
    return Chain(database, KEY)


def record_some(audit: Audit, count: int) -> None:
    for number in range(count):
        audit.record("account.signed_in", account_id=f"a{number % 2}", now=NOW + number)


def test_an_event_carries_where_it_came_from(audit: Audit) -> None:
    token = audit_module.origin.set(Origin("2001:db8::1", 40022, "Máy\x00" + "x" * 400, "r1"))
    audit.record(
        "grant.revoked", outcome="refused", reason="reuse", account_id="a", client_id="c" * 999,
        details={"generation": 3}, now=NOW,
    )  # fmt: skip
    audit_module.origin.reset(token)

    (event,) = audit.list_by_account("a")
    assert (event.ip, event.port, event.request_id) == ("2001:db8::1", 40022, "r1")
    assert event.user_agent.startswith("Máy\ufffd") and len(event.user_agent) == 255
    assert len(event.client_id) == 255
    assert (event.outcome, event.reason, event.details) == ("refused", "reuse", '{"generation":3}')


def test_an_event_is_undone_with_its_act(database: Database, audit: Audit) -> None:
    with pytest.raises(RuntimeError), database.unit():
        audit.record("account.created", account_id="a", now=NOW)
        raise RuntimeError
    assert audit.list_by_account("a") == []


def test_details_named_like_secrets_are_refused(audit: Audit) -> None:
    with pytest.raises(ValueError, match="password"):
        audit.record("account.created", details={"password": "x"}, now=NOW)


def test_sealing_chains_batches_and_verifies(audit: Audit, chain: Chain) -> None:
    record_some(audit, 5)
    assert chain.seal(NOW) == 5
    record_some(audit, 3)
    assert chain.seal(NOW + 1) == 3
    assert chain.seal(NOW + 2) == 0
    record_some(audit, 1)

    found = chain.verify()
    assert found.problems == ()
    assert (found.batches, found.events, found.unsealed) == (2, 8, 1)


def test_an_empty_log_verifies(chain: Chain) -> None:
    assert chain.seal(NOW) == 0
    assert chain.verify().problems == ()


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_events SET outcome = 'refused' WHERE id = 2",
        "DELETE FROM audit_events WHERE id = 2",
        "UPDATE audit_events SET batch = 2 WHERE id = 2",
        "INSERT INTO audit_events (batch, occurred_at, event, outcome) VALUES (1, 1, 'x', 'ok')",
        "INSERT INTO audit_events (batch, occurred_at, event, outcome) VALUES (9, 1, 'x', 'ok')",
        "UPDATE audit_batches SET hash = previous_hash WHERE id = 1",
        "DELETE FROM audit_batches WHERE id = 1",
    ],
)
def test_tampering_is_seen(database: Database, audit: Audit, chain: Chain, tampering: str) -> None:
    for _ in range(2):
        record_some(audit, 4)
        chain.seal(NOW)
    database.execute(text(tampering))
    assert chain.verify().problems


def test_a_chain_made_with_another_key_does_not_verify(database: Database, audit: Audit) -> None:
    record_some(audit, 1)
    Chain(database, bytes(32)).seal(NOW)
    assert Chain(database, KEY).verify().problems


def test_events_appended_while_several_seal_are_sealed_once(database: Database, audit: Audit) -> None:
    def work(number: int) -> None:
        chain = Chain(database, KEY)
        for _ in range(15):
            audit.record("account.signed_in", account_id=f"a{number}", now=NOW)
            chain.seal(NOW)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain = Chain(database, KEY)
    while chain.seal(NOW):
        pass

    found = chain.verify()
    assert found.problems == ()
    assert (found.events, found.unsealed) == (60, 0)


def test_purging_removes_whole_batches_and_keeps_the_chain(
    database: Database, audit: Audit, chain: Chain
) -> None:
    for number in range(3):
        record_some(audit, 2)
        chain.seal(NOW + number)
    store = AuditStore(database)
    assert store.purge_batch(before=NOW + 2, now=NOW + 9)
    assert store.purge_batch(before=NOW + 2, now=NOW + 9)
    assert not store.purge_batch(before=NOW + 2, now=NOW + 9)

    assert chain.verify().problems == ()
    assert len(audit.list_by_account("a0")) == 1


def test_one_holder_has_a_lease_until_it_runs_out(database: Database) -> None:
    leases = LeaseStore(database)
    assert leases.take("seal", "first", now=NOW, seconds=5)
    assert not leases.take("seal", "second", now=NOW + 4, seconds=5)
    assert leases.take("seal", "first", now=NOW + 4, seconds=5)
    assert leases.take("seal", "second", now=NOW + 9, seconds=5)
    assert not leases.take("seal", "first", now=NOW + 10, seconds=5)
