"""`tnid alarm`: sign-ins are under attack, or are not any more."""

from __future__ import annotations

import click

from tnid import clock
from tnid.challenge.alarm import OPERATOR
from tnid.cli.answers import Refusal, answer, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services


@click.group(cls=Commands)
def alarm() -> None:
    """Have strangers' browsers solve a puzzle, or wait, before they try a password."""


@alarm.command()
@click.option(
    "--minutes", type=click.IntRange(1, 10_080), default=60, show_default=True, help="For how long."
)
@with_json
def on(minutes: int, as_json: bool) -> None:
    """Turn the alarm on. It is raised by itself, too: see TNID_ATTACK_WRONG_PASSWORDS."""
    now = clock.now()
    with open_services() as services:
        services.challenge.alarm.begin(minutes * 60, OPERATOR, now)
    until = now + minutes * 60
    answer(as_json, {"until": until, "raised_by": OPERATOR}, f"The alarm is on until {utc(until)}.")


@alarm.command()
@with_json
def off(as_json: bool) -> None:
    """Turn the alarm off. With passwords still tried in numbers it comes back by itself."""
    with open_services() as services:
        if not services.challenge.alarm.end(clock.now()):
            raise Refusal("The alarm is off already.")
    answer(as_json, {"until": None}, "The alarm is off.")


@alarm.command()
@with_json
def show(as_json: bool) -> None:
    """Say whether the alarm is on, since when, until when, and who raised it."""
    with open_services() as services:
        found = services.challenge.alarm.find(clock.now())
    if found is None:
        answer(as_json, {"until": None}, "The alarm is off.")
        return
    document = {"raised_at": found.raised_at, "until": found.until, "raised_by": found.raised_by}
    text = f"On since {utc(found.raised_at)} until {utc(found.until)}, raised by {found.raised_by}."
    answer(as_json, document, text)
