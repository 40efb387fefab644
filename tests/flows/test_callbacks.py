"""A client whose callback sends the browser on to another origin: after our form, nothing holds it up."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.flows.chromium import Window
from tests.security.target import SESSION_COOKIE, Target, running_target
from tests.servers.https import Server, write_certificate


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_target(tmp_path_factory.mktemp("callbacks"), workers=1) as running:
        yield running


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def window(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    opened = Window(chromium, scripts=request.param, trusting=True)
    yield opened
    opened.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Server]:
    """A relying party at https://localhost, whose home is another origin: https://127.0.0.1."""
    server = Server(tmp_path, write_certificate(tmp_path))

    def answer(connection: ssl.SSLSocket) -> None:
        if b" /cb" in server.line_of(connection):
            home = server.url("127.0.0.1", "/home").encode()
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + home + b"\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi")

    server.answer = answer
    yield server
    server.close()


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_the_browser_follows_the_client_to_another_origin(
    window: Window, target: Target, site: Server, mode: str
) -> None:
    client = target.new_client(redirect_uris=[site.url(path="/cb")])
    session = target.new_session(target.new_person())
    window.page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": target.address}])
    query = "&".join(f"{name}={value}" for name, value in client.query(response_mode=mode).items())
    window.open(f"{target.address}/authorize?{query}")
    window.click("consent_allow")
    # With scripts the form is sent before anybody could press its button
    if mode == "form_post" and not window.scripts:
        window.click("form_post_submit")
    window.arrive(site.url("127.0.0.1", "/home"))
    assert window.complaints == []
