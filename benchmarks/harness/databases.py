"""PostgreSQL and Redis of our own, in a temporary folder on a free port, each on the server's core.

Whatever a provider needs to answer counts as its cost, so its database shares its one core. PostgreSQL runs
as Debian ships it: fsync and synchronous_commit on. Redis writes nothing to disk, which is its fastest way.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

import psycopg
import redis
from psycopg.sql import SQL, Identifier

from harness.machine import HOST, free_port, pinned, postgresql_tool, server_core, tool
from harness.processes import BenchmarkError, Process, identity, unprivileged_user

MAINTENANCE = "postgres"


class Redis(Process):
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        options = ["--port", str(self.port), "--bind", HOST, "--save", "", "--appendonly", "no"]
        argv = pinned(server_core(), tool("redis-server"), *options, "--dir", folder)
        super().__init__(argv, folder / "redis.log")
        self.wait_until(self._is_ready)

    def _is_ready(self) -> bool:
        try:
            with redis.Redis(HOST, self.port) as connection:
                return bool(connection.ping())
        except redis.ConnectionError:
            return False


class PostgreSQL(Process):
    """One cluster, with a database for each that asks for one."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._password = secrets.token_hex(16)
        data = folder / "cluster"
        self._initialise(data)
        argv = pinned(server_core(), postgresql_tool("postgres"), "-D", data, "-p", str(self.port))
        options = ["-c", f"listen_addresses={HOST}", "-c", "unix_socket_directories="]
        super().__init__([*argv, *options], data.parent / "cluster.log", as_other=True)
        self.wait_until(self._is_ready)

    def create(self, database: str) -> str:
        """Make a database; return what TNID_DATABASE_URL takes."""
        with self._connect() as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(database)))
        return f"postgresql+psycopg://bench:{self._password}@{HOST}:{self.port}/{database}"

    def drop(self, database: str) -> None:
        with self._connect() as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(database)))

    def settings(self) -> dict[str, str]:
        """Return the settings that say how durable it is, as the server reports them."""
        names = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "wal_sync_method")
        with self._connect() as connection:
            rows = [connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names]
        return {name: str(row[0]) for name, row in zip(names, rows, strict=True) if row}

    def _initialise(self, data: Path) -> None:
        data.mkdir()
        secret = data.parent / "cluster-password"
        secret.write_text(self._password)
        if os.geteuid() == 0:
            for path in (data, secret):
                os.chown(path, unprivileged_user().pw_uid, unprivileged_user().pw_gid)
            data.parent.chmod(0o711)
        argv = [postgresql_tool("initdb"), "-D", str(data), "-U", "bench", "-E", "UTF8", "--locale=C.UTF-8"]
        argv += ["--auth=scram-sha-256", f"--pwfile={secret}"]
        made = subprocess.run(argv, capture_output=True, text=True, check=False, cwd="/", **identity(True))
        if made.returncode != 0:
            raise BenchmarkError(f"initdb: {made.stderr}")
        secret.unlink()

    def _is_ready(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        address = f"postgresql://bench:{self._password}@{HOST}:{self.port}/{MAINTENANCE}"
        return psycopg.connect(address, autocommit=True)
