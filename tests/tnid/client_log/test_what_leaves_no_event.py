"""What is seen later, or counted alone: machines, sign-ins that nobody finished, deliveries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from oidc.clients.outbound import OutboundRefused, Parcel
from tests.conftest import Clock
from tests.oidc.world import World, basic, document, post
from tests.servers.provider import environ_for
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.test_cli import Commands
from tnid.audit import Audit, Chain
from tnid.client_log.abandoned import LONGEST_LOOK_SECONDS
from tnid.client_log.entering import ClientLogWriter, Keeping
from tnid.client_log.parts import build_abandoned, build_client_log_writer
from tnid.client_log.service import ClientLog, Filters, LogEntry
from tnid.client_log.uses import WRITE_SECONDS, Uses
from tnid.db import Database, DatabaseUnavailable
from tnid.outbox import Schedule, Sender
from tnid.services import Services
from tnid.stores.client_log import ClientLogStore
from tnid.stores.interactions import _LIST_ABANDONED
from tnid.stores.outbox import OutboxStore

NOW = 1_795_000_000
KEY = bytes(range(32))
DAY = 86400


def seal(database: Database, *clients: str) -> list[LogEntry]:
    """Seal all events, and return what was entered for the first of the clients."""
    store = ClientLogStore(database)
    writer = ClientLogWriter(store, clients.__contains__, Keeping(30 * DAY, 400 * DAY, 240))
    Chain(database, KEY, (writer.enter,)).seal(NOW)
    return list(ClientLog(store).export(clients[0], Filters()))


# Machines


def test_machines_are_counted_when_they_are_answered() -> None:
    noted: list[tuple[str, str]] = []
    world = World(note_use=lambda client_id, kind, _now: noted.append((client_id, kind)))
    token = world.sign_in()["access_token"]
    world.userinfo(token)
    world.userinfo("no.token")
    header = basic(world.client.client_id, world.secret)
    world.provider.introspection.respond(post({"token": token}, header), world.now)
    machine, secret = world.add_client(
        grant_types=["client_credentials"], response_types=[], redirect_uris=[]
    )
    assert "access_token" in document(world.token({"grant_type": "client_credentials"}, machine, secret))
    mine = world.client.client_id
    assert noted == [(mine, "userinfo"), (mine, "introspection"), (machine.client_id, "machine")]


def test_counts_of_machines_are_written_now_and_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ClientLogStore(database)
    uses = Uses(database, store, DAY)
    for _ in range(3):
        uses.note("jobs", "userinfo", NOW)
    uses.write_if_due(NOW)
    uses.note("jobs", "userinfo", NOW + 1)
    uses.write_if_due(NOW + WRITE_SECONDS - 1)
    assert [row.times for row in store.list_hours("jobs", since=0)] == [3]
    with monkeypatch.context() as patched:
        patched.setattr(ClientLogStore, "add_hours", fail)
        uses.write_if_due(NOW + WRITE_SECONDS)
    uses.note("jobs", "userinfo", NOW + WRITE_SECONDS)
    uses.write_if_due(NOW + 2 * WRITE_SECONDS)
    assert [row.times for row in store.list_hours("jobs", since=0)] == [5]
    uses.write_if_due(NOW + 9 * WRITE_SECONDS)
    assert [row.times for row in store.list_hours("jobs", since=0)] == [5]


def fail(*_: Any) -> None:
    raise DatabaseUnavailable


# Sign-ins that nobody finished


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_sign_in_that_nobody_finished_is_told_once(
    services: Services, new_browser: Callable[..., InProcess], lan: Someone, new_app: Any, clock: Clock
) -> None:
    address, lost, finished = new_app(), new_browser(), new_browser()
    lost.open(address)
    lost.open("/account")
    lan.sign_in(finished, address)
    finished.submit("consent_allow")
    first, second = build_abandoned(services), build_abandoned(services)
    assert not first.note(clock.now(), most=10)
    clock.advance(services.settings.interaction_lifetime_seconds + 1)
    for one in (first, second, first):
        assert not one.note(clock.now(), most=10)
    Chain(services.database, KEY, (build_client_log_writer(services).enter,)).seal(clock.now())
    refused = services.client_log.list_newest("jobs", Filters(outcome="refused"), most=9)
    assert [(one.stage, one.error, one.reason) for one in refused] == [
        ("sign_in", "interaction_expired", "abandoned")
    ]
    assert refused[0].seconds == services.settings.interaction_lifetime_seconds
    page = lost.open(f"/resume/{uid_of(services)}")
    assert page.error_code == "interaction_expired" or page.status == 400


def uid_of(services: Services) -> str:
    rows = services.database.fetch_all(text("SELECT uid FROM interactions WHERE denied_at IS NOT NULL"))
    return str(rows[0].uid)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_long_pause_of_the_housekeeper_is_looked_back_on(
    services: Services, browser: InProcess, new_app: Any, clock: Clock
) -> None:
    browser.open(new_app())
    clock.advance(services.settings.interaction_lifetime_seconds + LONGEST_LOOK_SECONDS - 5)
    build_abandoned(services).note(clock.now(), most=10)
    assert uid_of(services)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_ran_out_is_found_by_an_index(database: Database) -> None:
    compiled = _LIST_ABANDONED.compile()
    given: dict[str, Any] = dict.fromkeys(compiled.params, 1)
    with database._engine.connect() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"), given)]
    assert ["ix_interactions_expires_at" in step for step in plan] == [True]


# Deliveries


class Endpoint:
    """A client's endpoint that takes a message at the third time."""

    def __init__(self) -> None:
        self.times = 0

    def post(self, parcel: Parcel) -> None:
        self.times += 1
        if self.times < 3:
            raise OutboundRefused("The address answered 500.")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_each_attempt_to_deliver_is_entered(database: Database, clock: Clock) -> None:
    store, endpoint = OutboxStore(database), Endpoint()
    for kind in ("logout_token", "message"):
        store.add(
            kind, "jobs" if kind == "logout_token" else "email", "lan", "sid", "app.example", clock.now()
        )

    def compose(_row: Any, _now: int) -> Parcel:
        return Parcel("https://app.example/logout", b"")

    composers = dict.fromkeys(("logout_token", "message"), compose)
    for _ in range(6):
        sender = Sender(
            database, composers, endpoint, Schedule(1, 9), Audit(database), {}, frozenset({"logout_token"})
        )
        sender.send_due(clock.advance(3600))
        sender.close()
    entries = seal(database, "jobs")
    assert {one.stage for one in entries} == {"delivery"}
    assert entries[0].outcome == "ok"
    assert all(one.error == "delivery_failed" for one in entries[1:])
    assert {one.description for one in entries[1:]} <= {"The address answered 500."}
    assert {one.sent["kind"] for one in entries} == {"logout_token"}


# The command


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_operator_reads_a_log(database_url: str, database: Database, tmp_path: Path) -> None:
    tnid = Commands(environ_for(tmp_path, 1, database_url))
    given = {"client_id": "jobs", "client_name": "Jobs", "redirect_uris": ["https://app.example/cb"]}
    tnid.answer("client", "create", "-", given=given)
    Audit(database).record(
        "token.refused", outcome="refused", reason="invalid_grant", client_id="jobs", now=NOW,
        details={"error": "invalid_grant", "description": "The code was used before."},
    )  # fmt: skip
    seal(database, "jobs")
    (entry,) = tnid.answer("application", "log", "jobs", "--outcome", "refused")["entries"]
    assert entry["error"] == "invalid_grant"
    assert tnid.answer("application", "log", "jobs", "--error", "invalid_scope")["entries"] == []
    assert "no application" in tnid.refusal("application", "log", "nobody")
