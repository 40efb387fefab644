"""Who tells whom: what fails is counted where it happens, what is so just now is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.monitoring.figures import Figure
from tnid.monitoring.processes import Sampler
from tnid.monitoring.requests import DOCUMENTS

if TYPE_CHECKING:
    from tnid.front import Front
    from tnid.gate import Gate
    from tnid.monitoring.traces import Traces
    from tnid.services import Services
    from tnid.settings import Settings

DATABASE_ERRORS = "tnid_database_errors_total"
HASHES_REFUSED = "tnid_password_hashes_refused_total"
REFUSED = "tnid_refused_by_gate_total"


def count_failures(services: Services) -> None:
    """Count failed statements and refused hashes; zeros are shown from the start."""
    figures = services.figures
    errors = {kind: figures.counter(DATABASE_ERRORS, kind=kind) for kind in ("unavailable", "conflict")}
    services.database.note_failure = lambda kind: errors[kind].add()
    refused = figures.counter(HASHES_REFUSED)
    services.passwords.gate.note_refused = refused.add


def find_traces(settings: Settings, process: str) -> Traces | None:
    """Have the process traced, from before its database is opened, where a collector is configured."""
    if settings.otlp_url is None:
        return None
    # Here, for the SDK takes 12 MB of every process that imports it
    from tnid.monitoring.traces import begin_traces  # noqa: PLC0415  as above

    return begin_traces(settings, process)


def watch_worker(services: Services, gate: Gate, front: Front) -> Sampler:
    """Count what the gate refuses; return what looks at a worker process every few seconds."""
    figures, database = services.figures, services.database
    refused = {status: figures.counter(REFUSED, status=status) for status in ("400", "429", "503")}
    gate.note_refused = lambda status: refused[status[:3]].add()

    def count_documents() -> dict[Figure, float]:
        served = front.count_documents()
        return {figures.counter(DOCUMENTS, route=path): times for path, times in served.items()}

    return Sampler(
        figures,
        {
            "tnid_requests_at_work": gate.count_at_work,
            "tnid_database_connections_in_use": database.count_in_use,
            "tnid_database_connections_idle": database.count_idle,
            "tnid_password_hashes_waiting": services.passwords.gate.count_inside,
        },
        count_documents,
    )
