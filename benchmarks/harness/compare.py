"""The comparison: rounds of one provider and another in turn, so that a slow minute hits both."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

from harness.generator import Generator
from harness.scenarios import SCENARIOS, Scenario

MOST_BUSY = 0.9


class Plan(NamedTuple):
    """How long and how often."""

    rounds: int
    seconds: float
    connections: int


def compare(
    generator: Generator, sites: Sequence[dict[str, Any]], plan: Plan, only: Sequence[str] = ()
) -> dict[str, Any]:
    """Measure every scenario at every site, the peer first; return the figures by scenario and site."""
    metadata = {site["name"]: generator.meet(site) for site in sites}
    found = {}
    for scenario in SCENARIOS:
        if only and scenario.name not in only:
            continue
        able = [name for name, offered in metadata.items() if scenario.needs in offered]
        for name in able:
            generator.prepare(name, scenario.name, plan.connections)
        found[scenario.name] = _weighed(scenario, _rounds(generator, able, scenario.name, plan))
    return found


def _rounds(
    generator: Generator, names: Sequence[str], scenario: str, plan: Plan
) -> dict[str, list[dict[str, float]]]:
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(plan.rounds):
        for name in names:
            rounds[name].append(generator.measure(name, scenario, plan.seconds))
    return rounds


def _weighed(scenario: Scenario, rounds: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    peer = [one["per_second"] for one in rounds["peer"]]
    weighed = {name: _summary(measured) for name, measured in rounds.items()}
    for name in weighed.keys() - {"peer"}:
        own = [one["per_second"] for one in rounds[name]]
        ratios = [ours / theirs for ours, theirs in zip(own, peer, strict=True)]
        weighed[name] |= {
            "ratio": median(ratios),
            "ratio_least": min(ratios),
            "ratio_most": max(ratios),
            "goal": scenario.goal(name),
            "is_reached": median(ratios) >= scenario.goal(name),
        }
    return weighed


def _summary(rounds: Sequence[dict[str, float]]) -> dict[str, Any]:
    summary: dict[str, Any] = {part: median(one[part] for one in rounds) for part in rounds[0]}
    summary["rounds_per_second"] = [one["per_second"] for one in rounds]
    summary["is_generator_the_limit"] = summary["generator_busy"] > MOST_BUSY
    return summary
