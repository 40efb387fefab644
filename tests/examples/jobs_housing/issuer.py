"""A provider's keys, metadata and answer endpoint, for tests of what the listings are told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jws
from joserfc.jwk import ECKey

CLIENT_ID = "jobs-housing"


class Issuer:
    """Signs events, and keeps the answers that came; `status` is what it says to them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        self.answers: list[dict[str, str]] = []
        self.status = 200
        self.has_answer = threading.Event()

    def sign(self, claims: dict[str, Any], *, key: ECKey | None = None, typ: str = "secevent+jwt") -> str:
        header = {"alg": "ES256", "typ": typ, "kid": self.key.kid}
        return jws.serialize_compact(header, json.dumps(claims), key or self.key)

    def event(self, kind: str, sub: str, at: int, jti: str, claims: list[str], **changes: Any) -> str:
        """Return an event as the provider sends it, with changes of its claims."""
        uri = kind if "://" in kind else f"{self.url}/events/{kind}"
        told = {
            "iss": self.url, "aud": CLIENT_ID, "iat": at, "jti": jti, "toe": at,
            "sub_id": {"format": "iss_sub", "iss": self.url, "sub": sub},
            "events": {uri: {"claims": claims} if claims else {}},
        }  # fmt: skip
        return self.sign(told | changes)

    def document(self, path: str) -> Any:
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        names = ("jwks_uri", "security_event_answer_endpoint")
        return dict(zip(names, (f"{self.url}/jwks", f"{self.url}/answers"), strict=True))


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(200, issuer.document(self.path))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            issuer.answers.append({name: values[0] for name, values in form.items()})
            self._reply(issuer.status, {})
            issuer.has_answer.set()

        def _reply(self, status: int, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield issuer
    server.shutdown()
    server.server_close()
    thread.join()
