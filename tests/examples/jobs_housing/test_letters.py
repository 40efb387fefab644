"""Applications and messages at once and in excess, and what may be asked for, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from examples.jobs_housing import applications, letters, sent_items, sharing
from examples.jobs_housing.applications import Target
from examples.jobs_housing.database import Database
from examples.jobs_housing.letting_go import let_go_of_all
from examples.jobs_housing.people import EVERYTHING, People
from examples.jobs_housing.sharing import Sent
from tests.conftest import Clock

NOW, LAN = Clock().now(), "sub-of-lan"
TARGET = Target("nha", "Phòng trọ", "home", "sub:co-hien")
AT_ONCE = 6


def all_at_once(*acts: Callable[[], object]) -> None:
    """Run these at the same moment; raise what any of them raised."""
    ready, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        ready.wait(60)
        try:
            act()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def apply(database: Database, new_id: str, came_at: int = NOW) -> bool:
    """Send an application as a sign-in's way back does."""
    people = People(database)
    with database.writing() as connection:
        people.hold(connection, LAN, NOW)
        if came_at <= people.list_taken_back(connection, LAN).get(EVERYTHING, -1):
            return False
        is_new = applications.add(connection, new_id, TARGET, LAN, "", came_at, NOW)
        if is_new:
            sent_items.add(connection, new_id, [Sent("name", "Lan", None, "", "", "")], came_at)
        return is_new


def test_of_applications_sent_at_once_one_is_there(jobs_database: Database) -> None:
    made: list[bool] = []
    all_at_once(*(lambda n=n: made.append(apply(jobs_database, f"don-{n}")) for n in range(AT_ONCE)))  # type: ignore[misc]  # each keeps its number
    assert sorted(made) == [False] * (AT_ONCE - 1) + [True]


def test_an_answer_and_a_withdrawal_that_meet_leave_nothing(jobs_database: Database) -> None:
    people = People(jobs_database)

    def withdraw() -> None:
        with jobs_database.writing() as connection:
            let_go_of_all(connection, people, LAN, NOW, NOW)

    for n in range(AT_ONCE):
        all_at_once(lambda n=n: apply(jobs_database, f"don-{n}"), withdraw)  # type: ignore[misc]  # as above
        with jobs_database.reading() as connection:
            assert applications.list_own(connection, LAN) == []
            assert sent_items.list_of(connection, f"don-{n}") == []


def test_an_application_that_was_withdrawn_can_be_sent_again(jobs_database: Database) -> None:
    assert apply(jobs_database, "don-1")
    with jobs_database.writing() as connection:
        assert applications.withdraw(connection, "don-1", NOW)
        assert not applications.withdraw(connection, "don-1", NOW)
        assert not applications.move(connection, "don-1", applications.ACCEPTED, NOW)
        assert not applications.touch(connection, "don-1", NOW)
    assert apply(jobs_database, "don-2")
    assert not apply(jobs_database, "don-3")


def test_a_decision_is_made_once(jobs_database: Database) -> None:
    apply(jobs_database, "don-1")
    with jobs_database.writing() as connection:
        assert applications.see(connection, "don-1", NOW) and not applications.see(connection, "don-1", NOW)
        assert applications.move(connection, "don-1", applications.INVITED, NOW)
        assert applications.move(connection, "don-1", applications.REFUSED, NOW)
        assert not applications.move(connection, "don-1", applications.ACCEPTED, NOW)
        assert not applications.withdraw(connection, "don-1", NOW)


def test_an_items_day_ends_it(jobs_database: Database) -> None:
    apply(jobs_database, "don-1")
    title = Sent("job_title", "Công nhân may", None, "TNG", "2026-05-01", "2026-11-21")
    with jobs_database.writing() as connection:
        sent_items.add(connection, "don-1", [title], NOW)
        assert not sent_items.has_due(connection, "2026-11-21"), "its last day counts"
        assert sent_items.has_due(connection, "2026-11-22")
        assert sent_items.expire(connection, "2026-11-22", NOW) == 1
        shown = {item.name: (item.value, item.source) for item in sent_items.list_of(connection, "don-1")}
    assert shown == {"name": ("Lan", ""), "job_title": (None, "")}


def test_nobody_floods_anybody(jobs_database: Database) -> None:
    apply(jobs_database, "don-1")

    def write(n: int, author: str = letters.PERSON, at: int = NOW) -> bool:
        with jobs_database.writing() as connection:
            return letters.write(connection, f"{author}-{n}", "don-1", author, "Chào", at)

    assert all(write(n) for n in range(letters.MOST_A_DAY))
    assert not write(99)
    assert write(0, letters.RECRUITER), "the other side has its own measure"
    assert write(99, at=NOW + letters.DAY_SECONDS)
    with jobs_database.reading() as connection:
        assert letters.count_unread(connection, ["don-1"], letters.PERSON) == {"don-1": 1}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Chào\r\nanh \r\n", "Chào\nanh"),
        ("a\u202eb\u200fc\ufeff", "abc"),
        ("a\0b\x1b[31m\x07", "ab[31m"),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "Tiếng Việt"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\ud800", ""),
    ],
)
def test_text_is_kept_in_one_form_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert letters.clean(typed) == kept


def test_exactly_what_was_ticked_is_asked_for() -> None:
    offers = sharing.list_offers("home", "diem-thuy", 2_100_000)
    nothing = sharing.choose(offers, ["income", "khong-biet"])
    assert [offer.name for offer in nothing] == ["name"]
    assert set(sharing.claims_wish(nothing)) == {"verified_claims"}
    wish = sharing.claims_wish(sharing.choose(offers, ["income_at_least", "works_in_park"]))
    assert wish["income_at_least"] == {"essential": True, "value": 7_000_000}
    assert wish["works_in_park"] == {"essential": True, "value": "diem-thuy"}
    assert set(wish) == {
        "verified_claims", "income_at_least", "works_in_park", "employment_confirmed_at",
        "employment_valid_until",
    }  # fmt: skip
    jobs = {offer.name for offer in sharing.list_offers("job", None, 0)}
    assert not jobs & {"income_at_least", "works_in_park", "social_housing_income"}


def test_what_came_unasked_is_left_alone() -> None:
    chosen = sharing.choose(sharing.list_offers("job", None, 0), ["job_title"])
    came = {"job_title": "Thợ may", "employer": {"name": "TNG"}, "phone_number": "+84912000101"}
    assert [one.name for one in sharing.read(chosen, came)] == ["job_title"]


def test_an_employer_that_was_not_ticked_is_named_nowhere() -> None:
    offers = sharing.list_offers("home", None, 0)
    bracket = {"bracket": "single", "ceiling": 25_000_000, "verified_by": "TNG", "verified_at": "2026-11-22"}
    came = {"social_housing_income": bracket}
    [alone] = sharing.read(sharing.choose(offers, ["social_housing_income"])[1:], came)
    assert "TNG" not in repr(alone) and alone.confirmed_at == "2026-11-22"
    both = sharing.choose(offers, ["social_housing_income", "employer"])
    named = sharing.read(both[1:], {**came, "employer": {"name": "TNG"}})
    assert {one.source for one in named} == {"TNG"}


@pytest.mark.parametrize(
    "verified",
    [None, "x", [], {}, {"verification": None}, {"verification": {"assurance_level": "identity_level_0"}},
     {"verification": {"assurance_level": 2}}, {"verification": {"assurance_level": "silver"}}],
)  # fmt: skip
def test_who_is_not_vouched_for_is_not_proofed(verified: object) -> None:
    assert not sharing.is_proofed({"verified_claims": verified})
