"""`kill -9` in the middle of a list: it goes on where it was, and every worker is there once."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from tests.servers.processes import wait_until
from tests.servers.provider import TNID, environ_for
from tests.tnid.imports.lists import HEADINGS, make_csv, make_many
from tnid.db import Database
from tnid.engine import engine_options, prepare_engine

WORKERS = 4000
_FAR = text("SELECT rows_read, rows_applied, state FROM imports")
_PEOPLE = text("SELECT COUNT(*) AS number, COUNT(DISTINCT staff_code) AS codes FROM employments")


@contextmanager
def opened(database_url: str) -> Iterator[Database]:
    engine = create_engine(database_url, **engine_options(database_url))
    prepare_engine(engine)
    yield Database(engine)
    engine.dispose()


def run(environ: dict[str, str], *arguments: str, given: Any = None) -> Any:
    done = subprocess.run(
        [TNID, *arguments, "--json"],
        env=environ, input=json.dumps(given), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def kill_when(database: Database, command: subprocess.Popen[bytes], is_there: Any) -> None:
    """End the command without a word as soon as it is so far; its reader ends by itself."""

    def is_far() -> bool:
        far = database.fetch_one(_FAR)
        return far is not None and is_there(far)

    wait_until(is_far, what="progress")
    command.kill()
    command.wait()
    # What the machine's clock does half a minute later
    database.execute(text("UPDATE imports SET lease_until = 0"))


def test_a_list_outlives_two_kills(database_url: str, tmp_path: Path) -> None:
    environ = {**os.environ, **environ_for(tmp_path, 1, database_url)}
    file = tmp_path / "list.csv"
    file.write_bytes(make_csv([HEADINGS, *make_many(WORKERS)]))
    run(environ, "db", "upgrade")
    run(environ, "employer", "create", "-", given={"tax_code": "4600305723", "name": "Công ty May"})
    command = [TNID, "employer", "import", "4600305723", str(file)]
    with opened(database_url) as database:
        with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as first:
            kill_when(database, first, lambda far: far.rows_read > 0)
        with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as second:
            kill_when(database, second, lambda far: far.rows_applied > 0)
        at_death = database.fetch_one(_FAR)
        assert at_death.state == "applying"
        assert 0 < at_death.rows_applied < WORKERS
        assert database.fetch_one(_PEOPLE).number == at_death.rows_applied
        told = run(environ, *command[1:])
        assert (told["rows"], told["counts"]) == (WORKERS, {"invited": WORKERS})
        people = database.fetch_one(_PEOPLE)
    assert (people.number, people.codes) == (WORKERS, WORKERS)
