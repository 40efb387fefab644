"""Our own server, started as in production: `tnid serve` with several worker processes on a free port."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tests.servers.processes import descendants, free_port, stop, wait_until
from tnid.cli import main
from tnid.migrations import upgrade
from tnid.settings import load

ROOT = Path(__file__).resolve().parents[2]
TNID = str(Path(sys.executable).with_name("tnid"))
READY_SECONDS = 30


@dataclass
class Provider:
    """A running provider: where it is, and how to treat it badly."""

    issuer: str
    port: int
    environ: dict[str, str]
    log: Path
    workers: int
    host: str = "127.0.0.1"
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and return once it can serve."""
        command = [TNID, "serve", "--bind", f"{self.host}:{self.port}", "--workers", str(self.workers)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environ, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            wait_until(
                self._is_ready_or_dead, seconds=READY_SECONDS, what=f"answer from {self.issuer}/readyz"
            )
        except TimeoutError:
            self.kill()
            raise
        if self.process.poll() is not None:
            raise RuntimeError(f"tnid serve ended: {self.log.read_text(errors='replace')[-4000:]}")

    def stop(self, by: int = signal.SIGTERM) -> int:
        """Stop the server as an operator would; return its exit status."""
        return stop(self.process, by=by) if self.process else 0

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would."""
        if self.process is None:
            return
        for pid in (self.process.pid, *descendants(self.process.pid)):
            with_signal(pid, signal.SIGKILL)
        self.process.wait(10)

    def worker_pids(self) -> list[int]:
        """Return the ids of the processes below the one that was started."""
        return descendants(self.process.pid) if self.process else []

    def tnid(self, *arguments: str, given: Any = None) -> Any:
        """Run a `tnid … --json` command beside the server; return what it printed, parsed."""
        return call_tnid(self.environ, *arguments, given=given)

    def _is_ready_or_dead(self) -> bool:
        return (self.process is not None and self.process.poll() is not None) or is_ready(self.port)


def with_signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def is_ready(port: int) -> bool:
    """Say whether the server on this port says that it can serve."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def run_tnid(environ: Mapping[str, str], *arguments: str, given: Any = None) -> Any:
    """Run a `tnid` command with --json and `given` as JSON on its standard input; raise where it fails."""
    done = subprocess.run(
        [TNID, *arguments, "--json"],
        input=json.dumps(given).encode() if given is not None else b"",
        env=dict(environ), cwd=ROOT, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"tnid {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def call_tnid(environ: Mapping[str, str], *arguments: str, given: Any = None) -> Any:
    """Do as run_tnid, in this process, which has the command loaded already: it takes a second to load."""
    typed = json.dumps(given) if given is not None else ""
    before = os.umask(0o077)
    try:
        done = CliRunner().invoke(main, [*arguments, "--json"], input=typed, env=dict(environ))
    finally:
        # The command keeps what it writes to its owner, for the rest of its process
        os.umask(before)
    if done.exit_code:
        raise RuntimeError(f"tnid {' '.join(arguments)}: {done.output}") from done.exception
    return json.loads(done.stdout) if done.stdout.strip() else None


def environ_for(folder: Path, port: int, database_url: str | None, **more: str) -> dict[str, str]:
    """Return the environment of a provider whose every file lies in this folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TNID_")}
    ours = {"TNID_ISSUER": f"http://localhost:{port}", "TNID_INSTANCE_DIR": str(folder / "instance")}
    if database_url:
        ours["TNID_DATABASE_URL"] = database_url
    return {**clean, **ours, **more}


@contextmanager
def running_provider(
    folder: Path,
    *,
    database_url: str | None = None,
    workers: int = 1,
    demo: bool = False,
    host: str = "127.0.0.1",
    **more: str,
) -> Iterator[Provider]:
    """Migrate, seed where asked, serve, and stop at the end; more TNID_ variables by keyword.

    Without a database URL the database is an SQLite file in the folder. Listens at `host`.
    """
    port = free_port()
    environ = environ_for(folder, port, database_url, **more)
    # Here, for a process of its own takes a second to start
    upgrade(load(environ).database_url)
    if demo:
        call_tnid(environ, "demo", "seed")
    provider = Provider(environ["TNID_ISSUER"], port, environ, folder / f"serve-{port}.log", workers, host)
    try:
        provider.start()
        yield provider
    finally:
        provider.stop()
