"""Sends the lines by syslog: RFC 5424 messages over TCP (RFC 6587 §3.4.1), TLS (RFC 5425) or UDP (RFC 5426).

Syslog knows no answer by which a receiver says that it has something. So each chunk has a connection of its
own: we end our side after the last message, and the receiver ends its side when it has read that far. One
that is killed before resets the connection, and the chunk is sent again.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tnid.soc.file import NotTaken
from tnid.soc.lines import Line, timestamp

TLS, TCP, UDP = "syslog+tls", "syslog+tcp", "syslog+udp"
PORTS = {TLS: 6514, TCP: 601, UDP: 514}
SECONDS = 5.0
LOG_AUDIT = 13  # RFC 5424 §6.2.1
INFO, NOTICE = 6, 5
MOST_MSGID = 32


class Address(NamedTuple):
    """Where a receiver is, and how it is spoken to."""

    scheme: str
    host: str
    port: int


def address_of(url: str) -> Address:
    parts = urlsplit(url)
    return Address(parts.scheme, str(parts.hostname), parts.port or PORTS[parts.scheme])


class Syslog:
    """A receiver; `host` is what we call ourselves, `ca_file` holds more authorities for its certificate."""

    may_forget = True

    def __init__(self, url: str, host: str, ca_file: Path | None = None) -> None:
        self._address = address_of(url)
        self._host = host
        self._ca_file = ca_file

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)

    def send(self, lines: Sequence[Line]) -> None:
        """Send; return once the receiver has them, as far as its way lets us know. Raises NotTaken."""
        messages = [message(line, self._host) for line in lines]
        try:
            if self._address.scheme == UDP:
                self._send_datagrams(messages)
            else:
                # RFC 6587 §3.4.1 and RFC 5425 §4.3: the length counts octets
                self._send_stream(b"".join(b"%d %b" % (len(one), one) for one in messages))
        except OSError as error:
            raise NotTaken(f"{self._address.host}:{self._address.port}: {error}") from error

    def _send_datagrams(self, messages: Sequence[bytes]) -> None:
        where = (self._address.host, self._address.port)
        family = socket.getaddrinfo(*where, type=socket.SOCK_DGRAM)[0][0]
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.connect(where)
            for one in messages:
                sender.send(one)

    def _send_stream(self, content: bytes) -> None:
        where = (self._address.host, self._address.port)
        with socket.create_connection(where, timeout=SECONDS) as plain:
            if self._address.scheme == TCP:
                plain.sendall(content)
                plain.shutdown(socket.SHUT_WR)
                await_end(plain)
                return
            with self._tls.wrap_socket(plain, server_hostname=self._address.host) as sender:
                sender.sendall(content)
                end_tls(sender)


def end_tls(sender: ssl.SSLSocket) -> None:
    """End our side of the session, and await the other's; raises OSError where the connection broke."""
    try:
        plain = sender.unwrap()
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return  # it read to the end, and hung up without a word
    # One that stops half-way may take its leave of TLS, and resets the connection all the same
    with plain:
        await_end(plain)


def await_end(sender: socket.socket) -> None:
    """Return when the receiver has read to the end; raises OSError where it broke the connection before."""
    until = time.monotonic() + SECONDS
    while (left := until - time.monotonic()) > 0:
        sender.settimeout(left)
        if not sender.recv(4096):
            return
    raise TimeoutError("it reads and never ends the connection")


def message(line: Line, host: str) -> bytes:
    """Return the RFC 5424 message of a line; its text is the line itself."""
    priority = LOG_AUDIT * 8 + (INFO if line.outcome == "ok" else NOTICE)
    kind = line.event[:MOST_MSGID]
    head = f'<{priority}>1 {timestamp(line.occurred_at)} {host} tnid - {kind} [origin software="tnid"] '
    return head.encode("ascii", "replace") + line.text
