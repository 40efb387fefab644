"""The machine: which core does what, and the facts that a figure means nothing without."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
DEBIAN_PACKAGES = "nodejs npm redis-server postgresql util-linux"
DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")


class MissingToolError(Exception):
    """Something that the benchmark runs isn't installed; the message says what to do."""


def server_core() -> int:
    """The core of the server that is measured, with its database."""
    return sorted(os.sched_getaffinity(0))[0]


def generator_core() -> int:
    """The load generator's core: another one, where there is another."""
    return sorted(os.sched_getaffinity(0))[-1]


def pinned(core: int, *argv: str | Path) -> list[str]:
    """Return the command line that runs `argv`, and all that it starts, on one core."""
    return [tool("taskset"), "-c", str(core), *map(str, argv)]


def tool(name: str) -> str:
    """Return the path of a program; raises MissingToolError."""
    found = shutil.which(name)
    if found is None:
        raise MissingToolError(f"{name} is not installed; on Debian: apt-get install {DEBIAN_PACKAGES}")
    return found


def postgresql_tool(name: str) -> str:
    """Return the path of a program of the newest PostgreSQL, which Debian keeps off PATH."""
    versions = sorted(DEBIAN_POSTGRESQL.glob("[0-9]*"), key=lambda folder: float(folder.name), reverse=True)
    for folder in versions:
        if (folder / "bin" / name).exists():
            return str(folder / "bin" / name)
    return tool(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def facts() -> dict[str, Any]:
    """Return what the machine is and which versions ran, for the results."""
    return {
        "processor": _processor(),
        "cores": sorted(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "node": _said(tool("node"), "--version"),
        "redis": _said(tool("redis-server"), "--version").split(" sha=")[0],
        "postgresql": _said(postgresql_tool("postgres"), "--version"),
        "commit": _said("git", "describe", "--always", "--dirty"),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _said(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=10).stdout.strip()
