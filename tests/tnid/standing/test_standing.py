"""What an application is told of somebody's standing: what stands at that moment, by one look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from oidc.attested import NOTHING, OF_STANDING
from oidc.clients.registration import new_client
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, Someone
from tests.tnid.mandates.test_guardians import born
from tests.tnid.standing.conftest import HOME, NUMBER, WARD
from tnid.accounts.numbers import (
    HIDDEN_NUMBER,
    PASSPORT,
    PROVINCE_PREFIXES,
    DocumentNumber,
    is_personal_id_number,
)
from tnid.accounts.vault import Vault
from tnid.accounts.verification import SEEN_BY_AN_OFFICIAL, Evidence
from tnid.accounts.yes_no import answer, ward_of
from tnid.sandbox.people import find_number, people
from tnid.services import Services
from tnid.wards import REGION, all_wards

Look = Callable[..., dict[str, Any]]


@pytest.fixture
def child(new_person: Callable[..., Someone], clock: Clock) -> Someone:
    return new_person("be", claims=born(clock, 14, name="Hoàng Văn Bé"))


@pytest.fixture
def look(services: Services, clock: Clock) -> Look:
    """Ask as a client would, which is known already."""
    made: set[str] = set()

    def ask(account_id: str, *names: str, client_id: str = "clinic", shown: bool = False) -> dict[str, Any]:
        if client_id not in made:
            made.add(client_id)
            given = {"client_id": client_id, "redirect_uris": [f"https://{client_id}.example/cb"]}
            services.clients.add(new_client(given, clock.now(), by_operator=True)[0])
        ask = services.vouching.shown if shown else services.vouching.vouched
        found = ask(account_id, client_id, frozenset(names) or OF_STANDING, clock.now())
        return dict(found.claims)

    return ask


@pytest.fixture
def statements(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every statement that is run from now on, but for the clients', which are remembered for a second."""
    run: list[Any] = []
    execute = services.database._execute

    def counted(statement: Any, parameters: dict[str, Any]) -> Any:
        if "FROM clients" not in str(statement):
            run.append(statement)
        return execute(statement, parameters)

    monkeypatch.setattr(services.database, "_execute", counted)
    return run


def become_guardian(services: Services, child: Someone, guardian: Someone, now: int) -> str:
    code = services.guardians.make_code(child.id, now) or ""
    assert services.guardians.agree(code, guardian.id, now)
    return str(services.guardians.list_children(guardian.id, now)[-1].row.id)


def test_what_there_is_is_told_and_no_more_than_was_asked(bay: Someone, look: Look) -> None:
    assert look(bay.id) == {"identity_level": 2, "residence_ward": WARD, "personal_id_number": NUMBER}
    assert look(bay.id, "identity_level") == {"identity_level": 2}
    assert look(bay.id, "residence_ward", "staff_roles") == {"residence_ward": WARD}


def test_one_statement_tells_all_of_it_and_none_is_run_for_who_asks_about_work(
    services: Services, bay: Someone, child: Someone, look: Look, statements: list[Any], clock: Clock
) -> None:
    become_guardian(services, child, bay, clock.now())
    services.counter.roles.grant_official(bay.id, "05467", clock.now())
    services.admin.operators.grant(bay.id, "support", clock.now())
    services.admin.operators.grant(bay.id, "security", clock.now())
    look(bay.id, "identity_level")
    statements.clear()
    told = look(bay.id)
    assert told.keys() == OF_STANDING and len(statements) == 1
    assert told["staff_roles"] == [{"role": "official", "ward": WARD}, {"role": "operator"}]
    assert len(told["guardian_of"]) == 1, "however many roles there are beside"
    statements.clear()
    look(bay.id, "is_worker")
    assert all("roles" not in str(one) and "pin_sealed" not in str(one) for one in statements)


@pytest.mark.parametrize("name", sorted(OF_STANDING))
def test_a_look_fetches_what_it_tells_and_nothing_beside(
    bay: Someone, look: Look, statements: list[Any], name: str
) -> None:
    look(bay.id, "identity_level")
    statements.clear()
    look(bay.id, name)
    (statement,) = map(str, statements)
    parts = {
        "personal_id_number": "pin_sealed",
        "residence_ward": "verifications",
        "staff_roles": "roles",
        "guardian_of": "guardianships",
    }
    assert {part for part in parts.values() if part in statement} == (
        {parts[name]} if name in parts else set()
    )


