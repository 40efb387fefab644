"""Roles of operators on both databases."""

from __future__ import annotations

from tests.conftest import Clock
from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import Someone
from tnid.accounts.refusal import Refused
from tnid.admin.roles import ADMINISTRATOR, REVIEWER
from tnid.services import Services


def test_roles_are_granted_used_listed_and_taken_back(
    new_operator: NewOperator, open_admin: OpenAdmin, services: Services, clock: Clock
) -> None:
    quan = new_operator("quan.ly", ADMINISTRATOR, REVIEWER)
    operators = services.admin.operators
    assert operators.grant(quan.id, REVIEWER, clock.now()) == Refused("role", "has_role")
    assert operators.grant(quan.id, "official", clock.now()) == Refused("role", "unknown_role")
    clock.advance(1000)
    browser = open_admin(quan)
    listed = [(row.username, row.role, row.used_at) for row in operators.list_all()]
    assert listed == [("quan.ly", ADMINISTRATOR, clock.now()), ("quan.ly", REVIEWER, clock.now())]
    # What is open stays open for the role that is left, once it is opened anew
    assert operators.revoke(quan.id, ADMINISTRATOR, clock.now())
    assert not operators.revoke(quan.id, ADMINISTRATOR, clock.now())
    assert browser.get("/admin/operators").status_code in (303, 403)


def test_erasing_the_account_erases_its_roles(
    new_operator: NewOperator, services: Services, clock: Clock
) -> None:
    quan: Someone = new_operator("quan.ly", ADMINISTRATOR)
    assert services.accounts.delete(quan.id, clock.now())
    assert services.admin.operators.list_all() == []
