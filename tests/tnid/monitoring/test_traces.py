"""Traces: a span a request, by its route, with what it did below it; none unless asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from oidc import watching
from oidc.clients.outbound import Outbound, OutboundRefused
from tests.person import Browser
from tests.servers.collector import Collector, attributes
from tests.servers.processes import free_port
from tests.tnid.conftest import CALLBACK, ISSUER, Someone
from tnid.app import Application, create_app
from tnid.monitoring.parts import find_traces
from tnid.monitoring.traces import Traces
from tnid.settings import Settings, load

CANARY = "canary-77b1"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

Begin = Callable[..., Traces]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture
def begin(settings: Settings) -> Iterator[Begin]:
    """Begin to trace to this address, as `tnid serve` does."""
    begun: list[Traces] = []

    def new(url: str, **more: str) -> Traces:
        environ = {"TNID_OTLP_URL": url, "TNID_OTLP_SAMPLE_RATIO": "1", **more}
        traces = find_traces(load(environ), "worker-1")
        assert traces
        begun.append(traces)
        return traces

    yield new
    watching.watch(None)
    for traces in begun:
        traces.close()


@pytest.fixture
def traces(begin: Begin, collector: Collector) -> Traces:
    return begin(collector.url)


@pytest.fixture
def app(traces: Traces, settings: Settings, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Application:
    """The application as it is made where it is traced."""
    monkeypatch.setattr("tnid.app.ensure_keys", lambda _parts: None)
    return create_app(settings)


@pytest.fixture
def client(app: Application, traces: Traces) -> Iterator[httpx.Client]:
    yield from clients(app, traces, trusted="192.0.2.1")


def clients(app: Application, traces: Traces, trusted: str) -> Iterator[httpx.Client]:
    """Yield somebody whose requests come from 192.0.2.1."""
    networks = load({"TNID_TRUSTED_PROXIES": trusted}).trusted_proxies
    transport = httpx.WSGITransport(app=traces.around(app, networks), remote_addr="192.0.2.1")
    with httpx.Client(transport=transport, base_url="http://localhost:8000") as made:
        yield made


def test_a_request_is_a_span_by_its_route_with_what_it_did(
    client: httpx.Client, traces: Traces, collector: Collector, lan: Someone
) -> None:
    browser = Browser(stops_at=CALLBACK, http=client)
    browser.open(f"{ISSUER}/account?x={CANARY}")
    page = lan.type_password(browser)
    assert page.path == "/account"
    client.get(f"/nobody/{CANARY}")
    traces.flush()
    named = {span.name: span for span in collector.spans if span.kind == span.SPAN_KIND_SERVER}
    pages = {"GET /account", "GET /login", "POST /login", "GET /resume/<uid>"}
    assert named.keys() == {*pages, "GET unmatched"}
    posted = named["POST /login"]
    told = attributes(posted)
    assert told["http.route"] == "/login" and told["http.response.status_code"] == 303
    assert len(told["tnid.request_id"]) == 16
    below = [span for span in collector.spans if span.parent_span_id == posted.span_id]
    assert {"database unit", "password hash"} <= {span.name for span in below}
    unit = next(attributes(span) for span in below if span.name == "database unit")
    assert unit["tnid.database.statements"] >= 1 and unit["tnid.database.seconds"] > 0
    everything = str(collector.spans)
    assert CANARY not in everything and lan.username not in everything and "192.0.2.1" not in everything
    assert collector.services[0]["service.instance.id"] == "worker-1"


@only_sqlite
def test_a_trace_goes_on_that_a_trusted_proxy_began_and_no_other(
    client: httpx.Client, app: Application, traces: Traces, collector: Collector
) -> None:
    client.get("/healthz", headers={"traceparent": PARENT})
    for other in clients(app, traces, trusted="198.51.100.1"):
        other.get("/readyz", headers={"traceparent": PARENT})
    client.get("/metrics", headers={"traceparent": "made up"})
    traces.flush()
    found = {span.name: span for span in collector.spans if span.kind == span.SPAN_KIND_SERVER}
    assert (found["GET /healthz"].trace_id.hex(), found["GET /healthz"].parent_span_id.hex()) == (TRACE, SPAN)
    assert found["GET /readyz"].trace_id.hex() != TRACE and not found["GET /readyz"].parent_span_id
    assert len(found) == 3


@only_sqlite
def test_no_client_is_told_of_our_traces(client: httpx.Client, traces: Traces, collector: Collector) -> None:
    answer = client.get("/healthz", headers={"traceparent": PARENT})
    assert not {"traceparent", "tracestate"} & answer.headers.keys()
    with pytest.raises(OutboundRefused):
        Outbound(allow_loopback=True).fetch(f"https://localhost:{free_port()}/{CANARY}")
    traces.flush()
    outbound = next(span for span in collector.spans if span.name == "outbound connection")
    assert outbound.status.message == "OutboundRefused" and CANARY not in str(outbound)


@only_sqlite
def test_a_share_of_nothing_sends_nothing(begin: Begin, app: Application, collector: Collector) -> None:
    quiet = begin(collector.url, TNID_OTLP_SAMPLE_RATIO="0")
    for client in clients(app, quiet, trusted="198.51.100.1"):
        client.get("/healthz")
    quiet.flush()
    assert collector.spans == []


@only_sqlite
def test_a_collector_that_is_gone_slows_nobody_and_what_waits_is_bounded(
    begin: Begin, app: Application
) -> None:
    lost = begin(f"http://127.0.0.1:{free_port()}")
    for client in clients(app, lost, trusted="198.51.100.1"):
        assert {client.get("/healthz").status_code for _ in range(50)} == {200}
    for _ in range(5000):
        lost.begin("made up").end()


def test_nothing_of_it_is_imported_where_nobody_asked(tmp_path: Path, sqlite_template: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    (instance / "tnid.db").write_bytes(sqlite_template.read_bytes())
    environ = {**os.environ, "TNID_INSTANCE_DIR": str(instance)}
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


LOAD = """
import os, sys
from tnid.cli.settings import get_settings
from tnid.cli.serve import load_application
import tnid.housekeeping
load_application(get_settings(), os.getppid())
unwanted = ("opentelemetry", "prometheus_client", "google")
print([name for name in sys.modules if name.split(".")[0] in unwanted])
"""