def test_who_is_shut_or_unknown_is_nobody(services: Services, bay: Someone, look: Look, clock: Clock) -> None:
    assert look(bay.id) and look("nobody") == {}
    services.accounts.disable(bay.id, clock.now())
    assert look(bay.id) == {}
    assert services.vouching.vouched(bay.id, "no-client", OF_STANDING, clock.now()) == NOTHING


# citizen


@pytest.mark.parametrize("level", [0, 1])
def test_how_well_somebody_is_known(new_person: Callable[..., Someone], look: Look, level: int) -> None:
    someone = new_person("an", identity_level=level, claims={"address": HOME})
    told = look(someone.id, "identity_level", "residence_ward")
    assert told == {"identity_level": level, **({"residence_ward": WARD} if level else {})}


@pytest.mark.parametrize(
    "address",
    [
        {"locality": "Phường Gia Sàng", "region": "Thành phố Hà Nội"},
        {"locality": "Phường Gia Sàng"},
        {"locality": "Phường Không Có", "region": "Tỉnh Thái Nguyên"},
        {"region": "Tỉnh Thái Nguyên"},
    ],
)
def test_another_place_is_no_ward_of_ours(
    new_person: Callable[..., Someone], look: Look, address: dict[str, str]
) -> None:
    someone = new_person("an", identity_level=2, claims={"address": address})
    assert look(someone.id, "residence_ward") == {}


def test_what_somebody_writes_of_themselves_is_no_residence(
    services: Services, bay: Someone, look: Look, clock: Clock
) -> None:
    elsewhere = {**HOME, "locality": "Phường Sông Công"}
    assert services.accounts.change_profile(bay.id, {"address": elsewhere}, clock.now()) is None
    assert look(bay.id, "residence_ward") == {"residence_ward": WARD}


@pytest.mark.parametrize("ward", all_wards()[::13])
def test_the_ward_is_the_one_that_questions_are_answered_by(ward: Any) -> None:
    address = {"locality": ward.name.upper(), "region": REGION}
    assert ward_of(address) == ward
    assert answer(f"resident_of_ward={ward.code}", [{"claims": {"address": address}}], 0) is True


# pid


@pytest.mark.parametrize("level", [0, 1])
def test_a_number_that_no_official_compared_is_not_told(
    new_person: Callable[..., Someone], look: Look, level: int
) -> None:
    someone = new_person("an", identity_level=level, personal_id_number=NUMBER)
    assert look(someone.id, "personal_id_number") == {}


def test_a_passport_is_no_identification_number(
    services: Services, new_person: Callable[..., Someone], look: Look, clock: Clock
) -> None:
    kim = new_person("kim", claims={"name": "Kim Minjun"})
    evidence = Evidence(number=DocumentNumber(PASSPORT, "M12345678", "KR"), check_method=SEEN_BY_AN_OFFICIAL)
    assert services.accounts.raise_identity_level(kim.id, 2, {}, evidence, clock.now()) is None
    assert look(kim.id, "personal_id_number", "identity_level") == {"identity_level": 2}
    assert look(kim.id, "personal_id_number", shown=True) == {}


