"""`tnid operator`: who runs the service, in which roles."""

from __future__ import annotations

from typing import Any

import click

from tnid import clock
from tnid.admin.notices import tell_of_command
from tnid.admin.roles import OPERATOR_ROLES, Permission
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import get_account, open_services

ROLE = click.Choice(sorted(OPERATOR_ROLES))


@click.group(cls=Commands)
def operator() -> None:
    """Make people operators, and take that back: the first one, and in an emergency.

    On its pages the service asks for two administrators; who may run this command needs none, and the audit
    log and a message to the other administrators say that it was done here.
    """


@operator.command()
@click.argument("username")
@click.option("--role", "roles", type=ROLE, required=True, multiple=True, help="What they may do; repeat it.")
@with_json
def add(username: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Give the person of this account a role, or several."""
    with open_services() as services:
        found = get_account(services, username)
        if found.disabled_at is not None:
            raise Refusal(f"{username} is disabled.")
        now = clock.now()
        given = [one for one in roles if services.admin.operators.grant(found.id, one, now) is None]
        if given:
            tell_of_command(services, Permission.OPERATORS, now, but=found.id)
    if not given:
        # Outside the unit, which has kept what the log says of it
        raise Refusal(f"{username} has the role {', '.join(roles)} already.")
    said = f"{found.username} is an operator: {', '.join(given)}."
    answer(as_json, {"username": found.username, "role": given[0], "roles": given}, said)


@operator.command("list")
@with_json
def list_operators(as_json: bool) -> None:
    """List every operator, a line a role."""
    now = clock.now()
    with open_services() as services:
        operators = services.admin.operators
        rows = [_describe(row, is_asleep=operators.is_asleep(row, now)) for row in operators.list_all()]
    columns = ("username", "role", "granted", "last used", "asleep")
    answer(as_json, {"operators": rows}, table(columns, [tuple(row.values()) for row in rows]))


def _describe(row: Any, *, is_asleep: bool) -> dict[str, Any]:
    return {
        "username": row.username,
        "role": row.role,
        "granted_at": utc(row.granted_at),
        "used_at": utc(row.used_at),
        "is_asleep": is_asleep,
    }


@operator.command()
@click.argument("username")
@click.option("--role", type=ROLE, help="This role alone; without it, every one.")
@with_json
def remove(username: str, role: str | None, as_json: bool) -> None:
    """Take roles back: within a second no page of theirs works."""
    now = clock.now()
    with open_services() as services:
        found = get_account(services, username)
        chosen = [role] if role else sorted(OPERATOR_ROLES)
        removed = [one for one in chosen if services.admin.operators.revoke(found.id, one, now)]
        if not removed:
            raise Refusal(
                f"{username} does not have the role {role}." if role else f"{username} has no role."
            )
        tell_of_command(services, Permission.OPERATORS, now)
    text = f"{found.username} is no operator any more: {', '.join(removed)}."
    answer(as_json, {"username": found.username, "removed": removed}, text)
