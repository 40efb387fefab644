"""`tnid audit search`: the audit log from a shell, a bounded part of it at a time."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.admin.audit_desk import BULK_EVENTS, Search, as_document, read_conditions, write_lines, write_table
from tnid.admin.notices import tell_of_command
from tnid.admin.roles import Permission
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Command
from tnid.cli.services import open_services
from tnid.services import Services
from tnid.stores.audit_search import LAST, Place

USUAL_HOURS = 24
MOST = 100_000
FILES = {"csv": write_table, "jsonl": write_lines}
COLUMNS = ("when", "event", "outcome", "reason", "account", "client", "ip", "request")


@click.command(cls=Command)
@click.option("--event", default="", help='Its name, or how it begins with a dot at the end: "sign_in."')
@click.option("--outcome", type=click.Choice(("ok", "refused")), default=None)
@click.option("--reason", default="")
@click.option("--account", default="", metavar="USERNAME", help="Whose: a username or the account's id.")
@click.option("--client", default="", metavar="CLIENT_ID")
@click.option("--ip", default="", help="An address, or how it begins.")
@click.option("--request", default="", metavar="ID", help="The number on an error page.")
@click.option(
    "--since", default=None, metavar="TIME", help="RFC 3339, such as 2026-11-22T00:00:00Z; a day ago."
)
@click.option("--until", default=None, metavar="TIME", help="The same; now.")
@click.option("--most", type=click.IntRange(1, MOST), default=200, show_default=True, help="How many.")
@click.option("--format", "form", type=click.Choice(("table", *FILES)), default="table", show_default=True)
@with_json
def search(
    account: str,
    since: str | None,
    until: str | None,
    most: int,
    form: str,
    as_json: bool,
    **typed: str | None,
) -> None:
    """Print the events of a time that all of the conditions fit, the newest first. The search is recorded.

    Many at once are bulk: everybody who reads the log is told.
    """
    now = clock.now()
    end = _read_time(until, "--until") if until else now
    begin = _read_time(since, "--since") if since else end - USUAL_HOURS * 3600
    if begin > end:
        raise click.UsageError("--since is after --until.")
    with open_services() as services:
        asked = Search(_read(services, account, typed), begin, end)
        rows, has_more = _collect(services, asked, most)
        services.admin.audit.note_search(asked, None, now, found=len(rows))
        if len(rows) > BULK_EVENTS:
            tell_of_command(services, Permission.AUDIT, now)
    if as_json or form == "table":
        document = {"events": [as_document(row) for row in rows], "has_more": has_more}
        answer(as_json, document, table(COLUMNS, [_cells(row) for row in rows]))
    else:
        sys.stdout.buffer.write(b"".join(FILES[form](rows)))


def _read(services: Services, account: str, typed: Mapping[str, str | None]) -> dict[str, str]:
    named = {name: value or "" for name, value in typed.items()}
    given = read_conditions({**named, "account": _find_id(services, account)})
    if isinstance(given, Refused):
        raise Refusal(f"--{given.field} can't be looked for: {given.reason}.")
    return given


def _collect(services: Services, asked: Search, most: int) -> tuple[list[Any], bool]:
    """Return up to so many events, and whether there may be more."""
    rows: list[Any] = []
    place: Place | None = Place(asked.until, LAST)
    while place is not None and len(rows) < most:
        found = services.admin.audit.look(asked, place, most=min(1000, most - len(rows)))
        rows += found.rows
        place = found.older
    return rows, place is not None


def _cells(row: Any) -> tuple[object, ...]:
    more = (row.account_id, row.client_id, row.ip, row.request_id)
    return utc(row.occurred_at), row.event, row.outcome, row.reason, *more


def _find_id(services: Services, account: str) -> str:
    found = services.accounts.find_by_username(account) if account else None
    # What is gone is found by its number still
    return found.id if found is not None else account


def _read_time(typed: str, option: str) -> int:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise click.UsageError(f"{option} is no time: write it like 2026-11-22T07:00:00Z.") from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
