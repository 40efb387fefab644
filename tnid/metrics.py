"""GET /metrics: what happens how often, and how things are, in Prometheus' text format.

One process answers for all of its machine, and for the database that they share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from oidc.http import NO_STORE, Request, Response
from tnid.monitoring.exposition import write, write_processes
from tnid.monitoring.figures import FOLDER, Process, read_folder
from tnid.monitoring.states import States
from tnid.web import find_peer, is_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from tnid.services import Services
    from tnid.settings import Settings

PATH = "/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# What a proxy adds; one that isn't ours stands for whoever is behind it
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")


def metrics(services: Services) -> Callable[[Request, WSGIEnvironment, int], Response | None]:
    """Return what answers; to everybody else the address is like one that isn't there."""
    states, settings = States(services), services.settings

    def answer(_request: Request, environ: WSGIEnvironment, now: int) -> Response | None:
        if not may_read(environ, settings):
            return None
        lines = [*write(states.find_all(now)), *write_processes(find_processes(services))]
        return Response(200, (("Content-Type", CONTENT_TYPE), *NO_STORE), "".join(lines).encode())

    return answer


def find_processes(services: Services) -> list[Process]:
    """Return the figures of this process as they are, and of the others as they left them in their files."""
    own = services.figures
    own.refresh()
    others = [
        found for found in read_folder(services.settings.instance_dir / FOLDER) if found.name != own.name
    ]
    return [own.read(), *others]


def may_read(environ: Mapping[str, object], settings: Settings) -> bool:
    """Say whether a request comes from a network of the setting, and not through a proxy we don't know.

    A proxy on this machine that nobody named would else hand the figures to the world; and so would one that
    was named and says nothing of who asked, or nothing that can be read.
    """
    trusted = settings.trusted_proxies
    peer, asker = str(environ.get("REMOTE_ADDR") or ""), find_peer(environ, trusted).ip
    is_forwarded = any(name in environ for name in FORWARDED)
    if is_forwarded and (not is_in(peer, trusted) or is_in(asker, trusted)):
        return False
    return is_in(asker, settings.metrics_networks)
