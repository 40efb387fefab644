"""The load generator (load/main.mjs) as seen from here."""

from __future__ import annotations

import json
import select
import subprocess
from pathlib import Path
from typing import IO, Any, cast

from harness.machine import free_port, generator_core, pinned, server_core, tool
from harness.processes import BenchmarkError, Process

LOAD = Path(__file__).parent.parent / "load"
ANSWER_SECONDS = 120
WARM_UP_SECONDS = 0.4


class Generator(Process):
    """One Node process on the generator's core, that plays scenarios against the sites it has met."""

    def __init__(self, logs: Path) -> None:
        argv = pinned(generator_core(), tool("node"), LOAD / "main.mjs")
        super().__init__(argv, logs / "generator.log", stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def meet(self, site: dict[str, Any]) -> dict[str, Any]:
        """Introduce a provider; return its discovery document."""
        found: dict[str, Any] = self._say(do="meet", **site)["metadata"]
        return found

    def prepare(self, site: str, scenario: str, connections: int) -> None:
        """Sign in and fetch what the scenario needs, on each connection."""
        self._say(do="prepare", site=site, scenario=scenario, count=connections)

    def measure(self, site: str, scenario: str, seconds: float) -> dict[str, float]:
        """Load, and return {count, played, per_second, p50_ms, p99_ms, generator_busy}.

        `played` counts the items of the warm-up too.

        Raises BenchmarkError at any wrong answer.
        """
        return self._say(
            do="round", site=site, scenario=scenario, seconds=seconds, warm_up_seconds=WARM_UP_SECONDS
        )

    def sustain(self, site: str, rates: dict[str, float], seconds: float) -> dict[str, Any]:
        """Play each scenario so many times a second, beside one another; return by scenario {per_second,
        requests, item, request}, the last two {p50_ms, p95_ms, p99_ms, most_ms}. Raises BenchmarkError.
        """
        order = {"do": "sustain", "site": site, "rates": rates, "seconds": seconds}
        found: dict[str, Any] = self._say(within=seconds + ANSWER_SECONDS, **order)["scenarios"]
        return found

    def begin_screens(self, site: str, cookies: list[str], connections: int, every_seconds: float) -> None:
        """Let screens poll for their sign-ins by QR, a cookie each, until they are ended."""
        self._say(
            do="screens", site=site, cookies=cookies, connections=connections, every_seconds=every_seconds
        )

    def end_screens(self, site: str) -> dict[str, float]:
        """Return {seconds, polls, per_second, pictures, p50_ms, p99_ms}. Raises BenchmarkError."""
        return self._say(do="screens_end", site=site)

    def _say(self, *, within: float = ANSWER_SECONDS, **order: Any) -> dict[str, Any]:
        what = " ".join(str(order[part]) for part in ("do", "name", "site", "scenario") if part in order)
        stdin, stdout = cast(IO[bytes], self.running.stdin), cast(IO[bytes], self.running.stdout)
        stdin.write(json.dumps(order).encode() + b"\n")
        stdin.flush()
        if not select.select([stdout], [], [], within)[0]:
            raise BenchmarkError(f"{what}: no answer from the generator in {within:.0f} seconds")
        line = stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"failure": self.log_end()}
        if "failure" in answer:
            raise BenchmarkError(f"{what}: {answer['failure']}")
        return answer


def measure_ceiling(generator: Generator, logs: Path, connections: int, seconds: float) -> dict[str, float]:
    """Return what the generator reaches against a server that does nothing: it must not be the limit."""
    port = free_port()
    argv = pinned(server_core(), tool("node"), LOAD / "trivial_server.mjs", str(port))
    log = logs / "trivial.log"
    with Process(argv, log) as server:
        server.wait_until(lambda: "listening" in log.read_text())
        site = {"name": "trivial", "origin": f"http://127.0.0.1:{port}", "clients": {}, "people": []}
        generator.meet({**site, "discover": False})
        generator.prepare("trivial", "ceiling", connections)
        return generator.measure("trivial", "ceiling", seconds)
