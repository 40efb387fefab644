"""Fetching what clients keep elsewhere, from a real HTTPS server and its bad twins."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from oidc.clients import outbound
from oidc.clients.elsewhere import CONNECTED_TO, check_reachable
from oidc.clients.few_at_once import FewAtOnce
from oidc.clients.outbound import FORM, MAX_BYTES, Outbound, OutboundRefused, Parcel
from oidc.errors import InvalidClientMetadata
from tests.servers.https import Server
from tests.servers.programs import find_program

STRICT = Outbound()
MODULE, ROOT = "tests.servers.rebinding", Path(__file__).resolve().parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.close()


@pytest.fixture
def fetcher(server: Server) -> Outbound:
    return Outbound(allow_loopback=True, ca_file=server.ca_file)


def test_a_document_is_fetched_by_its_name_over_verified_tls(server: Server, fetcher: Outbound) -> None:
    assert fetcher.fetch(server.url()) == b"{}"
    assert f"Host: localhost:{server.port}".encode() in server.requests[0]


def test_an_unknown_authority_or_another_name_is_refused(server: Server, fetcher: Outbound) -> None:
    with pytest.raises(OutboundRefused):
        Outbound(allow_loopback=True).fetch(server.url())
    with pytest.raises(OutboundRefused):
        fetcher.fetch(server.url("127.0.0.1"))
    assert not server.requests


def test_loopback_is_refused_without_the_setting_and_without_a_connection(server: Server) -> None:
    strict = Outbound(ca_file=server.ca_file)
    for host in (
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f000001",
        "127.1",
    ):
        with pytest.raises(OutboundRefused):
            strict.fetch(server.url(host))
    assert server.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "fd00::1",
        "224.0.0.1",
    ],
)
def test_private_and_reserved_ranges_are_refused_even_with_the_setting(
    address: str, fetcher: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(OutboundRefused, match="private or reserved"):
        fetcher.fetch("https://rp.example/jwks.json")


def test_a_name_is_resolved_once_and_one_bad_address_spoils_it(
    server: Server, fetcher: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
        if host != "localhost":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in answers[len(asked) - 1]]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolve)
    assert fetcher.fetch(server.url()) == b"{}"
    assert asked == ["localhost"], "the connection goes to the address that was judged"
    answers[1] = ["127.0.0.1", "10.0.0.1"]
    with pytest.raises(OutboundRefused):
        fetcher.fetch(server.url())


def may_be_apart(apart: list[str]) -> bool:
    """Say whether a program may have a resolver of its own."""
    mount = ["mount", "--bind", "/etc/hosts", "/etc/resolv.conf"]
    return os.geteuid() == 0 and subprocess.run([*apart, *mount], check=False).returncode == 0


def test_a_name_that_moves_to_this_machine_meanwhile_leads_nowhere(tmp_path: Path) -> None:
    """DNS rebinding over the network: the system's own resolver, a name server that says a public address
    first and a loopback one then, and a server at each."""
    apart = [find_program("unshare") or "unshare", "--mount", "--net"]
    if not may_be_apart(apart):
        warnings.warn("no namespaces: what a rebinding name leads to is tested by a stub alone", stacklevel=1)
        return
    program = [sys.executable, "-m", MODULE, str(tmp_path)]
    told = subprocess.run(
        [*apart, *program], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found == {
        "said": ["{}", "private", "private"],
        # Looked up once each time: the connection goes to the address that was judged
        "asked": 4,
        "there": 2,
        "here": 0,
    }


def test_a_name_whose_servers_are_silent_holds_up_nobody(
    fetcher: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def wait(*_: object, **__: object) -> list[object]:
        over.wait(60)
        return []

    monkeypatch.setattr(outbound, "MAX_SECONDS", 0.1)
    monkeypatch.setattr(outbound.socket, "getaddrinfo", wait)
    begun = time.monotonic()
    with pytest.raises(OutboundRefused) as refused:
        fetcher.fetch("https://tar-pit.example/jwks.json")
    assert refused.value.reason == "unresolved" and time.monotonic() - begun < 30
    over.set()


def test_few_are_fetched_at_once_and_the_next_is_told(fetcher: Outbound) -> None:
    class Slow:
        def __init__(self) -> None:
            self.begun, self.may_end = threading.Semaphore(0), threading.Event()

        def fetch(self, url: str) -> bytes:
            self.begun.release()
            self.may_end.wait(30)
            return url.encode()

        def check(self, url: str) -> None:
            """Let everything pass."""

    slow = Slow()
    few = FewAtOnce(slow, 2)
    threads = [threading.Thread(target=few.fetch, args=(f"https://rp.example/{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
        slow.begun.acquire()
    with pytest.raises(OutboundRefused, match="Too many"):
        few.fetch("https://other.example/")
    slow.may_end.set()
    for thread in threads:
        thread.join()
    assert few.fetch("https://other.example/") == b"https://other.example/"


def test_a_redirect_is_not_followed(server: Server, fetcher: Outbound) -> None:
    moved = f"HTTP/1.1 302 Found\r\nLocation: {server.url()}\r\nContent-Length: 0\r\n\r\n".encode()
    server.answer = lambda connection: connection.sendall(moved)
    with pytest.raises(OutboundRefused, match="302"):
        fetcher.fetch(server.url())
    assert server.connections == 1


def test_a_huge_document_is_cut_off(server: Server, fetcher: Outbound) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"
    server.answer = lambda connection: connection.sendall(head + b"x" * (MAX_BYTES * 4))
    with pytest.raises(OutboundRefused, match="larger"):
        fetcher.fetch(server.url())


def test_a_dripping_document_is_cut_off(
    server: Server, fetcher: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "MAX_SECONDS", 0.5)

    def drip(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n")
        for _ in range(2000):
            connection.sendall(b"x")
            time.sleep(0.05)

    server.answer = drip
    began = time.monotonic()
    with pytest.raises(OutboundRefused):
        fetcher.fetch(server.url())
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"])
def test_no_answer_is_a_refusal_and_never_another_error(
    server: Server, fetcher: Outbound, answer: bytes
) -> None:
    server.answer = lambda connection: connection.sendall(answer)
    with pytest.raises(OutboundRefused):
        fetcher.fetch(server.url())


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",
        "https://",
        "https://u:p@localhost/",
        "https://localhost/#x",
        "https://[/",
        "ftp://x",
        "",
        "https://localhost:0/",
        "https://x:99999/",
        "https://" + "a" * 300 + ".example/",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str, fetcher: Outbound) -> None:
    with pytest.raises(OutboundRefused):
        fetcher.fetch(url)


# Posting


def test_a_parcel_is_posted_once_to_the_address_under_its_name(server: Server, fetcher: Outbound) -> None:
    fetcher.post(Parcel(server.url(), b"logout_token=x", authorization="Bearer y"))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /jwks.json HTTP/1.1\r\n") and body == b"logout_token=x"
    for line in (f"Host: localhost:{server.port}", f"Content-Type: {FORM}", "Authorization: Bearer y"):
        assert line.encode() in head.split(b"\r\n")
    assert server.connections == 1


@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_what_says_that_it_was_taken(server: Server, fetcher: Outbound, status: str) -> None:
    server.answer = lambda connection: connection.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
    fetcher.post(Parcel(server.url(), b"x"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "status", ["201 Created", "302 Found", "307 Temporary Redirect", "400 Bad", "500 No"]
)
def test_any_other_answer_is_a_refusal_and_no_redirect_is_followed(
    server: Server, fetcher: Outbound, status: str
) -> None:
    answer = f"HTTP/1.1 {status}\r\nLocation: {server.url()}\r\nContent-Length: 0\r\n\r\n".encode()
    server.answer = lambda connection: connection.sendall(answer)
    with pytest.raises(OutboundRefused, match=status[:3]):
        fetcher.post(Parcel(server.url(), b"x"))
    assert server.connections == 1


def test_an_endless_answer_is_not_read(server: Server, fetcher: Outbound) -> None:
    hung_up = threading.Event()

    def answer(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        try:
            # More than lies in the buffers on the way
            for _ in range(100):
                connection.sendall(b"x" * 1_000_000)
        except OSError:
            hung_up.set()

    server.answer = answer
    fetcher.post(Parcel(server.url(), b"x"))
    assert hung_up.wait(60)


def test_one_that_takes_and_never_answers_is_given_up(
    server: Server, fetcher: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "MAX_SECONDS", 0.3)
    answered = threading.Event()
    server.answer = lambda _connection: answered.wait(60) and None
    with pytest.raises(OutboundRefused, match="reached"):
        fetcher.post(Parcel(server.url(), b"x"))
    answered.set()


def test_nothing_is_posted_to_an_address_that_may_not_be(server: Server) -> None:
    for address in (server.url(), "http://localhost/", "https://10.0.0.1/", "https://user@rp.example/"):
        with pytest.raises(OutboundRefused):
            Outbound(ca_file=server.ca_file).post(Parcel(address, b"x"))
    assert server.connections == 0


# Judged by the text alone


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.1.2.3",
        "169.254.169.254",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
    ],
)
def test_an_inner_address_is_seen_without_asking_anybody(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound.socket, "getaddrinfo", None)
    with pytest.raises(OutboundRefused, match="private or reserved"):
        STRICT.check(f"https://{host}/told")


@pytest.mark.parametrize("host", ["rp.example", "8.8.8.8", "[2606:4700::1111]", "10.example", "x7f.example"])
def test_a_name_or_an_outer_address_may_be_registered(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *of, **_more: asked.append(of))
    STRICT.check(f"https://{host}:8443/told?a=b")
    assert asked == []


@pytest.mark.parametrize("name", CONNECTED_TO)
def test_whatever_a_client_has_us_connect_to_is_judged_when_it_is_registered(name: str) -> None:
    given = "https://10.1.2.3/told"
    with pytest.raises(InvalidClientMetadata) as refused:
        check_reachable({name: [given] if name == "request_uris" else given}, STRICT)
    assert (refused.value.member, refused.value.reason) == (name, "private")


def test_what_is_for_development_alone_may_be_registered() -> None:
    check_reachable({"security_events_uri": "http://127.0.0.1:5000/events"}, STRICT)


def test_an_address_in_other_letters_is_refused_and_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound.socket, "getaddrinfo", None)
    for url in ("https://bücher.example/jwks", "https://rp.example/ổ", "https://\ud800.example/"):
        for ask in (STRICT.check, STRICT.fetch):
            with pytest.raises(OutboundRefused, match="ASCII"):
                ask(url)


def test_loopback_may_be_registered_where_the_setting_opens_it() -> None:
    lenient = Outbound(allow_loopback=True)
    lenient.check("https://localhost:8443/told")
    for url in ("https://10.0.0.1/", "http://localhost/"):
        with pytest.raises(OutboundRefused):
            lenient.check(url)
