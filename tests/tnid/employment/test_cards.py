"""Employment cards: what stands on one, and what ends it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, text, update

from oidc.credentials import sd_jwt, status_list
from oidc.token.handles import new_identifier
from tests.conftest import Clock
from tests.tnid.employment.work import a_person, an_employer, attest, linked
from tnid.accounts.export import build_document
from tnid.accounts.refusal import Refused
from tnid.employment.card_status import BLOCK, CARD_SECONDS, Places
from tnid.employment.cards import CARD_FIELDS, Card
from tnid.employment.shown import Shown
from tnid.purge import purge_expired
from tnid.services import Services
from tnid.stores.accounts import accounts
from tnid.stores.audit import audit_events
from tnid.stores.employers import employers
from tnid.stores.employment_cards import _FIND_CURRENT, _LIST_OF_EMPLOYER, _LIST_REVOKED, employment_cards

DAY = 86400
SUSPEND = update(employers).values(suspended_at=bindparam("at"))
CARDS = select(employment_cards)
SHUT = update(accounts).values(disabled_at=bindparam("at")).where(accounts.c.id == bindparam("of_id"))
ERASE = delete(accounts).where(accounts.c.id == bindparam("of_id"))
LAST_EVENTS = (
    select(audit_events.c.event, audit_events.c.outcome, audit_events.c.reason)
    .where(audit_events.c.event.like("employment_card.%"))
    .order_by(audit_events.c.id)
)


@pytest.fixture
def now(services: Services, clock: Clock) -> int:
    services.keyring.ensure(clock.now())
    return clock.now()


@pytest.fixture
def tng(services: Services, now: int) -> Any:
    return an_employer(services, now)


@pytest.fixture
def an(services: Services, now: int) -> str:
    return a_person(services, now)


@pytest.fixture
def work(services: Services, tng: Any, an: str, now: int) -> str:
    """The id of An's employment, of which everything is accepted."""
    attest(services, tng, now)
    return linked(services, an, now).id


def issue(services: Services, an: str, work: str, now: int, *fields: str) -> Card:
    with services.database.unit():
        card_id = services.employment_cards.issue(an, work, fields or CARD_FIELDS, now)
        assert isinstance(card_id, str), card_id
        card = services.employment_cards.find(an, card_id, now)
    assert card is not None
    return card


def read(services: Services, card: Card, now: int) -> dict[str, Any]:
    return sd_jwt.read(card.text, lambda token: services.keyring.verify(token, typ=sd_jwt.TYP, now=now))


def is_over(services: Services, card: Card, now: int) -> bool:
    """Ask the list, a minute after it was made last."""
    place = read(services, card, now)["status"]["status_list"]["idx"]
    token = services.card_status.get(now).body.decode()
    claims = services.keyring.verify(token, typ=status_list.TYP, now=now)
    return status_list.is_revoked(claims["status_list"], place)


def events(services: Services) -> list[tuple[str, str, str | None]]:
    return [tuple(row) for row in services.database.fetch_all(LAST_EVENTS)]


def test_a_card_says_what_was_ticked_and_is_signed_by_us(
    services: Services, an: str, work: str, now: int
) -> None:
    card = issue(services, an, work, now, "employer", "park", "start_date")
    claims = read(services, card, now)
    issuer = services.settings.issuer
    place = claims.pop("status")["status_list"]
    assert claims == {
        "iss": issuer,
        "vct": f"{issuer}/vct/employment",
        "iat": now,
        "exp": now + CARD_SECONDS,
        "employment_confirmed_at": claims["employment_confirmed_at"],
        "name": "Nguyễn Văn An",
        "employer": {"name": "TNG", "tax_code": "4600305723"},
        "industrial_park": {"id": "diem-thuy", "name": claims["industrial_park"]["name"]},
        "employment_start_date": "2020-03-01",
    }
    assert place["uri"] == f"{issuer}/work/card/status" and 0 <= place["idx"] < BLOCK


def test_it_is_signed_anew_each_time_and_is_the_same_card(
    services: Services, an: str, work: str, now: int
) -> None:
    card = issue(services, an, work, now)
    again = services.employment_cards.find(an, card.id, now + DAY)
    assert again is not None and again.text != card.text
    assert read(services, again, now + DAY) == read(services, card, now)


def test_the_income_is_never_on_it(services: Services, an: str, work: str, now: int) -> None:
    card = issue(services, an, work, now, "employer", "income")
    assert "12500000" not in json.dumps(read(services, card, now))
    assert set(card.claims) == {"name", "employer"}
    refused = services.employment_cards.issue(an, work, ["income"], now)
    assert refused == Refused("fields", "nothing_to_show")


def test_what_is_not_accepted_can_not_be_ticked(services: Services, tng: Any, an: str, now: int) -> None:
    attest(services, tng, now)
    employment = linked(services, an, now, ("title",))
    card = issue(services, an, employment.id, now)
    assert set(card.claims) == {"name", "job_title"}


