"""Requests that came to a proxy of ours without TLS: refused to machines, sent on to https for people.

A token that travelled in the clear must be seen to have failed, or its sender goes on so (RFC 9325 §3.2,
ASVS 4.1.2). Whether there was TLS a trusted proxy says, by X-Forwarded-Proto; where none says so, it refuses
plain http itself (deploy/nginx).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from oidc.http import Response
from tnid.front_http import problem
from tnid.web import find_forwarded_scheme

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from tnid.settings import Settings

STATUS_LINES = {400: "400 Bad Request", 308: "308 Permanent Redirect"}


class HttpsOnly:
    """A WSGI application around another one, for an issuer that is https behind trusted proxies."""

    def __init__(
        self, inner: WSGIApplication, settings: Settings, is_for_machines: Callable[[str], bool]
    ) -> None:
        self._inner = inner
        self._issuer = settings.issuer
        self._trusted = settings.trusted_proxies
        self._is_for_machines = is_for_machines

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if find_forwarded_scheme(environ, self._trusted) != "http":
            return self._inner(environ, start_response)
        answer = self._refuse(environ)
        start_response(
            STATUS_LINES[answer.status], [*answer.headers, ("Content-Length", str(len(answer.body)))]
        )
        return [answer.body]

    def _refuse(self, environ: WSGIEnvironment) -> Response:
        path = environ["PATH_INFO"]
        # A form that was sent in the clear is not sent once more
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or self._is_for_machines(path):
            return problem(400, "invalid_request", "This address is served over https alone.")
        # The path is bytes of UTF-8 that WSGI calls Latin-1
        address = self._issuer + quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~")
        query = environ.get("QUERY_STRING", "")
        return Response(308, (("Location", f"{address}?{query}" if query else address),), b"")
