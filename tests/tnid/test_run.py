"""`make run`: everything a newcomer needs, started, printed and stopped by one command."""

from __future__ import annotations

import os
import runpy
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.servers.processes import descendants, free_port, is_listening, stop, wait_until
from tests.servers.provider import ROOT

VARIABLES = (
    "TNID_ISSUER",
    "DEMO_JOBS_URL",
    "DEMO_APPS_URL",
    "DEMO_BOOKINGS_URL",
    "DEMO_BOOKINGS_API_URL",
    "DEMO_KIOSK_URL",
)
RUN = [sys.executable, str(ROOT / "bin" / "run")]


def start(environ: dict[str, str], output: Path) -> subprocess.Popen[bytes]:
    """Start `bin/run` and return once it has said that everything runs."""
    with output.open("wb") as file:
        process = subprocess.Popen(RUN, env=environ, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    try:
        wait_until(
            lambda: process.poll() is not None or "Ctrl-C" in output.read_text(), seconds=90, what="table"
        )
        assert process.poll() is None, output.read_text()
    except BaseException:
        stop(process)
        raise
    return process


def test_it_starts_prints_and_stops_everything_and_keeps_the_data(tmp_path: Path) -> None:
    ports = [free_port() for _ in range(len(VARIABLES))]
    urls = [f"http://localhost:{port}" for port in ports]
    environ = {
        **os.environ,
        "TNID_INSTANCE_DIR": str(tmp_path / "instance"),
        **dict(zip(VARIABLES, urls, strict=True)),
    }
    tables = []
    for _ in range(2):
        process = start(environ, tmp_path / "output")
        try:
            for url in urls:
                with urllib.request.urlopen(url, timeout=60) as answer:
                    assert answer.status == 200
        finally:
            assert stop(process, by=signal.SIGINT, seconds=30) == 0
        assert not any(is_listening(port) for port in ports)
        tables.append((tmp_path / "output").read_text())

    assert tables[0] == tables[1]
    assert all(url in tables[0] for url in urls)
    assert "lan.nguyen" in tables[0] and "tnid demo code lan.nguyen" in tables[0]


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environ = {
            **os.environ,
            "TNID_INSTANCE_DIR": str(tmp_path / "instance"),
            "TNID_ISSUER": f"http://localhost:{port}",
        }
        done = subprocess.run(RUN, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is in use (by another `make run`?): stop what listens there")
    assert "TNID_ISSUER" in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize("address", ["http://localhost:port", "http://localhost:99999", "localhost:9001", ""])
@pytest.mark.parametrize("name", ["TNID_ISSUER", "DEMO_KIOSK_URL"])
def test_an_address_that_is_none_is_said_in_one_sentence(name: str, address: str, tmp_path: Path) -> None:
    environ = {**os.environ, "TNID_INSTANCE_DIR": str(tmp_path / "instance"), name: address}
    done = subprocess.run(RUN, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr == f"{name} must be an address such as http://localhost:9001, and is {address!r}.\n"
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize("command", ["db upgrade", "demo seed"])
def test_who_is_stopped_while_it_prepares_reads_and_leaves_nothing(command: str, tmp_path: Path) -> None:
    addresses = {name: f"http://localhost:{free_port()}" for name in VARIABLES}
    environ = {**os.environ, "TNID_INSTANCE_DIR": str(tmp_path / "instance"), **addresses}
    process = subprocess.Popen(
        RUN,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )

    def find_commands() -> list[int]:
        found = []
        for pid in descendants(process.pid):
            with suppress(FileNotFoundError, ProcessLookupError):  # ended meanwhile
                line = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
                found += [pid] if command in line else []
        return found

    try:
        wait_until(lambda: process.poll() is not None or find_commands(), seconds=60, what=command)
        (pid,) = find_commands()
        # As a terminal does it: to all of its foreground's processes; twice, as by somebody in a hurry
        os.killpg(process.pid, signal.SIGINT)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    finally:
        stop(process)
    assert said == b""
    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_who_is_stopped_while_it_starts_a_program_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runpy.run_path(str(ROOT / "bin" / "run"))
    popen = subprocess.Popen

    def begin(*arguments: Any, **options: Any) -> Any:
        process = popen(*arguments, **options)
        signal.raise_signal(signal.SIGTERM)  # before anybody but us knows of the process
        return process

    started: list[subprocess.Popen[bytes]] = []
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        monkeypatch.setattr(subprocess, "Popen", begin)
        with pytest.raises(SystemExit):
            run["spawn"](started, [sys.executable, "-c", "import time; time.sleep(60)"], subprocess.DEVNULL)
        run["stop_all"](started)
    finally:
        signal.signal(signal.SIGTERM, before)
    (process,) = started
    assert process.poll() is not None
