"""What an employer attests and its worker accepts: what may be known, of whom, and until when."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, update

from tests.conftest import Clock
from tests.tnid.employment.work import ALL, AN_NUMBER, BY_LIST, a_person, an_employer, attest, linked, said
from tnid.accounts.refusal import Refused
from tnid.employment.attestations import CONFIRMED_SECONDS
from tnid.services import Services
from tnid.stores.employers import employers
from tnid.stores.employments import employments

DAY = 86400
COUNT = select(func.count().label("n")).select_from(employments)
ROWS = select(employments)
SUSPEND = update(employers).values(suspended_at=bindparam("now"))


@pytest.fixture
def now(clock: Clock) -> int:
    return clock.now()


@pytest.fixture
def tng(services: Services, now: int) -> Any:
    return an_employer(services, now)


@pytest.fixture
def an(services: Services, now: int) -> str:
    return a_person(services, now)


def test_an_offer_is_known_to_nobody_until_it_is_accepted(
    services: Services, tng: Any, an: str, now: int
) -> None:
    assert attest(services, tng, now).outcome == "invited"
    (offer,) = services.employments.list_offers(an, now)
    assert offer.undecided == ALL
    assert services.employments.find_shown(an, now) is None


def test_only_what_is_accepted_may_be_known(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    linked(services, an, now, ("employer", "title"))
    shown = services.employments.find_shown(an, now)
    assert shown is not None
    assert (shown.employer_name, shown.title) == ("TNG", "Công nhân may")
    assert (shown.park, shown.start_date, shown.contract_type, shown.income) == ("", "", "", None)


def test_without_the_employer_it_is_not_named(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    linked(services, an, now, ("title",))
    shown = services.employments.find_shown(an, now)
    assert shown is not None
    assert (shown.tax_code, shown.employer_name) == ("", "")


def test_the_employer_is_told_the_same_whether_or_not_there_is_an_account(
    services: Services, tng: Any, an: str, now: int
) -> None:
    with_account = attest(services, tng, now)
    without = attest(services, tng, now, staff_code="B", personal_id_number="019202987654")
    assert (with_account.outcome, with_account.reason) == (without.outcome, without.reason)


def test_the_employer_hears_of_a_link_from_its_worker_alone(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    assert attest(services, tng, now).outcome == "matched"


def test_the_same_list_again_changes_nothing_but_the_date(
    services: Services, tng: Any, an: str, now: int
) -> None:
    first = attest(services, tng, now)
    linked(services, an, now)
    assert attest(services, tng, now + DAY).employment_id == first.employment_id
    shown = services.employments.find_shown(an, now + DAY)
    assert shown is not None
    assert shown.accepted == set(ALL)
    assert shown.valid_until == now + DAY + CONFIRMED_SECONDS


def test_a_changed_field_is_offered_again_and_the_rest_stands(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    attest(services, tng, now, title="Tổ trưởng", income="15000000")
    (own,) = services.employments.list_own(an)
    assert own.undecided == ("title",)
    shown = services.employments.find_shown(an, now)
    assert shown is not None
    assert (shown.title, shown.income) == ("", 15_000_000)


def test_what_a_later_list_does_not_say_stays(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    attest(services, tng, now, title="", income="")
    (offer,) = services.employments.list_offers(an, now)
    assert offer.values["title"] == "Công nhân may"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"staff_code": "TNG-0002"}, "number_of_another"),
        ({"personal_id_number": "019202987654"}, "staff_code_of_another"),
    ],
)
def test_what_may_be_two_people_is_ambiguous(
    services: Services, tng: Any, now: int, changes: dict[str, str], reason: str
) -> None:
    attest(services, tng, now)
    found = attest(services, tng, now, **changes)
    assert (found.outcome, found.reason) == ("ambiguous", reason)


def test_two_employers_have_lists_of_their_own(services: Services, tng: Any, an: str, now: int) -> None:
    other = an_employer(services, now, "0100233488", "Khác")
    assert attest(services, tng, now).outcome == attest(services, other, now).outcome == "invited"
    assert len(services.employments.list_offers(an, now)) == 2


def test_an_offer_is_for_the_number_and_the_name(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now, name="Trần Thị Bình")
    assert services.employments.list_offers(an, now) == []


def test_an_account_that_showed_no_document_is_offered_nothing(
    services: Services, tng: Any, now: int
) -> None:
    person = a_person(services, now, level=0)
    attest(services, tng, now)
    assert services.employments.list_offers(person, now) == []


def test_nobody_links_what_is_offered_to_another(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    (offer,) = services.employments.list_offers(an, now)
    stranger = a_person(services, now, "binh", "019202987654")
    found = services.employments.link(stranger, offer.id, offer.version, ALL, now)
    assert found == Refused("", "gone")


def test_a_code_stands_for_a_number(services: Services, tng: Any, an: str, now: int) -> None:
    found = attest(services, tng, now, personal_id_number="")
    assert services.attestations.invite(tng.id, str(found.employment_id), "code", now + DAY)
    stranger = a_person(services, now, "binh", "019202987654", {"name": "Trần Thị Bình"})
    assert services.employments.find_invited(stranger, "code", now) is None
    offer = services.employments.find_invited(an, "code", now)
    assert offer is not None
    assert services.employments.link(an, offer.id, offer.version, ALL, now, code="wrong") is not None
    assert services.employments.link(an, offer.id, offer.version, ALL, now, code="code") is None
    assert services.employments.find_shown(an, now) is not None


def test_an_offer_that_changed_meanwhile_is_shown_again(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    (offer,) = services.employments.list_offers(an, now)
    attest(services, tng, now, title="Khác")
    assert services.employments.link(an, offer.id, offer.version, ALL, now) == Refused("", "gone")


def test_a_declined_offer_does_not_come_again(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    (offer,) = services.employments.list_offers(an, now)
    assert services.employments.decline(an, offer.id, now)
    attest(services, tng, now + DAY)
    assert services.employments.list_offers(an, now + DAY) == []


def test_a_confirmation_lasts_six_months(services: Services, tng: Any, an: str, now: int) -> None:
    found = attest(services, tng, now)
    linked(services, an, now)
    later = now + CONFIRMED_SECONDS
    assert services.employments.find_shown(an, later - 1) is not None
    assert services.employments.find_shown(an, later) is None
    assert services.attestations.confirm(tng.id, str(found.employment_id), BY_LIST, later)
    assert services.employments.find_shown(an, later) is not None


def test_the_last_day_of_work_ends_all_that_is_known(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    found = attest(services, tng, now, end_date="31/12/2026")
    assert found.outcome == "ended"
    (own,) = services.employments.list_own(an)
    assert services.employments.find_shown(an, own.row.ends_at - 1) is not None
    assert services.employments.find_shown(an, own.row.ends_at) is None


def test_an_end_erases_the_employers_data_and_keeps_the_workers(
    services: Services, tng: Any, an: str, now: int
) -> None:
    found = attest(services, tng, now)
    linked(services, an, now)
    assert services.attestations.end(tng.id, str(found.employment_id), now, now) is None
    told: list[Any] = []
    services.employment_endings.followers.append(lambda row, at: told.append((row.id, at)))
    assert not services.employment_endings.carry_out_due(services.database, now, most=10)
    assert not services.employment_endings.carry_out_due(services.database, now, most=10)
    assert told == [(found.employment_id, now)]
    (own,) = services.employments.list_own(an)
    assert (own.row.staff_code, own.row.number_index, own.row.values_sealed) == (None, None, None)
    assert own.values["title"] == "Công nhân may"
    assert "income" not in own.values


def test_who_never_linked_is_erased_whole(services: Services, tng: Any, now: int) -> None:
    found = attest(services, tng, now)
    services.attestations.end(tng.id, str(found.employment_id), now, now)
    services.employment_endings.carry_out_due(services.database, now, most=10)
    count = services.database.fetch_one(COUNT)
    assert count.n == 0


def test_who_comes_back_is_a_new_worker(services: Services, tng: Any, an: str, now: int) -> None:
    first = attest(services, tng, now)
    linked(services, an, now)
    services.attestations.end(tng.id, str(first.employment_id), now, now)
    second = attest(services, tng, now + DAY)
    assert second.outcome == "invited"
    assert second.employment_id != first.employment_id
    assert len(services.employments.list_offers(an, now + DAY)) == 1


def test_the_end_of_somebody_unknown_is_said_to_be_unknown(services: Services, tng: Any, now: int) -> None:
    assert attest(services, tng, now, end_date="01/06/2020").outcome == "unknown"


def test_refusing_a_field_later_tells_who_follows(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    own = linked(services, an, now)
    told: list[Any] = []
    services.employments.followers.append(lambda row, fields, at: told.append((row.id, fields)))
    assert services.employments.decide(an, own.id, own.version, ("employer",), now) is None
    assert told == [(own.id, frozenset(ALL) - {"employer"})]


def test_what_is_unlinked_is_known_to_nobody(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    own = linked(services, an, now)
    assert services.employments.unlink(an, own.id, now)
    assert services.employments.find_shown(an, now) is None
    assert services.employments.list_offers(an, now) == []


def test_a_suspended_employer_vouches_for_nobody(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    services.database.execute(SUSPEND, now=now)
    assert services.employments.find_shown(an, now) is None


def test_every_decision_is_in_the_ledger(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    own = linked(services, an, now, ("employer",))
    services.employments.decide(an, own.id, own.version, (), now)
    entries = services.consents.ledger.list_by_account(an, f"employer:{tng.tax_code}")
    assert [(entry.action, entry.terms["accepted"]) for entry in entries] == [
        ("changed", []),
        ("given", ["employer"]),
    ]
    assert entries[0].terms["employment"] == own.id


def test_no_number_is_kept(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    (row,) = services.database.fetch_all(ROWS)
    values = services.attestations.open_values(row)
    assert AN_NUMBER not in repr(values)
    assert said(now).number == AN_NUMBER


@pytest.mark.parametrize("level", [1, 2])
def test_an_amount_is_shown_to_who_was_seen_in_person_alone(
    services: Services, tng: Any, now: int, level: int
) -> None:
    person = a_person(services, now, level=level)
    attest(services, tng, now)
    (offer,) = services.employments.list_offers(person, now)
    assert ("income" in offer.shown_values) == (level == 2)
    assert "income" in offer.fields, "whether it may be answered about is decided all the same"


def test_a_code_makes_anothers_number_nobody_elses(services: Services, tng: Any, an: str, now: int) -> None:
    namesake = a_person(services, now, "an2", "019090000456")
    found = attest(services, tng, now)
    services.attestations.invite(tng.id, str(found.employment_id), "code", now + DAY)
    assert services.employments.find_invited(namesake, "code", now) is None
    refused = services.employments.link(namesake, str(found.employment_id), 1, ALL, now, code="code")
    assert refused is not None and refused.reason == "gone"
    assert services.employments.find_invited(an, "code", now) is not None


def test_an_end_that_is_over_is_put_off_by_nobody(services: Services, tng: Any, an: str, now: int) -> None:
    found = attest(services, tng, now)
    linked(services, an, now)
    with services.database.unit():
        assert services.attestations.end(tng.id, str(found.employment_id), now - 1, now) is None
    assert services.employments.find_shown(an, now) is None
    with services.database.unit():
        refused = services.attestations.end(tng.id, str(found.employment_id), now + DAY, now)
    assert refused is not None and refused.reason == "not_on_list"
    assert services.employments.find_shown(an, now) is None
