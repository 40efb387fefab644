"""OpenTelemetry: a span a request, with what it did below it, sent to a collector by OTLP over HTTP.

This module is imported where a collector is configured, and nowhere else: the SDK takes 12 MB of a process.
A span says which route and which status, never an address, a query or anything that was sent. Spans leave in
batches by a thread of their own; where the collector is slow or gone, what exceeds the queue is dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import requests
from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from oidc import watching
from tnid.monitoring.requests import METHODS, REQUEST_ID, ROUTE, UNMATCHED
from tnid.monitoring.states import version
from tnid.setting_kinds import Network
from tnid.settings import Settings
from tnid.web import is_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/v1/traces"
QUEUE = 2048
BATCH = 256
EVERY_MILLISECONDS = 1000
SECONDS = 5


class Traces:
    """Where the spans of this process go."""

    def __init__(self, settings: Settings, process: str) -> None:
        url = str(settings.otlp_url)
        endpoint = url if PATH in url else url.rstrip("/") + PATH
        session = requests.Session()
        # What the environment says of proxies is not a setting of ours
        session.trust_env = False
        self._exporter = OTLPSpanExporter(endpoint=endpoint, timeout=SECONDS, session=session)
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(settings.otlp_sample_ratio)),
            resource=Resource(
                {"service.name": "tnid", "service.version": version(), "service.instance.id": process}
            ),
            # The last second's spans are not worth a server that ends late
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                self._exporter, QUEUE, EVERY_MILLISECONDS, BATCH, export_timeout_millis=SECONDS * 1000
            )
        )
        self.tracer = self._provider.get_tracer("tnid", version())

    def begin(self, name: str) -> _Span:
        """Begin what is watched, below the request that this thread answers."""
        return _Span(self.tracer.start_span(name, kind=SpanKind.CLIENT))

    def around(self, application: WSGIApplication, trusted: tuple[Network, ...]) -> TracedRequests:
        """Return the application, with a span for each request; `trusted` proxies may bring a trace."""
        return TracedRequests(application, self.tracer, trusted)

    def flush(self) -> None:
        """Return when what has ended was sent, or the collector has had its time."""
        self._provider.force_flush(SECONDS * 1000)

    def close(self) -> None:
        """End without waiting for a collector: what it hasn't taken is dropped."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK has no types there
        self._provider.shutdown()


class _Span:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, name: str, value: float) -> None:
        self._span.set_attribute(name, value)

    def end(self, failure: str = "") -> None:
        if failure:
            self._span.set_status(Status(StatusCode.ERROR, failure))
        self._span.end()


class TracedRequests:
    """A WSGI application around another: a span for each request.

    A trace that began elsewhere goes on here where one of our own proxies says so; nobody is told of ours.
    """

    def __init__(
        self, application: WSGIApplication, tracer: trace.Tracer, trusted: tuple[Network, ...]
    ) -> None:
        self._application = application
        self._tracer = tracer
        self._trusted = trusted
        self._propagator = TraceContextTextMapPropagator()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        named = method if method in METHODS else "OTHER"
        span = self._tracer.start_span(named, context=self._find_parent(environ), kind=SpanKind.SERVER)
        token = context.attach(trace.set_span_in_context(span))
        status = 500

        def start(line: str, headers: Any, exc_info: Any = None) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, headers)

        try:
            return self._application(environ, start)
        finally:
            context.detach(token)
            _describe(span, named, status, environ)
            span.end()

    def _find_parent(self, environ: WSGIEnvironment) -> context.Context:
        headers = {
            name: environ[f"HTTP_{name.upper()}"]
            for name in ("traceparent", "tracestate")
            if f"HTTP_{name.upper()}" in environ
        }
        if not headers or not is_in(str(environ.get("REMOTE_ADDR") or ""), self._trusted):
            return context.Context()
        return self._propagator.extract(headers, context.Context())


def _describe(span: trace.Span, method: str, status: int, environ: WSGIEnvironment) -> None:
    route = environ.get(ROUTE) or UNMATCHED
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            "tnid.request_id": environ.get(REQUEST_ID) or "",
        }
    )
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


def begin_traces(settings: Settings, process: str) -> Traces:
    """Have what this process does watched from now on, and sent to the collector."""
    logging.getLogger("opentelemetry.attributes").setLevel("ERROR")
    traces = Traces(settings, process)
    watching.watch(traces.begin)
    return traces
