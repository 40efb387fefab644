"""Between the server and the application: slow senders hold up nobody, and too many requests wait in no line.

The server gives each request a thread, and has no time limit for a body. So a request's body is read here
first, in a thread that costs nothing while it waits, and only then takes one of the few places at work. One
address may hold only a part of the threads in that way; a reverse proxy, which buffers, never comes near it.
"""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WAIT_SECONDS = 10.0
MOST_BODY_BYTES = 1024 * 1024
LARGE_AT_ONCE = 2
BUSY = "503 Service Unavailable"
TOO_MANY = "429 Too Many Requests"
BROKEN_OFF = "400 Bad Request"


class Gate:
    """A WSGI application around another.

    `at_once` requests are at work at a time, `senders` of one address may be sending a body. `open_paths`
    need no place: what must be answered even while everything else waits for a database. To `large_paths`
    comes what is too large to be read here, which the application reads itself: two at a time. What
    `may_pass` knows needs no place either: whoever looks after the server has to see it when it is full.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        at_once: int,
        senders: int,
        open_paths: frozenset[str],
        large_paths: frozenset[str] = frozenset(),
        may_pass: Callable[[WSGIEnvironment], bool] = lambda _environ: False,
    ) -> None:
        self._application = application
        self._at_once = at_once
        self._may_pass = may_pass
        # Told of each refusal's status
        self.note_refused: Callable[[str], None] = lambda _status: None
        # One token a place; a queue in C hands them out several times as fast as a semaphore in Python
        self._places: SimpleQueue[None] = SimpleQueue()
        for _ in range(at_once):
            self._places.put(None)
        self._senders = senders
        self._sending: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._open_paths = open_paths
        self._large_paths = large_paths
        self._large = threading.BoundedSemaphore(LARGE_AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_large(environ):
            return self._answer_large(environ, start_response)
        if has_body(environ) and (refused := self._receive(environ)):
            return self._refuse(refused, start_response)
        if environ["PATH_INFO"] in self._open_paths or self._may_pass(environ):
            return self._application(environ, start_response)
        return self._answer(environ, start_response)

    def count_at_work(self) -> int:
        """Return how many places are taken just now."""
        return self._at_once - self._places.qsize()

    def _refuse(self, status: str, start_response: StartResponse) -> list[bytes]:
        self.note_refused(status)
        return refuse(status, start_response)

    def _answer_large(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Leave the body to the application: to be read where it is wanted, to be refused anywhere else."""
        if environ["PATH_INFO"] not in self._large_paths:
            return self._answer(environ, start_response)
        if not self._large.acquire(blocking=False):
            return self._refuse(BUSY, start_response)
        try:
            return self._answer(environ, start_response)
        finally:
            self._large.release()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            self._places.get(timeout=WAIT_SECONDS)
        except Empty:
            return self._refuse(BUSY, start_response)
        try:
            return self._application(environ, start_response)
        finally:
            self._places.put(None)

    def _receive(self, environ: WSGIEnvironment) -> str | None:
        """Read the whole body in; return the status of a refusal."""
        address = str(environ.get("REMOTE_ADDR", ""))
        if not self._begin_sending(address):
            return TOO_MANY
        try:
            return read_body(environ)
        finally:
            self._end_sending(address)

    def _begin_sending(self, address: str) -> bool:
        with self._counting:
            if self._sending[address] >= self._senders:
                return False
            self._sending[address] += 1
            return True

    def _end_sending(self, address: str) -> None:
        with self._counting:
            self._sending[address] -= 1
            if not self._sending[address]:
                del self._sending[address]


def is_large(environ: WSGIEnvironment) -> bool:
    """Say whether a body is announced that is larger than what is read here."""
    length = environ.get("CONTENT_LENGTH") or ""
    return length.isascii() and length.isdigit() and int(length) > MOST_BODY_BYTES


def has_body(environ: WSGIEnvironment) -> bool:
    return environ.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def read_body(environ: WSGIEnvironment) -> str | None:
    """Put the body read in the place of the one to come; return the status of a refusal.

    One that turns out too large is left to the application, which refuses it: it has one byte more than is
    allowed. What came in chunks has its length from here on: the limits of forms are judged by it.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    announced = int(length) if length.isascii() and length.isdigit() else None
    body = read_all(environ["wsgi.input"], MOST_BODY_BYTES + 1)
    if announced is not None and len(body) < announced:
        return BROKEN_OFF
    if announced is None:
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["wsgi.input"] = io.BytesIO(body)
    return None


def read_all(stream: Any, most: int) -> bytes:
    """Return what comes, up to its end or `most` bytes."""
    body = bytearray()
    while len(body) < most and (part := stream.read(most - len(body))):
        body += part
    return bytes(body)


def refuse(status: str, start_response: StartResponse) -> list[bytes]:
    """Answer in a few bytes, and be rid of the connection."""
    reason = status.encode() + b"\n"
    start_response(
        status,
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(reason))),
            ("Cache-Control", "no-store"),
            ("Retry-After", "5"),
            ("Connection", "close"),
        ],
    )
    return [reason]
