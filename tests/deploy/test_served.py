"""A server as it is shipped: nginx before it lets through what should, alerts name figures that it has."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from oidc.discovery import ENDPOINTS, OPENID_PATH
from tests.deploy.networks import BOUND, MANY_NETWORKS, ONE_NETWORK, ask_from
from tests.servers.certificates import SERVER, localhost, make_authority, make_certificate
from tests.servers.processes import free_port, is_listening, stop, wait_until
from tests.servers.programs import get_program
from tests.servers.provider import ROOT, Provider, running_provider
from tnid.monitoring.figures import DROPPED

# What browsers are sent to
PAGES = ("authorization_endpoint", "end_session_endpoint")
MONITORING = ROOT / "deploy" / "monitoring"
# Of Prometheus itself and of other exporters
FOREIGN = {
    "up",
    "probe_ssl_earliest_cert_expiry",
    "node_filesystem_avail_bytes",
    "node_systemd_unit_state",
    "node_timex_offset_seconds",
}
SITE = ROOT / "deploy" / "nginx"
AROUND = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    # So that a test may come from anywhere
    set_real_ip_from 127.0.0.1; real_ip_header X-Test-Source;
    {site}
}}
"""


def adjusted(folder: Path, provider_port: int, ports: dict[str, int]) -> str:
    """Return the shipped files with this machine's names, ports and paths, and nothing else changed."""
    site = (SITE / "upstream.conf").read_text() + (SITE / "tnid.conf").read_text()
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{provider_port}",
        "listen [::]:80;": "", "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{ports['http']};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{ports['https']} ssl http2;",
        "mtls.id.example.vn": "mtls.localhost", "id.example.vn": "localhost",
        "/etc/tnid/tls/fullchain.pem": f"{folder}/server.pem",
        "/etc/tnid/tls/privkey.pem": f"{folder}/server.key",
        "/var/log/nginx/": f"{folder}/",
    }  # fmt: skip
    for old, new in changes.items():
        assert old in site, old
        site = site.replace(old, new)
    return site


@contextmanager
def running(folder: Path, configuration: Path, port: int) -> Iterator[None]:
    program = get_program("nginx")
    command = [program, "-e", str(folder / "error.log"), "-c", str(configuration), "-p", str(folder)]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0 and "[warn]" not in tested.stderr, tested.stderr
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until(lambda: is_listening(port), seconds=10, what="answer from nginx")
        yield
    finally:
        stop(process)


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {"http": free_port(), "https": free_port()}


@pytest.fixture(scope="module")
def provider(ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    folder = tmp_path_factory.mktemp("shipped-nginx")
    authority = make_authority()
    authority.write(folder, "authority")
    certificate, key = make_certificate(authority, "CN=localhost", *localhost(), use=SERVER).write(
        folder, "made"
    )
    (folder / "server.pem").write_bytes(Path(certificate).read_bytes())
    (folder / "server.key").write_bytes(Path(key).read_bytes())
    more = {
        "TNID_TRUSTED_PROXIES": "127.0.0.1", "TNID_METRICS_NETWORKS": "127.0.0.0/8",
        "TNID_CLIENT_CERTIFICATE_HEADER": "X-Client-Cert", "TNID_AUDIT_FILE": str(folder / "audit.jsonl"),
    }  # fmt: skip
    with running_provider(folder, **more) as started:
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = folder / "nginx.conf"
        site = adjusted(folder, started.port, ports)
        configuration.write_text(AROUND.format(user=user, folder=folder, site=site))
        with running(folder, configuration, ports["https"]):
            yield started


@pytest.fixture
def browser(provider: Provider, ports: dict[str, int]) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cafile=str(provider.log.parent / "authority.pem"))
    with httpx.Client(verify=context, base_url=f"https://localhost:{ports['https']}") as made:
        yield made


def test_pages_and_endpoints_come_through_with_the_providers_own_headers(browser: httpx.Client) -> None:
    for path in ("/", "/healthz", "/readyz", "/jwks", "/.well-known/openid-configuration"):
        assert browser.get(path).status_code == 200
    page = browser.get("/", headers={"Accept": "text/html"})
    assert page.headers.get_list("Content-Security-Policy") and page.headers.get_list("X-Frame-Options") == [
        "DENY"
    ]
    assert "nginx/" not in page.headers["Server"]
    assert browser.post("/token", data={"grant_type": "x"}).status_code in (400, 401)


