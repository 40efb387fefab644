"""Every page of operators: opened by whose role allows it, and by nobody else."""

from __future__ import annotations

import pytest

from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import Someone
from tnid.access import Guard, find_guard
from tnid.admin.roles import OPERATOR_ROLES, PERMISSIONS, Permission
from tnid.admin.sections import SECTIONS
from tnid.app import Application


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def test_every_address_of_operators_is_guarded(app: Application) -> None:
    found = [rule for rule in app.url_map.iter_rules() if str(rule).startswith("/admin")]
    assert len(found) > 20
    guards = {find_guard(app, rule.endpoint) for rule in found if str(rule) != "/admin/open"}
    assert guards == {Guard.OPERATOR}


@pytest.mark.parametrize("role", sorted(OPERATOR_ROLES))
def test_a_role_opens_its_sections_and_no_other(
    role: str, new_operator: NewOperator, open_admin: OpenAdmin, app: Application
) -> None:
    person: Someone = new_operator("nguoi.mot", role)
    browser = open_admin(person)
    with app.test_request_context():
        addresses = {section: app.url_for(section.endpoint) for section in SECTIONS}
    for section, address in addresses.items():
        is_allowed = section.permission in PERMISSIONS[role]
        assert browser.get(address).status_code == (200 if is_allowed else 403), address
        assert browser.open("/admin").has(f"to_{section.blueprint}") == is_allowed
    assert Permission.ENTER in PERMISSIONS[role]
