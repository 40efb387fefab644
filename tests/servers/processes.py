"""Ports, waiting and stopping."""

from __future__ import annotations

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


def free_port() -> int:
    """Return a port on which nothing listens now; chosen at random, so that two at once hardly meet."""
    while True:
        port = CHOICE.choice(PORTS)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Return as soon as the condition holds; raise TimeoutError naming what was awaited."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds} s: no {what}")
        time.sleep(0.02)


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
        return process.wait(5)


def descendants(pid: int) -> list[int]:
    """Return the process ids below this one, children before grandchildren (Linux)."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found
