"""GET /metrics: what happened how often, in Prometheus' text format, for the networks that may read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from oidc.http import NO_STORE, Request, Response
from tnid.event_counts import EventCounts
from tnid.qr.stats import count_steps
from tnid.web import is_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from tnid.services import Services
    from tnid.settings import Settings

PATH = "/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# What a proxy adds; one that isn't ours stands for whoever is behind it
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
Sample = tuple[Mapping[str, str], int]


def metrics(services: Services) -> Callable[[Request, WSGIEnvironment, int], Response | None]:
    """Return what answers; to everybody else the address is like one that isn't there."""
    counts, settings = EventCounts(services.database), services.settings

    def answer(request: Request, environ: WSGIEnvironment, _now: int) -> Response | None:
        if not may_read(request.remote_address, environ, settings):
            return None
        return Response(200, (("Content-Type", CONTENT_TYPE), *NO_STORE), exposition(counts).encode())

    return answer


def may_read(address: str, environ: Mapping[str, object], settings: Settings) -> bool:
    """Say whether a request comes from a network of the setting, and not through a proxy we don't know.

    A proxy on this machine that nobody named would else hand the figures to the world.
    """
    is_forwarded = any(name in environ for name in FORWARDED)
    peer = str(environ.get("REMOTE_ADDR") or "")
    if is_forwarded and not is_in(peer, settings.trusted_proxies):
        return False
    return is_in(address, settings.metrics_networks)


def exposition(counts: EventCounts) -> str:
    """Return every figure. A count never falls, whatever is purged."""
    found = counts.find_all()
    events = ((kind._asdict(), times) for kind, times in found.items())
    steps = (({"step": step}, times) for step, times in count_steps(found).items())
    families = (
        ("tnid_events_total", "Events of the audit log, once they are sealed.", events),
        ("tnid_qr_sign_ins_total", "Sign-ins by QR, by how far they came.", steps),
    )
    return "".join(line for family in families for line in _family(*family))


def _family(name: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {about}\n"
    yield f"# TYPE {name} counter\n"
    for labels, value in samples:
        # No value holds a quote, a backslash or a line's end: tnid/event_counts.py sees to it
        named = ",".join(f'{label}="{text}"' for label, text in labels.items())
        yield f"{name}{{{named}}} {value}\n"
