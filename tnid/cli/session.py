"""`tnid session`: how many are signed in, and signing many of them out at once."""

from __future__ import annotations

import sys

import click

from tnid import clock
from tnid.admin.notices import tell_of_command
from tnid.admin.roles import Permission
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services

MOST_CLIENTS = 200
BY_COMMAND = {"by": "command"}


@click.group(cls=Commands)
def session() -> None:
    """Count who is signed in, and sign many out at once.

    The operators' pages ask for two people; who may run this command needs none, and the log says so.
    """


@session.command()
@with_json
def count(as_json: bool) -> None:
    """Say how many sessions there are, by the methods they took, and sign-ins at each application."""
    now = clock.now()
    with open_services() as services:
        sessions = services.admin.mass_endings.count_sessions(now)
        grants = services.admin.mass_endings.count_grants(now, most=MOST_CLIENTS)
    by_method = {row.amr: row.number for row in sessions}
    by_client = {row.client_id: row.number for row in grants}
    document = {"sessions": sum(by_method.values()), "by_method": by_method, "by_client": by_client}
    rows = [
        *(("session", *one) for one in by_method.items()),
        *(("client", *one) for one in by_client.items()),
    ]
    answer(as_json, document, table(("what", "which", "number"), rows))


@session.command()
@click.option("--client", "client_id", help="At this application alone.")
@click.option("--everybody", is_flag=True, help="Every session of everybody, and all sign-ins.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_json
def end(client_id: str | None, everybody: bool, yes: bool, as_json: bool) -> None:
    """End all sign-ins at one --client, or those of --everybody; applications are told."""
    if bool(client_id) == everybody:
        raise click.UsageError("Give either --client or --everybody.")
    # A script has nobody to ask
    if not yes and sys.stdin.isatty():
        click.confirm("Sign everybody out?" if everybody else f"End all sign-ins at {client_id}?", abort=True)
    now = clock.now()
    with open_services() as services:
        if client_id:
            client = services.clients.find_now(client_id)
            if client is None:
                raise Refusal(f"There is no client {client_id}.")
            ended = services.admin.mass_endings.end_of_client(client, now)
            details = {"ended": ended, **BY_COMMAND}
            services.audit.record("client.end_all", client_id=client_id, details=details, now=now)
        else:
            ended = services.admin.mass_endings.end_everybody(now)
            services.audit.record("session.end_everybody", details={"ended": ended, **BY_COMMAND}, now=now)
        tell_of_command(services, Permission.SESSIONS, now)
    what = f"sign-ins at {client_id}" if client_id else "sessions"
    answer(as_json, {"ended": ended}, f"{ended} {what} are ended.")
