"""`tnid employer import`: a list of workers from a file, as if its employer had uploaded it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.refusals import Command
from tnid.cli.settings import check_usable, get_settings, open_engine
from tnid.db import Database
from tnid.employers.tax_codes import read_tax_code
from tnid.employment.attestations import OPERATOR, By
from tnid.imports.parts import build_engine
from tnid.imports.service import Import
from tnid.imports.words import LISTS, OTHERWISE, words_of_field, words_of_list, words_of_row
from tnid.services import Services

LOOK_SECONDS = 0.2
PAGE_ROWS = 1000


@contextmanager
def open_parts() -> Iterator[Services]:
    """Yield the services outside any unit of work: an import is many, each over soon."""
    settings = get_settings()
    with open_engine(settings) as engine:
        check_usable(settings, engine)
        yield Services(settings, Database(engine))


@click.command("import", cls=Command)
@click.argument("employer")
@click.argument("file", type=click.File("rb"))
@with_json
def import_list(employer: str, file: IO[bytes], as_json: bool) -> None:
    """Take over the list of workers in FILE (CSV or XLSX; `-`: standard input) for an approved EMPLOYER.

    Prints what became of each row. The same file within a day is the same import: nothing is done twice.
    """
    with open_parts() as services:
        row = _get_employer(services, employer)
        content = file.read(services.settings.list_most_bytes + 1)
        with services.database.unit():
            begun = services.lists.receive_whole(row.id, By(None, OPERATOR), content, clock.now())
        if isinstance(begun, Refused):
            raise Refusal(str(LISTS.get(begun.reason, OTHERWISE)))
        done = _carry_out(services, begun)
        if done.is_refused:
            raise Refusal(f"{done.row.reason}: {words_of_list(done.row.reason)}")
        report = [_describe(one) for one in _list_report(services, done)]
    shown = {"import": done.id, "rows": done.row.rows_read, "counts": done.outcomes, "report": report}
    columns = ("row", "outcome", "staff_code", "field", "reason", "message")
    text = table(columns, [[one.get(column) for column in columns] for one in report])
    answer(as_json, {**shown, "has_more": done.has_more, "ignored_columns": done.ignored}, text)


def _get_employer(services: Services, named: str) -> Any:
    organisations = services.employers.organisations
    tax_code = read_tax_code(named)
    found = organisations.find(named) or (tax_code and organisations.find_approved(tax_code))
    if not found or found.approved_at is None:
        raise Refusal(f"There is no approved organisation {named}.")
    return found


def _carry_out(services: Services, begun: Import) -> Import:
    """Work on it, or wait for the housekeeper that does; return it when it is over."""
    engine, stop = build_engine(services), threading.Event()
    found = begun
    while not found.is_over:
        if not engine.work(stop, found.id):
            stop.wait(LOOK_SECONDS)
        again = services.lists.find(found.row.employer_id, found.id)
        if again is None:
            raise Refusal("The import is gone: the organisation was removed.")
        found = again
    return found


def _list_report(services: Services, done: Import) -> Iterator[Any]:
    after = 0
    while rows := services.lists.list_report(done, (), after, PAGE_ROWS):
        yield from rows
        after = rows[-1].row_number


def _describe(row: Any) -> dict[str, Any]:
    shown = {"row": row.row_number, "outcome": row.outcome, "staff_code": row.staff_code}
    if row.reason:
        field = {"field": row.field, "column": words_of_field(row)} if row.field else {}
        shown |= {**field, "reason": row.reason, "message": words_of_row(row)}
    return shown
