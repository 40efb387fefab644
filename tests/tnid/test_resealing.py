"""Everything that rests sealed is sealed anew under another key: whole, resumable, while others write."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import LargeBinary, text

import tnid
from keys.envelope import SealBroken
from tests.conftest import Clock
from tests.servers.processes import free_port, wait_until
from tests.servers.provider import ROOT, TNID, environ_for
from tests.tnid.conftest import InProcess, Someone
from tnid import app, resealing
from tnid.app import create_app
from tnid.cli import main
from tnid.db import db
from tnid.migrations import upgrade
from tnid.resealing import PLACES, reseal
from tnid.sealing import MasterKeyError, MasterKeys, load_master_keys, load_sealer, write_master_keys
from tnid.services import Services
from tnid.settings import Settings, load

ROWS = 4000
PROFILE = text("SELECT profile_sealed FROM accounts WHERE id = :id")
# Bytes that nothing is sealed in: hashes, public keys, pictures that people see
PLAIN = {
    *("audit_batches.previous_hash", "audit_batches.hash", "consent_ledger.hash", "consent_heads.head"),
    *("decoupled_requests.handle_hash", "decoupled_requests.user_code_hash", "grants.code_hash"),
    *("replays.digest", "guardianships.code_hash", "mandates.code_hash", "logos.image"),
    *("passkeys.credential_id", "passkeys.public_key"),
}


def turn(path: Path) -> MasterKeys:
    """Let another key seal from now on, as the two commands do."""
    keys = load_master_keys(path)
    write_master_keys(path, keys._replace(seals=(*keys.seals, os.urandom(32))))
    return keys


def test_every_sealed_column_is_sealed_anew() -> None:
    assert app.FEATURES
    there = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert there - PLAIN == {f"{place.column.table.name}.{place.column.name}" for place in PLACES}
    source = "".join(path.read_text() for path in Path(tnid.__file__).parent.rglob("*.py"))
    for place in PLACES:
        prefix = place.context.partition("{")[0]
        written = prefix.replace("data_requests.words:", "data_requests.{part}:")
        written = written.replace("data_requests.answer:", "data_requests.{part}:")
        assert not prefix or f'f"{written}' in source, prefix


def test_all_of_a_person_is_sealed_anew_and_opens_as_before(
    services: Services, settings: Settings, clock: Clock, new_person: Callable[..., Someone],
    new_browser: Callable[..., InProcess],
) -> None:  # fmt: skip
    person = new_person("mai", totp=True, personal_id_number="001099012345",
                        claims={"name": "Hoàng Mai", "email": "mai@example.vn"})  # fmt: skip
    services.keyring.tend(clock.now())
    services.messages.announce(person.id, "password_changed", clock.now())
    assert services.data_requests.make(person.id, "see", "Cho xem", clock.now()) is None
    before = turn(settings.master_key_file)
    sealer = load_sealer(settings.master_key_file)
    looked = reseal(services.database, sealer, only_look=True, batch_rows=2)
    assert looked.current == 0 and looked.anew >= 6 and looked.broken == ()
    done = reseal(services.database, sealer, batch_rows=2)
    assert done == looked
    again = reseal(services.database, sealer, only_look=True)
    assert (again.current, again.anew, again.broken) == (looked.anew, 0, ())
    # Who has the key from before opens nothing of it any more; who serves goes on
    row = services.database.fetch_one(PROFILE, id=person.id)
    with pytest.raises(SealBroken):
        services.sealer.open(bytes(row.profile_sealed), f"accounts.profile:{person.id}")
    keys = load_master_keys(settings.master_key_file)
    assert keys.master == before.master
    write_master_keys(settings.master_key_file, keys._replace(seals=keys.seals[-1:]))
    anew = InProcess(create_app(settings))
    assert person.sign_in(anew).path == "/account", "password, phone and profile are what they were"
    assert "Hoàng Mai" in anew.page.text
    after: Services = create_app(settings).extensions["tnid"]
    token = after.keyring.sign({"exp": clock.now() + 60}, alg="ES256", typ="JWT", now=clock.now())
    assert after.keyring.verify(token, typ="JWT", now=clock.now())["exp"] == clock.now() + 60
    anew.close()


def test_every_place_is_read_on_and_written_by_its_whole_key(services: Services) -> None:
    for place in PLACES:
        _first, more = resealing._read_statements(place)
        key = resealing._key_of(place)
        values = {column.name: 1 if column.type.python_type is int else "x" for column in key}
        after = {f"after_{name}": value for name, value in values.items()}
        assert services.database.fetch_all(more, most=5, **after) == []
        of = {f"of_{name}": value for name, value in values.items()}
        written = services.database.execute(resealing._write_statement(place), seen=b"a", anew=b"b", **of)
        assert written == 0


def test_it_goes_on_where_it_was_stopped(
    services: Services, settings: Settings, new_person: Callable[..., Someone]
) -> None:
    for number in range(5):
        new_person(f"nguoi.{number}")
    turn(settings.master_key_file)
    sealer = load_sealer(settings.master_key_file)

    def stop(_place: str, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(services.database, sealer, batch_rows=2, tell=stop)
    left = reseal(services.database, sealer, only_look=True)
    assert left.current == 2 and left.anew == 3 and left.broken == ()
    assert reseal(services.database, sealer, batch_rows=2).anew == 3
    assert reseal(services.database, sealer, only_look=True).anew == 0


def test_what_somebody_writes_meanwhile_stays(
    services: Services, settings: Settings, lan: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn(settings.master_key_file)
    sealer, context = load_sealer(settings.master_key_file), f"accounts.profile:{lan.id}"
    written = sealer.seal(b'{"name": "Moi"}', context)
    usual = resealing._reseal_row

    def write_first(database: object, place: resealing.Place, *rest: object, **more: bool) -> str:
        services.database.execute(
            text("UPDATE accounts SET profile_sealed = :now WHERE id = :id"), now=written, id=lan.id
        )
        return usual(database, place, *rest, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(resealing, "_reseal_row", write_first)
    reseal(services.database, sealer)
    row = services.database.fetch_one(PROFILE, id=lan.id)
    assert sealer.open(bytes(row.profile_sealed), context) == b'{"name": "Moi"}'


def test_what_no_key_opens_is_named_and_left(
    services: Services, settings: Settings, lan: Someone, minh: Someone
) -> None:
    turn(settings.master_key_file)
    other = services.database.fetch_one(PROFILE, id=minh.id).profile_sealed
    services.database.execute(
        text("UPDATE accounts SET profile_sealed = :now WHERE id = :id"), now=bytes(other), id=lan.id
    )
    done = reseal(services.database, load_sealer(settings.master_key_file))
    assert done.broken == (f"accounts.profile:{lan.id}",)
    assert bytes(services.database.fetch_one(PROFILE, id=lan.id).profile_sealed) == bytes(other)


# The file


@pytest.mark.parametrize(
    "line", [b"seal", b"seal x", b"other AAAA", b"seal AAAA", b"\xff\xff AAAA", b"next x y"]
)
def test_a_line_that_is_no_key_is_refused(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "master.key"
    load_sealer(path)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(MasterKeyError) as raised:
        load_master_keys(path)
    assert str(path) in str(raised.value) and "AAAA" not in str(raised.value)


def test_a_key_that_comes_opens_and_does_not_seal(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    before = load_sealer(path)
    keys = load_master_keys(path)
    write_master_keys(path, keys._replace(coming=os.urandom(32)))
    assert path.stat().st_mode & 0o777 == 0o600
    between = load_sealer(path)
    assert before.open(between.seal(b"a", "c"), "c") == b"a", "who doesn't know it yet reads on"
    keys = load_master_keys(path)
    assert keys.coming is not None
    write_master_keys(path, keys._replace(seals=(keys.coming,), coming=None))
    after = load_sealer(path)
    assert between.open(after.seal(b"b", "c"), "c") == b"b", "who knows it reads what others seal by it"
    assert after.open(before.seal(b"c", "c"), "c") == b"c"
    with pytest.raises(SealBroken):
        before.open(after.seal(b"d", "c"), "c")
    # What can't be made anew doesn't change
    assert after.derive("oidc.subjects") == before.derive("oidc.subjects")
    assert after.blind_index("phone", "1") == before.blind_index("phone", "1")


# By command, killed


def run(environ: dict[str, str], *arguments: str, status: int = 0) -> Any:
    """Run a command in this process; return what it printed as JSON, nothing of one that is refused."""
    done = CliRunner().invoke(main, [*arguments, "--json"], env=environ)
    assert done.exit_code == status, (arguments, done.output)
    return json.loads(done.stdout) if status == 0 else None


def test_the_commands_in_their_order_and_a_kill_in_between(tmp_path: Path) -> None:
    environ = environ_for(tmp_path, free_port(), None)
    settings = load(environ)
    upgrade(settings.database_url)
    sealer, path = load_sealer(settings.master_key_file), settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        sql = (
            "INSERT INTO messages (id, text, channel, content_sealed, state, created_at, expires_at)"
            " VALUES (?, 'code', 'sms', ?, 'sent', 1, 4000000000)"
        )
        ids = [f"message-{number}" for number in range(ROWS)]
        database.executemany(sql, [(id_, sealer.seal(b"{}", f"messages.content:{id_}")) for id_ in ids])
    assert run(environ, "keys", "master", "add") == {"seal_keys": 0, "comes": True}
    assert run(environ, "keys", "master", "use") == {"seal_keys": 1, "comes": False}
    for wrong in (("use",), ("drop",)):
        run(environ, "keys", "master", *wrong, status=1)
    process = subprocess.Popen([TNID, "keys", "reseal"], env=environ, cwd=ROOT, stdout=subprocess.PIPE)
    newest = load_sealer(settings.master_key_file)

    def is_begun() -> bool:
        with sqlite3.connect(path) as database:
            (sealed,) = database.execute("SELECT content_sealed FROM messages ORDER BY id LIMIT 1").fetchone()
        try:
            sealer.open(sealed, f"messages.content:{min(ids)}")
        except SealBroken:
            return True
        return False

    wait_until(is_begun, what="the first batch")
    process.kill()
    process.wait(60)
    assert process.stdout
    process.stdout.close()
    looked = run(environ, "keys", "reseal", "--check")
    assert looked["broken"] == [] and looked["current"] + looked["anew"] >= ROWS
    done = run(environ, "keys", "reseal")
    assert (done["anew"], done["left"], done["broken"]) == (looked["anew"], 0, [])
    assert run(environ, "keys", "master", "add")["comes"]
    assert run(environ, "keys", "master", "use")["seal_keys"] == 2
    run(environ, "keys", "master", "drop", status=1)
    assert run(environ, "keys", "reseal")["anew"] >= ROWS
    assert run(environ, "keys", "master", "drop") == {"seal_keys": 1, "comes": False}
    assert run(environ, "keys", "reseal", "--check")["anew"] == 0
    with sqlite3.connect(path) as database:
        (sealed,) = database.execute("SELECT content_sealed FROM messages ORDER BY id LIMIT 1").fetchone()
    with pytest.raises(SealBroken):
        newest.open(sealed, f"messages.content:{min(ids)}")
