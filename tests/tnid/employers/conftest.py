"""An organisation, TNG, with its manager Thúy and its clerk Hùng; Dũng works elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.employers.organisations import NewEmployer
from tnid.services import Services
from tnid.stores.employers import MANAGER

TNG = NewEmployer("4600305723", "Công ty CP Đầu tư và Thương mại TNG", "song-cong-1")
OTHER = NewEmployer("0100233488", "Công ty Khác", "")


def known(new_person: Callable[..., Someone], username: str, name: str) -> Someone:
    return new_person(
        username,
        totp=True,
        identity_level=1,
        trusted=True,
        claims={"name": name, "email": f"{username}@example.vn"},
    )


@pytest.fixture
def thuy(new_person: Callable[..., Someone]) -> Someone:
    return known(new_person, "thuy", "Phạm Thị Thúy")


@pytest.fixture
def hung(new_person: Callable[..., Someone]) -> Someone:
    return known(new_person, "hung", "Đỗ Mạnh Hùng")


@pytest.fixture
def dung(new_person: Callable[..., Someone]) -> Someone:
    return known(new_person, "dung", "Vũ Trí Dũng")


@pytest.fixture
def enter(services: Services, clock: Clock) -> Callable[..., str]:
    """Enters an approved organisation with representatives; returns its id."""

    def new(asked: NewEmployer, **roles: str) -> str:
        with services.database.unit():
            made = services.employers.organisations.create(asked, clock.now())
            assert isinstance(made, str), made
            for username, role in roles.items():
                account_id = services.accounts.find_id_by_username(username)
                assert account_id
                assert services.employers.representatives.add(made, account_id, role, clock.now()) is None
        return made

    return new


@pytest.fixture
def tng(enter: Callable[..., str], thuy: Someone) -> str:
    return enter(TNG, thuy=MANAGER)


@pytest.fixture
def at_desk(new_browser: Callable[..., InProcess]) -> Callable[[Someone], InProcess]:
    """Signs somebody in with two factors at a browser of their own."""

    def sign_in(person: Someone) -> InProcess:
        browser = new_browser()
        person.sign_in(browser, "/employers")
        return browser

    return sign_in


def refusals(services: Services, account_id: str) -> list[tuple[str, str]]:
    rows: list[Any] = services.audit.list_by_account(account_id)
    return [(row.event, row.reason) for row in rows if row.outcome == "refused"]
