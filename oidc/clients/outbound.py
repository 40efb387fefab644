"""The only place that connects to an address which a client gave: fetches documents, posts notifications.

https alone; the name is resolved once and the connection goes to the address that was judged, so that a
second look-up can't lead elsewhere; private and loopback ranges are refused; no redirects; size and time are
capped.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import SplitResult, urlsplit

from oidc import watching
from oidc.clients.redirect_uris import is_host

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 64 * 1024
MAX_SECONDS = 3.0
SLACK_SECONDS = 0.1
HTTPS_PORT = 443
HTTP_PORT = 80
LOOPBACK = ("127.0.0.1", "::1")
ACCEPTED = "application/json, application/oauth-authz-req+jwt, */*;q=0.5"
# IPv6 ranges in which an IPv4 address is hidden, or that are private without being called so
TRANSLATED = tuple(
    ipaddress.ip_network(text)
    for text in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10")
)


PRIVATE = "The host is in a private or reserved range."
FORM = "application/x-www-form-urlencoded"
Answered = TypeVar("Answered")


class OutboundRefused(Exception):
    """The address can't be reached, or must not be; the text is for the client's developer.

    `reason` is a stable word; `retry_after_seconds`: for how long the other end asks to be left alone, 0
    where it doesn't say.
    """

    def __init__(self, text: str, *, reason: str = "unreachable", retry_after_seconds: int = 0) -> None:
        super().__init__(text)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class Parcel(NamedTuple):
    """What is posted to a client, and where; `authorization` and `accept` are the headers' values or "".

    `taken_by` are the statuses by which the client says that it took it.
    """

    url: str
    body: bytes
    content_type: str = FORM
    authorization: str = ""
    accept: str = ""
    taken_by: tuple[int, ...] = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)


class Probed(NamedTuple):
    """What a client's own address answered, as far as it is looked at."""

    status: int
    frame_options: str
    security_policy: str


