"""The results as a plain table for people and as JSON for the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.scenarios import SCENARIOS

OURS = ("sqlite", "postgresql")
COLUMNS = (
    ("peer", 12),
    ("SQLite", 12),
    ("PostgreSQL", 12),
    ("SQLite/peer", 17),
    ("PostgreSQL/peer", 17),
    ("by CPU", 14),
)


def save(path: Path, sections: dict[str, Any]) -> None:
    """Write the sections measured now into the file; sections of an earlier run stay."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**kept, **_rounded(sections)}, indent=2, ensure_ascii=False) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value


def comparison(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of ratios."""
    yield f"{'requests a second':27}" + "".join(f"{heading:>{width}}" for heading, width in COLUMNS)
    titles = {scenario.name: scenario.title for scenario in SCENARIOS}
    for name, sites in found.items():
        rates = "".join(_rate(sites.get(site)) for site in ("peer", *OURS))
        ratios = "".join(f"{_ratio(sites.get(site)):>17}" for site in OURS)
        yield f"{titles[name]:27}{rates}{ratios}{_cpu(sites)}{_warning(sites)}"
    yield "A ratio is the median over the rounds, its goal in brackets; `!` where it wasn't reached."
    yield "By CPU: the same from the processor time of server and database, which a busy machine shifts less."


def apart(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table for databases that have another core."""
    yield "The same with PostgreSQL and Redis on the other core, as where they have a machine of their own:"
    titles = {scenario.name: scenario.title for scenario in SCENARIOS}
    for name, sites in found.items():
        rates = "".join(_rate(sites.get(site)) for site in ("peer", "postgresql"))
        yield f"  {titles[name]:25}{rates}{_ratio(sites.get('postgresql')):>17}{_warning(sites)}"


def _rate(site: dict[str, Any] | None) -> str:
    return f"{site['per_second']:12.0f}" if site else f"{'–':>12}"


def _ratio(site: dict[str, Any] | None) -> str:
    if not site:
        return "not built"
    mark = " " if site["is_reached"] else "!"
    return f"{site['ratio']:.2f}{mark} ({site['goal']})"


def _cpu(sites: dict[str, Any]) -> str:
    ratios = " / ".join(f"{sites[name]['cpu_ratio']:.2f}" for name in OURS if name in sites)
    return f"{ratios:>14}"


def _warning(sites: dict[str, Any]) -> str:
    limited = [name for name, site in sites.items() if site["is_generator_the_limit"]]
    return f"  the generator was the limit for {', '.join(limited)}" if limited else ""


def sign_in(found: dict[str, Any]) -> Iterator[str]:
    yield "Sign-ins a second, password and TOTP, every page (to reach: 25, and 85% of the time in Argon2)"
    for name, site in found.items():
        yield (
            f"  {name:11}{site['per_second']:6.1f}   Argon2 alone {site['hashes_per_second']:.1f}/s,"
            f" so {site['argon2_share']:.0%} of the time"
        )


def waiting(found: dict[str, Any]) -> Iterator[str]:
    yield f"Screens that wait for a phone (to reach: 25% of a core); a QR {found['picture_ms']:.2f} ms (2)"
    for name, site in found["instances"].items():
        yield (
            f"  {name:11}{site['share_of_a_core']:6.1%} of a core for {site['poll_per_second']:.0f} polls/s"
            f" ({site['poll_p50_ms']:.1f} ms, p99 {site['poll_p99_ms']:.0f}); a sign-in"
            f" {site['sign_in_p50_ms']:.0f} ms (p99 {site['sign_in_p99_ms']:.0f}), beside them"
            f" {site['sign_in_beside_p50_ms']:.0f} ms (p99 {site['sign_in_beside_p99_ms']:.0f})"
        )


def lists(found: dict[str, Any]) -> Iterator[str]:
    yield "A list of 20,000 workers, from the file to the last row (to reach: 20 s on one core)"
    for name, kinds in found.items():
        figures = (
            f"{kind} {one['seconds']:.1f} s, {one['per_second']:.0f} rows/s" for kind, one in kinds.items()
        )
        yield f"  {name:11}" + "; ".join(figures)


def resources(found: dict[str, Any]) -> Iterator[str]:
    yield "Start to ready, and memory after the load (to reach: 1.5 s, 150 MB)"
    for name, site in found.items():
        memory = site["memory_mib"]
        yield (
            f"  {name:11}{site['ready_seconds']:6.2f} s   largest process {memory['largest_rss']:.0f} MiB,"
            f" all of them {memory['total_pss']:.0f} MiB"
        )


def growth(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of cost by number of accounts."""
    for database, scenarios in found.items():
        sizes = list(next(iter(scenarios.values())))
        yield f"{'a second, ' + database:27}" + "".join(f"{int(size):>19,}" for size in sizes)
        for scenario, by_size in scenarios.items():
            cells = (f"{one['per_second']:.0f} ({one['to_smallest']:.2f})" for one in by_size.values())
            yield f"  {scenario:25}" + "".join(f"{cell:>19}" for cell in cells)
    yield "In brackets: the ratio to the smallest, median over alternating rounds. Flat is the aim."


def sustained(found: dict[str, Any]) -> Iterator[str]:
    """Yield how long requests took while sign-ins and refreshes went on together."""
    for name, one in found.items():
        mark = "" if one["is_reached"] else "!"
        before, after = (one["memory_mib"][when]["total_pss"] for when in ("before", "after"))
        yield f"{name}, {one['minutes']:g} minutes: all processes {before:.0f} MiB before, {after:.0f} after"
        for scenario, told in one["scenarios"].items():
            rate, count, whole = told["per_second"], told["requests"], told["item"]["p95_ms"]
            p50, p95, p99 = (told["request"][f"{part}_ms"] for part in ("p50", "p95", "p99"))
            yield f"  {scenario:10} {rate:6.1f} a second, the whole of one p95 {whole:.0f} ms"
            yield f"  {count:10} requests, p50 {p50:.0f}, p95 {p95:.0f}{mark}, p99 {p99:.0f} ms"