def test_figures_are_not_for_the_world(browser: httpx.Client, provider: Provider) -> None:
    assert browser.get("/metrics").status_code == 404
    assert httpx.get(f"http://127.0.0.1:{provider.port}/metrics").status_code == 200


def test_what_strangers_write_in_headers_stays_outside(browser: httpx.Client, provider: Provider) -> None:
    written = {
        "X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher", "X-Client-Cert": "made up", "Host": "evil.example",
    }  # fmt: skip
    browser.post("/login", data={"x": "y"}, headers={**written, "Host": "localhost", "Accept": "text/html"})
    events = wait_for_events(provider.log.parent / "audit.jsonl")
    assert {event["ip"] for event in events} == {"127.0.0.1"} and all(event["port"] for event in events)
    with browser.stream("GET", "/.well-known/openid-configuration", headers=written) as answer:
        assert b"evil" not in answer.read()


def test_an_ipv6_address_comes_through_apart_from_its_port(browser: httpx.Client, provider: Provider) -> None:
    refuse_a_form(browser, "[2001:db8::1:2]:4711", "by-nginx")
    found = wait_for_event(provider, "by-nginx")
    assert (found["ip"], found["port"]) == ("2001:db8::1:2", 4711)


def refuse_a_form(browser: httpx.Client, source: str, name: str) -> None:
    """Send a form without a token from an address, with headers that say that it is another."""
    written = {"X_Forwarded_For": "203.0.113.7:1", "X-Forwarded-For": "203.0.113.7:1"}
    more = {"X-Test-Source": source, "User-Agent": name, "Accept": "text/html"}
    assert browser.post("/login", data={"x": "y"}, headers={**written, **more}).status_code == 403


def wait_for_event(provider: Provider, user_agent: str) -> dict[str, Any]:
    file = provider.log.parent / "audit.jsonl"
    wait_until(lambda: file.exists() and user_agent in file.read_text(), seconds=20, what="event")
    found = [json.loads(line) for line in file.read_text().splitlines()]
    return next(event for event in found if event.get("user_agent") == user_agent)


def wait_for_events(file: Path) -> list[dict[str, Any]]:
    """Return the refused forms that were handed on by then."""
    wait_until(lambda: file.exists() and b"form.refuse" in file.read_bytes(), seconds=20, what="event")
    found = [json.loads(line) for line in file.read_text().splitlines()]
    return [event for event in found if event["event"] == "form.refuse"]


def test_a_line_is_bounded_as_one_whichever_of_its_addresses_asks(provider: Provider, tmp_path: Path) -> None:
    ports, made = {"http": free_port(), "https": free_port()}, provider.log.parent
    for name in ("server.pem", "server.key"):
        (tmp_path / name).write_bytes((made / name).read_bytes())
    site = adjusted(tmp_path, provider.port, ports)
    # Few enough, and for long enough, that no machine is too slow to exceed them
    for shipped, few in (("rate=100r/s", "rate=1r/m"), ("burst=400", f"burst={BOUND - 1}")):
        assert shipped in site
        site = site.replace(shipped, few)
    configuration = tmp_path / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    configuration.write_text(AROUND.format(user=user, folder=tmp_path, site=site))
    context = ssl.create_default_context(cafile=str(made / "authority.pem"))
    with (
        running(tmp_path, configuration, ports["https"]),
        httpx.Client(verify=context, base_url=f"https://localhost:{ports['https']}") as browser,
    ):
        for addresses in ONE_NETWORK:
            assert ask_from(browser, addresses) == [200] * BOUND + [429] * 2
        assert ask_from(browser, MANY_NETWORKS) == [200] * len(MANY_NETWORKS)


def test_what_is_too_large_is_refused_before_it_reaches_a_node(browser: httpx.Client) -> None:
    megabyte = b"x" * 1024 * 1024
    assert browser.post("/login", content=megabyte + b"x").status_code == 413
    assert browser.post("/employers/x/lists", content=34 * megabyte).status_code == 413
    assert browser.post("/login", content=megabyte[:70_000]).status_code in (400, 413)


