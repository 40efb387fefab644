"""The comparison: rounds of one provider and another in turn, so that a slow minute hits both."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple, Protocol

from harness.generator import Generator
from harness.scenarios import SCENARIOS, Scenario

MOST_BUSY = 0.9
# There are only some dozens of sign-ins a second: a longer round counts enough of them.
SLOWER = 2


class Provider(Protocol):
    """One that is measured. `site` is what the generator needs to know of it."""

    name: str
    site: dict[str, Any]

    def cpu_seconds(self) -> float: ...


class Plan(NamedTuple):
    """How long and how often."""

    rounds: int
    seconds: float
    connections: int


def compare(
    generator: Generator, providers: Sequence[Provider], plan: Plan, only: Sequence[str] = ()
) -> dict[str, Any]:
    """Measure every scenario at every provider, the peer first; return the figures of each."""
    metadata = {provider.name: generator.meet(provider.site) for provider in providers}
    found = {}
    for scenario in SCENARIOS:
        if only and scenario.name not in only:
            continue
        able = [provider for provider in providers if scenario.needs in metadata[provider.name]]
        for provider in able:
            generator.prepare(provider.name, scenario.name, plan.connections)
        found[scenario.name] = _weighed(scenario, _rounds(generator, able, scenario.name, plan))
    return found


def _rounds(
    generator: Generator, providers: Sequence[Provider], scenario: str, plan: Plan
) -> dict[str, list[dict[str, float]]]:
    rounds: dict[str, list[dict[str, float]]] = {provider.name: [] for provider in providers}
    for _ in range(plan.rounds):
        for provider in providers:
            rounds[provider.name].append(measure(generator, provider, scenario, plan))
    return rounds


def measure(generator: Generator, provider: Provider, scenario: str, plan: Plan) -> dict[str, float]:
    """Return one round's figures, with the processor time that an item cost the provider and its database."""
    before = provider.cpu_seconds()
    seconds = plan.seconds * (SLOWER if scenario == "sign_in" else 1)
    measured = generator.measure(provider.name, scenario, seconds)
    used = provider.cpu_seconds() - before
    return {**measured, "cpu_us": used / max(measured["played"], 1) * 1e6}


def _weighed(scenario: Scenario, rounds: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    peers = rounds["peer"]
    weighed = {name: _summary(measured) for name, measured in rounds.items()}
    for name in weighed.keys() - {"peer"}:
        pairs = list(zip(rounds[name], peers, strict=True))
        ratios = [ours["per_second"] / peer["per_second"] for ours, peer in pairs]
        weighed[name] |= {
            "ratio": median(ratios),
            "ratio_least": min(ratios),
            "ratio_most": max(ratios),
            "cpu_ratio": median(peer["cpu_us"] / ours["cpu_us"] for ours, peer in pairs),
            "goal": scenario.goal(name),
            "is_reached": median(ratios) >= scenario.goal(name),
        }
    return weighed


def _summary(rounds: Sequence[dict[str, float]]) -> dict[str, Any]:
    summary: dict[str, Any] = {part: median(one[part] for one in rounds) for part in rounds[0]}
    summary["rounds_per_second"] = [one["per_second"] for one in rounds]
    summary["is_generator_the_limit"] = summary["generator_busy"] > MOST_BUSY
    return summary
