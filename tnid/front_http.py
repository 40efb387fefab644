"""Requests as the front reads them, and answers as it sends them: below the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oidc.http import Headers, Request, Response, json_response
from tnid import audit
from tnid.web import MAX_CONTENT_LENGTH, YEAR_SECONDS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def security_headers(*, is_plain_http: bool) -> Headers:
    """Return the headers of every answer to a machine."""
    headers: Headers = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
    if is_plain_http:
        return headers
    return (*headers, ("Strict-Transport-Security", f"max-age={2 * YEAR_SECONDS}; includeSubDomains"))


def read_request(environ: WSGIEnvironment, certificate: str = "") -> Request | None:
    """Return the request, or None where its body is too large."""
    body = b""
    if environ["REQUEST_METHOD"] in ("POST", "PUT"):
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length) > MAX_CONTENT_LENGTH:
            return None
        body = environ["wsgi.input"].read(int(length) if length.isdigit() else MAX_CONTENT_LENGTH + 1)
        if len(body) > MAX_CONTENT_LENGTH:
            return None
    return Request(
        method=environ["REQUEST_METHOD"],
        query=environ.get("QUERY_STRING", ""),
        body=body,
        content_type=environ.get("CONTENT_TYPE", ""),
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        accept=environ.get("HTTP_ACCEPT", ""),
        dpop=environ.get("HTTP_DPOP"),
        remote_address=audit.origin.get().ip or "",
        certificate=certificate,
    )


def not_modified(environ: WSGIEnvironment, response: Response) -> Response:
    """RFC 9110 §13.1.2: answer 304 where the caller has the document already."""
    presented = environ.get("HTTP_IF_NONE_MATCH")
    if presented is None:
        return response
    etag = next((value for name, value in response.headers if name == "ETag"), None)
    known = {part.strip().removeprefix("W/") for part in presented.split(",")}
    return response._replace(status=304, body=b"") if etag in known else response


def problem(status: int, code: str, description: str, headers: Headers = ()) -> Response:
    """Refuse below the protocol, in the protocol's form."""
    return json_response({"error": code, "error_description": description}, status, headers)


def too_many(seconds: int, description: str) -> Response:
    """RFC 6585 §4."""
    return problem(429, "temporarily_unavailable", description, (("Retry-After", str(seconds)),))
