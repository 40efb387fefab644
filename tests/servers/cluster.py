"""Two PostgreSQL servers that Patroni looks after, a primary and its synchronous replica, with an etcd.

The members run on the configuration that `deploy/patroni` ships, with addresses of this machine in it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import yaml

from tests.servers.postgresql import user_group
from tests.servers.processes import descendants, free_port, stop, wait_until
from tests.servers.programs import get_program, other_user

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "patroni" / "patroni.yml"
TRUSTING = [
    "local all all trust",
    "host replication all 127.0.0.1/32 trust",
    "host all all 127.0.0.1/32 trust",
]
STARTED_SECONDS = 60


@dataclass
class Member:
    """One machine of the database: its PostgreSQL, and the Patroni that looks after it."""

    name: str
    folder: Path
    port: int
    rest_port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [get_program("patroni"), str(self.folder / "patroni.yml")]
        self.process = spawn(command, self.folder / "patroni.log")

    def kill(self) -> None:
        """Kill Patroni and every process of PostgreSQL at once, as a power cut would."""
        if self.process is None:
            return
        pids = [self.process.pid, *descendants(self.process.pid), *self._server_pids()]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process)
            self.process = None

    def _server_pids(self) -> list[int]:
        with suppress(FileNotFoundError, IndexError):
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            return [pid, *descendants(pid)]
        return []

    def find_status(self) -> dict[str, Any]:
        """Return what Patroni says of the member, empty where it says nothing."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest_port}/patroni", timeout=2) as answer:
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            found = json.load(error)
        except (OSError, ValueError):
            return {}
        return found


@dataclass
class Cluster:
    """A primary and its replica."""

    members: tuple[Member, ...]
    stack: ExitStack = field(repr=False)

    def url_of(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database of whichever member is the primary."""
        hosts = "&".join(f"host=127.0.0.1:{member.port}" for member in self.members)
        return f"postgresql+psycopg://postgres@/{name}?{hosts}&target_session_attrs=read-write"

    def create_database(self, name: str) -> None:
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())

    def get_primary(self) -> Member:
        found: list[Member] = []

        def is_known() -> bool:
            found[:] = [member for member in self.members if member.find_status().get("role") == "master"]
            return len(found) == 1

        wait_until(is_known, what="primary")
        return found[0]

    def is_safe(self) -> bool:
        """Say whether the replica has everything that the primary answers for."""
        query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
        try:
            with psycopg.connect(self._conninfo("postgres")) as connection:
                return connection.execute(query.encode()).fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _conninfo(self, name: str) -> str:
        ports = ",".join(str(member.port) for member in self.members)
        hosts = ",".join("127.0.0.1" for _ in self.members)
        return (
            f"host={hosts} port={ports} user=postgres dbname={name} target_session_attrs=read-write"
            " connect_timeout=10"
        )


def spawn(command: list[str], log: Path, **more: Any) -> subprocess.Popen[bytes]:
    """Start a server that refuses to run as root, as another user where we are root."""
    as_other: dict[str, Any] = {"user": user, "group": user_group(user)} if (user := other_user()) else {}
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("TNID_", "PATRONI_"))
    }
    environ["HOME"] = str(log.parent)
    with log.open("ab") as said:
        return subprocess.Popen(
            command, cwd=log.parent, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            **as_other, **more,
        )  # fmt: skip


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A primary and a synchronous replica for one test, which may kill either."""
    for program in ("patroni", "etcd", "initdb"):
        get_program(program)
    # A Unix socket's path has to be short, and its folder readable by the server's own user
    folder = Path(tempfile.mkdtemp(prefix="tnid-ha-", dir="/tmp"))
    if user := other_user():
        shutil.chown(folder, user, user_group(user))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        etcd_port = stack.enter_context(running_etcd(own_folder(folder / "etcd")))
        members = tuple(make_member(name, own_folder(folder / name), etcd_port) for name in ("db1", "db2"))
        cluster = Cluster(members, stack)
        for member in members:
            stack.callback(member.kill)
            member.start()
        wait_until(cluster.is_safe, seconds=STARTED_SECONDS, what="replica in step with its primary")
        yield cluster


def own_folder(path: Path) -> Path:
    path.mkdir(mode=0o700)
    if user := other_user():
        shutil.chown(path, user, user_group(user))
    return path


@contextmanager
def running_etcd(folder: Path) -> Iterator[int]:
    """One etcd, where in production there are three; yield its port."""
    port, peer_port = free_port(), free_port()
    address, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer_port}"
    command = [
        get_program("etcd"), "--data-dir", str(folder / "data"), "--unsafe-no-fsync",
        "--listen-client-urls", address, "--advertise-client-urls", address,
        "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
        "--initial-cluster", f"default={peer}",
    ]  # fmt: skip
    process = spawn(command, folder / "log")
    try:
        wait_until(lambda: is_healthy(address), seconds=20, what="answer from etcd")
        yield port
    finally:
        stop(process)


def is_healthy(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def make_member(name: str, folder: Path, etcd_port: int) -> Member:
    """Write the member's configuration: the shipped one, with addresses, folders and trust of a test."""
    member = Member(name, folder, free_port(), free_port())
    shipped = yaml.safe_load(SHIPPED.read_text())
    shipped["name"] = name
    shipped["restapi"] = dict.fromkeys(("listen", "connect_address"), f"127.0.0.1:{member.rest_port}")
    shipped["etcd3"] = {"hosts": [f"127.0.0.1:{etcd_port}"]}
    shipped["bootstrap"]["dcs"]["postgresql"]["parameters"] |= {"shared_buffers": "32MB"}
    shipped["postgresql"] |= {
        "listen": f"127.0.0.1:{member.port}",
        "connect_address": f"127.0.0.1:{member.port}",
        "data_dir": str(folder / "data"),
        "bin_dir": str(Path(get_program("initdb")).resolve().parent),
        "pgpass": str(folder / "pgpass"),
        "pg_hba": TRUSTING,
        "parameters": {"unix_socket_directories": str(folder)},
    }
    (folder / "patroni.yml").write_text(yaml.safe_dump(shipped))
    return member
