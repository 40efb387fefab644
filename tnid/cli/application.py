"""`tnid application`: applications of teams, each with its clients."""

from __future__ import annotations

import click

from tnid import clock
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.cli.team import describe_application
from tnid.developers.records import Application
from tnid.services import Services


@click.group(cls=Commands)
def application() -> None:
    """Look at applications of teams, and archive one.

    APPLICATION is the id, or that of its sandbox or live client.
    """


@application.command("list")
@with_json
def list_applications(as_json: bool) -> None:
    """List every application."""
    with open_services() as services:
        found = services.developers.applications.list_all()
    shown = [{**describe_application(one), "team": team_name} for one, team_name in found]
    columns = ("id", "name", "team", "preset", "sandbox_client_id", "live_client_id", "archived_at")
    rows = [[one[name] for name in columns] for one in shown]
    answer(as_json, {"applications": shown}, table(columns, rows))


@application.command()
@click.argument("named", metavar="APPLICATION")
@with_json
def show(named: str, as_json: bool) -> None:
    """Show an application with its texts, and what was done with it lately."""
    with open_services() as services:
        found = get_application(services, named)
        acts = services.developers.acts.list_of_application(found.id)
    shown = {
        **describe_application(found),
        "texts": dict(found.texts),
        "acts": [{"event": one.event, "at": utc(one.occurred_at), **one.details} for one in acts],
    }
    lines = [f"{name}: {value}" for name, value in shown.items() if name != "acts"]
    lines += [f"{utc(one.occurred_at)} {one.event}" for one in acts]
    answer(as_json, shown, "\n".join(lines))


@application.command()
@click.argument("named", metavar="APPLICATION")
@with_json
def archive(named: str, as_json: bool) -> None:
    """Archive an application: its sandbox client gets nothing any more, its live client goes on.

    To end that one: `tnid client disable`. An owner of its team takes it out again.
    """
    with open_services() as services:
        found = get_application(services, named)
        if services.developers.applications.archive(found, None, clock.now()) is not None:
            raise Refusal(f"{found.name} is archived already.")
    answer(as_json, {"id": found.id, "is_archived": True}, f"{found.name} is archived.")


def get_application(services: Services, named: str) -> Application:
    applications = services.developers.applications
    found = applications.find(named) or applications.find_by_client(named)
    if found is None:
        raise Refusal(f"There is no application {named}.")
    return found
