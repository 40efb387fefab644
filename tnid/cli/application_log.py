"""`tnid application log`: the log of an application, as its developers read it."""

from __future__ import annotations

from typing import Any

import click

from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Command
from tnid.cli.services import open_services
from tnid.client_log.service import Filters, LogEntry
from tnid.client_log.stages import OK, REFUSED, STAGES
from tnid.developers.records import ENVIRONMENTS, SANDBOX
from tnid.services import Services

MOST = 10_000


@click.command(cls=Command)
@click.argument("id_", metavar="ID")
@click.option("--env", type=click.Choice(ENVIRONMENTS), default=SANDBOX, help="Of which of its clients.")
@click.option("--outcome", type=click.Choice((OK, REFUSED)), default=None, help="Only these.")
@click.option("--stage", type=click.Choice(STAGES), default=None, help="Only this stage.")
@click.option("--error", default=None, help="Only this error code.")
@click.option("--number", default=None, help="Only this error number.")
@click.option("--most", type=click.IntRange(1, MOST), default=50, show_default=True, help="So many.")
@with_json
def log(
    id_: str,
    env: str,
    outcome: str | None,
    stage: str | None,
    error: str | None,
    number: str | None,
    most: int,
    as_json: bool,
) -> None:
    """Show the log of an application, the newest first.

    ID is the application's, or the client_id of any client. Nothing in the log says who signed in.
    """
    filters = Filters(outcome or "", stage or "", error or "", number or "")
    with open_services() as services:
        client_id = _find_client(services, id_, env)
        found = services.client_log.list_newest(client_id, filters, most=most)
    text = table(
        ("time", "stage", "outcome", "error", "seconds", "number", "description"),
        [
            (
                utc(one.occurred_at),
                one.stage,
                one.outcome,
                one.error,
                one.seconds,
                one.request_id,
                one.description,
            )
            for one in found
        ],
    )
    answer(as_json, {"client_id": client_id, "entries": [_describe(one) for one in found]}, text)


def _find_client(services: Services, id_: str, env: str) -> str:
    """Return the client whose log is asked for, or refuse."""
    made = services.developers.applications.find(id_)
    if made is None:
        if services.clients.find_now(id_) is None:
            raise Refusal(f"There is no application and no client {id_}.")
        return id_
    client_id = made.client_id_of(env)
    if client_id is None:
        raise Refusal(f"The application {id_} has no {env} client yet.")
    return client_id


def _describe(one: LogEntry) -> dict[str, Any]:
    return {
        "id": one.id, "occurred_at": one.occurred_at, "stage": one.stage, "outcome": one.outcome,
        "error": one.error, "reason": one.reason, "description": one.description, "seconds": one.seconds,
        "flow": one.flow, "request_id": one.request_id, "sent": one.sent,
    }  # fmt: skip
