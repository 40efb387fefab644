"""A syslog receiver over TCP, TLS or UDP that keeps what it reads, and fails as they fail."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.servers.certificates import SERVER, localhost, make_authority, make_certificate

HANG_SECONDS = 30


class SyslogReceiver:
    """`messages` is what came whole; `fault` is "reset" (dies after a few messages), "silent" (reads, and
    never ends its side), "deaf" (reads nothing) or ""."""

    def __init__(self, folder: Path, scheme: str, port: int = 0) -> None:
        self.messages: list[bytes] = []
        self.fault = ""
        self._scheme = scheme
        self._over = threading.Event()
        self._context = self._make_context(folder) if scheme == "syslog+tls" else None
        kind = socket.SOCK_DGRAM if scheme == "syslog+udp" else socket.SOCK_STREAM
        self._socket = socket.socket(socket.AF_INET, kind)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        if kind == socket.SOCK_STREAM:
            self._socket.listen()
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://localhost:{self.port}"

    def events(self) -> list[dict[str, Any]]:
        """Return the events of all messages, in the order in which they came."""
        return [json.loads(message[message.index(b"{") :]) for message in self.messages]

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _make_context(self, folder: Path) -> ssl.SSLContext:
        authority = make_authority()
        authority.write(folder, "authority")
        certificate, key = make_certificate(authority, "CN=localhost", *localhost(), use=SERVER).write(
            folder, "syslog"
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def _serve(self) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                if self._scheme == "syslog+udp":
                    self.messages.append(self._socket.recv(65536))
                    continue
                connection, _peer = self._socket.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self.fault == "deaf":
                self._over.wait(HANG_SECONDS)
                return
            if self._context is None:
                self._read(connection)
                return
            with self._context.wrap_socket(connection, server_side=True) as secured:
                self._read(secured)
                with suppress(OSError):
                    secured.unwrap()

    def _read(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while length := _read_length(stream):
                self.messages.append(stream.read(length))
                if self.fault == "reset" and len(self.messages) % 3 == 0:
                    # As where the process is killed: what it hadn't read is lost, and the sender hears of it
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
        if self.fault == "silent":
            self._over.wait(HANG_SECONDS)


def _read_length(stream: Any) -> int:
    digits = b""
    while (octet := stream.read(1)) not in (b" ", b""):
        digits += octet
    return int(digits or 0)
