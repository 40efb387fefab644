"""The listings' schema: the same on both databases, from nothing and from the first version's file."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from examples.jobs_housing import demonstration, schema
from examples.jobs_housing.database import METADATA, SETTING, Database, find_url
from examples.jobs_housing.listings import ListingStore
from examples.jobs_housing.search import Search, SearchStore
from tests.conftest import Clock

NOW = Clock().now()

# As the first version made it, where it was never anything but SQLite
FIRST_VERSION = """
CREATE TABLE listings (
    id TEXT PRIMARY KEY, place INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('job', 'home')),
    title TEXT NOT NULL, offered_by TEXT NOT NULL, park TEXT, ward TEXT NOT NULL,
    amount_from INTEGER NOT NULL, amount_to INTEGER NOT NULL, places INTEGER NOT NULL,
    summary TEXT NOT NULL, details TEXT NOT NULL,
    search_key TEXT NOT NULL
) STRICT;
CREATE TABLE saved (
    sub TEXT NOT NULL, listing_id TEXT NOT NULL REFERENCES listings (id) ON DELETE CASCADE,
    saved_at INTEGER NOT NULL, PRIMARY KEY (sub, listing_id)
) STRICT, WITHOUT ROWID;
INSERT INTO listings VALUES ('phong-tro', 0, 'home', 'Phòng trọ', 'Cô Hiền', 'yen-binh-2', '05890', 1200000,
    1400000, 10, 'Có gác xép', 'Một' || char(10) || 'Hai', 'phong tro');
INSERT INTO listings VALUES ('may', 1, 'job', 'May', 'Sông Cầu', 'yen-binh-1', '05860', 8500000, 12000000,
    120, 'Nhận', '', 'may');
INSERT INTO saved VALUES ('lan', 'phong-tro', 1700000000);
"""


def test_the_steps_lead_to_the_tables(jobs_database: Database) -> None:
    schema.load_tables()
    with jobs_database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_taking_the_steps_again_changes_nothing(jobs_database: Database) -> None:
    demonstration.load(jobs_database, NOW)
    schema.upgrade(jobs_database, NOW)
    assert SearchStore(jobs_database).search(Search(), NOW).count > 20


def test_the_first_versions_file_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "jobs_housing.db"
    with sqlite3.connect(file) as old:
        old.executescript(FIRST_VERSION)
    database = Database(find_url({}, tmp_path))
    schema.upgrade(database, NOW)
    store = ListingStore(database)
    [saved] = store.list_saved("lan")
    assert (saved.id, saved.details, saved.position) == ("phong-tro", ("Một", "Hai"), "05890")
    assert saved.is_open(NOW) and saved.published_at == NOW
    job = store.find("may")
    assert job and job.position == "yen-binh-1"
    with database.writing() as connection:
        assert not sa.inspect(connection).has_table("old_listings")
        connection.execute(sa.text("DELETE FROM listings"))
    assert store.list_saved("lan") == [], "the keys lead to the new table"
    database.close()


def test_of_processes_that_start_at_once_each_finds_a_whole_schema(empty_url: str) -> None:
    failures: list[Exception] = []

    def start() -> None:
        database = Database(empty_url)
        try:
            schema.upgrade(database, NOW)
            demonstration.load(database, NOW)
        except Exception as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_database_of_a_later_version_is_left_alone(jobs_database: Database) -> None:
    with jobs_database.writing() as connection:
        connection.execute(schema.VERSION.update().values(version=len(schema.STEPS) + 1))
    with pytest.raises(RuntimeError, match="version"):
        schema.upgrade(jobs_database, NOW)


def test_what_fails_half_way_leaves_nothing(jobs_database: Database) -> None:
    store = ListingStore(jobs_database)
    with pytest.raises(ZeroDivisionError), jobs_database.writing() as connection:
        connection.execute(sa.insert(schema.VERSION).values(version=99))
        raise ZeroDivisionError
    with jobs_database.reading() as connection:
        assert len(connection.execute(schema.VERSION.select()).all()) == 1
    assert store.find("khong-co") is None


def test_the_setting_names_another_database(tmp_path: Path) -> None:
    assert find_url({SETTING: "postgresql+psycopg://x/y"}, tmp_path) == "postgresql+psycopg://x/y"
    assert find_url({}, tmp_path) == f"sqlite:///{tmp_path}/jobs_housing.db"