def test_ht_008_people_are_sent_on_from_plain_http_and_machines_are_refused(
    ports: dict[str, int], provider: Provider
) -> None:
    plain, headers = f"http://127.0.0.1:{ports['http']}", {"Host": "localhost"}
    for path in ("/x?y", "/login", "/authorize?client_id=a", "/tokens"):
        answer = httpx.get(plain + path, headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (308, f"https://localhost{path}")
    machines = [path for name, path in ENDPOINTS.items() if name not in PAGES]
    for path in (*machines, f"{ENDPOINTS['registration_endpoint']}/abc", "/scim/v2/Users", OPENID_PATH):
        for method in ("GET", "POST"):
            answer = httpx.request(method, plain + path, headers=headers)
            assert (answer.status_code, "Location" in answer.headers) == (403, False), path


def test_machines_alone_are_asked_for_certificates(
    browser: httpx.Client, ports: dict[str, int], provider: Provider
) -> None:
    at_mtls = {"headers": {"Host": "mtls.localhost"}, "extensions": {"sni_hostname": "mtls.localhost"}}
    with httpx.Client(verify=False, base_url=f"https://127.0.0.1:{ports['https']}") as client:
        assert client.get("/login", **at_mtls).status_code == 404
        assert client.post("/token", data={"grant_type": "x"}, **at_mtls).status_code in (400, 401)


def test_its_log_holds_no_query(browser: httpx.Client, provider: Provider) -> None:
    file = provider.log.parent / "tnid.log"
    lines = file.read_text().count("\n")
    browser.get("/healthz?code=canary-41aa")
    # A line is written once the answer is out
    wait_until(lambda: file.read_text().count("\n") > lines, what="line")
    log = file.read_text()
    assert "/healthz" in log and "canary" not in log


def expressions() -> dict[str, str]:
    """Return what is asked of Prometheus, by the alert's or panel's name."""
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())
    alerts = {rule["alert"]: rule["expr"] for group in rules["groups"] for rule in group["rules"]}
    board = json.loads((MONITORING / "grafana.json").read_text())
    panels = {
        f"{one['title']} {target['refId']}": target["expr"]
        for one in board["panels"]
        for target in one["targets"]
    }
    return {**alerts, **panels}


def names_in(expression: str) -> set[str]:
    """Return the metrics that an expression names: words that are neither functions, labels nor in quotes."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(by|without|on)\s*\([^)]*\)', " ", expression)
    return set(re.findall(r"\b[a-z][a-z0-9]*_[a-z0-9_]+\b(?!\s*\()|\bup\b", bare))


def figures_of(provider: Provider) -> set[str]:
    answer = httpx.get(f"http://127.0.0.1:{provider.port}/metrics").text
    samples = [sample for family in text_string_to_metric_families(answer) for sample in family.samples]
    return {sample.name for sample in samples} | FOREIGN | {DROPPED}


def test_every_figure_that_an_alert_or_a_panel_names_is_there(
    browser: httpx.Client, provider: Provider
) -> None:
    browser.post("/login", data={"x": "y"}, headers={"Accept": "text/html"})
    browser.get("/healthz")
    wait_for_events(provider.log.parent / "audit.jsonl")
    asked = set().union(*(names_in(text) for text in expressions().values()))
    # Some are there once the first of their kind has happened
    wait_until(lambda: asked <= figures_of(provider), what="figure for each that is named")
    there = figures_of(provider)
    assert all(names_in(text) for text in expressions().values()), "each names one"
    # The other way round: what is told is of use to somebody
    unused = {name for name in there if name.startswith("tnid_")} - asked
    assert unused <= {"tnid_build_info", "tnid_request_seconds_sum", "tnid_request_seconds_count"}


def test_labels_say_nothing_about_anybody(provider: Provider) -> None:
    answer = httpx.get(f"http://127.0.0.1:{provider.port}/metrics").text
    labels = {
        name
        for family in text_string_to_metric_families(answer)
        for sample in family.samples
        for name in sample.labels
    }
    assert labels <= {
        "event", "outcome", "reason", "step", "route", "status", "le", "kind", "process", "chore", "way",
        "alg", "version", "revision",
    }  # fmt: skip


def test_each_alert_leads_to_a_runbook_that_is_there() -> None:
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        page = ROOT / "docs" / "operations" / "runbooks" / f"{rule['annotations']['runbook']}.md"
        assert page.exists() and rule["alert"] in page.read_text(), rule["alert"]
