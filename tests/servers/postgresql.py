"""A PostgreSQL of our own on a Unix socket in a temporary folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from tests.servers.processes import descendants, wait_until
from tests.servers.programs import get_program, other_user

# What was committed survives a killed server all the same, though not a power cut
CAREFREE = ("fsync=off", "full_page_writes=off")
COMMON = (
    "listen_addresses=",
    "max_connections=300",
    "shared_buffers=64MB",
    "autovacuum_naptime=10s",
    "log_min_messages=fatal",
)


@dataclass(frozen=True)
class PostgreSQL:
    """A server found by its folder, so that another process can use and stop it too."""

    folder: Path
    durable: bool

    @property
    def conninfo(self) -> str:
        return f"host={self.folder} user=postgres dbname=postgres connect_timeout=30"

    @property
    def pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def url_of(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(sql.encode())

    def create_database(self, *, template: str = "template0") -> str:
        """Create an empty database, or a copy of another; return its name."""
        name = f"t{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def start(self) -> None:
        options = [*COMMON, f"unix_socket_directories={self.folder}", *(() if self.durable else CAREFREE)]
        flags = " ".join(f"-c {option}" for option in options)
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", flags)

    def stop(self, *, mode: str = "fast") -> None:
        """End the server: `fast` rolls back what is open, `immediate` is a crash."""
        self._control("stop", "-w", "-m", mode)

    def freeze(self) -> None:
        """Stop every process of the server where it stands, as a hung machine would."""
        # First the one that makes others
        os.kill(self.pid, signal.SIGSTOP)
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def is_ready(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _signal(self, number: int) -> None:
        for pid in (self.pid, *descendants(self.pid)):
            with suppress(ProcessLookupError):  # it ended meanwhile
                os.kill(pid, number)

    def _control(self, action: str, *arguments: str) -> None:
        _run("pg_ctl", action, "-D", str(self.folder / "data"), *arguments)


def _run(program: str, *arguments: str) -> None:
    command = [get_program(program), *arguments]
    as_other: dict[str, Any] = {"user": user, "group": user_group(user)} if (user := other_user()) else {}
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=said, stderr=said, cwd="/", check=False, **as_other)
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{program}: {said.read().decode(errors='replace')}")


def user_group(user: str) -> str:
    return "nogroup" if user == "nobody" else user


def make_postgresql(*, durable: bool = False) -> PostgreSQL:
    """Make the folder of a server not yet started; the caller ends it with `remove`."""
    get_program("initdb")
    # A Unix socket's path has to be short, and its folder readable by the server's own user
    folder = Path(tempfile.mkdtemp(prefix="tnid-pg-", dir="/tmp"))
    if user := other_user():
        shutil.chown(folder, user, user_group(user))
    return PostgreSQL(folder, durable)


def begin(server: PostgreSQL) -> None:
    """Fill the server's folder and start it."""
    _run(
        "initdb", "-D", str(server.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8", "--no-sync", "--no-instructions",
    )  # fmt: skip
    server.start()
    wait_until(server.is_ready, seconds=20, what="answer from PostgreSQL")


def remove(server: PostgreSQL) -> None:
    """Stop the server and remove its folder."""
    if (server.folder / "data" / "postmaster.pid").exists():
        server.stop(mode="immediate")
    shutil.rmtree(server.folder, ignore_errors=True)


@contextmanager
def running_postgresql(*, durable: bool = False) -> Iterator[PostgreSQL]:
    """A server for one test alone, which may restart, freeze or crash it."""
    server = make_postgresql(durable=durable)
    try:
        begin(server)
        yield server
    finally:
        remove(server)


def save(server: PostgreSQL, path: Path) -> None:
    path.write_text(json.dumps({"folder": str(server.folder), "durable": server.durable}))


def load(path: Path) -> PostgreSQL:
    found = json.loads(path.read_text())
    return PostgreSQL(Path(found["folder"]), found["durable"])
