"""Measure Thai Nguyen ID beside npm oidc-provider; print tables and write results.json (README.md here).

`make bench`, or `.venv/bin/python benchmarks/run.py --help`. Exits 1 where an answer was wrong, 2 where a
program that it needs isn't installed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from harness import machine, report
from harness.compare import Plan, compare
from harness.databases import PostgreSQL, Redis
from harness.generator import Generator, measure_ceiling
from harness.growth import grow
from harness.lists import measure_lists
from harness.ours import Ours
from harness.peer import Peer, install_peer
from harness.processes import BenchmarkError, Process, memory_mib
from harness.scenarios import SCENARIOS
from harness.sign_in import measure_sign_ins
from harness.sustained import measure_sustained
from harness.waiting import measure_waiting

RESULTS = Path(__file__).parent / "results.json"
ACCOUNTS = 1000
SIZES = [1000, 100_000, 1_000_000]
STARTS = 3
QUICK = Plan(rounds=1, seconds=1.0, connections=8)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    plan = QUICK if arguments.quick else Plan(arguments.rounds, arguments.seconds, arguments.connections)
    # So that whoever ends this program also ends the servers that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sections = _measure(arguments, plan)
    except BenchmarkError as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    except machine.MissingToolError as missing:
        print(missing, file=sys.stderr)
        return 2
    report.save(arguments.output, sections)
    print(f"written to {arguments.output}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Thai Nguyen ID beside npm oidc-provider.")
    parser.add_argument("--quick", action="store_true", help="one short round of each: does everything work?")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each provider and scenario (5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round (2)")
    parser.add_argument("--connections", type=int, default=8, help="keep-alive connections (8)")
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--only", nargs="+", choices=names, default=[], help="only these scenarios")
    parser.add_argument("--growth", action="store_true", help="instead: cost as accounts grow (long)")
    parser.add_argument("--qr", action="store_true", help="instead: what screens cost that wait for a phone")
    parser.add_argument("--lists", action="store_true", help="instead: how long lists of workers take")
    parser.add_argument("--sustained", type=float, metavar="MINUTES", help="instead: a load that goes on")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="numbers of accounts for --growth"
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go")
    return parser


def _measure(arguments: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tnid-bench-") as name:
        folder = Path(name)
        try:
            return _measure_in(folder, arguments, plan)
        except BenchmarkError as failure:
            ends = (
                f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in folder.glob("*.log")
            )
            raise BenchmarkError("\n".join((str(failure), *ends))) from None


def _measure_in(folder: Path, arguments: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    with ExitStack() as stack:
        generator = stack.enter_context(Generator(folder))
        postgresql = stack.enter_context(PostgreSQL(folder))
        facts = {**machine.facts(), "postgresql_settings": postgresql.settings(), "plan": plan._asdict()}
        if arguments.growth:
            grown = grow(generator, folder, postgresql, plan, arguments.sizes)
            _print(report.growth(grown))
            return {"growth": {"machine": facts, "figures": grown}}
        if arguments.qr:
            waiters = stack.enter_context(Generator(folder))
            ours = [Ours(folder, None), Ours(folder, postgresql)]
            waiting = _beside_waiting(generator, waiters, ours, plan)
            return {"qr": {"machine": facts, "figures": waiting}}
        if arguments.sustained:
            sustained = _sustained(
                generator, [Ours(folder, None), Ours(folder, postgresql)], arguments.sustained
            )
            return {"sustained": {"machine": facts, "figures": sustained}}
        if arguments.lists:
            lists = measure_lists(folder, [Ours(folder, None), Ours(folder, postgresql)])
            _print(report.lists(lists))
            return {"lists": {"machine": facts, "figures": lists}}
        facts["oidc_provider"] = install_peer()
        ceiling = measure_ceiling(generator, folder, plan.connections, plan.seconds)
        print(f"load generator: up to {ceiling['per_second']:.0f} requests a second against a trivial server")
        redis = stack.enter_context(Redis(folder))
        peer = stack.enter_context(Peer(folder, redis))
        ours = [Ours(folder, None), Ours(folder, postgresql)]
        figures = _beside(generator, peer, ours, (redis, postgresql), plan, arguments.only)
        return {"machine": facts, "generator_ceiling": ceiling, **figures}


def _sustained(generator: Generator, ours: Sequence[Ours], minutes: float) -> dict[str, Any]:
    for one in ours:
        one.populate(generator, ACCOUNTS)
    figures = measure_sustained(generator, ours, minutes)
    _print(report.sustained(figures))
    return figures


def _beside_waiting(
    generator: Generator, waiters: Generator, ours: Sequence[Ours], plan: Plan
) -> dict[str, Any]:
    with ExitStack() as stack:
        for one in ours:
            one.populate(generator, ACCOUNTS)
            stack.enter_context(one.start())
            generator.meet(one.site)
            waiters.meet(one.site)
        figures = measure_waiting(generator, waiters, ours, plan)
    _print(report.waiting(figures))
    return figures


def _beside(
    generator: Generator,
    peer: Peer,
    ours: Sequence[Ours],
    databases: Sequence[Process],
    plan: Plan,
    only: Sequence[str],
) -> dict[str, Any]:
    with ExitStack() as stack:
        for one in ours:
            one.populate(generator, ACCOUNTS)
            stack.enter_context(one.start())
        comparison = compare(generator, [peer, *ours], plan, only)
        _print(report.comparison(comparison))
        if only:
            return {
                "comparison": comparison,
                "apart": _apart(generator, [peer, *ours[1:]], databases, plan, comparison),
            }
        sign_ins = measure_sign_ins(generator, ours, plan)
        _print(report.sign_in(sign_ins))
        memory = {peer.name: memory_mib(peer.pids())}
        memory |= {one.name: memory_mib(one.pids()) for one in ours}
        # Last: what it leaves to be sealed and vacuumed would weigh on the sign-ins
        apart = _apart(generator, [peer, *ours[1:]], databases, plan, comparison)
    ready = {peer.name: peer.ready_seconds, **{one.name: _ready_seconds(one) for one in ours}}
    resources = {name: {"ready_seconds": ready[name], "memory_mib": memory[name]} for name in ready}
    _print(report.resources(resources))
    return {"comparison": comparison, "apart": apart, "sign_in": sign_ins, "resources": resources}


def _apart(
    generator: Generator,
    providers: Sequence[Peer | Ours],
    databases: Sequence[Process],
    plan: Plan,
    scenarios: Iterable[str],
) -> dict[str, Any]:
    """Measure once more what needs a database, with the databases on the other core for the while."""
    stored = [scenario.name for scenario in SCENARIOS if scenario.is_stored and scenario.name in scenarios]
    if not stored:
        return {}
    for database in databases:
        database.move(machine.generator_core())
    found = compare(generator, providers, plan, stored)
    for database in databases:
        database.move(machine.server_core())
    _print(report.apart(found))
    return found


def _ready_seconds(ours: Ours) -> float:
    """Return how long the server takes from its start until it answers."""
    times = []
    for _ in range(STARTS):
        with ours.start():
            times.append(ours.ready_seconds)
    return median(times)


def _print(lines: Any) -> None:
    print(*lines, "", sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
