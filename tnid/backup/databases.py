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
from typing import IO, NamedTuple

from sqlalchemy import NullPool, create_engine, inspect
from sqlalchemy.engine import URL, make_url

from tnid.backup.sealed_file import BrokenFile, seal, unseal
from tnid.engine import is_sqlite

SQLITE = b"sqlite"
POSTGRESQL = b"pgdump"
PAGES_AT_A_TIME = 500
_OTHERS = (
    "SELECT COUNT(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


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


class Examined(NamedTuple):
    """What a backup holds: of which database, at which revision of the tables, how many of them."""

    kind: str
    revision: str
    tables: int


def examine(key: bytes, source: IO[bytes], work_dir: Path) -> Examined:
    """Open all of a backup and look whether it can be restored; writes to no database. Raises BrokenFile."""
    with _scratch(work_dir) as scratch:
        with scratch.open("wb") as plain:
            kind = unseal(source, plain, key, None)
        return _examine_sqlite(scratch) if kind == SQLITE else _examine_dump(scratch)


def _examine_sqlite(path: Path) -> Examined:
    with closing(sqlite3.connect(path)) as copy:
        try:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
            (tables,) = copy.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'").fetchone()
            (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        except (sqlite3.DatabaseError, TypeError) as error:
            raise BrokenFile(f"what it holds is no database of this program: {error}") from error
    if verdict != "ok":
        raise BrokenFile(f"what it holds is damaged: {verdict}")
    return Examined("sqlite", str(revision), int(tables))


def _examine_dump(path: Path) -> Examined:
    listed = _read_dump(path, "--list")
    tables = sum(" TABLE " in line and not line.startswith(";") for line in listed.splitlines())
    # A COPY of one line, after the line that names the table
    data = _read_dump(path, "--data-only", "--table=alembic_version", "--file=-")
    _before, found, after = data.partition("COPY public.alembic_version (version_num) FROM stdin;\n")
    if not found:
        raise BrokenFile("what it holds is no database of this program")
    return Examined("postgresql", after.split("\n", 1)[0], tables)


def _read_dump(path: Path, *arguments: str) -> str:
    """Return what pg_restore prints of a dump, which it reads from end to end."""
    program = shutil.which("pg_restore")
    if program is None:
        raise CopyFailed("pg_restore is not installed; it comes with PostgreSQL's client.")
    done = subprocess.run([program, *arguments, str(path)], capture_output=True, text=True, check=False)  # noqa: S603  no shell
    if done.returncode:
        raise BrokenFile(f"what it holds is damaged: {done.stderr.strip()[:200]}")
    return done.stdout


def count_others(database_url: str) -> int:
    """Return how many other connections a PostgreSQL database has just now; 0 of SQLite."""
    url = make_url(database_url)
    if is_sqlite(url):
        return 0
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.exec_driver_sql(_OTHERS).scalar_one())


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
