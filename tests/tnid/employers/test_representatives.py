"""Representatives at the store's edge: races, erasure, what a role allows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tests.tnid.employers.conftest import OTHER, TNG, known
from tnid.db import Conflict
from tnid.employers.roles import PERMISSIONS, ROLES, Permission, may
from tnid.services import Services
from tnid.stores.employers import MANAGER


def managers(services: Services, employer_id: str) -> list[str]:
    return services.employers.representatives.list_managers(employer_id)


@pytest.mark.parametrize("by_oneself", [True, False])
def test_of_managers_who_remove_at_once_one_is_left(
    tng: str, thuy: Someone, hung: Someone, services: Services, clock: Clock, by_oneself: bool
) -> None:
    found, now = services.employers.representatives, clock.now()
    assert found.add(tng, hung.id, MANAGER, now) is None
    own = {person.id: found.find(tng, person.id) for person in (thuy, hung)}
    start = Barrier(2)

    def remove(pair: tuple[Someone, Someone]) -> bool:
        by, whom = pair
        standing = own[by.id if by_oneself else whom.id]
        assert standing is not None
        start.wait(60)
        with services.database.unit():
            return found.remove(standing.id, tng, by.id, now)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(remove, [(thuy, hung), (hung, thuy)]))
    assert done.count(True) == 1 and len(managers(services, tng)) == 1


def test_of_ten_at_once_one_takes_the_code(
    tng: str, thuy: Someone, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    code = str(services.employers.representatives.invite(tng, "clerk", thuy.id, clock.now()))
    people = [known(new_person, f"nguoi{number}", "Nguyễn Văn Thử") for number in range(3)]

    def accept(person: Someone) -> bool:
        try:
            with services.database.unit():
                return services.employers.representatives.accept(code, person.id, clock.now())
        except Conflict:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(accept, people * 4)).count(True) == 1
    assert len(services.employers.representatives.list_of_employer(tng, clock.now())) == 2


def test_of_two_requests_for_one_code_one_is_approved(
    thuy: Someone, hung: Someone, services: Services, clock: Clock
) -> None:
    organisations, now = services.employers.organisations, clock.now()
    asked = [str(organisations.ask(TNG, person.id, now)) for person in (thuy, hung)]

    def approve(employer_id: str) -> bool:
        try:
            with services.database.unit():
                return organisations.approve(employer_id, now) is None
        except Conflict:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(approve, asked)).count(True) == 1
    (approved,) = [one for one in asked if organisations.find(one).approved_at]
    assert organisations.find_approved(TNG.tax_code).id == approved and len(managers(services, approved)) == 1


def test_a_code_says_no_more_once_it_is_taken_up(
    tng: str, thuy: Someone, hung: Someone, services: Services, clock: Clock
) -> None:
    found, now = services.employers.representatives, clock.now()
    code = str(found.invite(tng, "clerk", thuy.id, now))
    assert found.accept(code, hung.id, now)
    row = services.employers.representatives._store.find_standing(tng, hung.id)
    assert row.role == "clerk"
    assert found.find_offer(code, thuy.id, now) is None
    # Who represents already takes no second code up
    other = str(found.invite(tng, "reader", thuy.id, now))
    assert found.find_offer(other, hung.id, now) is None and not found.accept(other, hung.id, now)


def test_invitations_that_nobody_took_up_are_forgotten(
    tng: str, thuy: Someone, services: Services, clock: Clock
) -> None:
    found = services.employers.representatives
    for _ in range(3):
        found.invite(tng, "reader", thuy.id, clock.now())
    clock.advance(8 * 86400)
    found.invite(tng, "reader", thuy.id, clock.now())
    statement = "SELECT COUNT(*) FROM representatives WHERE account_id IS NULL"
    with services.database._engine.connect() as connection:
        assert connection.exec_driver_sql(statement).scalar() == 1


def test_erasing_an_account_ends_what_it_was(
    tng: str, thuy: Someone, hung: Someone, services: Services, clock: Clock
) -> None:
    found, now = services.employers.representatives, clock.now()
    found.add(tng, hung.id, MANAGER, now)
    code = str(found.invite(tng, "reader", hung.id, now))
    asked = str(services.employers.organisations.ask(OTHER, hung.id, now))
    assert services.accounts.delete(hung.id, now)
    assert managers(services, tng) == [thuy.id]
    assert found.find_offer(code, thuy.id, now) is None
    assert services.employers.organisations.find(asked).requested_by is None


def test_a_manager_whose_account_is_shut_counts_for_none(
    tng: str, thuy: Someone, hung: Someone, services: Services, clock: Clock
) -> None:
    found, now = services.employers.representatives, clock.now()
    found.add(tng, hung.id, MANAGER, now)
    services.accounts.disable(hung.id, now)
    own = found.find(tng, thuy.id)
    assert own is not None and not found.remove(own.id, tng, thuy.id, now)
    assert not found.change_role(own.id, tng, "reader", thuy.id, now)


def test_a_role_allows_what_it_says_and_an_unknown_one_nothing() -> None:
    assert set(PERMISSIONS) == set(ROLES)
    assert [role for role in ROLES if may(role, Permission.MANAGE)] == [MANAGER]
    assert [role for role in ROLES if may(role, Permission.ATTEST)] == [MANAGER, "clerk"]
    assert all(may(role, Permission.LOOK) for role in ROLES)
    assert not any(may("owner", permission) for permission in Permission)
