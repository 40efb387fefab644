"""A day's busiest minutes, for as long as is asked: sign-ins and refreshes together, as many as come.

Both cores serve, and the load comes from one of them too: what is asked is whether this machine carries it,
and whether it still does when it has for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.generator import Generator
from harness.ours import Ours
from harness.processes import memory_mib

# Items a second, and on how many connections
RATES = {"sign_in": 20.0, "refresh": 150.0}
CONNECTIONS = {"sign_in": 40, "refresh": 40}
WORKERS = 2
WARM_UP_SECONDS = 20.0
GOAL_P95_MS = 250.0


def measure_sustained(generator: Generator, instances: Sequence[Ours], minutes: float) -> dict[str, Any]:
    """Return how long answers took, and what the processes' memory was before and after."""
    found: dict[str, Any] = {}
    for ours in instances:
        with ours.start(workers=WORKERS, is_pinned=False):
            generator.meet(ours.site)
            for scenario, connections in CONNECTIONS.items():
                generator.prepare(ours.name, scenario, connections)
            generator.sustain(ours.name, RATES, WARM_UP_SECONDS)
            before = memory_mib(ours.pids())
            scenarios = generator.sustain(ours.name, RATES, minutes * 60)
            after = memory_mib(ours.pids())
        slowest = max(one["request"]["p95_ms"] for one in scenarios.values())
        found[ours.name] = {
            "minutes": minutes, "scenarios": scenarios, "memory_mib": {"before": before, "after": after},
            "is_reached": slowest < GOAL_P95_MS,
        }  # fmt: skip
    return found
