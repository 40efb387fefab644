"""The directions of dependency hold, and what is depended on is locked and not older than is safe."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Table

from tnid import migrations, purge
from tnid.db import db

ROOT = Path(__file__).resolve().parents[2]

# Older ones have known holes
FLOOR = {"authlib": (1, 9), "joserfc": (1, 6, 1), "flask": (3, 1, 1), "werkzeug": (3, 0, 6)}


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_examples_know_the_provider_by_its_public_addresses_only() -> None:
    forbidden = re.compile(r"^\s*(from|import) (oidc|keys|tnid)\b", re.MULTILINE)
    importing = [path for path in (ROOT / "examples").rglob("*.py") if forbidden.search(path.read_text())]
    assert importing == []


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt"])
def test_every_dependency_is_locked_with_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text().replace("\\\n", " ")
    pinned = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert pinned
    assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", sorted(FLOOR))
def test_no_dependency_is_older_than_is_safe(name: str) -> None:
    locked = locked_version(name)
    assert locked >= FLOOR[name]


def locked_version(name: str) -> tuple[int, ...]:
    found = re.search(
        rf"^{name}==([\d.]+)", (ROOT / "requirements" / "runtime.txt").read_text(), re.MULTILINE
    )
    assert found, f"{name} is not locked"
    return tuple(map(int, found[1].split(".")))


def test_what_expires_is_purged() -> None:
    migrations.load_tables()
    purged = {column.table.name for column in purge.EXPIRING}
    expiring = {name for name, table in db.metadata.tables.items() if expires(table)}
    # A lease is one row for good, a consent one for each person and application, which they may look back on
    assert expiring - purged == {"leases", "consents"}


def expires(table: Table) -> bool:
    return bool({"expires_at", "resets_at"} & {column.name for column in table.columns})


def test_what_is_purged_is_found_by_an_index() -> None:
    unindexed = [column for column in purge.EXPIRING if not leads_an_index(column.table, column.name)]
    assert unindexed == []


def leads_an_index(table: Table, name: str) -> bool:
    return any(next(iter(index.columns)).name == name for index in table.indexes)
