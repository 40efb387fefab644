"""`tnid audit`: checks the seals of the audit log."""

from __future__ import annotations

import click

from tnid.audit import CHAIN_PURPOSE, Chain
from tnid.cli.answers import Refusal, answer, with_json
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.consent.ledger import LEDGER_PURPOSE, Ledger
from tnid.db import Database
from tnid.sealing import Sealer, load_master_key
from tnid.stores.consent_ledger import ConsentLedgerStore


@click.group()
def audit() -> None:
    """Look after the audit log."""


@audit.command()
@with_json
def verify(as_json: bool) -> None:
    """Recompute every seal of the audit log, from the first batch to the last, and the ledger of consents.

    Keep the printed head elsewhere: a later check that no longer passes through it shows a cut-off end.
    """
    settings = get_settings()
    with open_engine(settings) as engine:
        check_usable(settings, engine)
        sealer = Sealer(load_master_key(settings.master_key_file))
        key = sealer.derive(CHAIN_PURPOSE)
        database = Database(engine)
        found = Chain(database, key).verify()
        ledger = Ledger(ConsentLedgerStore(database), sealer.derive(LEDGER_PURPOSE)).verify()
    problems = (*found.problems, *ledger.problems)
    text = f"{found.events} events in {found.batches} batches hold, {found.unsealed} wait. Head: {found.head}"
    text += f"\n{ledger.entries} decisions in the ledger of consents hold."
    document = {**found._asdict(), "consents": ledger.entries, "problems": problems}
    answer(as_json, document, "\n".join(problems) or text)
    if problems:
        raise Refusal(f"The audit log was tampered with: {len(problems)} problems.")
