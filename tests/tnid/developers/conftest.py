"""A team, of Vinh who owns it; Mai and Khoa may come into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.developers.making import Made, NewApplication
from tnid.developers.records import Application, Standing
from tnid.services import Services

NAME = "Nhóm phát triển Hồ sơ sức khỏe"
Make = Callable[..., Application]


def known(new_person: Callable[..., Someone], username: str, name: str, **given: Any) -> Someone:
    claims = {"name": name, "email": f"{username}@example.vn"}
    return new_person(username, trusted=True, claims=claims, **given)


@pytest.fixture
def vinh(new_person: Callable[..., Someone]) -> Someone:
    return known(new_person, "vinh", "Lê Quang Vinh", totp=True)


@pytest.fixture
def mai(new_person: Callable[..., Someone]) -> Someone:
    return known(new_person, "mai", "Hoàng Thị Mai")


@pytest.fixture
def khoa(new_person: Callable[..., Someone]) -> Someone:
    return known(new_person, "khoa", "Ngô Đăng Khoa")


@pytest.fixture
def team(vinh: Someone, services: Services, clock: Clock) -> str:
    made = services.developers.teams.create(NAME, "Sở Y tế", vinh.id, clock.now())
    assert isinstance(made, str), made
    return made


@pytest.fixture
def add(team: str, services: Services, clock: Clock) -> Callable[[Someone, str], str]:
    """Makes somebody a member of the team; returns the member's id."""

    def member(person: Someone, role: str) -> str:
        services.developers.members.add_by_operator(team, person.id, role, clock.now())
        return member_id(services, team, person, clock)

    return member


def member_id(services: Services, team: str, person: Someone, clock: Clock) -> str:
    listed = services.developers.members.list_of_team(team, clock.now())
    return next(one.id for one in listed if one.account_id == person.id)


def roles(services: Services, team: str, clock: Clock) -> dict[str, str]:
    """Return who belongs to the team, by name, and in which role."""
    return {one.name: one.role for one in services.developers.members.list_of_team(team, clock.now())}


@pytest.fixture
def make(services: Services, team: str, vinh: Someone, clock: Clock) -> Callable[..., Application]:
    """Makes an application of the team."""

    def new(preset: str = "web", name: str = "Sổ khám bệnh", attempt: str = "a1") -> Application:
        made = services.developers.applications.create(
            NewApplication(team, name, preset, "", attempt), vinh.id, clock.now()
        )
        assert isinstance(made, Made), made
        found = services.developers.applications.find(made.application_id)
        assert found is not None
        return found

    return new


def standing(services: Services, application: Application, person: Someone) -> Standing:
    found = services.developers.applications.find_standing(application.id, person.id)
    assert found is not None
    return found


def go_live(services: Services, application: Application, clock: Clock, client_id: str = "live") -> str:
    """Give an application a live client, as a review does."""
    from oidc.clients.registration import new_client  # noqa: PLC0415  for this alone

    document = {
        "client_id": client_id,
        "client_name": application.name,
        "redirect_uris": ["https://app.example/callback"],
    }
    services.clients.add(new_client(document, clock.now(), by_operator=True)[0])
    with services.database._engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE applications SET live_client_id = '{client_id}' WHERE id = '{application.id}'"
        )
    return client_id


@pytest.fixture
def at_browser(new_browser: Callable[..., InProcess]) -> Callable[[Someone], InProcess]:
    """Signs somebody in with all they have, at a browser of their own."""

    def sign_in(person: Someone) -> InProcess:
        browser = new_browser()
        person.sign_in(browser)
        return browser

    return sign_in


def refusals(services: Services, account_id: str) -> list[tuple[str, str]]:
    rows: list[Any] = services.audit.list_by_account(account_id)
    return [(row.event, row.reason) for row in rows if row.outcome == "refused"]
