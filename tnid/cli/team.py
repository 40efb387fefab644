"""`tnid team`: teams of developers, and who belongs to each."""

from __future__ import annotations

from typing import Any

import click

from tnid import clock
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import get_account, open_services
from tnid.developers.records import Application, Team
from tnid.developers.roles import ROLES
from tnid.services import Services


@click.group(cls=Commands)
def team() -> None:
    """Look at teams of developers, and say who belongs to them where nobody in the team can."""


@team.command("list")
@with_json
def list_teams(as_json: bool) -> None:
    """List every team, with how many members and applications it has."""
    with open_services() as services:
        shown = [_describe(services, one) for one in services.developers.teams.list_all()]
    columns = ("id", "name", "organisation", "state", "owners", "members", "applications")
    answer(as_json, {"teams": shown}, table(columns, [[one[name] for name in columns] for one in shown]))


@team.command()
@click.argument("team_id", metavar="TEAM")
@with_json
def show(team_id: str, as_json: bool) -> None:
    """Show a team, who belongs to it, and its applications."""
    with open_services() as services:
        found = get_team(services, team_id)
        shown = _describe_in_full(services, found)
    lines = [f"{name}: {value}" for name, value in shown.items() if not isinstance(value, list)]
    lines += [f"{one['role']}: {one['username']}" for one in shown["people"]]
    lines += [f"application: {one['id']} {one['name']}" for one in shown["its_applications"]]
    answer(as_json, shown, "\n".join(lines))


@team.group()
def member() -> None:
    """Say who belongs to a team: where its owner is gone, or nobody else can."""


@member.command()
@click.argument("team_id", metavar="TEAM")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do in it.")
@with_json
def add(team_id: str, username: str, role: str, as_json: bool) -> None:
    """Make the person of this account a member in this role, or give a member this role. They are told."""
    with open_services() as services:
        found, account = get_team(services, team_id), get_account(services, username)
        services.developers.members.add_by_operator(found.id, account.id, role, clock.now())
    shown = {"id": found.id, "username": account.username, "role": role}
    answer(as_json, shown, f"{account.username} belongs to {found.name} as {role}.")


@member.command()
@click.argument("team_id", metavar="TEAM")
@click.argument("username")
@with_json
def remove(team_id: str, username: str, as_json: bool) -> None:
    """End somebody's part in a team, were it the last owner's: no page of it opens for them any more."""
    with open_services() as services:
        found, account = get_team(services, team_id), get_account(services, username)
        if not services.developers.members.remove_by_operator(found.id, account.id, clock.now()):
            raise Refusal(f"{username} does not belong to {found.name}.")
    shown = {"id": found.id, "username": account.username, "role": None}
    answer(as_json, shown, f"{account.username} belongs to {found.name} no more.")


def get_team(services: Services, team_id: str) -> Team:
    found = services.developers.teams.find(team_id)
    if found is None:
        raise Refusal(f"There is no team {team_id}.")
    return found


def _describe(services: Services, one: Team) -> dict[str, Any]:
    listed = services.developers.members.list_of_team(one.id, clock.now())
    people = [member for member in listed if not member.is_invitation]
    return {
        "id": one.id,
        "name": one.name,
        "organisation": one.organisation,
        "state": "archived" if one.archived_at is not None else "active",
        "created_at": utc(one.created_at),
        "archived_at": utc(one.archived_at),
        "owners": sum(person.role == "owner" for person in people),
        "members": len(people),
        "applications": len(services.developers.applications.list_of_team(one.id)),
    }


def _describe_in_full(services: Services, one: Team) -> dict[str, Any]:
    """Return a team with its people, of whom no more than their usernames."""
    listed = services.developers.members.list_of_team(one.id, clock.now())
    people = [(member, services.accounts.get(member.account_id)) for member in listed if member.account_id]
    applications = services.developers.applications.list_of_team(one.id)
    return {
        **_describe(services, one),
        "people": [
            {"username": account.username, "role": member.role, "since": utc(member.granted_at)}
            for member, account in people
        ],
        "its_applications": [describe_application(application) for application in applications],
    }


def describe_application(one: Application) -> dict[str, Any]:
    """Return an application as commands show it; never a secret."""
    return {
        "id": one.id,
        "name": one.name,
        "team_id": one.team_id,
        "preset": one.preset,
        "sandbox_client_id": one.sandbox_client_id,
        "live_client_id": one.live_client_id,
        "created_at": utc(one.created_at),
        "archived_at": utc(one.archived_at),
    }
