"""Around everything: counts each request by its route's class and status, and writes its line in the log.

What a route is, the parts within say, in the request's environment: the front an address, the pages a rule.
An address that nothing answers is "unmatched", so that nobody makes up labels.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tnid.monitoring.figures import Figures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from oidc.http import Headers, Response

# Where the parts within say which route it was and which number the request has
ROUTE = "tnid.route"
REQUEST_ID = "tnid.request_id"
UNMATCHED = "unmatched"
REQUESTS = "tnid_requests_total"
SECONDS = "tnid_request_seconds"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BOUNDS = (*(str(bound) for bound in BUCKETS), "+Inf")
# What the front answers whole; of pages the first part of the rule is enough
WHOLE = ("/.well-known/", "/qr/poll", "/work/card/status")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

access = logging.getLogger("tnid.access")

Observer = Callable[["WSGIEnvironment", int, float], None]
"""Told of each answer: the request's environment, the status, the seconds that it took."""


def number_of(response: Response, environ: WSGIEnvironment) -> Headers:
    """Return the header with the number of what failed: by it the application's log is searched."""
    number = environ.get(REQUEST_ID) if response.status >= 400 else None
    return (("X-Request-ID", number),) if number else ()


class Watch:
    """A WSGI application around another; tells each observer of each answer."""

    def __init__(self, application: WSGIApplication, observers: Iterable[Observer]) -> None:
        self._application = application
        self._observers = tuple(observers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        status = 500

        def start(line: str, headers: Any, exc_info: Any = None) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, headers)

        try:
            return self._application(environ, start)
        finally:
            seconds = perf_counter() - began
            for observe in self._observers:
                observe(environ, status, seconds)


class RequestFigures:
    """Counts requests by class and status, and how long they took by class."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._places: dict[tuple[str | None, int], tuple[int, tuple[int, ...], int]] = {}

    def observe(self, environ: WSGIEnvironment, status: int, seconds: float) -> None:
        route = environ.get(ROUTE)
        places = self._places.get((route, status)) or self._make_places(route, status)
        requests, buckets, total = places
        bucket = buckets[bisect_left(BUCKETS, seconds)]
        figures = self._figures
        with figures.lock:
            values = figures.values
            values[requests] += 1
            values[bucket] += 1
            values[total] += seconds

    def _make_places(self, route: str | None, status: int) -> tuple[int, tuple[int, ...], int]:
        figures, name = self._figures, class_of(route)
        places = (
            figures.place_of(REQUESTS, route=name, status=str(status)),
            tuple(figures.place_of(f"{SECONDS}_bucket", route=name, le=bound) for bound in BOUNDS),
            figures.place_of(f"{SECONDS}_sum", route=name),
        )
        self._places[route, status] = places
        return places


@lru_cache(1024)
def class_of(route: str | None) -> str:
    """Return what is counted together: `/employers` for each of an employer's pages."""
    if route is None:
        return UNMATCHED
    return route if route.startswith(WHOLE) else "/" + route.split("/", 2)[1]


def write_line(environ: WSGIEnvironment, status: int, seconds: float) -> None:
    """Log a request: its path, never its query. A formatter may take the parts from the record."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    said = environ.get(REQUEST_ID) or "-"
    milliseconds = round(seconds * 1000, 1)
    access.info(
        '%s "%s %s %s" %d %.1f ms %s',
        environ.get("REMOTE_ADDR"), method, path, environ.get("SERVER_PROTOCOL"), status, milliseconds, said,
        extra={
            "method": method if method in METHODS else "OTHER",
            "path": path,
            "route": environ.get(ROUTE) or UNMATCHED,
            "status": status,
            "ms": milliseconds,
            "request_id": said,
        },
    )  # fmt: skip
