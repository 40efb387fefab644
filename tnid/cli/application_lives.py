"""`tnid application adopt`, `suspend`, `resume`, `end`: what an operator of the machine does to live ones."""

from __future__ import annotations

import click

from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.cli.answers import Refusal, answer, confirm, with_json
from tnid.cli.refusals import Command
from tnid.cli.services import open_services

REASONS = {
    "adopt_no_client": "There is no client {what}, or it is a sandbox client.",
    "adopt_taken": "Client {what} belongs to an application already.",
    "adopt_no_team": "There is no such team: see `tnid team list`.",
    "application_not_live": "Application {what} is not live.",
    "application_ended": "Application {what} was ended, and stays so.",
    "application_suspended_already": "Application {what} is suspended already.",
    "application_archived": "Application {what} lies in its team's archive: the team takes it out first.",
    "application_not_suspended": "Application {what} is not suspended.",
    "review_say_why": "Say why, in at most 1000 characters: the team is told.",
}


@click.command(cls=Command)
@click.argument("client_id")
@click.option("--team", required=True, metavar="TEAM_ID", help="Whose it is from now on.")
@with_json
def adopt(client_id: str, team: str, as_json: bool) -> None:
    """Give the live client CLIENT_ID to a team, as an application with a sandbox client beside it.

    What people are asked for stays as it is until the team submits it and reviewers agree.
    """
    with open_services() as services:
        made = services.going_live.lives.adopt(client_id, team, clock.now())
    if isinstance(made, Refused):
        _check(made, client_id)
    answer(as_json, {"application": made, "client_id": client_id}, f"Application {made}.")


@click.command(cls=Command)
@click.argument("application_id")
@click.option("--reason", required=True, help="What the team is told.")
@with_json
def suspend(application_id: str, reason: str, as_json: bool) -> None:
    """Stop the live client of an application at once."""
    with open_services() as services:
        refused = services.going_live.lives.suspend(application_id, reason, None, clock.now())
    _check(refused, application_id)
    answer(as_json, {"application": application_id, "is_suspended": True}, "Suspended.")


@click.command(cls=Command)
@click.argument("application_id")
@with_json
def resume(application_id: str, as_json: bool) -> None:
    """Let the live client of an application go on."""
    with open_services() as services:
        refused = services.going_live.lives.resume(application_id, None, clock.now())
    _check(refused, application_id)
    answer(as_json, {"application": application_id, "is_suspended": False}, "It goes on.")


@click.command(cls=Command)
@click.argument("application_id")
@click.option("--yes", is_flag=True, help="Don't ask; needed where nobody can be asked.")
@with_json
def end(application_id: str, yes: bool, as_json: bool) -> None:
    """Shut the live client of an application for good."""
    if not yes:
        confirm("It can't be taken back. End it?")
    with open_services() as services:
        refused = services.going_live.lives.end(application_id, None, clock.now())
    _check(refused, application_id)
    answer(as_json, {"application": application_id, "has_ended": True}, "Ended.")


def _check(refused: Refused | None, what: str) -> None:
    """Refuse outside the unit of work, which has kept what the log says of it."""
    if refused is not None:
        raise Refusal(REASONS.get(refused.reason, refused.reason).format(what=what))
