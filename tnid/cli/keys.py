"""`tnid keys`: the signing keys."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from tnid import clock
from tnid.admin.notices import tell_of_command
from tnid.admin.roles import Permission
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.master_keys import master, reseal_all
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services


@click.group(cls=Commands)
def keys() -> None:
    """Look after the signing keys.

    The operators' pages ask for two people; who may run this command needs none: the log says so, and
    everybody who looks after keys is told.
    """


@keys.command("list")
@with_json
def list_keys(as_json: bool) -> None:
    """List the keys: next ones are published and wait, active ones sign, retired ones verify."""
    with open_services() as services:
        found = services.keyring.list_keys(clock.now())
    text = table(
        ("kid", "algorithm", "status", "published", "signs from", "retired", "removed from"),
        [
            (
                k.kid,
                k.alg,
                k.status,
                *map(utc, (k.published_at, k.active_from, k.retired_at, k.removed_from)),
            )
            for k in found
        ],
    )
    answer(as_json, {"keys": [key._asdict() for key in found]}, text)


@keys.command()
@click.option(
    "--now", "immediately", is_flag=True, help="Sign with the new keys as soon as every process has them."
)
@with_json
def rotate(immediately: bool, as_json: bool) -> None:
    """Publish a new key for each algorithm; it signs once relying parties have had time to see it."""
    now = clock.now()
    with open_services() as services:
        changes = services.keyring.rotate(now, immediately=immediately)
        for change in changes:
            details = {"kid": change.kid, "alg": change.alg, "active_from": change.active_from}
            services.audit.record("key.rotate", details=details, now=now)
        if changes:
            tell_of_command(services, Permission.KEYS, now)
    lines = [f"{c.alg} key {c.kid} signs from {utc(c.active_from)}" for c in changes]
    answer(as_json, {"changes": [change._asdict() for change in changes]}, "\n".join(lines) or NOTHING_NEW)


@keys.command()
@click.argument("kid")
@with_json
def withdraw(kid: str, as_json: bool) -> None:
    """Remove a retired key at once, as one that leaked: what it signed is good no more, cards among it."""
    now = clock.now()
    with open_services() as services:
        change = services.keyring.withdraw(kid, now)
        if change is None:
            raise Refusal(
                "There is no retired key of this kid. Rotate first: a key that signs can't be removed."
            )
        services.audit.record("key.withdraw", details={"kid": kid, "alg": change.alg}, now=now)
        tell_of_command(services, Permission.KEYS, now)
    answer(as_json, {"removed": change._asdict()}, f"{change.alg} key {kid} is removed.")


keys.add_command(master)
keys.add_command(reseal_all)

NOTHING_NEW = "A new key was already waiting; nothing was changed."


def utc(epoch_seconds: int | None) -> str | None:
    """Return the time as people of any time zone read it alike."""
    if epoch_seconds is None:
        return None
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
