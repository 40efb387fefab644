"""Answers that leave late, for a sandbox's developer to see what their application does meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator

from oidc.http import Response, json_response

AT_ONCE = 4
BUSY = json_response(
    {"error": "temporarily_unavailable", "error_description": "Too many answers wait here already."},
    503,
    (("Retry-After", "5"),),
)


class Late:
    """Holds a few answers of this process back, each by a thread that has no place at work any more.

    The unit of work is over by then: what waits is what the server reads from, after the gate has given the
    place to the next request.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = threading.BoundedSemaphore(at_once)

    def hold(self, answer: Response) -> tuple[Response, Iterable[bytes]]:
        """Return the answer and its body, to be read late; another one where too many wait already."""
        if not self._places.acquire(blocking=False):
            return BUSY, [BUSY.body]
        return answer, _Body(answer.body, answer.delay_seconds, self._places)


class _Body:
    """A body that comes when its time has come; its place is free once it was read, or nobody reads it."""

    def __init__(self, body: bytes, seconds: int, places: threading.BoundedSemaphore) -> None:
        self._body, self._seconds, self._places = body, seconds, places
        self._is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            time.sleep(self._seconds)
            yield self._body
        finally:
            self.close()

    def close(self) -> None:
        """WSGI calls this at the end, whether the body was read or not: PEP 3333."""
        if not self._is_closed:
            self._is_closed = True
            self._places.release()
