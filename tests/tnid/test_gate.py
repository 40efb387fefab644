"""The gate: bodies are read before a place is taken, and nobody waits without end."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from tests.servers.processes import wait_until
from tnid import gate
from tnid.app import Application
from tnid.gate import MOST_BODY_BYTES, Gate


class Pages:
    """An application that answers with what it was sent, once it may."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.at_work = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.at_work += 1
        self.may_answer.wait(60)
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]


class SlowBody:
    """A body whose end comes when it is told to."""

    def __init__(self) -> None:
        self.end = threading.Event()
        self.is_read = False

    def read(self, _most: int) -> bytes:
        self.is_read = True
        self.end.wait(60)
        return b""


def ask(application: Gate, body: Any = b"", path: str = "/login", **more: Any) -> tuple[str, bytes]:
    said: list[str] = []
    environ = {
        "PATH_INFO": path,
        "REMOTE_ADDR": "192.0.2.1",
        "CONTENT_LENGTH": str(len(body)) if isinstance(body, bytes) else "",
        **more,
        "wsgi.input": io.BytesIO(body) if isinstance(body, bytes) else body,
    }
    answer = application(environ, lambda status, _headers: said.append(status))
    return said[0], b"".join(answer)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def closed(pages: Pages) -> Gate:
    return Gate(pages, at_once=1, senders=2, open_paths=frozenset({"/jwks"}))


def test_a_body_arrives_whole(closed: Gate) -> None:
    assert ask(closed, b"a=b") == ("200 OK", b"a=b")
    assert ask(closed, b"") == ("200 OK", b"")
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert ask(closed, b"a=b", **chunked) == ("200 OK", b"a=b")


def test_a_slow_sender_takes_no_place(closed: Gate) -> None:
    slow = SlowBody()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, closed, slow, HTTP_TRANSFER_ENCODING="chunked")
        wait_until(lambda: slow.is_read, seconds=5, what="reading")
        assert ask(closed, b"quick")[0] == "200 OK"
        slow.end.set()
        assert waiting.result(60)[0] == "200 OK"


def test_one_address_holds_a_part_of_the_threads_only(closed: Gate) -> None:
    slow = [SlowBody(), SlowBody()]
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(ask, closed, one, HTTP_TRANSFER_ENCODING="chunked") for one in slow]
        wait_until(lambda: all(one.is_read for one in slow), seconds=5, what="reading")
        assert ask(closed, b"x")[0] == gate.TOO_MANY
        assert ask(closed, b"x", REMOTE_ADDR="192.0.2.2")[0] == "200 OK"
        assert ask(closed)[0] == "200 OK"
        for one in slow:
            one.end.set()
        assert [one.result(60)[0] for one in waiting] == ["200 OK", "200 OK"]
    assert ask(closed, b"x")[0] == "200 OK"


def test_too_many_at_once_are_refused_after_a_while(
    closed: Gate, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "WAIT_SECONDS", 0.05)
    pages.may_answer.clear()
    with ThreadPoolExecutor(2) as threads:
        working = threads.submit(ask, closed)
        wait_until(lambda: pages.at_work == 1, seconds=5, what="work")
        assert ask(closed)[0] == gate.BUSY
        public = threads.submit(ask, closed, path="/jwks")
        wait_until(lambda: pages.at_work == 2, seconds=5, what="work on what needs no place")
        pages.may_answer.set()
        assert working.result(60)[0] == public.result(60)[0] == "200 OK"
    assert ask(closed)[0] == "200 OK"


def test_a_body_broken_off_never_reaches_the_application(closed: Gate, pages: Pages) -> None:
    assert ask(closed, b"a=b", CONTENT_LENGTH="900")[0] == gate.BROKEN_OFF
    assert pages.at_work == 0


@pytest.mark.parametrize("length", ["", str(MOST_BODY_BYTES + 5)])
def test_a_body_too_large_is_left_to_the_application(closed: Gate, length: str) -> None:
    more = {"CONTENT_LENGTH": length, "HTTP_TRANSFER_ENCODING": "" if length else "chunked"}
    status, body = ask(closed, bytes(MOST_BODY_BYTES + 5), **more)
    assert status == "200 OK" and len(body) > MOST_BODY_BYTES


@pytest.mark.parametrize("size", [64 * 1024, MOST_BODY_BYTES])
def test_a_form_in_chunks_has_the_limits_of_any_other(app: Application, size: int) -> None:
    """RFC 9112 §6.3: a body in chunks has no length announced, and has one all the same."""
    application = Gate(app.wsgi_app, at_once=1, senders=1, open_paths=frozenset())
    environ = EnvironBuilder("/language", method="POST", content_type="application/x-www-form-urlencoded")
    chunked = {**environ.get_environ(), "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    chunked |= {"wsgi.input_terminated": True, "HTTP_ACCEPT": "text/html"}
    status, page = ask(application, b"lang=ko&next=" + b"x" * size, path="/language", **chunked)
    assert status.startswith("413") and b'id="error_code" translate="no">too_large<' in page


def test_a_failure_gives_the_place_back(pages: Pages) -> None:
    def fail(_environ: Any, _start_response: Any) -> Iterable[bytes]:
        raise ZeroDivisionError

    failing = Gate(fail, at_once=1, senders=1, open_paths=frozenset())
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            ask(failing, b"x")
