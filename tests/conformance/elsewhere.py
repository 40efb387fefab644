"""What relying parties keep at an address of their own: documents on a real HTTPS server."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any

from tests.servers.https import Server


class Elsewhere(Server):
    """Documents by path, as text or as what JSON is made of; `received` are the posted bodies by path."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.documents: dict[str, Any] = {}
        self.answer = self._send_document

    def put(self, path: str, document: Any) -> str:
        """Publish a document; return its address."""
        self.documents[path] = document
        return self.url(path=path)

    def asked(self) -> list[str]:
        """Return the paths that were asked for, in order."""
        return [request.split(b" ")[1].decode() for request in self.requests]

    def received(self, path: str) -> list[bytes]:
        """Return what was posted to a path."""
        wanted = f"POST {path} ".encode()
        return [r.partition(b"\r\n\r\n")[2] for r in self.requests if r.startswith(wanted)]

    def _send_document(self, connection: ssl.SSLSocket) -> None:
        document = self.documents.get(self.line_of(connection).split(b" ")[1].decode())
        status = b"404 Not Found" if document is None else b"200 OK"
        body = document if isinstance(document, str) else json.dumps(document)
        head = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % (status, len(body.encode())) + body.encode())
