"""`tnid config`: every setting, where it came from, and what is wrong with it."""

from __future__ import annotations

import os

import click

from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.cli.refusals import Commands
from tnid.setting_report import describe_all, find_problem


@click.group(cls=Commands)
def config() -> None:
    """Look at the settings."""


@config.command()
@with_json
def check(as_json: bool) -> None:
    """Say every setting, where it came from, and what is wrong with it."""
    rows = describe_all(os.environ)
    problem = find_problem(os.environ)
    shown = table(
        ("variable", "value", "unit", "from", "what it is"),
        [(r["variable"], r["value"], r["unit"], r["source"], r["doc"]) for r in rows],
    )
    answer(as_json, {"settings": rows, "problem": problem}, shown)
    if problem:
        raise Refusal(problem)
