"""Processes that the benchmark starts, and ends by their own ids."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

START_SECONDS = 30
STOP_SECONDS = 15
POLL_SECONDS = 0.005
UNPRIVILEGED = ("postgres", "nobody")


class BenchmarkError(Exception):
    """Something under measurement did not do as it should; the message says what."""


class Process:
    """One process, started at once; a context manager that stops it and what it started.

    Its output goes to `log`. `as_other` gives up root, for servers that refuse it (no effect without root).
    """

    def __init__(
        self,
        argv: list[str],
        log: Path,
        *,
        environ: Mapping[str, str] | None = None,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | None = None,
        as_other: bool = False,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self._log = log
        self._stop_signal = stop_signal
        self.started_at = time.monotonic()
        with log.open("ab") as output:
            self.running = subprocess.Popen(
                argv,
                stdin=stdin,
                stdout=output if stdout is None else stdout,
                stderr=output,
                env={**os.environ, **(environ or {})},
                **identity(as_other),
            )

    def wait_until(self, is_ready: Callable[[], bool]) -> float:
        """Wait until `is_ready`; return the seconds since the start, or raise BenchmarkError."""
        deadline = self.started_at + START_SECONDS
        while not is_ready():
            if self.running.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkError(f"{self.running.args!r} did not come up:\n{self.log_end()}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - self.started_at

    def log_end(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]

    def pids(self) -> list[int]:
        """Return the process and all its descendants."""
        return list(_tree(self.running.pid))

    def move(self, core: int) -> None:
        """Let the process and its descendants, with all their threads, run on this core and no other."""
        for pid in self.pids():
            for thread in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread.name), {core})

    def stop(self) -> None:
        pids = self.pids()
        if self.running.poll() is None:
            self.running.send_signal(self._stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(STOP_SECONDS)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def identity(as_other: bool) -> dict[str, Any]:
    """Return Popen's arguments for an unprivileged user, or none where we aren't root."""
    if not as_other or os.geteuid() != 0:
        return {}
    user = unprivileged_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def unprivileged_user() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise BenchmarkError("no unprivileged user to run PostgreSQL as")


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(FileNotFoundError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def cpu_seconds(pids: list[int]) -> float:
    """Return the processor time that these processes have used."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mib(pids: list[int]) -> dict[str, float]:
    """Return the largest process's resident set and the sum of the proportional sets, in MiB."""
    resident, proportional = [0], 0
    for pid in pids:
        sizes = _rollup(pid)
        resident.append(sizes.get("Rss", 0))
        proportional += sizes.get("Pss", 0)
    return {"largest_rss": round(max(resident) / 1024, 1), "total_pss": round(proportional / 1024, 1)}


def _rollup(pid: int) -> dict[str, int]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return {}
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}
