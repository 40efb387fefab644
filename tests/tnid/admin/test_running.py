"""What runs below the pages, on both databases: everybody's sign-ins, the outbox, the audit log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import InProcess, Someone
from tnid.accounts.refusal import Refused
from tnid.admin.audit_desk import (
    AGREED_SECONDS,
    BULK_EVENTS,
    FILES_ALONE,
    MOST_EXPORTED,
    Search,
    read_conditions,
)
from tnid.admin.outbox_care import mask_addresses
from tnid.admin.roles import ADMINISTRATOR, SECURITY
from tnid.audit import CHAIN_PURPOSE, Chain
from tnid.services import Services
from tnid.signin.assurance import PASSWORD
from tnid.signin.sessions import Place as Seat
from tnid.stores.audit_search import _BOUNDS, LAST, AuditSearchStore, Place, _by_number

WHY = "Nghi bị tấn công"
OUTBOX = text("SELECT kind, client_id, reference FROM outbox ORDER BY client_id, reference")
LIVE = text("SELECT COUNT(*) AS n FROM grants WHERE revoked_at IS NULL")


def grant(services: Services, account_id: str, client_id: str, sid: str, now: int) -> None:
    """Let an application have what a sign-in gives it, redeemed a moment ago."""
    services.database.execute(
        text(
            "INSERT INTO grants (id, client_id, account_id, sid, scope, userinfo_claims, id_token_claims,"
            " auth_time, acr, amr, redirect_uri, code_redeemed_at, offline, generation, created_at,"
            " expires_at) VALUES (:id, :client, :account, :sid, 'openid', '[]', '[]', :now, 'LoA1', 'pwd',"
            " 'https://app.example/callback', :now, 1, 0, :now, :end)"
        ),
        id=f"{client_id}.{sid}"[:22], client=client_id, account=account_id, sid=sid, now=now, end=now + 3600,
    )  # fmt: skip


@pytest.fixture
def signed_in(
    services: Services, clock: Clock, lan: Someone, minh: Someone, new_app: Callable[..., str]
) -> list[str]:
    """Two people at two applications, of which one wants to be told."""
    new_app("jobs", backchannel_logout_uri="https://app.example/out")
    new_app("market", client_name="Chợ")
    sids = []
    for person in (lan, minh):
        _, sid = services.sessions.begin(person.id, PASSWORD, Seat("192.0.2.1", "x"), clock.now())
        sids.append(sid)
        for client_id in ("jobs", "market"):
            grant(services, person.id, client_id, sid, clock.now())
    return sids


def test_all_of_one_application_are_signed_out_and_it_is_told(
    services: Services, clock: Clock, signed_in: list[str]
) -> None:
    client = services.clients.find_now("jobs")
    assert client is not None
    with services.database.unit():
        assert services.admin.mass_endings.end_of_client(client, clock.now()) == 2
    told = services.database.fetch_all(OUTBOX)
    assert [(row.client_id, row.reference) for row in told] == [("jobs", sid) for sid in sorted(signed_in)]
    assert services.database.fetch_one(LIVE).n == 2
    with services.database.unit():
        assert services.admin.mass_endings.end_of_client(client, clock.now() + 1) == 0


def test_everybody_is_signed_out_everywhere(
    services: Services, clock: Clock, signed_in: list[str], lan: Someone
) -> None:
    (counted,) = services.admin.mass_endings.count_sessions(clock.now())
    assert (counted.amr, counted.number) == ("pwd", 2)
    assert [row.number for row in services.admin.mass_endings.count_grants(clock.now(), most=9)] == [2, 2]
    with services.database.unit():
        assert services.admin.mass_endings.end_everybody(clock.now()) == 2
    assert services.sessions.list_live(lan.id, clock.now()) == []
    assert services.database.fetch_one(LIVE).n == 0
    assert len(services.database.fetch_all(OUTBOX)) == 2
    assert services.admin.mass_endings.count_sessions(clock.now()) == []


def test_what_waits_is_given_up_for_a_reason_and_sent_after_all(
    services: Services, clock: Clock, minh: Someone
) -> None:
    care, now = services.admin.outbox, clock.now()
    services.outbox.add("logout_token", "jobs", minh.id, "sid-1", "app.example", now)
    (row,) = care.list_page(is_dead=False, most=10)
    assert care.give_up(row.id, "", minh.id, now) == Refused("reason", "reason")
    # While somebody sends it, it is left alone
    services.outbox.claim("app.example", now, until=now + 60)
    assert care.give_up(row.id, WHY, minh.id, now) == Refused("", "message_over")
    assert care.retry(row.id, minh.id, now) == Refused("", "message_over")
    assert care.give_up(row.id, WHY, minh.id, now + 61) is None
    assert care.give_up(row.id, WHY, minh.id, now + 61) == Refused("", "message_over")
    (dead,) = care.list_page(is_dead=True, most=10)
    assert (dead.error, care.count().dead, care.count().waiting) == (WHY, 1, 0)
    assert care.retry_dead(minh.id, now + 62) == 1
    assert care.count().waiting == 1
    assert care.give_up(10**6, WHY, minh.id, now) == Refused("", "message_over")


def test_what_another_end_said_names_nobody() -> None:
    said = "550 <lan.nguyen@example.vn> unknown; 0912 345 678, +84912345678 too: code 250"
    assert mask_addresses(said) == "550 <•••> unknown; •••, ••• too: code 250"
    assert mask_addresses(None) == ""


def test_the_outboxs_page_shows_neither_whom_nor_what(
    services: Services, clock: Clock, minh: Someone, new_operator: NewOperator, open_admin: OpenAdmin
) -> None:
    services.messages.announce(minh.id, "password_changed", clock.now())
    services.outbox.add("logout_token", "jobs", minh.id, "sid-1", "app.example", clock.now())
    desk = open_admin(new_operator("quan.ly", ADMINISTRATOR))
    page = desk.open("/admin/outbox")
    assert "app.example" in page.text and minh.id not in page.text and "sid-1" not in page.text
    assert "345678" not in page.text
    desk.click("retry_1")
    desk.click("give_up_1")
    assert desk.submit("do_submit", {"reason": WHY}).path == "/admin/outbox"
    desk.click("show_dead")
    assert desk.click("retry_dead").path == "/admin/outbox"
    assert desk.get("/admin/outbox/999999/give-up").status_code == 404


# The log


def fill(services: Services, clock: Clock, number: int) -> None:
    """Append events, one a second."""
    with services.database.unit():
        for index in range(number):
            clock.advance(1)
            services.audit.record(
                "test.even" if index % 2 == 0 else "test.odd",
                outcome="ok" if index % 3 else "refused",
                reason=None if index % 3 else "third",
                account_id=f"account-{index % 5}",
                client_id="jobs" if index % 4 == 0 else None,
                now=clock.now(),
            )


def collect(
    services: Services, given: dict[str, str], since: int, until: int, *, most: int = 7, looked_at: int = 50
) -> list[int]:
    """Return the numbers of all that is found, page by page, newest first."""
    store, place, numbers, pages = AuditSearchStore(services.database), Place(until, LAST), [], 0
    while place is not None:
        found = store.search(given, since, place, most=most, looked_at=looked_at)
        numbers += [row.id for row in found.rows]
        place, pages = found.older, pages + 1
        assert pages < 1000
    return numbers


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"event": "test.odd"},
        {"events": "test."},
        {"events": "te_t."},
        {"outcome": "refused"},
        {"reason": "third", "client": "jobs"},
        {"account": "account-3"},
        {"account": "account-3", "event": "test.odd"},
        {"request": "nothing"},
    ],
    ids=lambda given: " ".join(given.values()) or "all",
)
def test_each_event_of_a_window_is_found_once_and_in_order(
    services: Services, clock: Clock, given: dict[str, str]
) -> None:
    fill(services, clock, 300)
    since, until = clock.now() - 250, clock.now() - 20
    columns = {"account": "account_id", "client": "client_id", "request": "request_id", "events": "event"}
    rows = services.database.fetch_all(
        text("SELECT * FROM audit_events WHERE occurred_at BETWEEN :a AND :b ORDER BY id DESC"),
        a=since, b=until,
    )  # fmt: skip

    def fits(row: object) -> bool:
        return all(
            str(getattr(row, columns.get(name, name))).startswith(value)
            if name == "events"
            else getattr(row, columns.get(name, name)) == value
            for name, value in given.items()
        )

    assert collect(services, given, since, until) == [row.id for row in rows if fits(row)]


def test_a_page_looks_at_a_bounded_part_of_the_log_and_says_how_far_it_got(
    services: Services, clock: Clock
) -> None:
    fill(services, clock, 300)
    store, now = AuditSearchStore(services.database), clock.now()
    found = store.search({"request": "nothing"}, now - 299, Place(now, LAST), most=10, looked_at=100)
    assert found.rows == [] and found.older is not None
    assert now - 299 < found.looked_back_to <= now - 98


def test_a_window_long_ago_or_to_come_is_empty(services: Services, clock: Clock) -> None:
    assert collect(services, {}, 0, 1) == []
    fill(services, clock, 20)
    assert collect(services, {}, 0, 1000) == []
    assert collect(services, {}, clock.now() + 1000, clock.now() + 2000) == []


# PostgreSQL reads a small table whole, whatever its indexes
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@on_sqlite
def test_the_log_is_read_by_its_key(services: Services) -> None:
    compiled = _by_number(frozenset({"event"}))
    given = dict.fromkeys(("before_id", "floor_id", "since", "until", "most", "of_event"), 1)
    explain = text(f"EXPLAIN QUERY PLAN {compiled.compile()}")
    plan = " ".join(row.detail for row in services.database.fetch_all(explain, **given))
    assert "USING INTEGER PRIMARY KEY" in plan and "SCAN" not in plan


@on_sqlite
def test_the_ends_of_the_log_are_found_without_reading_it(services: Services) -> None:
    explain = text(f"EXPLAIN QUERY PLAN {_BOUNDS.compile()}")
    plan = [row.detail for row in services.database.fetch_all(explain)]
    # SQLite calls it SEARCH where one end of an index answers, SCAN where all of it is read
    assert sum("SEARCH audit_events" in line for line in plan) == 2
    assert not any("SCAN audit_events" in line for line in plan)


def test_a_file_is_never_cut_off_unsaid(
    services: Services, clock: Clock, minh: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(services, clock, 40)
    desk, now = services.admin.audit, clock.now()
    rows = desk.export(Search({"events": "test."}, now - 3600, now), minh.id, now)
    assert isinstance(rows, list) and len(rows) == 40
    monkeypatch.setattr("tnid.admin.audit_desk.MOST_EXPORTED", 39)
    refused = desk.export(Search({"events": "test."}, now - 3600, now), minh.id, now)
    assert refused == Refused("since", "export_many")
    assert desk.export(Search({}, now - 32 * 86400, now), minh.id, now) == Refused("since", "export_long")
    events = [(row.event, row.reason) for row in services.audit.list_by_account(minh.id)]
    assert events.count(("audit.export", None)) == 1 and ("audit.export", "export_many") in events
    assert MOST_EXPORTED == 10_000


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"event": "sign_in.", "ip": "203.0.113."}, {"events": "sign_in.", "network": "203.0.113."}),
        ({"event": "sign*", "ip": "203.0.113.9"}, {"events": "sign", "ip": "203.0.113.9"}),
        ({"ip": "2001:db8:"}, {"network": "2001:db8:"}),
        ({"ip": "%"}, Refused("ip", "audit_ip")),
        ({"client": "x" * 256}, Refused("client", "too_long")),
        ({"event": "  ", "outcome": ""}, {}),
        ({"account": "079099000001"}, Refused("account", "audit_personal")),
        ({"reason": "ai@example.vn"}, Refused("reason", "audit_personal")),
        ({"client": "0912 345 678"}, Refused("client", "audit_personal")),
    ],
)
def test_what_is_typed_is_read(typed: dict[str, str], expected: object) -> None:
    assert read_conditions(typed) == expected


def test_the_end_of_the_log_is_checked_and_what_was_found_is_kept(
    services: Services, clock: Clock, minh: Someone
) -> None:
    chain = Chain(services.database, services.sealer.derive(CHAIN_PURPOSE))
    for _ in range(4):
        fill(services, clock, 10)
        chain.seal(clock.now())
    found = services.admin.audit.check_latest(minh.id, clock.now())
    assert (found.problems, found.batches >= 4) == ((), True)
    assert chain.verify_latest(most_batches=2, most_events=10**6).batches == 2
    assert chain.verify_latest(most_batches=100, most_events=15).batches == 1
    services.database.execute(text("UPDATE audit_events SET outcome = 'ok' WHERE reason = 'third'"))
    clock.advance(1)
    assert services.admin.audit.check_latest(minh.id, clock.now()).problems
    kept = services.admin.audit.list_checks(most=5)
    assert [row.problems > 0 for row in kept] == [True, False]
    assert kept[0].checked_by == minh.id


def test_the_log_is_searched_and_taken_along_by_its_pages(
    services: Services, clock: Clock, new_operator: NewOperator, open_admin: OpenAdmin
) -> None:
    desk: InProcess = open_admin(new_operator("an.toan", SECURITY))
    services.audit.record("test.formula", account_id="=1+1", details={"why": "=cmd()"}, now=clock.now())
    fill(services, clock, 120)
    desk.open("/admin/audit")
    page = desk.submit("search_submit", {"event": "test."})
    assert (page.status, page.text.count("test.odd") + page.text.count("test.even")) == (200, 50)
    assert page.get("older").get("form") == "search"
    before = page.get("older").get("value")
    older = desk.post("/admin/audit", event="test.", since=page.get("since").value, before=before)
    assert older.text.count("test.odd") + older.text.count("test.even") == 50
    desk.open("/admin/audit")
    assert desk.submit("search_submit", {"since": "tomorrow"}).has("since-error")
    assert desk.submit("search_submit", {"since": "1999-01-01T00:00"}).has("since-error")
    desk.open("/admin/audit")
    page = desk.submit("export_csv", {"event": "test.formula"})
    assert "'=1+1" in page.text and '"=1+1' not in page.text
    assert page.headers["Content-Type"].startswith("text/csv")
    desk.open("/admin/audit")
    assert '"event":"test.formula"' in desk.submit("export_jsonl", {"event": "test.formula"}).text
    desk.open("/admin/audit")
    assert desk.click("verify").has("checks")
    clock.advance(301)
    desk.open("/admin/audit")
    assert desk.submit("export_csv", {"event": "test."}).has("sign_in_again")


# Much of the log takes two


def test_a_large_part_of_the_log_is_asked_for_and_taken_along_once_another_agreed(
    services: Services, clock: Clock, new_operator: NewOperator, open_admin: OpenAdmin
) -> None:
    first, second = new_operator("an.toan", SECURITY), new_operator("bao.mat", SECURITY)
    fill(services, clock, BULK_EVENTS + 1)
    desk = open_admin(first)
    assert not desk.open("/admin/audit").has("export_ask")
    page = desk.submit("export_csv", {"event": "test."})
    assert page.status == 400 and page.has("export_ask") and page.get("event").value == "test."
    page = desk.submit("export_ask", {"why": " "})
    assert page.has("why-error") and page.get("event").value == "test."
    page = desk.submit("export_ask", {"why": WHY})
    assert page.path == "/admin/requests"
    (asked,) = services.admin.requests.list_open(clock.now())
    taken = f"/admin/audit/agreed/{asked.row.id}"
    assert desk.post(taken, file="csv").status_code == 400, "nobody agreed yet"
    other = open_admin(second)
    other.open(f"/admin/requests/{asked.row.id}")
    assert "test." in other.page.text_of("what")
    assert other.click("agree").path == "/admin/requests"
    # Who agreed gets nothing by it
    assert not other.open(f"/admin/requests/{asked.row.id}").has("take_csv")
    assert other.post(taken, file="csv").status_code == 404
    desk.open("/admin/requests")
    desk.click("take_1")
    page = desk.click("take_jsonl")
    assert page.text.count('"event":"test.') == BULK_EVENTS + 1
    exported = [row for row in services.audit.list_by_account(first.id) if row.event == "audit.export"]
    assert second.id in exported[0].details and asked.row.id in exported[0].details
    assert exported[1].reason == "export_bulk"
    clock.advance(301)
    assert desk.post(taken, file="csv").headers["Location"].endswith(asked.row.id), "not fresh"
    clock.advance(AGREED_SECONDS)
    first.sign_in(desk, "/admin")
    desk.click("admin_open")
    assert not desk.open(f"/admin/requests/{asked.row.id}").has("take_csv")
    desk.post(taken, file="csv")
    assert services.audit.list_by_account(first.id)[0].reason == "export_over"


def test_many_small_files_are_a_large_one(services: Services, clock: Clock, minh: Someone) -> None:
    fill(services, clock, 3)
    desk, asked = services.admin.audit, Search({"events": "test."}, clock.now() - 3600, clock.now())
    given = [desk.export(asked, minh.id, clock.now()) for _ in range(FILES_ALONE.allowed + 1)]
    assert [isinstance(one, Refused) for one in given] == [False] * FILES_ALONE.allowed + [True]
    assert given[-1] == Refused("why", "export_bulk")
    clock.advance(FILES_ALONE.window_seconds)
    assert isinstance(desk.export(asked, minh.id, clock.now()), list)
