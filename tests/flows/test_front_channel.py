"""Front-Channel Logout 1.0 and third-party-initiated login in a real browser, with scripts and without."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Error

from tests.flows.chromium import Window
from tests.security.target import SESSION_COOKIE, Party, Target, Victim, running_target
from tests.servers.https import Server, write_certificate
from tests.servers.processes import wait_until

# Looked at as well, where the browser was here before the look at the page that leads here
PAGE = b"<!doctype html><html lang='vi'><title>x</title><main><h1 id='here'>here</h1></main></html>"


def show(connection: ssl.SSLSocket) -> None:
    length = str(len(PAGE)).encode()
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + length + b"\r\n\r\n" + PAGE
    )


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_target(tmp_path_factory.mktemp("front-channel"), workers=1) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Server]:
    """A relying party's web site."""
    server = Server(tmp_path, write_certificate(tmp_path))
    server.answer = show
    yield server
    server.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def window(chromium: Browser, site: Server, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A fresh window, gone before the site is: it has nothing to complain of."""
    opened = Window(chromium, scripts=request.param, trusting=True)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


@pytest.fixture
def client(target: Target, site: Server) -> Party:
    return target.new_client(
        redirect_uris=[site.url(path="/cb")],
        post_logout_redirect_uris=[site.url(path="/bye")],
        frontchannel_logout_uri=site.url(path="/front?a=b"),
        initiate_login_uri=site.url(path="/login"),
        client_uri=site.url(path="/"),
    )


def enter(window: Window, target: Target, person: Victim, client: Party) -> str:
    """Sign the person in at this window and to the client; return an ID token."""
    session = target.new_session(person)
    window.page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": target.address}])
    return str(target.new_tokens(person, client, session=session)["id_token"])


def leave(window: Window, target: Target, site: Server, hint: str) -> None:
    query = f"id_token_hint={hint}&post_logout_redirect_uri={site.url(path='/bye')}&state=s"
    window.open(f"{target.address}/logout?{query}")


def asked(site: Server, path: str) -> list[dict[str, list[str]]]:
    """Return the queries of the requests for a path."""
    lines = [request.split(b"\r\n")[0].decode().split()[1] for request in list(site.requests)]
    return [parse_qs(urlsplit(line).query) for line in lines if urlsplit(line).path == path]


def picture(window: Window, name: str) -> None:
    """Keep what a person sees, where a folder for it is named: for whoever changes the page."""
    folder = os.environ.get("PICTURES")
    for width, height in ((360, 740), (1280, 800)) if folder else ():
        window.page.set_viewport_size({"width": width, "height": height})
        window.page.screenshot(path=f"{folder}/{name}-{width}.png")


def test_the_frame_is_loaded_and_the_browser_goes_back(
    window: Window, target: Target, site: Server, client: Party
) -> None:
    hint = enter(window, target, target.new_person(), client)
    leave(window, target, site, hint)
    picture(window, "signing-out")
    window.page.wait_for_url(f"{site.url(path='/bye')}?state=s")
    ((frame),) = asked(site, "/front")
    assert frame["a"] == ["b"] and frame["iss"] == [target.provider.issuer] and len(frame["sid"]) == 1
    window.open(f"{target.address}/account")
    assert window.has("login_username")


def test_a_frame_that_hangs_keeps_nobody_from_going_on(
    window: Window, target: Target, site: Server, client: Party
) -> None:
    hint = enter(window, target, target.new_person(), client)
    released = threading.Event()

    def hang(connection: ssl.SSLSocket) -> None:
        if b"/front" in site.line_of(connection):
            released.wait(60)
        show(connection)

    site.answer = hang
    query = f"id_token_hint={hint}&post_logout_redirect_uri={site.url(path='/bye')}&state=s"
    window.page.goto(f"{target.address}/logout?{query}", wait_until="commit")
    wait_until(lambda: asked(site, "/front"), seconds=30, what="frame")
    if window.page.url.startswith(target.address):
        # Or the page has gone on by itself by then
        with suppress(Error):
            window.page.locator("#logout_continue").click(no_wait_after=True, timeout=5000)
    window.page.wait_for_url(f"{site.url(path='/bye')}?state=s")
    assert urlsplit(window.page.url).path == "/bye"
    released.set()


def test_an_application_is_opened_from_the_account(
    window: Window, target: Target, site: Server, client: Party
) -> None:
    enter(window, target, target.new_person(), client)
    window.open(f"{target.address}/account/applications")
    picture(window, "applications")
    window.page.locator(f"a[href^='{site.url(path='/login')}']").click()
    window.page.wait_for_selector("#here")
    assert asked(site, "/login") == [
        {"iss": [target.provider.issuer], "target_link_uri": [site.url(path="/")]}
    ]
