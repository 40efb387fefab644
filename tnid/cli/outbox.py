"""`tnid outbox`: what waits to be sent to clients, and what was given up."""

from __future__ import annotations

from typing import Any

import click

from tnid import clock
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import ROW_NUMBER, Commands
from tnid.cli.services import open_services

SHOWN = ("id", "kind", "client_id", "host", "attempts", "error", "created_at", "due_at", "dead_at")


@click.group(cls=Commands)
def outbox() -> None:
    """Look after what is sent to clients."""


@outbox.command("list")
@click.option("--most", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many.")
@with_json
def list_open(most: int, as_json: bool) -> None:
    """List what has not been delivered, the oldest first: what waits, and what was given up."""
    with open_services() as services:
        found = services.outbox.list_open(most=most)
    text = table(
        ("id", "kind", "client", "state", "attempts", "next attempt", "last error"),
        [
            (row.id, row.kind, row.client_id, _state(row), row.attempts, utc(row.due_at), row.error)
            for row in found
        ],
    )
    answer(as_json, {"messages": [_describe(row) for row in found]}, text)


@outbox.command()
@click.argument("ids", type=ROW_NUMBER, nargs=-1, metavar="[IDS]...")
@click.option("--dead", is_flag=True, help="Every one that was given up.")
@with_json
def retry(ids: tuple[int, ...], dead: bool, as_json: bool) -> None:
    """Send messages now, with all their attempts before them: those named by IDS, or all --dead ones."""
    if bool(ids) == dead:
        raise click.UsageError("Give either IDS or --dead.")
    now = clock.now()
    with open_services() as services:
        chosen = services.outbox.list_dead() if dead else ids
        retried = [id_ for id_ in chosen if services.outbox.retry(id_, now)]
        if not dead and len(retried) < len(ids):
            missing = ", ".join(str(id_) for id_ in ids if id_ not in retried)
            raise Refusal(f"Delivered, being sent or unknown: {missing}. Nothing was changed.")
        services.audit.record("outbox.retry", details={"messages": retried}, now=now)
    answer(as_json, {"retried": retried}, f"{len(retried)} messages will be sent now.")


@outbox.command("give-up")
@click.argument("id_", type=ROW_NUMBER, metavar="ID")
@click.option("--reason", required=True, help="Why; it stands beside the message and in the log.")
@with_json
def give_up(id_: int, reason: str, as_json: bool) -> None:
    """Send one message no more; for 30 days it can still be retried."""
    with open_services() as services:
        refused = services.admin.outbox.give_up(id_, reason, None, clock.now())
    if refused is not None:
        text = (
            "A reason has 5 to 300 characters, no number."
            if refused.field
            else f"Delivered, being sent or unknown: {id_}. Nothing was changed."
        )
        raise Refusal(text)
    answer(as_json, {"given_up": id_}, f"Message {id_} is given up.")


def _describe(row: Any) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in SHOWN}, "state": _state(row)}


def _state(row: Any) -> str:
    return "waiting" if row.dead_at is None else "dead"
