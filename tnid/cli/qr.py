"""`tnid qr`: how sign-ins by QR went."""

from __future__ import annotations

import click

from tnid.cli.answers import answer, table, with_json
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.event_counts import EventCounts
from tnid.qr.stats import count_steps


@click.group(cls=Commands)
def qr() -> None:
    """Look after sign-in by QR."""


@qr.command()
@with_json
def stats(as_json: bool) -> None:
    """Say how many sign-ins by QR were started, claimed, approved, collected, and how the others ended."""
    with open_services() as services:
        steps = count_steps(EventCounts(services.database).find_all())
    answer(as_json, steps, table(("step", "times"), list(steps.items())))
