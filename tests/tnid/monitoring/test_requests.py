"""Every request is counted and logged by its route, whoever answers it, and never by what somebody typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from tests.tnid.conftest import InProcess
from tnid.app import Application
from tnid.db import Database, DatabaseUnavailable
from tnid.front import CLIENT_PREFIX
from tnid.front import EXTENSION as FRONT
from tnid.gate import Gate
from tnid.logs import JsonLine
from tnid.monitoring.parts import watch_worker
from tnid.monitoring.requests import RequestFigures, Watch
from tnid.services import Services
from tnid.stores.event_counts import EventCountStore

CANARY = "canary-8d1f"


class Lines(logging.Handler):
    """Keeps what was logged, as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLine(lambda: None))
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    handler, logger = Lines(), logging.getLogger("tnid.access")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield handler.lines
    logger.removeHandler(handler)
    logger.setLevel(level)


class Start:
    """start_response as granian has it."""

    def __init__(self, start_response: Any) -> None:
        self._start_response = start_response
        self.status = 200

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        self.status = int(status[:3])
        return self._start_response(status, headers)


@pytest.fixture
def client(app: Application, services: Services) -> Iterator[httpx.Client]:
    """Somebody at the application as it is served, on this machine."""
    gate = Gate(app, at_once=4, senders=2, open_paths=frozenset())
    front = app.extensions[FRONT]
    watch_worker(services, gate, front).sample()
    watched = Watch(gate, RequestFigures(services.figures), front.count_documents(), is_logged=True)

    def served(environ: Any, start_response: Any) -> Any:
        return watched(environ, Start(start_response))

    transport = httpx.WSGITransport(app=served, remote_addr="127.0.0.1")
    with httpx.Client(transport=transport, base_url="http://localhost:8000") as made:
        yield made


def read(client: httpx.Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def requests(found: Any, route: str, status: int) -> float:
    value: float = found.get(("tnid_requests_total", (("route", route), ("status", str(status)))), 0)
    return value


def test_each_request_is_counted_once_by_class_and_status(client: httpx.Client) -> None:
    asked = (
        ("GET", "/healthz", "/healthz", 200),
        ("GET", f"/nobody/{CANARY}", "unmatched", 404),
        ("HEAD", "/.well-known/openid-configuration", "/.well-known/openid-configuration", 200),
        ("POST", "/token", "/token", 400),
        ("GET", f"{CLIENT_PREFIX}{CANARY}", CLIENT_PREFIX.rstrip("/"), 401),
        ("GET", "/account", "/account", 303),
        ("GET", "/static/css/tnid.css", "/static", 200),
    )
    for method, path, _route, status in asked:
        assert client.request(method, path).status_code == status, path
    found = read(client)
    assert [requests(found, route, status) for _m, _p, route, status in asked] == [1.0] * len(asked)
    assert CANARY not in str(found)


def test_documents_are_counted_by_themselves(client: httpx.Client, lines: list[dict[str, Any]]) -> None:
    path = "/.well-known/openid-configuration"
    for _ in range(3):
        client.get(path)
    assert [line["route"] for line in lines] == [path] * 3
    found = read(client)
    assert found["tnid_documents_total", (("route", path),)] == 3
    assert requests(found, path, 200) == 0


def test_every_state_is_told(client: httpx.Client, services: Services) -> None:
    services.audit.record("test.waits", now=0)
    names = {name for name, _labels in read(client)}
    assert names >= {
        "tnid_database_up", "tnid_build_info", "tnid_database_revision", "tnid_outbox_waiting",
        "tnid_outbox_oldest_seconds", "tnid_outbox_dead", "tnid_audit_unsealed",
        "tnid_audit_unsealed_oldest_seconds", "tnid_signing_keys", "tnid_requests_at_work",
        "tnid_refused_by_gate_total", "tnid_database_errors_total", "tnid_database_connections_in_use",
        "tnid_database_connections_idle", "tnid_password_hashes_waiting",
        "tnid_password_hashes_refused_total", "tnid_process_resident_memory_bytes",
        "tnid_process_start_time_seconds", "tnid_process_open_files",
    }  # fmt: skip
    found = read(client)
    assert found["tnid_audit_unsealed", ()] == 1
    assert found["tnid_audit_unsealed_oldest_seconds", ()] > 1_000_000_000


def test_a_dead_database_is_told_and_hides_nothing_else(
    client: httpx.Client, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.database.note_failure("unavailable")
    with monkeypatch.context() as patched:
        patched.setattr(EventCountStore, "list_all", unavailable)
        found = read(client)
    assert found["tnid_database_up", ()] == 0
    assert found["tnid_database_errors_total", (("kind", "unavailable"),)] == 1
    assert ("tnid_outbox_waiting", ()) not in found
    assert read(client)["tnid_database_up", ()] == 1


def unavailable(*_: Any) -> None:
    raise DatabaseUnavailable


def test_the_line_of_a_request_has_its_number_and_nothing_that_was_sent(
    client: httpx.Client, lines: list[dict[str, Any]]
) -> None:
    page = client.get(f"/nobody/{CANARY}?x={CANARY}", headers={"Accept": "text/html"})
    client.get("/userinfo", headers={"Authorization": f"Bearer {CANARY}"})
    client.get("/healthz")
    unmatched, machine, health = lines
    assert unmatched["request_id"] == page.headers["X-Request-ID"]
    assert page.headers["X-Request-ID"] in page.text
    assert unmatched["message"] == "GET unmatched 404"
    assert (machine["route"], machine["status"], machine["method"]) == ("/userinfo", 401, "GET")
    assert len(machine["request_id"]) == 16 and machine["request_id"] != health["request_id"]
    assert {"time", "level", "logger", "message", "request_id", "process", "ms"} <= health.keys()
    assert CANARY not in json.dumps(lines) and "127.0.0.1" not in json.dumps(lines)


def test_a_refusal_in_the_audit_log_has_the_number_of_its_line(
    client: httpx.Client, lines: list[dict[str, Any]], database: Database
) -> None:
    client.post("/login", data={"x": "y"})
    row = database.fetch_one(text("SELECT request_id FROM audit_events WHERE event = 'form.refuse'"))
    assert [line["request_id"] for line in lines] == [row.request_id]


def test_a_made_up_method_is_no_label(client: httpx.Client, lines: list[dict[str, Any]]) -> None:
    client.request(CANARY.upper(), "/token")
    assert lines[0]["method"] == "OTHER"


def test_readiness_says_in_a_word_what_is_missing(
    app: Application,
    new_browser: Callable[..., InProcess],
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = new_browser()
    without_keys = browser.get("/readyz")
    assert (without_keys.status_code, without_keys.json()) == (
        503,
        {"status": "unavailable", "missing": "keys"},
    )
    assert without_keys.headers["Retry-After"] == "5"
    services.keyring.ensure(1_795_000_000)
    assert browser.get("/readyz").json() == {"status": "ok"}
    monkeypatch.setattr("tnid.readiness._needed_revision", lambda: "9999")
    assert browser.get("/readyz").json()["missing"] == "migrations"