class Outbound:
    """Fetches and posts; `allow_loopback` is for development, `ca_file` for a trust store of one's own."""

    def __init__(self, *, allow_loopback: bool = False, ca_file: Path | None = None) -> None:
        self._allow_loopback = allow_loopback
        # At the start, so that a file that holds none is found then
        self._own_tls = ssl.create_default_context(cafile=str(ca_file)) if ca_file else None

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # By the first that connects: reading every authority there is takes long, and few processes connect
        return self._own_tls or ssl.create_default_context()

    def fetch(self, url: str) -> bytes:
        """Return the body of a 200 answer; raise OutboundRefused for everything else."""
        return self._ask(url, _get)

    def check(self, url: str) -> None:
        """Raise OutboundRefused where the text alone says that this can never be connected to; ask nobody."""
        literal = _read_literal(str(check_url(url).hostname))
        if literal is not None and not self._is_allowed(literal):
            raise OutboundRefused(PRIVATE, reason="private")

    def post(self, parcel: Parcel) -> None:
        """Post once; return where it was taken, raise OutboundRefused for everything else."""
        may_be_plain = self._allow_loopback and is_plain_loopback(parcel.url)
        self._ask(
            parcel.url, lambda client, request: _post(client, request, parcel), may_be_plain=may_be_plain
        )

    def probe(self, parcel: Parcel, *, method: str = "POST") -> Probed:
        """Ask once and return how it was answered, whatever the status; raise OutboundRefused for no answer,
        with the reason "too_slow" where there was none in time."""
        may_be_plain, begun = self._allow_loopback and is_plain_loopback(parcel.url), time.monotonic()
        try:
            return self._ask(
                parcel.url,
                lambda client, request: _probe(client, request, parcel, method),
                may_be_plain=may_be_plain,
            )
        except OutboundRefused as error:
            if error.reason == "unreachable" and time.monotonic() - begun >= MAX_SECONDS - SLACK_SECONDS:
                raise OutboundRefused("There was no answer in time.", reason="too_slow") from error
            raise

    def _ask(
        self, url: str, ask: Callable[[httpx.Client, _Pinned], Answered], *, may_be_plain: bool = False
    ) -> Answered:
        with watching.span("outbound connection"):
            return self._connect(url, ask, may_be_plain=may_be_plain)

    def _connect(
        self, url: str, ask: Callable[[httpx.Client, _Pinned], Answered], *, may_be_plain: bool
    ) -> Answered:
        # By the first that connects: it takes a process seven megabytes, and a tenth of a second of its start
        import httpx  # noqa: PLC0415  as above

        request = _pin(urlsplit(url) if may_be_plain else check_url(url), self._resolve)
        with httpx.Client(verify=self._tls, trust_env=False, timeout=MAX_SECONDS) as client:
            # Each read has a limit of its own; an answer that drips in meets this one
            overdue = threading.Timer(MAX_SECONDS, client.close)
            overdue.start()
            try:
                return ask(client, request)
            except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, OSError, UnicodeError) as error:
                raise OutboundRefused("The address could not be reached.") from error
            finally:
                overdue.cancel()

    def _resolve(self, parts: SplitResult) -> str:
        """Return the address to connect to, if every address that the name has may be connected to."""
        addresses = _look_up(str(parts.hostname), port_of(parts))
        if not addresses or not all(self._is_allowed(address) for address in addresses):
            raise OutboundRefused(PRIVATE, reason="private")
        # What listens on this machine for development does so by IPv4, whichever of the two is named first
        return LOOPBACK[0] if LOOPBACK[0] in addresses else addresses[0]

    def _is_allowed(self, text: str) -> bool:
        address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(text.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and not address.is_loopback:
            if address.ipv4_mapped is None and any(address in network for network in TRANSLATED):
                return False
            address = address.ipv4_mapped or address
        if address.is_loopback:
            return self._allow_loopback
        return address.is_global and not address.is_multicast


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that may be fetched as far as its text goes; raise OutboundRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutboundRefused("The address is malformed.", reason="malformed") from error
    if not url.isascii():
        # RFC 3986 §2; a name in other letters has a form in these, in which it stands in a header, too
        raise OutboundRefused("The address must be written in ASCII.", reason="not_ascii")
    if parts.scheme != "https" or not parts.hostname or port == 0:
        raise OutboundRefused("The address must be https.", reason="not_https")
    if not is_host(parts.hostname):
        reason = "wildcard" if "*" in parts.hostname else "host"
        raise OutboundRefused("The host has characters that none can have.", reason=reason)
    if parts.username is not None or parts.password is not None or parts.fragment:
        reason = "fragment" if parts.fragment else "userinfo"
        text = "The address must hold neither a user name nor a fragment."
        raise OutboundRefused(text, reason=reason)
    return parts


def is_plain_loopback(url: str) -> bool:
    """Say whether an address is plain http on this very machine: for development, and for posting alone."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and _read_literal(parts.hostname or "") in LOOPBACK and parts.port != 0
    except ValueError:
        return False


def port_of(parts: SplitResult) -> int:
    return parts.port or (HTTPS_PORT if parts.scheme == "https" else HTTP_PORT)


def _read_literal(host: str) -> str | None:
    """Return the address that a host is without being looked up, None where it is a name."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return "127.0.0.1"  # RFC 6761 §6.3
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        # What resolvers take for an address, too: 2130706433, 0x7f000001, 127.1
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return None


def _look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name; whoever has its servers say nothing holds us up no longer than one who
    has their host say nothing."""
    found: list[str] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            flags = socket.AI_ADDRCONFIG
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
            found.extend(str(entry[4][0]) for entry in entries)
        except (OSError, UnicodeError) as error:
            failed.append(error)

    # The system's resolver has no limit that a caller could set
    asking = threading.Thread(target=ask, name="resolver", daemon=True)
    asking.start()
    asking.join(MAX_SECONDS)
    if failed or asking.is_alive():
        cause = failed[0] if failed else None
        raise OutboundRefused("The host name can't be resolved.", reason="unresolved") from cause
    return found


class _Pinned(NamedTuple):
    """An address that was judged, and the name that it was given by."""

    url: str
    host: str
    extensions: dict[str, str | None]


def _pin(parts: SplitResult, resolve: Callable[[SplitResult], str]) -> _Pinned:
    address = resolve(parts)
    host = f"[{address}]" if ":" in address else address
    pinned = parts._replace(netloc=f"{host}:{port_of(parts)}").geturl()
    return _Pinned(pinned, parts.netloc, {"sni_hostname": parts.hostname})


def _get(client: httpx.Client, to: _Pinned) -> bytes:
    """Ask the pinned address for the document, under the name that it was given by."""
    headers = {"Host": to.host, "Accept": ACCEPTED, "Accept-Encoding": "identity"}
    deadline = time.monotonic() + MAX_SECONDS
    with client.stream("GET", to.url, headers=headers, extensions=to.extensions) as answer:
        if answer.status_code != HTTPStatus.OK:
            raise OutboundRefused(f"The address answered {answer.status_code}.", reason="status")
        return _read(answer, deadline)


def _probe(client: httpx.Client, to: _Pinned, parcel: Parcel, method: str) -> Probed:
    """Ask the pinned address; of the answer nothing but its head is read."""
    headers, body = _headers(to, parcel), parcel.body if method == "POST" else None
    with client.stream(method, to.url, content=body, headers=headers, extensions=to.extensions) as answer:
        return Probed(
            answer.status_code,
            answer.headers.get("X-Frame-Options", ""),
            answer.headers.get("Content-Security-Policy", ""),
        )


def _headers(to: _Pinned, parcel: Parcel) -> dict[str, str]:
    headers = {"Host": to.host, "Content-Type": parcel.content_type, "Accept-Encoding": "identity"}
    if parcel.authorization:
        headers["Authorization"] = parcel.authorization
    if parcel.accept:
        headers["Accept"] = parcel.accept
    return headers


def _post(client: httpx.Client, to: _Pinned, parcel: Parcel) -> None:
    """Post to the pinned address; of the answer nothing but the status is read."""
    with client.stream(
        "POST", to.url, content=parcel.body, headers=_headers(to, parcel), extensions=to.extensions
    ) as answer:
        if answer.status_code not in parcel.taken_by:
            raise OutboundRefused(f"The address answered {answer.status_code}.")


def _read(answer: httpx.Response, deadline: float) -> bytes:
    """Read the body within its caps: a drip of bytes counts against the same three seconds."""
    body = b""
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise OutboundRefused(f"The document is larger than {MAX_BYTES} bytes.", reason="too_large")
        if time.monotonic() > deadline:
            raise OutboundRefused(
                f"The document took longer than {MAX_SECONDS:.0f} seconds.", reason="too_slow"
            )
    return body
