"""Copies a living database out, and a copy into an empty one. SQLite by its own online backup, PostgreSQL by
its own pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import NullPool, create_engine, inspect
from sqlalchemy.engine import URL, make_url

from tnid.backup.sealed_file import seal, unseal
from tnid.db import is_sqlite

SQLITE = b"sqlite"
POSTGRESQL = b"pgdump"
PAGES_AT_A_TIME = 500


class CopyFailed(Exception):
    """The database can't be copied; the message is one sentence."""


def back_up(database_url: str, key: bytes, target: IO[bytes], work_dir: Path) -> None:
    """Write the database's state of this moment, sealed. Those who use it meanwhile aren't held up.

    `work_dir` takes SQLite's copy in between: it is as private as the database itself.
    """
    url = make_url(database_url)
    if not is_sqlite(url):
        with _pg("pg_dump", url, "--format=custom", stdout=subprocess.PIPE) as dump:
            assert dump.stdout  # noqa: S101  for the type checker: it was asked for
            seal(dump.stdout, target, key, POSTGRESQL)
        return
    with _scratch(work_dir) as scratch:
        source = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(scratch)) as copy:
            source.backup(copy, pages=PAGES_AT_A_TIME, sleep=0.01)
        with scratch.open("rb") as plain:
            seal(plain, target, key, SQLITE)


def restore(
    database_url: str, key: bytes, source: IO[bytes], work_dir: Path, prepare: Mapping[str, str]
) -> None:
    """Fill an empty database with what was backed up, after running on it what `prepare` has for each table.

    Raises BrokenFile before anything has been written to the database.
    """
    url = make_url(database_url)
    with _scratch(work_dir) as scratch:
        with scratch.open("wb") as plain:
            unseal(source, plain, key, SQLITE if is_sqlite(url) else POSTGRESQL)
        if is_sqlite(url):
            _put_sqlite_in_place(scratch, Path(url.database or ""), prepare)
        else:
            with _pg("pg_restore", url, "--single-transaction", "--exit-on-error", str(scratch)):
                pass
            _execute(url, prepare)


def is_empty(database_url: str) -> bool:
    """Say whether there is no database yet, or one without tables."""
    url = make_url(database_url)
    if is_sqlite(url) and not Path(url.database or "").exists():
        return True
    engine = create_engine(url, poolclass=NullPool)
    return not inspect(engine).get_table_names()


def _put_sqlite_in_place(scratch: Path, path: Path, prepare: Mapping[str, str]) -> None:
    with closing(sqlite3.connect(scratch)) as copy:
        tables = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        script = "; ".join(statements_for({name for (name,) in tables}, prepare))
        copy.executescript(f"BEGIN; {script}; COMMIT;")
    for leftover in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        leftover.unlink(missing_ok=True)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(scratch, path)


def _execute(url: URL, prepare: Mapping[str, str]) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements_for(set(inspect(connection).get_table_names()), prepare):
            connection.exec_driver_sql(statement)


def statements_for(tables: set[str], prepare: Mapping[str, str]) -> list[str]:
    """Return what is to be run where there are these tables: an older backup lacks the younger ones."""
    return [statement for table, statement in prepare.items() if table in tables]


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Yield the path of a new file for this user alone, gone at the end."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".backup-")
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink()


@contextmanager
def _pg(
    program: str, url: URL, *arguments: str, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of PostgreSQL's programs beside the block; raises CopyFailed where it is missing or fails."""
    path = shutil.which(program)
    if path is None:
        raise CopyFailed(f"{program} is not installed; it comes with PostgreSQL's client.")
    address = url.set(drivername="postgresql", password=None).render_as_string()
    # Other users see a process's arguments, and not its environment
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [path, "--no-owner", "--no-privileges", "--dbname", address, *arguments]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=stdout, stderr=said, env=environ)  # noqa: S603  no shell
        with process:
            yield process
        if process.returncode:
            said.seek(0)
            raise CopyFailed(f"{program} failed: {said.readline().decode(errors='replace').strip()}")
