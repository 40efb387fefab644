"""Where somebody may look on how long things take. Nobody does unless a process calls `watch` at its start.

One for the process, like its log: what is watched lies deep, and is made in many places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Span(Protocol):
    """Something that has begun."""

    def note(self, name: str, value: float) -> None: ...
    def end(self, failure: str = "") -> None: ...


Begin = Callable[[str], Span]
_watcher: list[Begin] = []


def watch(begin: Begin | None) -> None:
    """Have this told of what begins in the process; None ends that."""
    _watcher[:] = [] if begin is None else [begin]


def is_watched() -> bool:
    return bool(_watcher)


def begin(name: str) -> Span | None:
    """Say that something begins; None where nobody watches."""
    return _watcher[0](name) if _watcher else None


@contextmanager
def span(name: str) -> Iterator[None]:
    """Let the block be watched, and how it failed, by the exception's name alone."""
    begun = begin(name)
    try:
        yield
    except BaseException as error:
        if begun:
            begun.end(type(error).__name__)
        raise
    if begun:
        begun.end()
