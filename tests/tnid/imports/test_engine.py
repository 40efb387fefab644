"""A list from its first byte to the last row: what is applied, what is not, and that it is done once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select, text

from tests.conftest import Clock
from tests.tnid.employment.work import AN_NUMBER, a_person, linked
from tests.tnid.imports.lists import HEADINGS, WORKERS, make_csv, make_many, make_xlsx
from tests.tnid.imports.work import BY_OPERATOR, Office
from tnid import purge
from tnid.imports import applying, progress, staging
from tnid.imports.parts import build_engine
from tnid.services import Services
from tnid.stores.imports import import_parts, import_rows


@pytest.fixture
def office(services: Services, clock: Clock) -> Office:
    return Office(services, clock)


def count(services: Services, table: Any) -> int:
    return int(services.database.fetch_one(select(func.count().label("number")).select_from(table)).number)


@pytest.mark.parametrize("make", [make_csv, make_xlsx])
def test_a_list_is_applied_row_by_row(office: Office, make: Any) -> None:
    found = office.take(make([HEADINGS, *WORKERS]))
    assert (found.row.state, found.outcomes, found.row.rows_applied) == ("done", {"invited": 2}, 2)
    assert [(row.row_number, row.staff_code, row.outcome) for row in office.report(found)] == [
        (2, "NV001", "invited"), (3, "NV002", "invited"),
    ]  # fmt: skip
    assert office.people() == 2


def test_nothing_of_the_file_and_no_value_is_left_when_it_is_done(office: Office) -> None:
    office.take(make_csv([HEADINGS, *WORKERS]))
    assert count(office.services, import_parts) == 0
    rows = office.services.database.fetch_all(select(import_rows))
    assert [row.values_sealed for row in rows] == [None, None]


def test_the_same_list_again_changes_nothing(office: Office) -> None:
    content = make_csv([HEADINGS, *WORKERS])
    first = office.take(content)
    assert office.receive(content).id == first.id
    office.clock.advance(2 * 86400)
    second = office.take(content)
    assert second.id != first.id
    assert second.outcomes == {"invited": 2}
    assert office.people() == 2


def test_whoever_linked_their_work_is_matched_and_an_account_alone_tells_nothing(office: Office) -> None:
    worker = ("NV001", "Nguyễn Văn An", AN_NUMBER)
    a_person(office.services, office.clock.now())
    assert office.take(make_csv([HEADINGS[:3], worker])).outcomes == {"invited": 1}
    account = office.services.accounts.find_by_username("an")
    linked(office.services, account.id, office.clock.now())
    office.clock.advance(2 * 86400)
    assert office.take(make_csv([HEADINGS[:3], worker])).outcomes == {"matched": 1}


def test_every_row_that_can_not_be_taken_says_why_and_the_rest_stands(office: Office) -> None:
    headings = ("Mã NV", "Họ tên", "Số CCCD", "Ngày sinh", "Ngày nghỉ việc", "Mã số thuế", "Khu công nghiệp")
    rows = (
        ("NV001", "Nguyễn Thị Hằng", "019195000101", "15/03/1995", "", "", ""),
        ("NV002", "Trần Văn Đức", "19095000102", "", "", "", ""),
        ("NV003", "Trần Văn Đức", "019095000103", "31/02/1995", "", "", ""),
        ("NV004", "Lê Thị Hạnh", "019195000104", "", "", "0100109106", ""),
        ("NV005", "=1+1", "019195000105", "", "", "", ""),
        ("NV006", "Phạm Văn Hải", "", "", "30/10/2020", "", ""),
        ("NV007", "Lê Thị Loan", "019195000107", "", "", "", ""),
        ("NV008", "Lê Thị Lan", "019195000107", "", "", "", ""),
        ("NV009", "Lê Thị Lan", "", "", "", "", ""),
        ("NV009", "Lê Thị Linh", "", "", "", "", ""),
        ("", "Lê Thị Linh", "", "", "", "", ""),
        ("019195000112", "Lê Thị Linh", "", "", "", "", ""),
        ("NV013", "Lê Thị Linh", "", "", "", "46003057230", ""),
        ("NV014", "Lê Thị Linh", "", "", "", "", "KCN Không Có"),
        ("NV015", "Hoàng Văn Sơn", "", "", "", "4600305723", "KCN Điềm Thụy"),
    )
    found = office.take(make_csv([headings, *rows]))
    assert office.outcomes(found) == [
        (2, "invited", "", ""),
        (3, "bad", "personal_id_number", "number_without_zero"),
        (4, "bad", "birthdate", "date"),
        (5, "bad", "tax_code", "other_employer"),
        (6, "bad", "name", "formula"),
        (7, "unknown", "staff_code", "not_on_list"),
        (8, "ambiguous", "personal_id_number", "number_twice"),
        (9, "ambiguous", "personal_id_number", "number_twice"),
        (10, "ambiguous", "staff_code", "staff_code_twice"),
        (11, "ambiguous", "staff_code", "staff_code_twice"),
        (12, "bad", "staff_code", "nobody_named"),
        (13, "bad", "staff_code", "staff_code_is_number"),
        (14, "bad", "tax_code", "tax_code"),
        (15, "bad", "park", "unknown_park"),
        (16, "invited", "", ""),
    ]
    assert found.outcomes == {"invited": 2, "unknown": 1, "ambiguous": 4, "bad": 8}
    assert office.people() == 2
    # A person's number is nowhere in what is kept of a list, whatever column it was in
    assert "019195000112" not in str(office.services.database.fetch_all(select(import_rows)))


def test_an_end_is_taken_over(office: Office) -> None:
    office.take(make_csv([HEADINGS, *WORKERS]))
    gone = office.take(
        make_csv([("Mã NV", "Họ tên", "Số CCCD", "Ngày nghỉ"), (*WORKERS[0][:3], "30/11/2030")])
    )
    assert gone.outcomes == {"ended": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make_csv([HEADINGS, *WORKERS], encoding="utf-16"), "utf16"),
        (make_csv([("Họ tên", "Ngày sinh"), ("x", "y")]), "no_number_column"),
        (b"PK\x03\x04", "broken"),
    ],
)
def test_a_list_that_can_not_be_read_is_refused_whole(office: Office, content: bytes, reason: str) -> None:
    found = office.take(content)
    assert (found.row.state, found.row.reason) == ("refused", reason)
    assert (count(office.services, import_rows), count(office.services, import_parts)) == (0, 0)
    events = office.services.database.fetch_all(text("SELECT event, outcome, reason FROM audit_events"))
    assert [tuple(event) for event in events if event.event == "list.refuse"] == [
        ("list.refuse", "refused", reason)
    ]


def test_what_breaks_late_in_the_file_applies_nothing(office: Office) -> None:
    rows = [*make_many(staging.UNIT_ROWS + 10), ('"', "never closed", "x" * 40_000)]
    found = office.take(make_csv([HEADINGS, *rows]))
    assert (found.row.state, found.row.reason) == ("refused", "broken")
    assert (office.people(), count(office.services, import_rows)) == (0, 0)


def test_a_file_that_is_not_what_the_browser_said_is_refused(office: Office) -> None:
    content = make_csv([HEADINGS, *WORKERS])
    now, lists = office.clock.now(), office.services.lists
    found = lists.begin(office.employer.id, BY_OPERATOR, "0" * 64, len(content), now)
    lists.receive(found, 0, content, now)
    assert office.work()
    assert office.look(found).row.reason == "damaged"


# Ended half-way


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


def kill_after(monkeypatch: pytest.MonkeyPatch, module: Any, units: int) -> None:
    """Have the next so many units be committed, and what comes after them never run."""
    left = [units]

    def advance(store: Any, held: Any, now: int) -> None:
        if not left[0]:
            raise Killed
        progress.advance(store, held, now)
        left[0] -= 1

    monkeypatch.setattr(module, "advance", advance)


@pytest.mark.parametrize(
    ("module", "units"), [(staging, 1), (staging, 2), (applying, 1), (applying, 3), (applying, 4)]
)
def test_after_a_kill_it_goes_on_where_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch, module: Any, units: int
) -> None:
    monkeypatch.setattr(staging, "UNIT_ROWS", 10)
    monkeypatch.setattr(applying, "UNIT_ROWS", 10)
    found = office.receive(make_csv([HEADINGS, *make_many(35)]))
    with monkeypatch.context() as dying:
        kill_after(dying, module, units)
        with pytest.raises(Killed):
            office.work()
    at_death = office.people()
    assert at_death < 35
    # Its lease is not over yet: another may still be at work on it
    assert not office.work(build_engine(office.services))
    office.clock.advance(progress.LEASE_SECONDS)
    assert office.work(build_engine(office.services))
    done = office.look(found)
    assert (done.row.state, done.outcomes, done.row.rows_read) == ("done", {"invited": 35}, 35)
    assert office.people() == 35


def test_whoever_lost_the_lease_writes_nothing_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    found = office.receive(make_csv([HEADINGS, *make_many(30)]))
    monkeypatch.setattr(applying, "UNIT_ROWS", 10)
    other = build_engine(office.services)
    taken = []

    def pause(_seconds: float) -> bool:
        if not taken and office.people():
            taken.append(True)
            office.clock.advance(progress.LEASE_SECONDS)
            other.work(threading.Event())
        return False

    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", pause)
    assert office.engine.work(stop)
    assert taken
    assert office.look(found).outcomes == {"invited": 30}
    assert office.people() == 30


def test_told_to_stop_it_leaves_the_rest_to_the_next_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "UNIT_ROWS", 10)
    found = office.receive(make_csv([HEADINGS, *make_many(30)]))
    stop = threading.Event()
    stop.set()
    assert office.engine.work(stop)
    assert office.look(found).row.state != "done"
    assert office.work()
    while office.look(found).row.state != "done":
        assert office.work()
    assert office.people() == 30


# Among others


def test_other_writers_get_in_between_all_units_of_a_large_list(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others wait for is a unit: each has a hundred rows, and between two of them no lock is held."""
    workers = 2_000
    found = office.receive(make_csv([HEADINGS, *make_many(workers)]))
    writes = text("UPDATE employers SET domain = :domain WHERE id = :id")
    paused = []

    def pause(_seconds: float) -> bool:
        # As a sign-in would: from another thread, on a connection of its own, before the import goes on
        other = threading.Thread(
            target=office.services.database.execute,
            args=(writes,), kwargs={"domain": f"d{len(paused)}.vn", "id": office.employer.id},
        )  # fmt: skip
        other.start()
        other.join(60)
        paused.append(not other.is_alive())
        return False

    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", pause)
    assert office.engine.work(stop)
    assert office.look(found).outcomes == {"invited": workers}
    assert all(paused)
    assert len(paused) >= workers / applying.UNIT_ROWS + workers / staging.UNIT_ROWS
    assert applying.UNIT_ROWS <= 200
    assert staging.UNIT_ROWS <= 1000


def test_a_suspended_employer_s_list_is_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    found = office.receive(make_csv([HEADINGS, *WORKERS]))
    office.services.database.execute(
        text("UPDATE employers SET suspended_at = 1 WHERE id = :id"), id=office.employer.id
    )
    assert office.work()
    assert office.look(found).row.reason == "employer_stands_still"
    assert office.people() == 0


def test_what_is_over_is_purged_in_batches_rows_first(office: Office) -> None:
    found = office.take(make_csv([HEADINGS, *make_many(12)]))
    later = found.row.expires_at + purge.KEEP_SECONDS + 1
    assert found.row.expires_at == office.clock.now() + 90 * 86400
    rounds = 0
    while purge.purge_expired(office.services.database, later, most=5):
        rounds += 1
        assert count(office.services, import_rows) == max(0, 12 - 5 * rounds)
    purge.purge_expired(office.services.database, later, most=5)
    assert office.services.lists.find(office.employer.id, found.id) is None
