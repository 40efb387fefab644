"""Thai Nguyen ID under measurement: an instance of its own, one worker on the server's core."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from harness.databases import PostgreSQL
from harness.fill import fill, usernames
from harness.generator import Generator
from harness.machine import HOST, free_port, pinned, server_core
from harness.peer import PASSWORD, answers, client_metadata, known_to_generator
from harness.processes import BenchmarkError, Process, cpu_seconds
from tnid.db import Database
from tnid.engine import engine_options, prepare_engine
from tnid.sealing import Sealer, load_master_key
from tnid.services import Services
from tnid.settings import load

TNID = Path(sys.executable).parent / "tnid"
COMMAND_SECONDS = 120
# Enough that nobody signs in twice within one time step.
MOST_PEOPLE = 1000
FIRST = {
    "username": "nguoi.dau.tien",
    "password": PASSWORD,
    "totp": True,
    "name": "Nguyễn Thị Bình",
    "given_name": "Bình",
    "family_name": "Nguyễn",
    "middle_name": "Thị",
    "birthdate": "1990-01-01",
    "locale": "vi",
    "email": "binh@example.vn",
    "phone_number": "+84912345678",
}


class Ours:
    """One instance, on SQLite or, where it is given, on PostgreSQL.

    A context manager that stops the server. `start()` may be called again after `stop()`.
    """

    def __init__(self, folder: Path, postgresql: PostgreSQL | None, suffix: str = "") -> None:
        self.name = ("sqlite" if postgresql is None else "postgresql") + suffix
        self._instance = folder / self.name
        self._log = folder / f"{self.name}.log"
        self._postgresql = postgresql
        self._port = free_port()
        self._process: Process | None = None
        self.origin = f"http://{HOST}:{self._port}"
        self.database_url = (
            f"sqlite:///{self._instance}/tnid.db" if postgresql is None else postgresql.create(self.name)
        )
        self.ready_seconds = 0.0
        self._instance.mkdir()
        self.command("db", "upgrade")
        clients = {name: self._register(name, metadata) for name, metadata in client_metadata().items()}
        self.site: dict[str, Any] = {"name": self.name, "origin": self.origin, "clients": clients}

    def populate(self, generator: Generator, accounts: int) -> None:
        """Make one person, let them sign in, and add as many like them; the server is stopped after it."""
        made = self.command("account", "create", "-", given=FIRST)
        first = {
            "username": FIRST["username"],
            "password": PASSWORD,
            "totp_secret": made["totp_secret"],
        }
        with self.start():
            generator.meet({**self.site, "people": [first]})
            generator.prepare(self.name, "pair_rs256", 1)
        sealer = Sealer(load_master_key(self._instance / "master.key", create=False))
        fill(self.database_url, sealer, str(first["username"]), accounts)
        chosen = random.Random(accounts).sample(list(usernames(accounts)), min(accounts, MOST_PEOPLE))
        self.site["people"] = [{**first, "username": username} for username in chosen]

    def start(self, *, workers: int = 1, is_pinned: bool = True) -> Ours:
        """Start the server: one worker on the server's core, or several wherever there is room."""
        serve = [TNID, "serve", "--bind", f"{HOST}:{self._port}", "--workers", str(workers)]
        command = pinned(server_core(), *serve) if is_pinned else [str(part) for part in serve]
        self._process = Process(command, self._log, environ=self._environ())
        self.ready_seconds = self._process.wait_until(lambda: answers(f"{self.origin}/readyz"))
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None

    @contextmanager
    def opened(self) -> Iterator[Services]:
        """Give the instance's services in this process: what pages would write is written directly."""
        engine = create_engine(self.database_url, **engine_options(self.database_url))
        prepare_engine(engine)
        try:
            yield Services(load(self._environ()), Database(engine))
        finally:
            engine.dispose()

    def remove(self) -> None:
        """Drop what it stored; a million people take up gigabytes."""
        self.stop()
        shutil.rmtree(self._instance)
        if self._postgresql is not None:
            self._postgresql.drop(self.name)

    def pids(self) -> list[int]:
        return self._process.pids() if self._process else []

    def cpu_seconds(self) -> float:
        """Return the processor time used by now, its database's included."""
        return cpu_seconds(self.pids() + (self._postgresql.pids() if self._postgresql else []))

    def _register(self, name: str, metadata: dict[str, Any]) -> dict[str, str]:
        return known_to_generator(name, metadata, self.command("client", "create", "-", given=metadata))

    def command(self, *arguments: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run a `tnid` command; return its JSON. Raises BenchmarkError."""
        done = subprocess.run(
            pinned(server_core(), TNID, *arguments, "--json"),
            input=json.dumps(given or {}),
            env={**os.environ, **self._environ()},
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode != 0:
            raise BenchmarkError(f"tnid {' '.join(arguments)}: {done.stderr or done.stdout}")
        answer: dict[str, Any] = json.loads(done.stdout or "{}")
        return answer

    def _environ(self) -> dict[str, str]:
        return {
            "TNID_ISSUER": self.origin,
            "TNID_INSTANCE_DIR": str(self._instance),
            "TNID_DATABASE_URL": self.database_url,
            "TNID_LOG_LEVEL": "warning",
        }

    def __enter__(self) -> Ours:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
