"""`tnid config`: every setting, where it came from, and what is wrong with it."""

from __future__ import annotations

import os
from typing import Any

import click
from sqlalchemy.engine import make_url

from tnid import settings
from tnid.cli.answers import Refusal, answer, table, with_json
from tnid.settings import Examined, SettingsError


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@with_json
def check(as_json: bool) -> None:
    """Say every setting, where it came from, and what is wrong with it."""
    rows = [_describe(examined) for examined in settings.examine(os.environ)]
    problem = _find_problem()
    shown = table(
        ("variable", "value", "unit", "from", "what it is"),
        [(r["variable"], r["value"], r["unit"], r["source"], r["doc"]) for r in rows],
    )
    answer(as_json, {"settings": rows, "problem": problem}, shown)
    if problem:
        raise Refusal(problem)


def _find_problem() -> str | None:
    try:
        settings.load(os.environ)
    except SettingsError as error:
        return str(error)
    return None


def _describe(examined: Examined) -> dict[str, Any]:
    metadata = examined.field.metadata
    return {
        "variable": examined.variable,
        "value": _show(examined),
        "unit": metadata["unit"],
        "source": "environment" if examined.is_set else "default",
        "doc": metadata["doc"],
        "problem": examined.problem,
    }


def _show(examined: Examined) -> str | None:
    if examined.problem or examined.value is None:
        return None
    if examined.field.metadata["secret"]:
        return make_url(examined.value).render_as_string(hide_password=True)
    if isinstance(examined.value, tuple):
        return ",".join(map(str, examined.value))
    return str(examined.value).lower() if isinstance(examined.value, bool) else str(examined.value)
