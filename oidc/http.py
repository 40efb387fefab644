"""What the protocol sees of HTTP: a request that any front can make, and a response triple."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import orjson

Headers = tuple[tuple[str, str], ...]

# RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3
NO_STORE: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
JSON: Headers = (("Content-Type", "application/json"),)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    `query` and `body` are as they came; `authorization` and `accept` are the headers' values or "". `dpop` is
    the value of the header of that name, None where there is none; `certificate` the client's TLS certificate
    as a trusted proxy wrote it down, or ""; `remote_address` the network address that it came from, as far as
    it is known.
    """

    method: str
    query: str = ""
    body: bytes = b""
    content_type: str = ""
    authorization: str = field(default="", repr=False)
    accept: str = ""
    dpop: str | None = None
    certificate: str = field(default="", repr=False)
    remote_address: str = ""


class Response(NamedTuple):
    """A response triple: status, headers, body; `delay_seconds` is how late it is to leave."""

    status: int
    headers: Headers
    body: bytes = b""
    delay_seconds: int = 0


def json_response(document: Mapping[str, Any], status: int = 200, headers: Headers = ()) -> Response:
    """Answer with JSON that no cache keeps."""
    return Response(status, (*JSON, *NO_STORE, *headers), orjson.dumps(document))


def redirect(uri: str, parameters: Mapping[str, str]) -> Response:
    """Send the browser to `uri` with `parameters` added to its query.

    303 and not 302 or 307, so that a posted form is never posted on: RFC 9700 §4.12.
    """
    parts = urlsplit(uri)
    added = urlencode(parameters, quote_via=quote)
    query = f"{parts.query}&{added}" if parts.query and added else parts.query or added
    return Response(303, (("Location", urlunsplit(parts._replace(query=query))), *NO_STORE))
