"""HAProxy as it is shipped: what a node hears of who asks is HAProxy's word, and nobody else's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.deploy.networks import BOUND, MANY_NETWORKS, ONE_NETWORK, ask_from
from tests.servers.haproxy import running_haproxy
from tests.servers.processes import free_port

# So that a test may come from anywhere
FROM_ANYWHERE = "http-request set-src req.hdr(X-Test-Source) if { req.hdr(X-Test-Source) -m found }"
WRITTEN = {
    "X-Forwarded-For": "203.0.113.7:1", "X_Forwarded_For": "203.0.113.7:1", "X-Forwarded-Proto": "gopher",
    "X_Forwarded_Proto": "gopher", "X-Client-Cert": "somebody's", "X_Client_Cert": "somebody's",
    "x_client-cert": "somebody's", "Forwarded": "for=203.0.113.7", "X-Forwarded-Host": "evil.example",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b",
}  # fmt: skip


class Node(BaseHTTPRequestHandler):
    """Answers with the headers that it was sent, as JSON."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@contextmanager
def running_node() -> Iterator[int]:
    """A node behind the balancer; its port."""
    node = ThreadingHTTPServer(("127.0.0.1", 0), Node)
    threading.Thread(target=node.serve_forever, daemon=True).start()
    try:
        yield node.server_address[1]
    finally:
        node.shutdown()
        node.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    port, folder = free_port(), tmp_path_factory.mktemp("haproxy")
    with (
        running_node() as at,
        running_haproxy(folder, port, (at, at), more=FROM_ANYWHERE),
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as made,
    ):
        yield made


def test_a_line_is_bounded_as_one_whichever_of_its_addresses_asks(tmp_path: Path) -> None:
    port = free_port()
    with (
        running_node() as at,
        running_haproxy(tmp_path, port, (at, at), more=FROM_ANYWHERE, most=BOUND),
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as browser,
    ):
        for addresses in ONE_NETWORK:
            assert ask_from(browser, addresses) == [200] * BOUND + [429] * 2
        assert ask_from(browser, MANY_NETWORKS) == [200] * len(MANY_NETWORKS)


def test_what_strangers_write_stays_outside(browser: httpx.Client) -> None:
    heard = browser.get("/", headers={**WRITTEN, "X-Test-Source": "198.51.100.9"}).json()
    assert heard["x-forwarded-for"].rpartition(":")[0] == "198.51.100.9"
    assert heard["x-forwarded-proto"] == "http"
    # To what is behind it an underscore and a hyphen are the same
    assert sorted(name for name in heard if name.replace("_", "-") in map(str.lower, WRITTEN)) == [
        "x-forwarded-for", "x-forwarded-proto",
    ]  # fmt: skip


def test_an_ipv6_address_is_apart_from_its_port(browser: httpx.Client) -> None:
    heard = browser.get("/", headers={"X-Test-Source": "2001:db8::7:8"}).json()
    assert heard["x-forwarded-for"].startswith("[2001:db8::7:8]:")


@pytest.mark.parametrize("path", ["/metrics", "/%6detrics", "/metric%73"])
def test_figures_are_not_for_the_world(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code == 404
