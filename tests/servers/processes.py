"""Ports, waiting and stopping."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# Below the range from which the kernel picks ports for outgoing connections
PORTS = range(20000, 32000)
CHOICE = random.SystemRandom()
RUN_FOLDER = "TEST_RUN_FOLDER"
# For whatever will surely come: many times what it takes here, as a busy machine may stand still for long
PATIENCE_SECONDS = 60

_taken: set[int] = set()


def free_port() -> int:
    """Return a port on which nothing listens now, and which nobody else of this run was given or will be."""
    while True:
        port = CHOICE.choice(PORTS)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        if _take(port):
            return port


def _take(port: int) -> bool:
    """Say whether the port is ours: from the choice until something listens there a second may pass."""
    if port in _taken:
        return False
    _taken.add(port)
    if folder := os.environ.get(RUN_FOLDER):
        try:
            (Path(folder) / f"port-{port}").touch(exist_ok=False)
        except FileExistsError:
            return False
    return True


def wait_until(
    condition: Callable[[], object], *, what: str, seconds: float = PATIENCE_SECONDS, every: float = 0.02
) -> None:
    """Return as soon as the condition holds; raise TimeoutError naming what was awaited.

    The last look begins after all of that time, however long the looks take.
    """
    deadline = time.monotonic() + seconds
    is_last = False
    while not condition():
        if is_last:
            raise TimeoutError(f"after {seconds} s: no {what}")
        time.sleep(every)
        is_last = time.monotonic() > deadline


def is_listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def stop(process: subprocess.Popen[bytes], *, seconds: float = 15, by: int = signal.SIGTERM) -> int:
    """Ask the process to end, wait, kill it where it doesn't; return its exit status."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(PATIENCE_SECONDS)


def descendants(pid: int) -> list[int]:
    """Return the process ids below this one, children before grandchildren (Linux)."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found
