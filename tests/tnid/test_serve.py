"""`tnid serve`: several processes, a housekeeper beside them, a clean end."""

from __future__ import annotations

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.processes import descendants, is_listening, wait_until
from tests.servers.provider import Provider, is_ready, run_tnid, running_provider
from tnid.cli.answers import Refusal
from tnid.cli.serve import get_address

CANARY = "canary-5f2c"
SEALED = 'tnid_chore_last_success_timestamp_seconds{process="housekeeper-1",chore="seal"}'


@pytest.fixture
def provider(database_url: str, tmp_path: Path) -> Iterator[Provider]:
    with running_provider(tmp_path, database_url=database_url, workers=2) as running:
        yield running


only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def open_address(provider: Provider, path: str) -> int:
    with urllib.request.urlopen(f"{provider.issuer}{path}", timeout=60) as answer:
        return int(answer.status)


def read_figures(provider: Provider) -> dict[str, float]:
    with urllib.request.urlopen(f"{provider.issuer}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    }


def find_processes(provider: Provider) -> list[str]:
    """Return the figures by which each process says since when it is there."""
    return [name for name in read_figures(provider) if name.startswith("tnid_process_start_time_seconds")]


def find_housekeepers(provider: Provider) -> list[int]:
    """Return the process ids of housekeepers: each leads a session of its own."""
    return [pid for pid in living(provider) if os.getsid(pid) == pid]


def living(provider: Provider) -> list[int]:
    """Return the processes below the server without those that have ended and weren't reaped yet."""
    return [pid for pid in provider.worker_pids() if not is_gone(pid)]


def is_gone(pid: int) -> bool:
    """Say whether the process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_serves_seals_what_happened_and_ends_cleanly(provider: Provider) -> None:
    assert open_address(provider, "/healthz") == 200
    assert open_address(provider, f"/.well-known/openid-configuration?x={CANARY}") == 200
    wait_until(lambda: len(provider.worker_pids()) == 3, what="two workers and the housekeeper")

    client = {"client_name": "x", "redirect_uris": ["https://rp.example/cb"]}
    provider.tnid("client", "create", "-", given=client)
    wait_until(
        lambda: provider.tnid("audit", "verify")["unsealed"] == 0, seconds=20, what="sealing of the audit log"
    )
    verified = provider.tnid("audit", "verify")
    assert verified["events"] >= 1 and verified["problems"] == []

    # A process tells of itself in its own time, which may be after what it did
    wait_until(lambda: SEALED in read_figures(provider), what="word of the sealing")
    wait_until(lambda: len(find_processes(provider)) == 3, what="word of every process")
    processes, figures = str(find_processes(provider)), read_figures(provider)
    assert "worker-2" in processes and "housekeeper-1" in processes
    assert figures['tnid_requests_total{route="/healthz",status="200"}'] == 1, "whichever worker answered"
    assert figures[SEALED] > 0
    assert figures["tnid_database_up"] == 1 and figures['tnid_signing_keys{status="active"}'] == 2

    below = provider.worker_pids()
    assert provider.stop() == 0
    assert all(is_gone(pid) for pid in below)
    log = provider.log.read_text()
    assert '"GET /.well-known/openid-configuration HTTP/1.1" 200' in log
    assert CANARY not in log and "Traceback" not in log


@only_sqlite
def test_ctrl_c_ends_it_cleanly(provider: Provider) -> None:
    assert provider.stop(signal.SIGINT) == 0
    assert not is_listening(provider.port)


@only_sqlite
def test_a_worker_that_is_killed_is_replaced(provider: Provider) -> None:
    worker = next(pid for pid in provider.worker_pids() if pid not in find_housekeepers(provider))
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: is_gone(worker), seconds=10, what="end of the worker")
    wait_until(lambda: len(living(provider)) == 3, seconds=20, what="new worker")
    wait_until(lambda: is_ready(provider.port), seconds=20, what="answer")
    assert worker not in living(provider)
    assert open_address(provider, "/healthz") == 200
    provider.kill()  # a clean end waits for the one that isn't there any more


@only_sqlite
def test_a_housekeeper_that_is_killed_is_replaced(database_url: str, tmp_path: Path) -> None:
    with running_provider(tmp_path, database_url=database_url, TNID_LOG_FORMAT="json") as provider:
        (pid,) = find_housekeepers(provider)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_gone(pid), seconds=10, what="end of the housekeeper")
        wait_until(lambda: len(living(provider)) == 2, seconds=20, what="new housekeeper")
        assert open_address(provider, f"/healthz?x={CANARY}") == 200
        provider.stop()
        lines = [json.loads(line) for line in provider.log.read_text().splitlines()]
        assert {"tnid.access", "_granian", "tnid.cli.housekeeper"} <= {line["logger"] for line in lines}
        assert any(line.get("route") == "/healthz" and len(line["request_id"]) == 16 for line in lines)
        assert CANARY not in str(lines)


@only_sqlite
def test_nothing_is_left_behind_where_the_main_process_is_killed(provider: Provider) -> None:
    assert provider.process
    below = descendants(provider.process.pid)
    provider.process.kill()
    provider.process.wait()
    wait_until(lambda: all(is_gone(pid) for pid in below), seconds=20, what="end of what it started")
    provider.start()
    assert open_address(provider, "/readyz") == 200
    provider.kill()  # as above


@only_sqlite
def test_a_port_in_use_is_refused(tmp_path: Path, database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(RuntimeError, match="in use"):
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        environ = {**os.environ, "TNID_DATABASE_URL": database_url, "TNID_INSTANCE_DIR": str(tmp_path)}
        run_tnid(environ, "serve", "--bind", bind)


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "127.0.0.1"), ("::1", "::1"), ("0.0.0.0", "0.0.0.0")]
)
def test_a_host_may_be_a_name_or_an_address(host: str, address: str) -> None:
    assert get_address(host, 8000) == address


def test_a_host_without_an_address_is_refused() -> None:
    with pytest.raises(Refusal, match="has no address"):
        get_address("nobody.invalid", 8000)


@only_sqlite
def test_an_address_cannot_start_a_line_in_the_log(provider: Provider) -> None:
    with socket.create_connection(("127.0.0.1", provider.port)) as connection:
        connection.sendall(b"GET /x%0d%0aFORGED%1b[2J HTTP/1.0\r\n\r\n")
        while connection.recv(65536):
            pass
    wait_until(lambda: "FORGED" in provider.log.read_text(), seconds=5, what="line in the log")
    assert not any(line.startswith("FORGED") for line in provider.log.read_text().splitlines())
    assert "\x1b" not in provider.log.read_text()
