"""Backups: complete, private, unreadable without the master key, restored into an empty database only."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from tests.servers.postgresql import PostgreSQL
from tests.servers.provider import environ_for
from tnid.audit import Audit
from tnid.backup.databases import POSTGRESQL, SQLITE, statements_for
from tnid.backup.sealed_file import CHUNK_BYTES, BrokenFile, seal, unseal
from tnid.cli import main
from tnid.cli.backup import PURPOSE
from tnid.db import Database
from tnid.monitoring.figures import FOLDER, open_figures
from tnid.revision import newest_revision
from tnid.sealing import Sealer, load_master_key

KEY = bytes(range(32))
CANARY = "canary-qzxv"
PERSON = {"username": "thu.vu", "password": "chiec ao dai mau xanh", "name": CANARY}


def run(environ: dict[str, str], *arguments: str, given: Any = None) -> Any:
    done = CliRunner().invoke(main, [*arguments, "--json"], input=json.dumps(given), env=environ)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    if done.exit_code:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


@pytest.fixture
def instance(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of an instance with one person."""
    environ = environ_for(tmp_path, 1, database_url)
    run(environ, "account", "create", "-", given=PERSON)
    return environ


@pytest.fixture
def other(
    instance: dict[str, str], database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """Another machine, with the same master key and an empty database."""
    folder = tmp_path / "other" / "instance"
    folder.mkdir(parents=True)
    shutil.copy2(Path(instance["TNID_INSTANCE_DIR"]) / "master.key", folder)
    if database_kind == "sqlite":
        yield environ_for(tmp_path / "other", 1, f"sqlite:///{folder}/tnid.db")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    name = server.create_database()
    yield environ_for(tmp_path / "other", 1, server.url_of(name))
    server.drop_database(name)


def test_a_backup_is_restored_elsewhere(
    instance: dict[str, str], other: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    assert run(instance, "backup", str(file))["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    assert run(other, "restore", str(file)) == {"is_restored": True}
    assert run(other, "db", "check") == {"problems": []}
    assert run(other, "account", "export", "thu.vu")["claims"]["name"] == CANARY
    assert [path.name for path in (tmp_path / "other" / "instance").glob(".*")] == []


def test_what_may_be_spent_since_is_ended_by_a_restore(
    database: Database, instance: dict[str, str], other: dict[str, str], tmp_path: Path
) -> None:
    for statement in (BEGIN_INTERACTION, PUSH_REQUEST, ALLOW_REQUEST, QUEUE_MESSAGE, SEND_CODE):
        database.execute(text(statement))
    run(instance, "backup", str(tmp_path / "backup"))
    run(other, "restore", str(tmp_path / "backup"))
    engine = create_engine(other["TNID_DATABASE_URL"])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT completed_at FROM interactions")).scalar_one() == 1
        assert connection.execute(text("SELECT consumed_at FROM pushed_requests")).scalar_one() == 1
        assert connection.execute(text("SELECT denied_at FROM decoupled_requests")).scalar_one() == 1
        assert connection.execute(text("SELECT state FROM messages")).scalar_one() == "perhaps"
        assert not connection.execute(text("SELECT * FROM message_codes")).all()
    engine.dispose()


BEGIN_INTERACTION = (
    "INSERT INTO interactions (uid, browser_hash, least_acr, created_at, expires_at)"
    " VALUES ('u', 'b', 'LoA1', 1, 2000000000)"
)
PUSH_REQUEST = (
    "INSERT INTO pushed_requests (uri_hash, client_id, request, created_at, expires_at)"
    " VALUES ('h', 'c', '{}', 1, 2000000000)"
)
ALLOW_REQUEST = (
    "INSERT INTO decoupled_requests (id, grant_type, client_id, handle_hash, scope, least_acr,"
    " binding_message, asked_from, interval_seconds, too_fast, created_at, expires_at, allowed_at)"
    " VALUES ('r', 't', 'c', 'h', 'openid', '', '', '', 5, 0, 1, 2000000000, 2)"
)


QUEUE_MESSAGE = (
    "INSERT INTO messages (id, text, channel, content_sealed, state, created_at, expires_at)"
    " VALUES ('m', 'code', 'phone', '', 'queued', 1, 2000000000)"
)
SEND_CODE = "INSERT INTO message_codes (key, code_hash, tries, expires_at) VALUES ('k', 'h', 0, 2000000000)"


def test_a_backup_of_an_older_version_lacks_younger_tables() -> None:
    prepare = {"old": "UPDATE old SET x = 1", "young": "UPDATE young SET x = 1"}
    assert statements_for({"old", "other"}, prepare) == ["UPDATE old SET x = 1"]


def test_a_backup_taken_while_it_is_written_to_is_whole(
    database: Database, instance: dict[str, str], other: dict[str, str], tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        audit = Audit(database)
        while not stop.is_set():
            with database.unit():
                for _ in range(2):
                    audit.record("test.pair", account_id="pair", now=1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        run(instance, "backup", str(tmp_path / "backup"))
    finally:
        stop.set()
        writer.join()
    run(other, "restore", str(tmp_path / "backup"))
    assert run(other, "db", "check") == {"problems": []}
    assert run(other, "audit", "verify")["unsealed"] % 2 == 1, "half a pair beside the account's one"


def test_a_living_database_is_not_overwritten(instance: dict[str, str], tmp_path: Path) -> None:
    run(instance, "backup", str(tmp_path / "backup"))
    with pytest.raises(RuntimeError, match="not empty"):
        run(instance, "restore", str(tmp_path / "backup"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_another_master_key_cannot_read_it(
    instance: dict[str, str], other: dict[str, str], tmp_path: Path
) -> None:
    run(instance, "backup", str(tmp_path / "backup"))
    (tmp_path / "other" / "instance" / "master.key").unlink()
    with pytest.raises(RuntimeError, match="no master key"):
        run(other, "restore", str(tmp_path / "backup"))
    assert list((tmp_path / "other" / "instance").iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_a_sealed_file_opens_to_what_was_sealed(size: int) -> None:
    plain = bytes(size)
    opened = io.BytesIO()
    unseal(io.BytesIO(sealed(plain)), opened, KEY, b"test")
    assert opened.getvalue() == plain


def sealed(plain: bytes) -> bytes:
    file = io.BytesIO()
    seal(io.BytesIO(plain), file, KEY, b"test")
    return file.getvalue()


@pytest.mark.parametrize(
    "change", ["flipped", "cut", "cut at a chunk", "longer", "swapped", "no header", "empty"]
)
def test_a_changed_file_is_refused(change: str) -> None:
    whole = sealed(bytes(2 * CHUNK_BYTES) + b"end")
    header, chunk = 48, CHUNK_BYTES + 16
    body = whole[header:]
    changed = {
        "flipped": whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        "cut": whole[:-1],
        "cut at a chunk": whole[: header + 2 * chunk],
        "longer": whole + b"x",
        "swapped": whole[:header] + body[chunk : 2 * chunk] + body[:chunk] + body[2 * chunk :],
        "no header": body,
        "empty": b"",
    }[change]
    with pytest.raises(BrokenFile):
        unseal(io.BytesIO(changed), io.BytesIO(), KEY, b"test")


def test_a_file_of_another_kind_or_key_is_refused() -> None:
    for key, kind in ((bytes(32), b"test"), (KEY, b"other")):
        with pytest.raises(BrokenFile):
            unseal(io.BytesIO(sealed(b"x")), io.BytesIO(), key, kind)


def test_nothing_in_a_sealed_file_can_be_read() -> None:
    assert CANARY.encode() not in sealed(CANARY.encode() * 100)


def test_a_backup_can_be_checked_without_a_database(
    instance: dict[str, str], tmp_path: Path, database_kind: str
) -> None:
    file = tmp_path / "backup"
    run(instance, "backup", str(file))
    elsewhere = {**instance, "TNID_DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}
    found = run(elsewhere, "backup", "--check", str(file))
    assert (found["kind"], found["revision"]) == (database_kind, newest_revision())
    assert found["tables"] > 50
    assert not (tmp_path / "none.db").exists() and list(tmp_path.glob("instance/.backup-*")) == []
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    with pytest.raises(RuntimeError, match="changed or cut off"):
        run(instance, "backup", "--check", str(file))
    file.write_bytes(b"made up")
    with pytest.raises(RuntimeError, match="not a backup"):
        run(instance, "backup", "--check", str(file))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_sealed_well_and_holds_nonsense_is_seen(instance: dict[str, str], tmp_path: Path) -> None:
    key = Sealer(load_master_key(Path(instance["TNID_INSTANCE_DIR"]) / "master.key")).derive(PURPOSE)
    for kind, content in ((SQLITE, b"no database"), (SQLITE, b""), (POSTGRESQL, b"no dump")):
        with (tmp_path / "backup").open("wb") as target:
            seal(io.BytesIO(content), target, key, kind)
        with pytest.raises(RuntimeError, match="what it holds"):
            run(instance, "backup", "--check", str(tmp_path / "backup"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_nothing_is_restored_while_the_instance_serves(
    instance: dict[str, str], other: dict[str, str], tmp_path: Path
) -> None:
    run(instance, "backup", str(tmp_path / "backup"))
    figures = open_figures(Path(other["TNID_INSTANCE_DIR"]) / FOLDER, "worker")
    with pytest.raises(RuntimeError, match="runs here"):
        run(other, "restore", str(tmp_path / "backup"))
    assert figures.name == "worker-1" and not (tmp_path / "other" / "instance" / "tnid.db").exists()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_nothing_is_restored_while_somebody_is_connected(
    instance: dict[str, str], other: dict[str, str], tmp_path: Path
) -> None:
    run(instance, "backup", str(tmp_path / "backup"))
    engine = create_engine(other["TNID_DATABASE_URL"])
    with engine.connect(), pytest.raises(RuntimeError, match="others are connected"):
        run(other, "restore", str(tmp_path / "backup"))
    engine.dispose()
    assert run(other, "restore", str(tmp_path / "backup")) == {"is_restored": True}
