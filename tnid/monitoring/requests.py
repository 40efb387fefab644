"""Around everything: counts each request by its route's class and status, and writes its line in the log.

What a route is, the parts within say, in the request's environment: the front an address, the pages a rule.
An address that nothing answers is "unmatched", so that nobody makes up labels.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Container, Iterable
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from tnid.monitoring.figures import Figures

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

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

DOCUMENTS = "tnid_documents_total"


def number_of(response: Response, environ: WSGIEnvironment) -> Headers:
    """Return the header with the number of what failed: by it the application's log is searched."""
    number = environ.get(REQUEST_ID) if response.status >= 400 else None
    return (("X-Request-ID", number),) if number else ()


class Started(Protocol):
    """The server's start_response, which keeps the status that it was told."""

    status: int

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any: ...


class Watch:
    """A WSGI application around another; counts each answer, and logs it where `is_logged`.

    `quiet` are the documents that the front answers from memory and counts by itself: to be measured would
    cost a tenth of what they cost.
    """

    def __init__(
        self, application: WSGIApplication, figures: RequestFigures, quiet: Container[str], *, is_logged: bool
    ) -> None:
        self._application = application
        self._figures = figures
        self._quiet = quiet
        self._is_logged = is_logged

    def __call__(self, environ: WSGIEnvironment, start_response: Started) -> Iterable[bytes]:
        if environ["PATH_INFO"] in self._quiet and is_plain_get(environ):
            return self._answer_quietly(environ, start_response)
        began = perf_counter()
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._note(environ, 500, perf_counter() - began)
            raise
        self._note(environ, start_response.status, perf_counter() - began)
        return answer

    def _answer_quietly(self, environ: WSGIEnvironment, start_response: Started) -> Iterable[bytes]:
        if not self._is_logged:
            return self._application(environ, start_response)
        began = perf_counter()
        answer = self._application(environ, start_response)
        write_line(environ, start_response.status, perf_counter() - began)
        return answer

    def _note(self, environ: WSGIEnvironment, status: int, seconds: float) -> None:
        self._figures.observe(environ, status, seconds)
        if self._is_logged:
            write_line(environ, status, seconds)


def is_plain_get(environ: WSGIEnvironment) -> bool:
    """Say whether nothing but the document itself can be the answer."""
    return environ["REQUEST_METHOD"] == "GET" and "HTTP_IF_NONE_MATCH" not in environ


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
