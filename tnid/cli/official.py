"""`tnid official`: who serves at the counter of a commune."""

from __future__ import annotations

from typing import Any

import click

from tnid import clock
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import get_account, open_services
from tnid.wards import find_ward


@click.group(cls=Commands)
def official() -> None:
    """Make people officials of a commune, and take that back."""


@official.command()
@click.argument("username")
@click.option("--commune", required=True, metavar="CODE", help="The five digits of the ward or commune.")
@with_json
def add(username: str, commune: str, as_json: bool) -> None:
    """Make the person of this account an official of one commune."""
    now = clock.now()
    with open_services() as services:
        found = get_account(services, username)
        if found.disabled_at is not None:
            raise Refusal(f"{username} is disabled.")
        refused = services.counter.roles.grant_official(found.id, commune, now)
    if refused is not None:
        # Outside the unit, which has kept what the log says of it
        raise Refusal(_reason(refused.reason, username, commune))
    ward = find_ward(commune)
    shown = {"username": found.username, "commune": commune, "commune_name": ward.name if ward else ""}
    answer(as_json, shown, f"{found.username} is an official of {shown['commune_name']} ({commune}).")


def _reason(reason: str, username: str, commune: str) -> str:
    if reason == "unknown_commune":
        return f"There is no commune {commune} in the province."
    return f"{username} is an official already: remove first, to move somebody to another commune."


@official.command("list")
@with_json
def list_officials(as_json: bool) -> None:
    """List every official."""
    now = clock.now()
    with open_services() as services:
        found = services.counter.roles.list_officials()
        rows = [_describe(row, is_asleep=services.counter.roles.is_asleep(row, now)) for row in found]
    columns = ("username", "commune", "name", "granted", "last used", "asleep")
    answer(as_json, {"officials": rows}, table(columns, [tuple(row.values()) for row in rows]))


def _describe(row: Any, *, is_asleep: bool) -> dict[str, Any]:
    ward = find_ward(row.commune)
    return {
        "username": row.username,
        "commune": row.commune,
        "commune_name": ward.name if ward else None,
        "granted_at": utc(row.granted_at),
        "used_at": utc(row.used_at),
        "is_asleep": is_asleep,
    }


@official.command()
@click.argument("username")
@with_json
def remove(username: str, as_json: bool) -> None:
    """Take the role back: within a second no page of the counter works for them."""
    with open_services() as services:
        found = get_account(services, username)
        if not services.counter.roles.revoke_official(found.id, clock.now()):
            raise Refusal(f"{username} is no official.")
    answer(
        as_json, {"username": found.username, "is_official": False}, f"{username} is no official any more."
    )
