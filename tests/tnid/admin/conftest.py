"""Operators with their roles, and their pages opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.services import Services

NewOperator = Callable[..., Someone]
OpenAdmin = Callable[[Someone], InProcess]


@pytest.fixture
def new_operator(services: Services, clock: Clock, new_person: Callable[..., Someone]) -> NewOperator:
    """Make an operator with an authenticator app, in these roles."""

    def new(username: str, *roles: str) -> Someone:
        person = new_person(
            username, totp=True, claims={"name": "Hoàng Văn Hành", "email": f"{username}@example.vn"}
        )
        for role in roles:
            assert services.admin.operators.grant(person.id, role, clock.now()) is None
        return person

    return new


@pytest.fixture
def open_admin(new_browser: Callable[..., InProcess]) -> OpenAdmin:
    """Sign an operator in at a browser of their own and open the operators' pages there."""

    def open_desk(operator: Someone) -> InProcess:
        browser = new_browser()
        operator.sign_in(browser, "/admin")
        assert browser.click("admin_open").path == "/admin"
        return browser

    return open_desk
