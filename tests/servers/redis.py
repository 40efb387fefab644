"""A Redis of our own on a free port."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.servers.processes import free_port, is_listening, stop, wait_until
from tests.servers.programs import get_program


@dataclass(frozen=True)
class Redis:
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def running_redis() -> Iterator[Redis]:
    """A Redis that keeps nothing on disk; the test may kill or freeze its process."""
    program, port = get_program("redis-server"), free_port()
    with tempfile.TemporaryDirectory(prefix="tnid-redis-") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: is_listening(port), seconds=10, what="answer from Redis")
            yield Redis(port, process)
        finally:
            stop(process)
