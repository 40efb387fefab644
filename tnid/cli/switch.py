"""`tnid switch`: features, turned off for a while and on again."""

from __future__ import annotations

import click

from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.admin.requests import read_reason
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.switches import SWITCHES, State

NAME = click.Choice(sorted(SWITCHES))


@click.group(cls=Commands)
def switch() -> None:
    """Turn features off for a while, and on again."""


@switch.command("list")
@with_json
def list_switches(as_json: bool) -> None:
    """List every feature that can be turned off, and what is off."""
    with open_services() as services:
        states = services.switches.list_all()
    text = table(
        ("name", "state", "changed", "reason", "what it is"),
        [
            (s.name, "on" if s.is_on else "off", utc(s.changed_at), s.reason, str(s.switch.label))
            for s in states
        ],
    )
    answer(as_json, {"switches": [_describe(state) for state in states]}, text)


@switch.command()
@click.argument("name", type=NAME)
@click.option("--reason", required=True, help="What people read in place of the page.")
@with_json
def off(name: str, reason: str, as_json: bool) -> None:
    """Turn a feature off: within a second its pages say so."""
    read = read_reason(reason)
    if isinstance(read, Refused):
        raise Refusal("A reason has 5 to 300 characters, and no identity number.")
    _turn(name, is_on=False, reason=read)
    answer(as_json, {"name": name, "is_on": False}, f"{name} is off.")


@switch.command()
@click.argument("names", type=NAME, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Whatever is off.")
@with_json
def on(names: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Turn features on again."""
    if bool(names) == everything:
        raise click.UsageError("Give either NAMES or --all.")
    if everything:
        with open_services() as services:
            turned = services.switches.turn_all_on(None, clock.now())
    else:
        turned = [name for name in dict.fromkeys(names) if _turn(name, is_on=True, reason="")]
    answer(as_json, {"on": turned}, f"On again: {', '.join(turned)}." if turned else "Nothing was off.")


def _turn(name: str, *, is_on: bool, reason: str) -> bool:
    with open_services() as services:
        refused = services.switches.turn(name, is_on=is_on, reason=reason, by=None, now=clock.now())
    if refused is not None:
        raise Refusal(f"{name} is {'on' if is_on else 'off'} already.")
    return True


def _describe(state: State) -> dict[str, object]:
    return {
        "name": state.name,
        "is_on": state.is_on,
        "reason": state.reason,
        "changed_at": utc(state.changed_at),
        "what": str(state.switch.label),
    }
