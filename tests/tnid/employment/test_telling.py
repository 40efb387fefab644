"""What workers and applications are told of an employment, once each, and what that takes of the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, text, update

from oidc.clients.registration import new_client
from oidc.models import AuthorizationRequest
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK
from tests.tnid.employment.work import (
    AN,
    AN_NUMBER,
    BY_LIST,
    a_person,
    an_employer,
    attest,
    linked,
)
from tnid.accounts.erasure import erase
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber
from tnid.accounts.verification import Evidence
from tnid.consent.notices import SECURITY_EVENT
from tnid.employment.attestations import CONFIRMED_SECONDS
from tnid.housekeeping import chores
from tnid.services import Services
from tnid.stores.accounts import accounts

DAY = 86400
CHORES = ("end_employments", "tell_workers", "remind_workers", "remind_employers")
DISABLE = update(accounts).where(accounts.c.id == bindparam("of_id")).values(disabled_at=bindparam("now"))


@pytest.fixture
def now(clock: Clock) -> int:
    return clock.now()


@pytest.fixture
def tng(services: Services, now: int) -> Any:
    return an_employer(services, now)


@pytest.fixture
def an(services: Services, now: int) -> str:
    return a_person(services, now, claims={**AN, "email": "an@example.vn"})


@pytest.fixture
def housing(services: Services, an: str, now: int) -> str:
    """An application that asked An for everything about work, and wants to be told."""
    return an_application(services, an, now, "housing")


def an_application(
    services: Services, account_id: str, now: int, client_id: str, scope: str = "worker employer", **more: str
) -> str:
    document = {
        **more,
        "client_id": client_id,
        "redirect_uris": [CALLBACK],
        "scope": f"openid {scope}",
        "security_events_uri": f"https://{client_id}.example/events",
    }
    client, _secret = new_client(document, now, by_operator=True)
    services.clients.add(client)
    asked = AuthorizationRequest(client_id, CALLBACK, "query", ("openid", *scope.split()))
    with services.database.unit():
        question = services.consents.ask(account_id, asked, client, now)
        assert services.consents.give(account_id, question, [item.name for item in question.items], now)
    return client_id


def keep_house(services: Services, now: int) -> None:
    """Do the chores of employment until there is no more to do."""
    for chore in chores(services):
        while chore.name in CHORES and chore.work(now):
            pass


def told(services: Services, account_id: str) -> list[str]:
    return [row.text for row in services.messages.list_by_account(account_id)]


def heard(services: Services, account_id: str, client_id: str) -> list[tuple[str, set[str]]]:
    """Return what an application was told of a person, the latest first: the kind and the claims."""
    events = services.consents.notices.list_by_account(account_id, client_id)
    return [(event.kind, set(event.claims)) for event in events]


def queued(services: Services) -> int:
    return sum(row.kind == SECURITY_EVENT for row in services.outbox.list_open(most=50))


# Offers


def test_who_has_the_number_and_the_name_is_told_once(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    for later in range(3):
        keep_house(services, now + later)
    assert told(services, an) == ["work_offered"]
    attest(services, tng, now + DAY)
    keep_house(services, now + DAY)
    assert told(services, an) == ["work_offered"]


def test_who_has_another_name_is_told_nothing(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now, name="Trần Thị Bình")
    keep_house(services, now)
    assert told(services, an) == []


def test_rows_of_nobody_are_looked_at_once(services: Services, tng: Any, now: int) -> None:
    for number in range(120):
        attest(services, tng, now, staff_code=f"A{number}", personal_id_number=f"0190900{number:05}")
    tell = next(chore for chore in chores(services) if chore.name == "tell_workers")
    assert [tell.work(now) for _ in range(4)] == [True, True, False, False]
    left = services.database.fetch_one(text("SELECT COUNT(*) AS n FROM employments WHERE told_at IS NULL"))
    assert left.n == 0


def test_who_comes_with_the_number_later_is_told_then(services: Services, tng: Any, now: int) -> None:
    attest(services, tng, now)
    keep_house(services, now)
    late = a_person(services, now, "an", None, {"email": "an@example.vn", "name": "An"}, level=0)
    claims = {"name": AN["name"], "birthdate": AN["birthdate"]}
    evidence = Evidence(number=DocumentNumber(IDENTITY_CARD, AN_NUMBER))
    with services.database.unit():
        assert services.accounts.raise_identity_level(late, 1, claims, evidence, now) is None
    assert told(services, late) == ["work_offered"]
    keep_house(services, now)
    assert told(services, late) == ["work_offered"]


def test_who_comes_before_the_housekeeper_is_told_once(services: Services, tng: Any, now: int) -> None:
    attest(services, tng, now)
    early = a_person(services, now, "an", None, {"email": "an@example.vn", "name": "An"}, level=0)
    evidence = Evidence(number=DocumentNumber(IDENTITY_CARD, AN_NUMBER))
    with services.database.unit():
        assert services.accounts.raise_identity_level(early, 1, AN, evidence, now) is None
    keep_house(services, now)
    assert told(services, early) == ["work_offered"]


def test_a_number_that_comes_with_a_later_list_is_looked_for(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now, personal_id_number="")
    keep_house(services, now)
    assert told(services, an) == []
    attest(services, tng, now)
    keep_house(services, now)
    assert told(services, an) == ["work_offered"]


def test_who_decided_before_the_housekeeper_came_is_not_told(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    keep_house(services, now)
    assert told(services, an) == []


def test_a_changed_field_is_told_and_ends_at_the_applications(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    attest(services, tng, now, title="Tổ trưởng")
    assert heard(services, an, housing) == [("attestation-ended", {"job_title"})]
    keep_house(services, now)
    assert told(services, an) == ["work_changed"]


def test_an_application_of_another_employer_hears_nothing_of_it(
    services: Services, tng: Any, an: str, now: int
) -> None:
    own = an_application(services, an, now, "own", employer=tng.tax_code)
    another = an_application(services, an, now, "another", employer="0100109106")
    attest(services, tng, now)
    linked(services, an, now)
    attest(services, tng, now, title="Tổ trưởng")
    keep_house(services, now + CONFIRMED_SECONDS)
    assert len(heard(services, an, own)) == 2 and heard(services, an, another) == []


# The confirmation's end


def test_the_worker_is_told_two_weeks_before_and_at_the_end(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now, ("employer", "title"))
    end = now + CONFIRMED_SECONDS
    for at in (end - 15 * DAY, end - 14 * DAY, end - DAY, end - 1):
        keep_house(services, at)
    assert told(services, an) == ["work_due"] and heard(services, an, housing) == []
    for at in (end, end + DAY):
        keep_house(services, at)
    assert told(services, an) == ["work_lapsed", "work_due"]
    ((kind, claims),) = heard(services, an, housing)
    assert kind == "attestation-ended" and {"employer", "job_title", "is_worker"} <= claims


def test_what_is_confirmed_in_time_ends_nothing_and_is_told_the_next_time(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    found = attest(services, tng, now)
    linked(services, an, now)
    soon = now + CONFIRMED_SECONDS - DAY
    keep_house(services, soon)
    assert services.attestations.confirm(tng.id, str(found.employment_id), BY_LIST, soon)
    keep_house(services, soon + DAY)
    assert told(services, an) == ["work_due"] and heard(services, an, housing) == []
    keep_house(services, soon + CONFIRMED_SECONDS)
    assert told(services, an) == ["work_lapsed", "work_due"]


def test_who_knows_the_last_day_is_not_told_of_confirming_again(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    last = datetime.fromtimestamp(now + 180 * DAY, UTC).strftime("%d/%m/%Y")
    attest(services, tng, now, end_date=last)
    keep_house(services, now + 175 * DAY)
    assert told(services, an) == []


def test_who_never_linked_it_is_not_reminded(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    keep_house(services, now + CONFIRMED_SECONDS)
    assert told(services, an) == ["work_offered"]


def test_who_manages_the_employer_is_told_once_a_week_whom_to_confirm(
    services: Services, tng: Any, now: int
) -> None:
    manager = a_person(services, now, "mai", "019202987654", {"name": "Mai", "email": "mai@example.vn"})
    with services.database.unit():
        services.employers.representatives.add(tng.id, manager, "manager", now)
    last = datetime.fromtimestamp(now + 185 * DAY, UTC).strftime("%d/%m/%Y")
    for number, end_date in enumerate(("", "", last)):
        index = f"0190900{number:05}"
        attest(services, tng, now, staff_code=f"A{number}", personal_id_number=index, end_date=end_date)
    before, end = told(services, manager), now + CONFIRMED_SECONDS
    for at in (end - 15 * DAY, end - 10 * DAY, end - 9 * DAY, end - 2 * DAY, end + 60 * DAY):
        keep_house(services, at)
    rows = [row for row in services.messages.list_by_account(manager) if row.text == "employer_due"]
    assert [row.created_at for row in rows] == [end - 2 * DAY, end - 10 * DAY]
    assert services.messages.open(rows[0]).values["count"] == "2"
    assert "employer_due" not in before


# An employer that is suspended


def test_a_suspended_employers_workers_and_their_applications_are_told_once(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    with services.database.unit():
        assert services.employers.organisations.suspend(tng.id, now)
    assert services.employments.find_shown(an, now) is None
    for later in range(2):
        keep_house(services, now + later)
    assert told(services, an) == ["work_held"]
    assert [kind for kind, _claims in heard(services, an, housing)] == ["attestation-ended"]
    with services.database.unit():
        assert services.employers.organisations.resume(tng.id, now)
    keep_house(services, now + 2)
    assert services.employments.find_shown(an, now + 2) is not None
    assert told(services, an) == ["work_held"]


def test_a_suspension_that_was_over_at_once_is_told_to_nobody(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    with services.database.unit():
        services.employers.organisations.suspend(tng.id, now)
        services.employers.organisations.resume(tng.id, now)
    keep_house(services, now)
    assert told(services, an) == [] and heard(services, an, housing) == []


# Leaving


def by_list(services: Services, tng: Any, _employment_id: str, now: int) -> None:
    yesterday = datetime.fromtimestamp(now - DAY, UTC).strftime("%d/%m/%Y")
    attest(services, tng, now, end_date=yesterday)


def by_page(services: Services, tng: Any, employment_id: str, now: int) -> None:
    with services.database.unit():
        assert services.attestations.end(tng.id, employment_id, now, now) is None


@pytest.mark.parametrize("end", [by_list, by_page])
def test_an_end_is_told_to_the_worker_and_to_who_knew(
    services: Services, tng: Any, an: str, housing: str, now: int, end: Callable[..., None]
) -> None:
    an_application(services, an, now, "schools", "profile")
    found = attest(services, tng, now)
    linked(services, an, now, ("employer",))
    end(services, tng, str(found.employment_id), now)
    assert services.employments.find_shown(an, now) is None, "before anybody was told"
    for later in range(2):
        keep_house(services, now + later)
    assert told(services, an) == ["work_ended"]
    ((kind, claims),) = heard(services, an, housing)
    assert kind == "attestation-ended" and {"employer", "is_worker"} <= claims
    assert heard(services, an, "schools") == [] and queued(services) == 1


def test_a_last_day_ahead_is_told_when_it_is_over(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    tomorrow = datetime.fromtimestamp(now + DAY, UTC).strftime("%d/%m/%Y")
    attest(services, tng, now, end_date=tomorrow)
    (own,) = services.employments.list_own(an)
    keep_house(services, own.row.ends_at - 1)
    assert told(services, an) == [] and heard(services, an, housing) == []
    keep_house(services, own.row.ends_at)
    assert told(services, an) == ["work_ended"] and len(heard(services, an, housing)) == 1


def test_whoever_is_killed_half_way_has_done_nothing_of_it(
    services: Services, tng: Any, an: str, housing: str, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = attest(services, tng, now)
    linked(services, an, now)
    by_page(services, tng, str(found.employment_id), now)
    with monkeypatch.context() as patched:
        patched.setattr(services.consents, "tell_attested_ended", _killed)
        with pytest.raises(KeyboardInterrupt):
            keep_house(services, now)
    assert told(services, an) == [] and queued(services) == 0
    (own,) = services.employments.list_own(an)
    assert own.row.ended_at is None and services.employments.find_shown(an, now) is None
    keep_house(services, now)
    assert told(services, an) == ["work_ended"] and queued(services) == 1


def _killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_what_the_worker_takes_back_is_told_to_who_knew(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    attest(services, tng, now)
    own = linked(services, an, now)
    services.employments.decide(an, own.id, own.version, ("employer",), now)
    ((_kind, claims),) = heard(services, an, housing)
    assert "job_title" in claims and not claims & {"employer", "is_worker"}
    assert services.employments.unlink(an, own.id, now)
    assert any(claims >= {"employer", "is_worker"} for _kind, claims in heard(services, an, housing))
    assert told(services, an) == []


def test_listings_are_told_when_the_employer_is_hidden(
    services: Services, tng: Any, an: str, housing: str, now: int
) -> None:
    an_application(services, an, now, "listings", "worker employer jobs")
    attest(services, tng, now)
    own = linked(services, an, now)
    for is_hidden in (True, True, False):
        assert services.employments.set_hidden(an, own.id, now, is_hidden=is_hidden)
    assert heard(services, an, "listings") == [("attestation-ended", {"employer"})]
    assert heard(services, an, housing) == []


def test_listings_are_told_of_a_bracket_that_names_a_hidden_employer(
    services: Services, tng: Any, an: str, now: int
) -> None:
    an_application(services, an, now, "listings", "worker housing")
    attest(services, tng, now)
    own = linked(services, an, now)
    services.employments.set_hidden(an, own.id, now, is_hidden=True)
    assert heard(services, an, "listings") == [("attestation-ended", {"social_housing_income"})]


def test_the_worker_keeps_the_account_and_the_history(
    services: Services, tng: Any, an: str, now: int
) -> None:
    found = attest(services, tng, now)
    linked(services, an, now)
    by_page(services, tng, str(found.employment_id), now)
    keep_house(services, now)
    assert services.accounts.get(an).disabled_at is None
    assert [row.event for row in services.audit.list_by_account(an)].count("employment.end") == 1
    (own,) = services.employments.list_own(an)
    assert own.values["title"] == "Công nhân may"


def test_of_two_housekeepers_one_tells(services: Services, tng: Any, an: str, now: int) -> None:
    found = attest(services, tng, now)
    linked(services, an, now)
    by_page(services, tng, str(found.employment_id), now)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: keep_house(services, now), range(4)))
    assert told(services, an) == ["work_ended"]


def test_of_many_decisions_at_once_one_counts(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    (offer,) = services.employments.list_offers(an, now)

    def link(field: str) -> Any:
        with services.database.unit():
            return services.employments.link(an, offer.id, offer.version, (field,), now)

    fields = ("employer", "title", "park", "start_date")
    with ThreadPoolExecutor(len(fields)) as pool:
        outcomes = list(pool.map(link, fields))
    (won,) = [field for field, refused in zip(fields, outcomes, strict=True) if refused is None]
    (own,) = services.employments.list_own(an)
    assert own.accepted == {won}
    assert len(services.consents.ledger.list_by_account(an)) == 1


# Accounts that are shut or erased


def test_a_disabled_account_is_offered_nothing_and_told_nothing(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    services.database.execute(DISABLE, of_id=an, now=now)
    keep_house(services, now)
    assert told(services, an) == [] and services.employments.list_offers(an, now) == []


def test_an_erased_account_leaves_the_employers_row_to_be_found_again(
    services: Services, tng: Any, an: str, now: int
) -> None:
    attest(services, tng, now)
    linked(services, an, now)
    with services.database.unit():
        assert erase(services, an, now)
    again = a_person(services, now, "an.moi")
    (offer,) = services.employments.list_offers(again, now)
    assert offer.accepted == frozenset() and offer.row.account_id is None


# What it costs


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_looked_for_again_and_again_is_found_by_an_index(services: Services, tng: Any) -> None:
    for where, index in (
        ("told_at IS NULL ORDER BY created_at, id LIMIT 50", "ix_employments_untold"),
        (
            "account_id IS NOT NULL AND ended_at IS NULL AND reminded = 0 AND valid_until <= 5"
            " ORDER BY valid_until, id LIMIT 50",
            "ix_employments_reminded",
        ),
    ):
        rows = services.database.fetch_all(
            text(f"EXPLAIN QUERY PLAN SELECT * FROM employments WHERE {where}")
        )
        assert index in " ".join(row.detail for row in rows)
