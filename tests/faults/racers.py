"""Processes beside the server's, each with services of its own, that do the same thing at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from sqlalchemy import create_engine

from tnid import settings as settings_module
from tnid.db import Database
from tnid.engine import engine_options, prepare_engine
from tnid.services import Services

SECONDS = 60
# What a racer does in its process: the services, the racer's number, and what the race is about
Race = Callable[[Services, int, Any], Any]


class _Process:
    """What one process holds."""

    services: Services
    start: Any


def run_races(
    environ: Mapping[str, str], race: Race, about: list[Any], *, racers: int
) -> list[tuple[Any, ...]]:
    """Run a race for each thing in the list, in so many processes at once; return the outcomes of each race.

    `race` is a function of a module. What it writes is committed at its end.
    """
    context = multiprocessing.get_context("forkserver")
    # What a racer imports is imported once
    context.set_forkserver_preload([__name__])
    start = context.Barrier(racers)
    ours = {name: value for name, value in environ.items() if name.startswith("TNID_")}
    with ProcessPoolExecutor(racers, context, _begin, (ours, start)) as pool:
        under_way = [pool.submit(_run, race, number, about) for number in range(racers)]
        outcomes = [one.result(2 * SECONDS) for one in under_way]
    return list(zip(*outcomes, strict=True))


def _begin(environ: Mapping[str, str], start: Any) -> None:
    settings = settings_module.load(environ)
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    prepare_engine(engine)
    _Process.services = Services(settings, Database(engine))
    _Process.start = start


def _run(race: Race, number: int, about: list[Any]) -> list[Any]:
    outcomes = []
    for one in about:
        _Process.start.wait(SECONDS)
        with _Process.services.database.unit():
            outcomes.append(race(_Process.services, number, one))
    return outcomes