def test_a_page_shows_that_there_is_a_number_and_opens_nothing(
    bay: Someone, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(Vault, "open_number", refuse)
    assert look(bay.id, "personal_id_number", shown=True) == {"personal_id_number": HIDDEN_NUMBER}
    with pytest.raises(AssertionError, match="opened"):
        look(bay.id, "personal_id_number")


def test_a_level_that_was_taken_back_takes_the_number_with_it(
    services: Services, bay: Someone, look: Look
) -> None:
    services.database.execute(
        text("UPDATE accounts SET identity_level = 1 WHERE id = :account_id"), account_id=bay.id
    )
    assert look(bay.id, "personal_id_number", "residence_ward", "identity_level") == {"identity_level": 1}


# guardian


def test_children_are_called_as_they_would_be_at_this_very_client(
    services: Services, bay: Someone, child: Someone, look: Look, clock: Clock
) -> None:
    assert look(bay.id, "guardian_of") == {}
    become_guardian(services, child, bay, clock.now())
    told = {name: look(bay.id, "guardian_of", client_id=name)["guardian_of"] for name in ("clinic", "school")}
    subjects = services.provider.subjects
    for name, children in told.items():
        assert children == [subjects.subject(services.clients.find(name), child.id)]
    assert told["clinic"] != told["school"]
    assert child.id not in repr(told) and "Bé" not in repr(told)
    assert look(child.id, "guardian_of") == {}


def test_a_guardianship_that_ended_is_told_no_more(
    services: Services, bay: Someone, child: Someone, look: Look, clock: Clock
) -> None:
    guardianship = become_guardian(services, child, bay, clock.now())
    assert look(bay.id, "guardian_of")
    assert services.guardians.end(guardianship, bay.id, clock.now())
    assert look(bay.id, "guardian_of") == {}


def test_nor_is_a_child_of_sixteen_or_one_who_is_gone(
    services: Services, bay: Someone, child: Someone, look: Look, clock: Clock
) -> None:
    become_guardian(services, child, bay, clock.now())
    services.accounts.disable(child.id, clock.now())
    assert look(bay.id, "guardian_of") == {}
    services.accounts.enable(child.id, clock.now())
    assert look(bay.id, "guardian_of")
    clock.advance(2 * 366 * 86400)
    assert look(bay.id, "guardian_of") == {}


def test_an_offer_that_nobody_took_makes_no_guardian(
    services: Services, bay: Someone, child: Someone, look: Look, clock: Clock
) -> None:
    assert services.guardians.make_code(child.id, clock.now())
    assert look(bay.id, "guardian_of") == {} and look(child.id, "guardian_of") == {}


# staff


def test_an_office_is_told_while_it_is_held(
    services: Services, bay: Someone, look: Look, clock: Clock
) -> None:
    assert look(bay.id, "staff_roles") == {}
    services.counter.roles.grant_official(bay.id, "05467", clock.now())
    assert look(bay.id, "staff_roles") == {"staff_roles": [{"role": "official", "ward": WARD}]}
    services.counter.roles.revoke_official(bay.id, clock.now())
    assert look(bay.id, "staff_roles") == {}


def test_which_of_the_operators_roles_is_nobodys_to_know(
    services: Services, bay: Someone, look: Look, clock: Clock
) -> None:
    for role in ("support", "reviewer"):
        services.admin.operators.grant(bay.id, role, clock.now())
    assert look(bay.id, "staff_roles") == {"staff_roles": [{"role": "operator"}]}
    for role in ("support", "reviewer"):
        services.admin.operators.revoke(bay.id, role, clock.now())
    assert look(bay.id, "staff_roles") == {}


def test_a_role_that_sleeps_is_none(services: Services, bay: Someone, look: Look, clock: Clock) -> None:
    services.counter.roles.grant_official(bay.id, "05467", clock.now())
    clock.advance(services.settings.role_idle_seconds)
    assert look(bay.id, "staff_roles") == {}


# Those who are made up


def test_those_who_are_made_up_have_numbers_that_are_nobodys(services: Services, clock: Clock) -> None:
    document = {"client_id": "trial", "redirect_uris": [CALLBACK]}
    services.clients.add(new_client(document, clock.now(), by_operator=True)[0])
    with services.database.unit():
        services.sandbox.ensure_all(clock.now())
    told = {
        name: services.vouching.vouched(
            str(services.made_up.find_row(name).id), "trial", OF_STANDING, clock.now()
        ).claims
        for name, person in people().items()
        if not person.is_disabled
    }
    numbers = [one["personal_id_number"] for one in told.values() if "personal_id_number" in one]
    assert numbers and len(set(numbers)) == len(numbers) and all(map(is_personal_id_number, numbers))
    assert "000" not in PROVINCE_PREFIXES and all(number[:3] == "000" for number in numbers)
    assert {name for name, one in told.items() if "personal_id_number" in one} == {
        name for name, person in people().items() if person.level == 2
    }
    assert "personal_id_number" not in told["engineer-kr"] and find_number("nobody") == ""
    assert "guardian_of" in told["guardian"] and told["level0"] == {"identity_level": 0}
    assert told["moved-in"]["residence_ward"]["name"] == "Phường Sông Công", "as it was verified"
    assert "residence_ward" not in told["moved-away"]
