"""Appends the lines to a file, which may be rotated at any time: it is opened anew for each chunk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tnid.soc.lines import Line


class NotTaken(Exception):
    """The lines didn't arrive, or may not have: they are to be sent again. The message is for the log."""


class LineFile:
    """A file of JSON lines, for its owner and group."""

    may_forget = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, lines: Sequence[Line]) -> None:
        """Append; return once they are on the disk. Raises NotTaken."""
        content = b"".join(line.text + b"\n" for line in lines)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            descriptor = os.open(self._path, flags, 0o640)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                _append(file.fileno(), content)
                os.fsync(file.fileno())
        except OSError as error:
            raise NotTaken(f"{self._path}: {error.strerror}") from error


def _append(descriptor: int, content: bytes) -> None:
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        # What a kill or a full disk cut off stays a line of its own, and comes again whole
        content = b"\n" + content
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
