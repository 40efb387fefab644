"""`tnid keys master`, `tnid keys reseal`: another key for all that is sealed, while the service goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from tnid import clock
from tnid.admin.notices import tell_of_command
from tnid.admin.roles import Permission
from tnid.cli.answers import Refusal, answer, with_json
from tnid.cli.refusals import Command, Commands
from tnid.cli.services import open_services
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.db import Database
from tnid.resealing import Resealed, reseal
from tnid.sealing import (
    KEY_BYTES,
    MasterKeyError,
    MasterKeys,
    load_master_keys,
    load_sealer,
    write_master_keys,
)

Change = Callable[[MasterKeys], MasterKeys]


@click.group(cls=Commands)
def master() -> None:
    """The keys that values are sealed under: add, use, drop; see docs/operations/keys.md for the order."""


@master.command()
@with_json
def show(as_json: bool) -> None:
    """Say how many keys the file holds, and whether one waits to be used; never what they are."""
    keys = _load(get_settings().master_key_file)
    _answer(as_json, keys, "")


@master.command()
@with_json
def add(as_json: bool) -> None:
    """Make a new key, which opens and does not seal yet: copy the file to every node and restart each."""

    def change(keys: MasterKeys) -> MasterKeys:
        if keys.coming is not None:
            raise Refusal("A new key is in the file already: `tnid keys master use` is next.")
        return keys._replace(coming=os.urandom(KEY_BYTES))

    _change("add", change, as_json, "Copy the file to every node, restart each, then: tnid keys master use")


@master.command()
@with_json
def use(as_json: bool) -> None:
    """Seal under the new key from now on: copy the file to every node and restart each."""

    def change(keys: MasterKeys) -> MasterKeys:
        if keys.coming is None:
            raise Refusal("No new key is in the file: `tnid keys master add` is first.")
        return keys._replace(seals=(*keys.seals, keys.coming), coming=None)

    _change("use", change, as_json, "Copy the file to every node, restart each, then: tnid keys reseal")


@master.command()
@with_json
def drop(as_json: bool) -> None:
    """Remove former seal keys from the file; refused while anything is sealed under them."""

    def change(keys: MasterKeys) -> MasterKeys:
        if len(keys.seals) < 2:
            raise Refusal("The file holds no former seal key.")
        found = _reseal(only_look=True)
        if found.anew or found.broken:
            raise Refusal(
                f"{found.anew + len(found.broken)} values are not under the key in use: tnid keys reseal"
            )
        return keys._replace(seals=keys.seals[-1:])

    _change("drop", change, as_json, "Copy the file to every node, and to the safe places.")


@click.command("reseal", cls=Command)
@click.option("--check", "only_look", is_flag=True, help="Look, and change nothing.")
@with_json
def reseal_all(only_look: bool, as_json: bool) -> None:
    """Seal everything anew under the key in use; may be stopped at any moment and called again."""
    found = _reseal(only_look=only_look)
    if not only_look:
        # What was written while it ran; and that nothing is left
        checked = _reseal(only_look=True)
        left, broken = checked.anew, checked.broken
        _note("reseal", {"anew": found.anew, "left": left, "broken": len(broken)})
    else:
        left, broken = found.anew, found.broken
    document = {"current": found.current, "anew": found.anew, "left": left, "broken": broken}
    did = "would be" if only_look else "were"
    answer(as_json, document, f"{found.anew} values {did} sealed anew, {found.current} were already.")
    if broken:
        raise Refusal(f"Opened by no key of the file: {', '.join(broken)}")
    if left and not only_look:
        raise Refusal(f"{left} values were written under a former key meanwhile: is every node restarted?")


def _reseal(*, only_look: bool) -> Resealed:
    settings = get_settings()
    with open_engine(settings) as engine:
        check_usable(settings, engine)
        return reseal(
            Database(engine), load_sealer(settings.master_key_file, create=False), only_look=only_look
        )


def _load(path: Path) -> MasterKeys:
    try:
        return load_master_keys(path)
    except MasterKeyError as error:
        raise Refusal(str(error)) from None


def _change(verb: str, change: Change, as_json: bool, then: str) -> None:
    path = get_settings().master_key_file
    keys = change(_load(path))
    # First the log: what is done without it having been noted is not done at all
    _note(f"master_{verb}", {})
    write_master_keys(path, keys)
    _answer(as_json, keys, then)


def _note(verb: str, details: dict[str, int]) -> None:
    with open_services() as services:
        now = clock.now()
        services.audit.record(f"key.{verb}", details={**details, "by": "command"}, now=now)
        tell_of_command(services, Permission.KEYS, now)


def _answer(as_json: bool, keys: MasterKeys, then: str) -> None:
    document = {"seal_keys": len(keys.seals), "comes": keys.coming is not None}
    waits = " One more waits to be used." if keys.coming is not None else ""
    text = f"The file holds the master key and {len(keys.seals)} seal keys.{waits}"
    answer(as_json, document, "\n".join(filter(None, (text, then))))