def test_nobody_elses_employment_makes_a_card(services: Services, an: str, work: str, now: int) -> None:
    other = a_person(services, now, "binh", None, {"name": "Lê Thị Bình"})
    assert services.employment_cards.issue(other, work, CARD_FIELDS, now) == Refused("fields", "card_gone")
    card = issue(services, an, work, now)
    assert services.employment_cards.find(other, card.id, now) is None
    assert services.employment_cards.find_of_employment(other, work, now) is None
    assert not services.employment_cards.revoke(other, card.id, now)
    assert events(services)[0] == ("employment_card.issue", "refused", "card_gone")


def test_it_lasts_no_longer_than_what_was_confirmed(
    services: Services, tng: Any, an: str, work: str, now: int
) -> None:
    later = now + 120 * DAY
    card = issue(services, an, work, later)
    assert card.expires_at == now + 183 * DAY < later + CARD_SECONDS
    services.attestations.end(tng.id, work, later + 10 * DAY, later)
    assert issue(services, an, work, later).expires_at == later + 10 * DAY


def test_a_new_card_ends_the_one_before(services: Services, an: str, work: str, now: int) -> None:
    first = issue(services, an, work, now)
    second = issue(services, an, work, now)
    assert services.employment_cards.find(an, first.id, now) is None
    assert is_over(services, first, now + 60) and not is_over(services, second, now + 60)
    assert services.employment_cards.find_of_employment(an, work, now) == second.id


def test_the_worker_ends_it(services: Services, an: str, work: str, now: int) -> None:
    card = issue(services, an, work, now)
    assert not is_over(services, card, now)
    assert services.employment_cards.revoke(an, card.id, now)
    assert not services.employment_cards.revoke(an, card.id, now)
    assert is_over(services, card, now + 60)
    assert events(services)[-1] == ("employment_card.revoke", "ok", None)


def test_a_field_taken_back_ends_the_card_that_shows_it(
    services: Services, an: str, work: str, now: int
) -> None:
    card = issue(services, an, work, now, "employer", "title")
    kept = ("employer", "title", "park")
    own = services.employments.find_own(an, work)
    assert own and services.employments.decide(an, work, own.version, kept, now) is None
    assert not is_over(services, card, now + 60), "what was taken back is not on it"
    own = services.employments.find_own(an, work)
    assert own and services.employments.decide(an, work, own.version, ("employer",), now) is None
    assert is_over(services, card, now + 120)


def test_a_copy_of_all_data_has_the_cards_that_count(
    services: Services, an: str, work: str, now: int
) -> None:
    issue(services, an, work, now)
    issue(services, an, work, now, "title")
    copy = build_document(services, services.accounts.get(an), now, in_full=True)
    (card,) = copy["employment_cards"]
    assert card["fields"] == "title" and set(card) == {"fields", "issued_at", "expires_at", "revoked_at"}


