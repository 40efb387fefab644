"""A moderator's commands: `python -m examples.jobs_housing.moderate list`, `take-down`, `restore`, `settle`.

The database is the one that the application uses, by the same variables of the environment.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence

from examples.jobs_housing import schema
from examples.jobs_housing.database import Database, find_url
from examples.jobs_housing.listings import ListingStore
from examples.jobs_housing.reports import ReportStore
from examples.jobs_housing.typed import tidy
from examples.relying_party.configuration import load

MOST_NOTE_LETTERS = 300


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Do what the arguments say; return the exit status."""
    given = _parser().parse_args(arguments)
    now = int(time.time())
    database = Database(find_url(environ, load(environ, default_port=8001).data_dir))
    schema.upgrade(database, now)
    try:
        return _carry_out(given, ListingStore(database), ReportStore(database), now)
    finally:
        database.close()


def _carry_out(given: argparse.Namespace, listings: ListingStore, reports: ReportStore, now: int) -> int:
    if given.command == "list":
        for report in reports.list_open():
            # Tidied, so that nothing in it moves the terminal's cursor
            print(
                f"{report.listing_id}  {report.reason}  {tidy(report.title)}  {tidy(report.words)}".rstrip()
            )
        return 0
    if given.command == "settle":
        print(f"{reports.settle(given.listing, now)} settled")
        return 0
    if given.command == "restore":
        is_done = listings.restore(given.listing, now)
    else:
        is_done = listings.take_down(given.listing, tidy(given.reason)[:MOST_NOTE_LETTERS], now)
        reports.settle(given.listing, now)
    if not is_done:
        print(f"There is no listing {given.listing} in a state for this.", file=sys.stderr)
    return 0 if is_done else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m examples.jobs_housing.moderate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what was reported and not settled yet")
    for name, text in (
        ("take-down", "hide a listing; its poster reads the reason"),
        ("restore", "give a listing back to its poster, closed"),
        ("settle", "mark its reports as looked at"),
    ):
        one = commands.add_parser(name, help=text)
        one.add_argument("listing", help="its name, as in its address")
        if name == "take-down":
            one.add_argument("--reason", required=True, help="in the poster's language")
    return parser


if __name__ == "__main__":
    sys.exit(main())
