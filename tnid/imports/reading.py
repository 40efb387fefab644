"""Runs the reader of lists: feeds it a file by a pipe, and says what it says.

What comes back is judged like anything from outside: whoever breaks the reader by a file has its voice, and
nothing else. It may be silent for long, for a large table is unpacked before its first row; not for ever.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tnid.imports.reader.headings import HEADINGS

_PROGRAM = Path(__file__).parent / "reader" / "__main__.py"
# A dozen cells of three hundred letters, each written in six characters
MOST_LINE = 64 * 1024
MOST_TEXT = 1000
CHUNK_BYTES = 32 * 1024
MOST_CHUNKS = 16
WAIT_SECONDS = 5.0
PUT_SECONDS = 0.2
# Far more than the time that the system lets it work
MOST_SILENT_SECONDS = 600.0
# It ended without a word, or the system ended it for what it took
_ENDED = {"refused": "too_much_inside"}


def read_list(
    pieces: Iterable[bytes], most_rows: int, most_bytes: int, wait: Callable[[], object] = lambda: None
) -> Iterator[dict[str, Any]]:
    """Yield the reader's events (tnid/imports/reader/__main__.py); the last is `end` or `refused`.

    `wait` is called every few seconds in which nothing comes. What `pieces` raises is raised here.
    """
    # -I: it takes nothing from the environment, and nothing of the server's environment goes there
    command = [sys.executable, "-I", str(_PROGRAM), str(most_rows), str(most_bytes)]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603  a program of ours, and nobody else's words in its arguments
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env={}
    ) as process:
        conversation = _Conversation(process, pieces)
        try:
            yield from _judge(_split(conversation.listen(wait)))
        finally:
            process.kill()
            conversation.end()


class _Conversation:
    """What is said to the reader and what it says, each in a thread: whichever stops, the import goes on."""

    def __init__(self, process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
        self._said: queue.Queue[bytes | BaseException] = queue.Queue(MOST_CHUNKS)
        self._over = threading.Event()
        threads = (self._feed, process.stdin, pieces), (self._hear, process.stdout)
        self._threads = [threading.Thread(target=do, args=rest, daemon=True) for do, *rest in threads]
        for thread in self._threads:
            thread.start()

    def _feed(self, stdin: IO[bytes], pieces: Iterable[bytes]) -> None:
        try:
            # It may have seen enough: why, it says
            with suppress(BrokenPipeError), stdin:
                for piece in pieces:
                    stdin.write(piece)
        except BaseException as error:
            self._put(error)

    def _hear(self, stdout: Any) -> None:
        while chunk := stdout.read1(CHUNK_BYTES):
            self._put(chunk)
        self._put(b"")

    def _put(self, said: bytes | BaseException) -> None:
        while not self._over.is_set():
            with suppress(queue.Full):
                return self._said.put(said, timeout=PUT_SECONDS)
        return None

    def listen(self, wait: Callable[[], object]) -> Iterator[bytes]:
        silent = 0.0
        while silent < MOST_SILENT_SECONDS:
            try:
                said = self._said.get(timeout=WAIT_SECONDS)
            except queue.Empty:
                silent += WAIT_SECONDS
                wait()
                continue
            if isinstance(said, BaseException):
                raise said
            if not said:
                return
            silent = 0.0
            yield said

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines; ends at one that is longer than any."""
    begun = b""
    for chunk in chunks:
        *lines, begun = (begun + chunk).split(b"\n")
        yield from lines
        if len(begun) > MOST_LINE:
            return


def _judge(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
            check_event(event)
        except (ValueError, TypeError, KeyError, AttributeError):
            break
        yield event
        if "end" in event or "refused" in event:
            return
    yield _ENDED


def check_event(event: Any) -> None:
    """Raise TypeError, KeyError, AttributeError or ValueError where this is nothing that the reader says."""
    event.keys()
    if "row" in event:
        _check_texts(event["values"].values())
        if not event["values"].keys() <= HEADINGS.keys():
            raise KeyError("a column that there isn't")
        if "fault" in event:
            field, reason = event["fault"]
            _check_texts((field, reason))
    if "columns" in event:
        _check_texts(event["ignored"])
    _check_texts([event["refused"]] if "refused" in event else ())
    numbers = [event[name] for name in ("row", "end") if name in event]
    if not all(isinstance(number, int) and 0 <= number < 2**31 for number in numbers):
        raise ValueError("a number that no row has")


def _check_texts(texts: Iterable[Any]) -> None:
    if not all(isinstance(text, str) and len(text) <= MOST_TEXT for text in texts):
        raise TypeError("texts are strings")
