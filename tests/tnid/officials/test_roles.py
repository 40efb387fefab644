"""Roles and desks on both databases."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.officials.conftest import GIA_SANG, TAN_CUONG
from tnid.services import Services


def test_a_role_is_granted_used_listed_and_taken_back(
    ha: Someone, open_counter: Callable[[Someone], InProcess], services: Services, clock: Clock
) -> None:
    browser = open_counter(ha)
    (row,) = services.counter.roles.list_officials()
    assert (row.username, row.commune, row.used_at) == ("ha.le", GIA_SANG, clock.now())
    assert browser.get("/officials").status_code == 200
    assert services.counter.roles.revoke_official(ha.id, clock.now())
    assert not services.counter.roles.revoke_official(ha.id, clock.now())
    assert services.counter.roles.list_officials() == []
    assert browser.get("/officials").status_code == 403
    assert services.counter.roles.grant_official(ha.id, TAN_CUONG, clock.now()) is None
    # The desk was opened for the role that ended
    assert browser.get("/officials").status_code == 303


def test_erasing_the_account_erases_its_role(ha: Someone, services: Services, clock: Clock) -> None:
    assert services.accounts.delete(ha.id, clock.now())
    assert services.counter.roles.list_officials() == []
