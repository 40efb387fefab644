"""Many requests at the same moment, each on a connection that is open already."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.security.target import Party, Target

FORM = "application/x-www-form-urlencoded"


class Post(NamedTuple):
    """A form to be posted by a client."""

    party: Party
    path: str
    form: Mapping[str, str]


class Answer(NamedTuple):
    status: int
    document: dict[str, Any]

    @property
    def error(self) -> str:
        return str(self.document.get("error", ""))


class Line:
    """One open connection."""

    def __init__(self, target: Target) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", target.provider.port, timeout=60)
        self._http.connect()

    def send(self, post: Post) -> None:
        headers = {"Content-Type": FORM, **Target.credentials(post.party)}
        self._http.request("POST", post.path, urlencode(post.form), headers)

    def answer(self) -> Answer:
        received = self._http.getresponse()
        body = received.read()
        return Answer(received.status, json.loads(body) if body else {})

    def find_answer(self) -> Answer | None:
        """Return the answer, or None where the connection broke first."""
        try:
            return self.answer()
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return None

    def close(self) -> None:
        self._http.close()


def post_at_once(target: Target, posts: Sequence[Post]) -> list[Answer]:
    """Post them all at the same moment; return the answers in order."""
    lines = [Line(target) for _ in posts]
    start = threading.Barrier(len(posts))

    def post(line: Line, one: Post) -> Answer:
        start.wait(30)
        line.send(one)
        return line.answer()

    try:
        return run_at_once(
            [lambda line=line, one=one: post(line, one) for line, one in zip(lines, posts, strict=True)]
        )
    finally:
        for line in lines:
            line.close()


def run_at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each in a thread of its own; return what they return, in order."""
    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result(60) for future in [threads.submit(work) for work in works]]
