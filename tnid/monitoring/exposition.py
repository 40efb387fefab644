"""Figures in Prometheus' text format 0.0.4: families of samples, and the sum over processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from tnid.monitoring.figures import DROPPED, Labelled, Process
from tnid.monitoring.requests import BOUNDS, SECONDS

Labels = tuple[tuple[str, str], ...]
BUCKET, SUM = f"{SECONDS}_bucket", f"{SECONDS}_sum"
# What processes count and hold, in the order in which it is shown
ABOUT = {
    "tnid_requests_total": "Requests answered, by class of route and status.",
    "tnid_documents_total": "Public documents answered from memory, which no other figure counts.",
    "tnid_refused_by_gate_total": "Requests refused at the door: 503 too many at work, 429 too many senders"
    " of one address, 400 broken off.",
    "tnid_requests_at_work": "Requests at work now.",
    "tnid_database_errors_total": "Statements that failed: unavailable, or a conflict that was told apart.",
    "tnid_database_connections_in_use": "Connections of the pool that are at work now.",
    "tnid_database_connections_idle": "Connections of the pool that wait.",
    "tnid_password_hashes_waiting": "Passwords that are being hashed or wait for it.",
    "tnid_password_hashes_refused_total": "Passwords not hashed because too many waited.",
    "tnid_chore_last_success_timestamp_seconds": "When a chore of the housekeeper was last done well.",
    "tnid_chore_failures_total": "How often a chore of the housekeeper failed.",
    "tnid_audit_export_total": "Audit events sent to whoever watches them, by way.",
    "tnid_audit_export_failures_total": "Failed tries to send audit events, by way.",
    "tnid_process_resident_memory_bytes": "Memory of a process.",
    "tnid_process_start_time_seconds": "When a process started.",
    "tnid_process_open_files": "Files and connections that a process holds open.",
    DROPPED: "Figures for which there was no room.",
}


class Family(NamedTuple):
    """Samples of one name."""

    name: str
    kind: Literal["counter", "gauge"]
    about: str
    samples: Iterable[tuple[Labels, float]]


def write(families: Iterable[Family]) -> Iterator[str]:
    """Yield the lines of families that have samples."""
    for family in families:
        yield from _family(family.name, family.kind, family.about, family.samples)


def write_processes(processes: Iterable[Process]) -> Iterator[str]:
    """Yield the lines of what processes counted: counts added up, gauges of the living by process."""
    totals, gauges = add_up(processes)
    for name, about in ABOUT.items():
        found = totals.get(name)
        yield from _family(name, "counter" if found else "gauge", about, found or gauges.get(name, []))
    yield from write_histogram(totals)


def add_up(
    processes: Iterable[Process],
) -> tuple[dict[str, list[tuple[Labels, float]]], dict[str, list[tuple[Labels, float]]]]:
    """Return the counters' sums and the living processes' gauges, by name."""
    sums: dict[Labelled, float] = {}
    gauges: dict[str, list[tuple[Labels, float]]] = {}
    for process in processes:
        for labelled, value in process.values.items():
            if labelled.kind == "counter":
                sums[labelled] = sums.get(labelled, 0) + value
            elif process.is_alive:
                labels = (("process", process.name), *labelled.labels)
                gauges.setdefault(labelled.name, []).append((labels, value))
    totals: dict[str, list[tuple[Labels, float]]] = {}
    for labelled, value in sums.items():
        totals.setdefault(labelled.name, []).append((labelled.labels, value))
    return totals, gauges


def write_histogram(totals: Mapping[str, list[tuple[Labels, float]]]) -> Iterator[str]:
    """Yield the histogram of seconds: buckets are counted apart, and are each shown with those below it."""
    if BUCKET not in totals:
        return
    counted = {(dict(labels)["route"], dict(labels)["le"]): value for labels, value in totals[BUCKET]}
    yield f"# HELP {SECONDS} How long requests took, by class of route.\n# TYPE {SECONDS} histogram\n"
    for labels, total in sorted(totals[SUM]):
        route, below = dict(labels)["route"], 0.0
        for bound in BOUNDS:
            below += counted.get((route, bound), 0)
            yield _sample(BUCKET, (("route", route), ("le", bound)), below)
        yield _sample(SUM, labels, total)
        yield _sample(f"{SECONDS}_count", labels, below)


def _family(name: str, kind: str, about: str, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    found = list(samples)
    if found:
        yield f"# HELP {name} {about}\n# TYPE {name} {kind}\n"
    for labels, value in sorted(found):
        yield _sample(name, labels, value)


def _sample(name: str, labels: Labels, value: float) -> str:
    # No value holds a quote, a backslash or a line's end: they are words and rules of our own code
    named = ",".join(f'{label}="{text}"' for label, text in labels)
    shown = int(value) if float(value).is_integer() else round(value, 6)
    return f"{name}{{{named}}} {shown}\n" if named else f"{name} {shown}\n"
