"""`tnid sandbox`: the people who are made up for developers."""

from __future__ import annotations

import click

from tnid import clock
from tnid.cli.answers import answer, with_json
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.sandbox.people import people


@click.group(cls=Commands)
def sandbox() -> None:
    """Look after the sandbox, where developers try their applications out."""


@sandbox.command()
@with_json
def seed(as_json: bool) -> None:
    """Make everybody who is made up; running it again brings them up to date. Nobody has to: they are made
    when somebody first needs them."""
    with open_services() as services, services.database.unit():
        new = services.sandbox.ensure_all(clock.now())
    answer(
        as_json,
        {"people": sorted(people()), "new": new},
        f"{new} of {len(people())} made-up people are new.",
    )
