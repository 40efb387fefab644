"""What clients keep at their own addresses: a real HTTPS server, that can be made its own bad twin."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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
    """Answers each TLS connection by `answer`, in a thread of its own; keeps the requests and counts.

    Several on one machine trust one certificate where `certificate` gives its two files.
    """

    def __init__(
        self,
        folder: Path,
        certificate: tuple[Path, Path] | None = None,
        where: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        self.ca_file, key_file = certificate or write_certificate(folder)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.ca_file, key_file)
        self._listener = socket.create_server(where)
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self.requests: list[bytes] = []
        self._lines: dict[int, bytes] = {}
        self.answer: Callable[[ssl.SSLSocket], None] = lambda connection: connection.sendall(OK)
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, host: str = "localhost", path: str = "/jwks.json") -> str:
        return f"https://{host}:{self.port}{path}"

    def line_of(self, connection: ssl.SSLSocket) -> bytes:
        """Return the first line of the request that is answered there; several may come at once."""
        return self._lines.get(id(connection), b"")

    def close(self) -> None:
        """Stop listening; the next connection is refused."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(plain,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        try:
            with self._context.wrap_socket(plain, server_side=True) as connection:
                request = read_request(connection)
                if request:
                    self._lines[id(connection)] = request.partition(b"\r\n")[0]
                    self.requests.append(request)
                self.answer(connection)
        except OSError:
            return


def read_request(connection: ssl.SSLSocket) -> bytes:
    """Return a request's head and body."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(4096)
        if not more:
            return received
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(4096)
    return head + b"\r\n\r\n" + body
