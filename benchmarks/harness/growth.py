"""Cost as accounts grow: one instance a size, all of them up at once, measured in turn."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from harness.compare import Plan, measure
from harness.databases import PostgreSQL
from harness.generator import Generator
from harness.ours import Ours

SCENARIOS = ("sign_in", "pair_rs256", "refresh", "userinfo")


def grow(
    generator: Generator, folder: Path, postgresql: PostgreSQL, plan: Plan, sizes: Sequence[int]
) -> dict[str, Any]:
    """Return the figures by database, scenario and size, each with its ratio to the smallest size."""
    return {
        "sqlite": _grow(generator, folder, None, plan, sizes),
        "postgresql": _grow(generator, folder, postgresql, plan, sizes),
    }


def _grow(
    generator: Generator, folder: Path, postgresql: PostgreSQL | None, plan: Plan, sizes: Sequence[int]
) -> dict[str, Any]:
    with ExitStack() as stack:
        instances = {}
        for size in sizes:
            ours = Ours(folder, postgresql, f"-{size}")
            stack.callback(ours.remove)
            ours.populate(generator, size)
            instances[size] = stack.enter_context(ours.start())
            generator.meet(ours.site)
        return {scenario: _measure(generator, instances, plan, scenario) for scenario in SCENARIOS}


def _measure(generator: Generator, instances: dict[int, Ours], plan: Plan, scenario: str) -> dict[str, Any]:
    rounds: dict[int, list[dict[str, float]]] = {size: [] for size in instances}
    for ours in instances.values():
        generator.prepare(ours.name, scenario, plan.connections)
    for _ in range(plan.rounds):
        for size, ours in instances.items():
            rounds[size].append(measure(generator, ours, scenario, plan))
    smallest = [one["per_second"] for one in rounds[min(rounds)]]
    return {
        str(size): {
            "per_second": median(one["per_second"] for one in measured),
            "cpu_us": median(one["cpu_us"] for one in measured),
            "p99_ms": median(one["p99_ms"] for one in measured),
            "to_smallest": median(
                one["per_second"] / least for one, least in zip(measured, smallest, strict=True)
            ),
        }
        for size, measured in rounds.items()
    }
