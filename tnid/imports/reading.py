"""Runs the reader of lists: feeds it a file by a pipe, and says what it says.

What comes back is judged like anything from outside: whoever breaks the reader by a file has its voice, and
nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tnid.imports.reader.headings import HEADINGS

_PROGRAM = Path(__file__).parent / "reader" / "__main__.py"
# A dozen cells of three hundred letters, each written in six characters
MOST_LINE = 64 * 1024
# It ended without a word: the system ended it for what it took
_ENDED = {"refused": "too_much_inside"}


def read_list(pieces: Iterable[bytes], most_rows: int, most_bytes: int) -> Iterator[dict[str, Any]]:
    """Yield the reader's events (tnid/imports/reader/__main__.py); the last is `end` or `refused`."""
    # -I: it takes nothing from the environment, and nothing of the server's environment goes there
    command = [sys.executable, "-I", str(_PROGRAM), str(most_rows), str(most_bytes)]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603  a program of ours, and nobody else's words in its arguments
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env={}
    ) as process:
        try:
            if process.stdin and process.stdout:
                _feed(process.stdin, pieces)
                yield from _listen(process.stdout)
        finally:
            process.kill()


def _feed(stdin: IO[bytes], pieces: Iterable[bytes]) -> None:
    # It may have seen enough: why, it says
    with suppress(BrokenPipeError):
        for piece in pieces:
            stdin.write(piece)
    with suppress(BrokenPipeError):
        stdin.close()


def _listen(stdout: IO[bytes]) -> Iterator[dict[str, Any]]:
    while line := stdout.readline(MOST_LINE):
        try:
            event = json.loads(line)
            check_event(event)
        except (ValueError, TypeError, KeyError):
            yield _ENDED
            return
        yield event
        if "end" in event or "refused" in event:
            return
    yield _ENDED


def check_event(event: Any) -> None:
    """Raise TypeError, KeyError or ValueError where this is nothing that the reader says."""
    texts = [*event.get("values", {}).items(), *event.get("ignored", ()), *event.get("fault", ())]
    flat = [text for item in texts for text in (item if isinstance(item, tuple) else (item,))]
    if not all(isinstance(text, str) for text in flat):
        raise TypeError("texts are strings")
    if not set(event.get("values", ())) <= HEADINGS.keys():
        raise KeyError("a column that there isn't")
    numbers = [event[name] for name in ("row", "end") if name in event]
    if not all(isinstance(number, int) and 0 <= number < 2**31 for number in numbers):
        raise ValueError("a number that no row has")
    if not isinstance(event.get("refused", ""), str):
        raise TypeError("a reason is a word")
