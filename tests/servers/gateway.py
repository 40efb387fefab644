"""A real gateway for phones, over HTTPS, that sends each id once and can be made to fail in every way."""

from __future__ import annotations

import json
import ssl
import threading
from pathlib import Path
from typing import Any

from tests.servers.https import Server, read_request

SECRET = "bi-mat-cua-cong-tin-nhan"
SECONDS = 30


class PhoneGateway:
    """`delivered` is what phones got, `posted` every request that came with the right secret.

    `status` is what it answers, with `headers`. `fault`: "cut" takes the message and hangs up in the middle
    of its answer, "hold" takes it and answers when `release` is set, "drop" hangs up without taking it.
    """

    def __init__(self, folder: Path, name: str, certificate: tuple[Path, Path]) -> None:
        self.delivered: list[dict[str, Any]] = []
        self.posted: list[dict[str, Any]] = []
        self.status = "200 OK"
        self.headers = ""
        self.fault = ""
        self.release = threading.Event()
        self.has_taken = threading.Event()
        self._lock = threading.Lock()
        self._server = Server(folder, certificate)
        self._server._talk = self._talk  # type: ignore[method-assign]
        self.url = self._server.url(path="/send")
        self.secret_file = folder / f"{name}.secret"
        self.secret_file.write_text(f"{SECRET}\n")
        self.secret_file.chmod(0o600)

    def close(self) -> None:
        self.release.set()
        self._server.close()

    def _talk(self, plain: Any) -> None:
        try:
            with self._server._context.wrap_socket(plain, server_side=True) as connection:
                request = read_request(connection)
                if request:
                    self._answer(connection, request)
        except OSError:
            return

    def _answer(self, connection: ssl.SSLSocket, request: bytes) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        if f"authorization: bearer {SECRET}".encode() not in head.lower():
            connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
            return
        message = json.loads(body)
        assert f"idempotency-key: {message['id']}".lower().encode() in head.lower()
        with self._lock:
            self.posted.append(message)
        if self.fault == "drop":
            return
        if self.fault or self.status.startswith(("2", "500")):
            self._deliver(message)
        if self.fault == "hold":
            self.release.wait(SECONDS)
        if self.fault == "cut":
            connection.sendall(b"HTTP/1.1 200")
            return
        connection.sendall(f"HTTP/1.1 {self.status}\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())

    def _deliver(self, message: dict[str, Any]) -> None:
        with self._lock:
            if message["id"] not in [known["id"] for known in self.delivered]:
                self.delivered.append(message)
        self.has_taken.set()
