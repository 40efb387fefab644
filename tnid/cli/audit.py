"""`tnid audit`: checks the seals of the audit log."""

from __future__ import annotations

import click

from tnid.audit import CHAIN_PURPOSE, Chain
from tnid.cli.answers import Refusal, answer, with_json
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.db import Database
from tnid.sealing import Sealer, load_master_key


@click.group()
def audit() -> None:
    """Look after the audit log."""


@audit.command()
@with_json
def verify(as_json: bool) -> None:
    """Recompute every seal of the audit log, from the first batch to the last.

    Keep the printed head elsewhere: a later check that no longer passes through it shows a cut-off end.
    """
    settings = get_settings()
    with open_engine(settings) as engine:
        check_usable(settings, engine)
        key = Sealer(load_master_key(settings.master_key_file)).derive(CHAIN_PURPOSE)
        found = Chain(Database(engine), key).verify()
    text = f"{found.events} events in {found.batches} batches hold, {found.unsealed} wait. Head: {found.head}"
    answer(as_json, found._asdict(), "\n".join(found.problems) or text)
    if found.problems:
        raise Refusal(f"The audit log was tampered with: {len(found.problems)} problems.")
