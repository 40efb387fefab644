"""A syslog receiver as a process of its own, which can be killed at a moment that it announces.

`store` keeps each connection's content in a file and then ends it; `half` reads the beginning and no more;
`forget` reads to the end and keeps nothing. The last two say so on their standard output, and go on for ever.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

BEGINNING = 200


def serve(mode: str, port: int, file: Path) -> None:
    listener = socket.create_server(("127.0.0.1", port))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _peer = listener.accept()
        with connection:
            if mode == "store":
                store(read(connection), file)
                continue
            read(connection, BEGINNING if mode == "half" else None)
            print("read", flush=True)
            time.sleep(3600)


def read(connection: socket.socket, most: int | None = None) -> bytes:
    received = b""
    while (most is None or len(received) < most) and (more := connection.recv(most or 65536)):
        received += more
    return received


def store(content: bytes, file: Path) -> None:
    """Append the messages, a line each, and have them on the disk: RFC 6587 §3.4.1."""
    with file.open("ab") as kept:
        while content:
            length, _, rest = content.partition(b" ")
            kept.write(rest[: int(length)] + b"\n")
            content = rest[int(length) :]
        kept.flush()
        os.fsync(kept.fileno())


class Running:
    """The process; `port` stays the same for another one after it."""

    def __init__(self, mode: str, file: Path, port: int = 0) -> None:
        command = [sys.executable, __file__, mode, str(port), str(file)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.next_line())

    def next_line(self) -> str:
        """Await what it says next."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