def test_a_field_taken_back_while_a_card_is_made_is_on_no_card(
    services: Services, an: str, work: str, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = services.employments.list_shown

    def look_and_take_back(account_id: str, at: int) -> list[Shown]:
        found = look(account_id, at)
        own = services.employments.find_own(an, work)
        assert own and services.employments.decide(an, work, own.version, ("employer",), at) is None
        return found

    monkeypatch.setattr(services.employments, "list_shown", look_and_take_back)
    assert services.employment_cards.issue(an, work, CARD_FIELDS, now) == Refused("fields", "work_changed")
    assert services.employment_cards.find_of_employment(an, work, now) is None


def test_an_account_that_is_shut_gets_no_card(services: Services, an: str, work: str, now: int) -> None:
    services.database.execute(SHUT, of_id=an, at=now)
    assert isinstance(services.employment_cards.issue(an, work, CARD_FIELDS, now), Refused)


def test_taking_all_of_it_back_ends_the_card(services: Services, an: str, work: str, now: int) -> None:
    card = issue(services, an, work, now)
    assert services.employments.unlink(an, work, now)
    assert is_over(services, card, now + 60)


def test_another_title_ends_the_card_that_shows_the_old_one(
    services: Services, tng: Any, an: str, work: str, now: int
) -> None:
    card = issue(services, an, work, now, "employer", "title")
    attest(services, tng, now + 60, title="Công nhân may", start_date="01/04/2020")
    assert not is_over(services, card, now + 60)
    attest(services, tng, now + 120, title="Tổ trưởng")
    assert is_over(services, card, now + 120)


def test_the_end_of_the_work_ends_the_card(
    services: Services, tng: Any, an: str, work: str, now: int
) -> None:
    card = issue(services, an, work, now)
    services.attestations.end(tng.id, work, now + DAY, now)
    assert services.employment_cards.find(an, card.id, now + DAY) is None
    services.employment_endings.carry_out_due(services.database, now + DAY, most=10)
    assert is_over(services, card, now + DAY)


def test_a_suspended_employer_s_cards_do_not_count_until_it_goes_on(
    services: Services, an: str, work: str, now: int
) -> None:
    card = issue(services, an, work, now)
    services.database.execute(SUSPEND, at=now)
    assert is_over(services, card, now + 60)
    assert services.employment_cards.find(an, card.id, now) is None
    services.database.execute(SUSPEND, at=None)
    assert not is_over(services, card, now + 120)
    assert services.employment_cards.find(an, card.id, now) is not None


def test_shutting_the_account_ends_the_card(services: Services, an: str, work: str, now: int) -> None:
    card = issue(services, an, work, now)
    for end in services.endings:
        end(an, now)
    assert is_over(services, card, now + 60)


def test_an_erased_account_s_card_stays_on_the_list(services: Services, an: str, work: str, now: int) -> None:
    card = issue(services, an, work, now)
    for end in services.endings:
        end(an, now)
    services.database.execute(ERASE, of_id=an)
    (row,) = services.database.fetch_all(CARDS)
    assert (row.account_id, row.employment_id) == (None, None)
    assert is_over(services, card, now + 60)


def test_an_expired_card_is_over_without_the_list(services: Services, an: str, work: str, now: int) -> None:
    card = issue(services, an, work, now)
    services.employment_cards.revoke(an, card.id, now)
    later = card.expires_at
    services.keyring.tend(later)
    listed = services.keyring.verify(
        services.card_status.get(later).body.decode(), typ=status_list.TYP, now=later
    )
    assert listed["status_list"]["lst"] == status_list.pack((), BLOCK)
    assert services.employment_cards.find_of_employment(an, work, later) is None


def test_a_place_is_never_given_twice(services: Services, an: str, work: str, now: int) -> None:
    first = issue(services, an, work, now)
    second = issue(services, an, work, now)
    while purge_expired(services.database, now + 10**8, most=100):
        pass
    assert [row.id for row in services.database.fetch_all(CARDS)] == [second.id]
    third = issue(services, an, work, now)
    places = {read(services, one, now)["status"]["status_list"]["idx"] for one in (first, second, third)}
    assert len(places) == 3


def test_places_tell_nothing_of_the_order_and_never_meet() -> None:
    places = Places(bytes(32))
    found = [places.place(number) for number in range(2**14)]
    assert len(set(found)) == len(found) and max(found) < BLOCK
    assert found[:100] != sorted(found[:100])
    assert found != [Places(bytes(31) + b"1").place(number) for number in range(2**14)]
    assert BLOCK <= places.place(BLOCK + 5) < 2 * BLOCK


def test_a_block_is_permuted_whole() -> None:
    # Over a thousand numbers spread through it, as all of them take a while
    places = Places(b"k" * 32)
    assert len({places.place(number) for number in range(0, BLOCK, 257)}) == len(range(0, BLOCK, 257))


def test_the_list_is_made_once_a_minute_and_without_looking_at_cards_that_count(
    services: Services, an: str, work: str, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = services.card_status.get(now)
    card = issue(services, an, work, now)
    services.employment_cards.revoke(an, card.id, now)
    assert services.card_status.get(now + 59) is made
    assert services.card_status.get(now + 60) is not made
    assert services.card_status.get(now - 1) is not made, "a clock that was set back waits for nothing"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (_LIST_REVOKED, "ix_employment_cards_revoked"),
        (_FIND_CURRENT, "uq_employment_cards_employment_id_current"),
        (_LIST_OF_EMPLOYER, "employments_employer_id"),
    ],
)
def test_no_card_that_counts_is_looked_at(services: Services, query: Any, index: str) -> None:
    engine, given = services.database._engine, {"now": 1, "of_employment": "x", "of_employer": "x"}
    compiled = query.compile(engine)
    with engine.connect() as connection:
        if not services.database.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))
        explain = f"EXPLAIN {'QUERY PLAN' if services.database.is_sqlite else ''} {compiled}"
        values = {name: given[name] for name in compiled.params}
        plan = str(connection.exec_driver_sql(explain, bound(compiled, values)).all())
        connection.rollback()
    assert index in plan and "ix_employment_cards_expires_at" not in plan, plan


def bound(compiled: Any, values: dict[str, Any]) -> Any:
    """Return parameters in the form that the driver takes."""
    return tuple(values[name] for name in compiled.positiontup) if compiled.positional else values


def test_a_full_block_makes_the_list_longer(services: Services, now: int) -> None:
    row = {"account_id": None, "employment_id": None, "fields": "title", "issued_at": now, "revoked_at": now}
    services.database.execute(
        insert(employment_cards), id=new_identifier(), status_index=BLOCK, expires_at=now + DAY, **row
    )
    token = services.card_status.get(now).body.decode()
    listed = services.keyring.verify(token, typ=status_list.TYP, now=now)["status_list"]
    place = Places(services.sealer.derive("employment_cards.places")).place(BLOCK)
    assert status_list.is_revoked(listed, place)
    assert listed["lst"] == status_list.pack((place,), 2 * BLOCK)
    assert services.database.fetch_one(select(func.count().label("n")).select_from(employment_cards)).n == 1
