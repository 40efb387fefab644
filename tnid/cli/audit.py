"""`tnid audit`: checks the seals of the audit log, and looks after those who are handed it."""

from __future__ import annotations

from functools import partial
from typing import IO

import click

from tnid import clock
from tnid.admin.audit_desk import AuditDesk
from tnid.audit import CHAIN_PURPOSE, Audit, Chain, digest_of
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.audit_search import search
from tnid.cli.refusals import ROW_NUMBER, Commands
from tnid.cli.services import open_services
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.consent.ledger import LEDGER_PURPOSE, Ledger
from tnid.db import Database
from tnid.sealing import Sealer, load_master_key
from tnid.settings import Settings
from tnid.signin.limits import Limits
from tnid.soc.check import Digest, Lines
from tnid.stores.audit_checks import AuditCheckStore
from tnid.stores.audit_exports import AuditExportStore
from tnid.stores.audit_search import AuditSearchStore
from tnid.stores.consent_ledger import ConsentLedgerStore
from tnid.stores.throttles import ThrottleStore

NO_KEY = "The seals were not checked: the master key is not here."


@click.group(cls=Commands)
def audit() -> None:
    """Look after the audit log."""


@audit.command()
@click.option(
    "--file", "files", type=click.File("rb"), multiple=True,
    help="Check these lines instead, which were handed on; may be repeated.",
)  # fmt: skip
@with_json
def verify(files: tuple[IO[bytes], ...], as_json: bool) -> None:
    """Recompute every seal of the audit log, from the first batch to the last, and the ledger of consents.

    Keep the printed head elsewhere: a later check that no longer passes through it shows a cut-off end. With
    --file no database is needed; without the master key it is seen only whether batches are whole and follow
    one another.
    """
    settings = get_settings()
    if files:
        verify_files(files, settings, as_json)
        return
    with open_engine(settings) as engine:
        check_usable(settings, engine)
        sealer = Sealer(load_master_key(settings.master_key_file))
        key = sealer.derive(CHAIN_PURPOSE)
        database = Database(engine)
        found = Chain(database, key).verify()
        ledger = Ledger(ConsentLedgerStore(database), sealer.derive(LEDGER_PURPOSE)).verify()
        with database.unit():
            desk = AuditDesk(
                AuditSearchStore(database), AuditCheckStore(database), Chain(database, key), Audit(database),
                Limits(ThrottleStore(database), sealer),
            )  # fmt: skip
            desk.note_check(found, None, clock.now(), is_whole=True)
    problems = (*found.problems, *ledger.problems)
    text = f"{found.events} events in {found.batches} batches hold, {found.unsealed} wait. Head: {found.head}"
    text += f"\n{ledger.entries} decisions in the ledger of consents hold."
    document = {**found._asdict(), "consents": ledger.entries, "problems": problems}
    answer(as_json, document, "\n".join(problems) or text)
    if problems:
        raise Refusal(f"The audit log was tampered with: {len(problems)} problems.")


def verify_files(files: tuple[IO[bytes], ...], settings: Settings, as_json: bool) -> None:
    """Check what was handed on; the files are one log, whatever their order."""
    lines = Lines()
    for file in files:
        lines.read(file)
    digest = find_digest(settings)
    found = lines.check(digest)
    text = (
        f"{found.events} events in batches {found.first_batch} to {found.last_batch} hold"
        f" ({found.repeated} came again, {found.unreadable} lines can't be read). Head: {found.head}"
    )
    if digest is None:
        text += f"\n{NO_KEY}"
    answer(as_json, {**found._asdict(), "has_key": digest is not None}, "\n".join(found.problems) or text)
    if found.problems:
        raise Refusal(f"The lines don't hold: {len(found.problems)} problems.")


def find_digest(settings: Settings) -> Digest | None:
    if not settings.master_key_file.exists():
        return None
    key = Sealer(load_master_key(settings.master_key_file, create=False)).derive(CHAIN_PURPOSE)
    return partial(digest_of, key)


@audit.command()
@with_json
def exports(as_json: bool) -> None:
    """List how far the audit log was handed on, by each way."""
    with open_services() as services:
        rows = AuditExportStore(services.database).list_all()
    listed = [
        {"way": row.way, "batch": row.batch, "waiting": row.newest - row.batch, "updated_at": row.updated_at}
        for row in rows
    ]
    answer(
        as_json,
        {"exports": listed},
        table(("way", "batch", "waiting"), (list(one.values())[:3] for one in listed)),
    )


@audit.command()
@click.argument("way")
@click.option("--after", type=ROW_NUMBER, required=True, help="The last batch that need not come again.")
@with_json
def resend(way: str, after: int, as_json: bool) -> None:
    """Hand on again by this WAY, to a new receiver or to one that lost some, every batch after one."""
    now = clock.now()
    with open_services() as services:
        if not AuditExportStore(services.database).rewind(way, now, batch=after):
            raise Refusal(f"Nothing after batch {after} was handed on by {way}.")
        services.audit.record("audit.resend", details={"way": way, "after": after}, now=now)
    answer(as_json, {"way": way, "after": after}, f"What came after batch {after} goes out again by {way}.")


audit.add_command(search)
