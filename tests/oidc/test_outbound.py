"""Fetching what clients keep elsewhere, from a real HTTPS server and its bad twins."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from oidc.clients import outbound
from oidc.clients.outbound import MAX_BYTES, Outbound, OutboundRefused

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


class Server:
    """Answers each TLS connection by `answer`; counts them."""

    def __init__(self, folder: Path) -> None:
        self.ca_file, key_file = write_certificate(folder)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.ca_file, key_file)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self.requests: list[bytes] = []
        self.answer: Callable[[ssl.SSLSocket], None] = lambda connection: connection.sendall(OK)
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, host: str = "localhost") -> str:
        return f"https://{host}:{self.port}/jwks.json"

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                with self._context.wrap_socket(plain, server_side=True) as connection:
                    self.requests.append(connection.recv(4096))
                    self.answer(connection)
            except OSError:
                continue


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
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
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
