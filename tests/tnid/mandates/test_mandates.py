"""Mandates as a service: offered, accepted once, used, ended by either of the two."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from oidc.models import Client
from tests.conftest import Clock
from tests.contracts.test_protocol_stores import GRANT
from tests.tnid.conftest import Someone
from tnid.accounts.export import build_document
from tnid.accounts.refusal import Refused
from tnid.db import Conflict, DatabaseUnavailable
from tnid.mandates.service import CODE_SECONDS, DAY_SECONDS, MOST_OPEN, SAME_FORM_SECONDS, Offer, Offered
from tnid.services import Services
from tnid.signin.assurance import PASSWORD
from tnid.signin.sessions import Place


def held(services: Services, helper: Someone, clinic: Client, now: int) -> list[str]:
    return [one.id for one in services.mandates.list_held(helper.id, clinic.client_id, now)]


def events(services: Services, account_id: str) -> list[tuple[str, str]]:
    return [(row.event, row.outcome) for row in services.audit.list_by_account(account_id)]


def texts(services: Services, account_id: str) -> list[str]:
    return [row.text for row in services.messages.list_by_account(account_id)]


def test_a_code_makes_its_typist_the_helper_once(
    offer: Callable[..., Offered], services: Services, clinic: Client, an: Someone, bay: Someone, clock: Clock
) -> None:
    made, now = offer("profile"), clock.now()
    typed = f" {made.code[:4].lower()}-{made.code[4:].lower()} " if made.code else ""
    assert held(services, an, clinic, now) == []
    assert [services.mandates.accept_code(typed, an.id, now) for _ in range(2)] == [True, False]
    (mandate,) = services.mandates.list_held(an.id, clinic.client_id, now)
    assert (mandate.principal_id, mandate.helper_id, mandate.scope) == (bay.id, an.id, {"openid", "profile"})
    assert mandate.expires_at == now + 30 * DAY_SECONDS
    assert ("mandate.accept", "ok") in events(services, bay.id)
    assert ("mandate.accept", "ok") in events(services, an.id)
    assert texts(services, bay.id) == ["mandate_accepted"]


def test_of_twenty_at_once_one_becomes_the_helper(
    offer: Callable[..., Offered],
    services: Services,
    clinic: Client,
    clock: Clock,
    new_person: Callable[..., Someone],
) -> None:
    made, now = offer("profile"), clock.now()
    people = [new_person(f"nguoi{number}") for number in range(4)]

    def accept(person: Someone) -> bool:
        with services.database.unit():
            return services.mandates.accept_code(made.code or "", person.id, now)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(accept, people * 5))
    assert won.count(True) == 1
    assert sum(len(held(services, person, clinic, now)) for person in people) == 1


def test_nobody_acts_for_themselves(
    offer: Callable[..., Offered], services: Services, bay: Someone, clinic: Client, clock: Clock
) -> None:
    made, now = offer("profile"), clock.now()
    assert services.mandates.find_offer(made.code or "", bay.id, now) is None
    assert not services.mandates.accept_code(made.code or "", bay.id, now)
    asked = Offer({clinic.client_id: ()}, now + DAY_SECONDS, to="BAY")
    assert services.mandates.offer(bay.id, asked, now) == Refused("to", "mandate_for_oneself")


def test_an_offer_runs_out(
    offer: Callable[..., Offered], services: Services, an: Someone, clock: Clock
) -> None:
    made = offer("profile")
    late = clock.now() + CODE_SECONDS
    assert services.mandates.find_offer(made.code or "", an.id, late) is None
    assert not services.mandates.accept_code(made.code or "", an.id, late)
    assert services.mandates.accept_code(made.code or "", an.id, late - 1)


def test_an_offer_by_name_is_that_accounts_alone(
    offer: Callable[..., Offered],
    services: Services,
    clinic: Client,
    an: Someone,
    clock: Clock,
    new_person: Callable[..., Someone],
) -> None:
    made, now, stranger = offer("profile", to="An"), clock.now(), new_person("la")
    assert made.code is None
    assert not services.mandates.accept_offer(made.mandate_id, stranger.id, now)
    assert not services.mandates.end(made.mandate_id, stranger.id, now)
    (shown,) = services.mandates.list_received(an.id, now)
    assert shown.row.id == made.mandate_id
    assert services.mandates.accept_offer(made.mandate_id, an.id, now)
    assert held(services, an, clinic, now) == [made.mandate_id]


def test_a_form_that_is_sent_twice_makes_one_offer(
    offer: Callable[..., Offered], services: Services, an: Someone, clock: Clock
) -> None:
    made = offer("profile", to="an")
    assert offer("profile", to="an") == made
    assert offer(to="an") != made and offer("profile", to="khong-ai") != made
    clock.advance(SAME_FORM_SECONDS)
    assert offer("profile", to="an") != made
    assert len(services.mandates.list_received(an.id, clock.now())) == 3


def test_a_form_that_is_sent_twice_makes_one_code(
    services: Services, bay: Someone, an: Someone, clinic: Client, clock: Clock
) -> None:
    now = clock.now()

    def make(attempt: str, days: int = 1) -> Offered:
        asked = Offer({clinic.client_id: ("profile",)}, now + days * DAY_SECONDS, attempt=attempt)
        with services.database.unit():
            made = services.mandates.offer(bay.id, asked, now)
        assert isinstance(made, Offered)
        return made

    first = make("a")
    assert make("a") == first
    others = [make("b"), make("a", days=7), make(""), make("")]
    assert len({first.code, *(one.code for one in others)}) == 5, "each form's code is its own"
    with services.database.unit():
        assert services.mandates.end(first.mandate_id, bay.id, now)
    again = make("a")
    assert again.code != first.code and again.mandate_id != first.mandate_id, "what is over stays over"
    with services.database.unit():
        assert not services.mandates.accept_code(first.code or "", an.id, now)
        assert services.mandates.accept_code(again.code or "", an.id, now)


@pytest.mark.parametrize(("to", "attempt"), [("an", ""), ("", "a")], ids=["by name", "by code"])
def test_a_form_that_is_sent_twenty_times_at_once_makes_one_offer(
    services: Services, bay: Someone, an: Someone, clinic: Client, clock: Clock, to: str, attempt: str
) -> None:
    asked = Offer({clinic.client_id: ("profile",)}, clock.now() + DAY_SECONDS, to, attempt)

    def make(_number: int) -> Offered | Refused | None:
        try:
            with services.database.unit():
                return services.mandates.offer(bay.id, asked, clock.now())
        except (Conflict, DatabaseUnavailable):
            return None

    with ThreadPoolExecutor(8) as pool:
        made = {one for one in pool.map(make, range(20)) if one is not None}
    assert len(made) == 1
    assert len(services.mandates.list_given(bay.id, clock.now())) == 1
    assert len(services.mandates.list_received(an.id, clock.now())) == (1 if to else 0)


def test_what_was_ended_may_be_offered_again_at_once(
    offer: Callable[..., Offered], services: Services, bay: Someone, clock: Clock
) -> None:
    made = offer("profile", to="an")
    assert services.mandates.end(made.mandate_id, bay.id, clock.now())
    again = offer("profile", to="an")
    assert again.mandate_id != made.mandate_id
    assert [one.row.id for one in services.mandates.list_given(bay.id, clock.now())] == [again.mandate_id]


def test_each_copy_names_the_other_as_their_page_does(
    offer: Callable[..., Offered],
    mandate_id: str,
    services: Services,
    bay: Someone,
    an: Someone,
    clock: Clock,
) -> None:
    offer("profile", to="khong-ai")

    def names(person: Someone, side: str) -> list[str]:
        account = services.accounts.get(person.id)
        copy = build_document(services, account, clock.now(), in_full=False)
        return sorted(one["with"] for one in copy["mandates"][side])

    assert names(bay, "given") == ["Lê Bình An", "khong-ai"]
    assert names(an, "held") == ["Hoàng Thị Bảy"]


def test_an_offer_to_nobody_looks_the_same_to_the_one_who_made_it(
    offer: Callable[..., Offered], services: Services, an: Someone, bay: Someone, clock: Clock
) -> None:
    to_an, to_nobody = offer("profile", to="an"), offer("profile", to="khong-ai")
    assert (to_an.code, to_nobody.code) == (None, None)
    rows = [one.row for one in services.mandates.list_given(bay.id, clock.now())]
    assert {(row.accepted_at, row.offer_expires_at) for row in rows} == {(None, rows[0].offer_expires_at)}
    assert [event for event, _ in events(services, bay.id)][:2] == ["mandate.offer", "mandate.offer"]
    assert texts(services, an.id) == [], "nobody is told, as nobody could be at an unknown name"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"scopes": {}}, Refused("clients", "mandate_client")),
        ({"scopes": {"unknown": ()}}, Refused("clients", "mandate_client")),
        ({"expires_at": 0}, Refused("until", "mandate_until")),
        ({"expires_at": 366 * DAY_SECONDS}, Refused("until", "mandate_until")),
    ],
)
def test_an_offer_that_can_not_be_is_refused(
    services: Services, bay: Someone, clinic: Client, clock: Clock, changes: Any, refused: Refused
) -> None:
    now = clock.now()
    asked = {"scopes": {clinic.client_id: ("profile",)}, "expires_at": DAY_SECONDS, **changes}
    offered = Offer(asked["scopes"], now + asked["expires_at"])
    assert services.mandates.offer(bay.id, offered, now) == refused
    assert events(services, bay.id)[0] == ("mandate.offer", "refused")
    assert services.mandates.list_given(bay.id, now) == []


def test_only_scopes_and_applications_that_are_open_to_it_can_be_given(
    services: Services, bay: Someone, clinic: Client, new_clinic: Callable[..., Client], clock: Clock
) -> None:
    shut = new_clinic(accepts_mandates=False)
    until = clock.now() + DAY_SECONDS
    for scopes in ({clinic.client_id: ("email",)}, {clinic.client_id: (), shut.client_id: ()}):
        assert isinstance(services.mandates.offer(bay.id, Offer(scopes, until), clock.now()), Refused)


def test_there_are_only_so_many(
    offer: Callable[..., Offered], services: Services, bay: Someone, clinic: Client, clock: Clock
) -> None:
    for _ in range(MOST_OPEN):
        offer()
    asked = Offer({clinic.client_id: ()}, clock.now() + DAY_SECONDS)
    assert services.mandates.offer(bay.id, asked, clock.now()) == Refused("", "mandate_too_many")


@pytest.mark.parametrize("who", ["bay", "an"])
def test_either_ends_it_and_its_grants_with_it(
    services: Services, mandate_id: str, bay: Someone, an: Someone, clinic: Client, clock: Clock, who: str
) -> None:
    now = clock.now()
    begin_session(services, an)
    grant = replace(
        GRANT,
        client_id=clinic.client_id,
        account_id=bay.id,
        actor_id=an.id,
        mandate_id=mandate_id,
        sid=services.sessions.list_live(an.id, now)[0].sid,
        created_at=now,
        expires_at=now + 3600,
    )
    assert services.grants.add(grant)
    # What the principal's own consent opens or keeps back is hers, not the helper's
    assert services.grants.set_withheld(bay.id, clinic.client_id, None) == 0
    one, other = (bay, an) if who == "bay" else (an, bay)
    assert [services.mandates.end(mandate_id, one.id, now) for _ in range(2)] == [True, False]
    ended = services.grants.find(grant.id)
    assert ended is not None and ended.revoked_at == now
    assert not services.grants.add(replace(grant, id="later", code_hash=b"later"))
    assert held(services, an, clinic, now) == []
    assert "mandate_ended" in texts(services, other.id)
    for person in (bay, an):
        assert ("mandate.end", "ok") in events(services, person.id)


def begin_session(services: Services, someone: Someone) -> None:
    services.sessions.begin(someone.id, PASSWORD, Place("192.0.2.1", ""), someone.clock.now())


def test_it_ends_by_itself(
    services: Services, mandate_id: str, an: Someone, clinic: Client, clock: Clock
) -> None:
    assert held(services, an, clinic, clock.now() + 30 * DAY_SECONDS - 1) == [mandate_id]
    assert held(services, an, clinic, clock.now() + 30 * DAY_SECONDS) == []


@pytest.mark.parametrize("who", ["bay", "an"])
def test_it_ends_with_either_account(
    services: Services, mandate_id: str, bay: Someone, an: Someone, clinic: Client, clock: Clock, who: str
) -> None:
    someone = bay if who == "bay" else an
    services.accounts.disable(someone.id, clock.now())
    assert held(services, an, clinic, clock.now()) == []
    services.accounts.enable(someone.id, clock.now())
    assert held(services, an, clinic, clock.now()) == [], "an account that opens again has let nobody in"
    services.accounts.delete(someone.id, clock.now())
    assert services.mandates.list_given(bay.id, clock.now()) == []


def test_each_use_is_told_and_noted_on_both_accounts(
    services: Services, mandate_id: str, bay: Someone, an: Someone, clinic: Client, clock: Clock
) -> None:
    (mandate,) = services.mandates.list_held(an.id, clinic.client_id, clock.now())
    services.mandates.note_use(mandate, clock.now())
    assert events(services, bay.id)[0] == ("mandate.use", "ok")
    assert events(services, an.id)[0] == ("mandate.act", "ok")
    assert "mandate_used" in texts(services, bay.id)
