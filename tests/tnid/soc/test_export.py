"""The audit log is handed on in order, each event at least once, whoever dies in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.servers.syslog import SyslogReceiver
from tests.servers.syslog_process import Running
from tnid import audit as audit_module
from tnid.audit import CHAIN_PURPOSE, Audit, Chain, Origin
from tnid.cli import main
from tnid.db import Database
from tnid.monitoring.figures import Figures
from tnid.sealing import Sealer, load_master_key
from tnid.settings import Settings, load
from tnid.soc import syslog
from tnid.soc.export import FAILED, MOST_WAIT_SECONDS, SENT, Export, exports

NOW = 1_795_000_000
RFC5424 = re.compile(
    rb"<(108|109|110)>1 2026-\d\d-\d\dT\d\d:\d\d:\d\dZ localhost tnid - [!-~]{1,32}"
    rb' \[origin software="tnid"\] \{.*\}'
)


@pytest.fixture
def new_receiver(tmp_path: Path) -> Iterator[Callable[..., SyslogReceiver]]:
    made: list[SyslogReceiver] = []

    def new(scheme: str, port: int = 0) -> SyslogReceiver:
        made.append(SyslogReceiver(tmp_path, scheme, port))
        return made[-1]

    yield new
    for receiver in made:
        receiver.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syslog, "SECONDS", 0.5)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a busy machine be no reason to take a receiver for dead."""
    monkeypatch.setattr(syslog, "SECONDS", 60)


class Log:
    """An audit log that is written to and sealed, and those to whom it goes."""

    def __init__(self, database: Database, environ: dict[str, str]) -> None:
        self.database, self.environ = database, environ
        self.figures = Figures()
        self.key = Sealer(load_master_key(self.settings.master_key_file)).derive(CHAIN_PURPOSE)
        self.count = 0

    @property
    def settings(self) -> Settings:
        return load(self.environ)

    def export(self) -> Export:
        """Return what hands on, as after a start of the housekeeper."""
        (found,) = exports(self.settings, self.database, self.figures)
        return found

    def write(self, batches: int = 1, events: int = 4) -> None:
        for _ in range(batches):
            for _ in range(events):
                self.count += 1
                Audit(self.database).record(
                    "test.event", account_id=f"a{self.count}", details={"number": self.count}, now=NOW
                )
            Chain(self.database, self.key).seal(NOW)

    def run(self, *arguments: str) -> Any:
        environ = {**self.environ, "TNID_DATABASE_URL": self.settings.database_url}
        done = CliRunner().invoke(main, ["audit", *arguments, "--json"], env=environ)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return {**json.loads(done.stdout), "status": done.exit_code}


@pytest.fixture
def log(database: Database, settings: Settings, tmp_path: Path) -> Callable[..., Log]:
    def new(**more: str) -> Log:
        environ = {"TNID_INSTANCE_DIR": str(settings.instance_dir), **more}
        environ["TNID_DATABASE_URL"] = settings.database_url
        settings.instance_dir.mkdir(mode=0o700, exist_ok=True)
        return Log(database, environ)

    return new


def of_receiver(receiver: SyslogReceiver, folder: Path) -> dict[str, str]:
    more = {"TNID_AUDIT_SYSLOG_URL": receiver.url}
    ca_file = folder / "authority.pem"
    return {**more, "TNID_OUTBOUND_CA_FILE": str(ca_file)} if ca_file.exists() else more


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [json.loads(event["details"])["number"] for event in events]


only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize("scheme", ["syslog+tcp", "syslog+tls"])
def test_a_receiver_gets_every_event_in_order_and_can_check_the_chain(
    log: Any, new_receiver: Any, tmp_path: Path, scheme: str
) -> None:
    receiver = new_receiver(scheme)
    written = log(**of_receiver(receiver, tmp_path))
    token = audit_module.origin.set(Origin("2001:db8::1", 40022, "Máy \n tính", "r1"))
    written.write(batches=23)
    audit_module.origin.reset(token)
    export = written.export()
    assert [export.hand_on(NOW) for _ in range(4)] == [True, True, False, False]
    assert numbers(receiver.events()) == list(range(1, 93))
    assert [message for message in receiver.messages if not RFC5424.fullmatch(message)] == []
    kept = tmp_path / "kept"
    kept.write_bytes(b"".join(message + b"\n" for message in receiver.messages))
    found = written.run("verify", "--file", str(kept))
    assert (found["status"], found["events"], found["batches"], found["has_key"]) == (0, 92, 23, True)
    assert found["head"] == written.run("verify")["head"]
    assert written.figures.counter(SENT, way="syslog").get() == 92


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("scheme", ["syslog+tcp", "syslog+tls"])
@only_sqlite
def test_nothing_is_lost_where_the_receiver_dies_and_comes_back(
    log: Any, new_receiver: Any, tmp_path: Path, scheme: str
) -> None:
    receiver = new_receiver(scheme)
    written = log(**of_receiver(receiver, tmp_path))
    written.write(batches=12)
    receiver.fault = "reset"
    export, now = written.export(), NOW
    assert export.hand_on(now) is False
    assert export.hand_on(now) is False, "it waits"
    assert written.figures.counter(FAILED, way="syslog").get() == 1
    receiver.close()
    # The housekeeper dies, too; another one begins where nothing was taken
    export = written.export()
    assert export.hand_on(now) is False, "nobody listens"
    again = SyslogReceiver(tmp_path, scheme, receiver.port) if scheme == "syslog+tcp" else receiver
    if again is receiver:
        again = new_receiver(scheme)
        written.environ.update(of_receiver(again, tmp_path))
        export = written.export()
    while written.figures.counter(SENT, way="syslog").get() < 48:
        now += MOST_WAIT_SECONDS
        export.hand_on(now)
    assert numbers(again.events()) == list(range(1, 49))
    again.close()


def kill_in_mid_stream(export: Export, receiver: Running) -> None:
    """Hand a chunk on to a receiver that is killed as soon as it says that it has read."""
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(export.hand_on, NOW)
        assert receiver.next_line() == "read\n"
        receiver.kill()
        under_way.result(60)


def in_file(file: Path) -> list[int]:
    lines = file.read_bytes().splitlines() if file.exists() else []
    return numbers([json.loads(line[line.index(b"{") :]) for line in lines])


@pytest.mark.usefixtures("patient")
@only_sqlite
def test_a_receiver_killed_in_mid_stream_gets_all_of_it_when_it_is_back(log: Any, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    with Running("half", file) as killed:
        written = log(TNID_AUDIT_SYSLOG_URL=f"syslog+tcp://127.0.0.1:{killed.port}")
        written.write(batches=3, events=40)
        export = written.export()
        kill_in_mid_stream(export, killed)
    assert written.figures.counter(FAILED, way="syslog").get() == 1
    with Running("store", file, killed.port):
        export.hand_on(NOW + MOST_WAIT_SECONDS)
        assert in_file(file) == list(range(1, 121)), "all of it, in order, once"


@pytest.mark.usefixtures("patient")
@only_sqlite
def test_what_a_receiver_had_read_and_not_stored_comes_again_where_its_end_is_noticed(
    log: Any, tmp_path: Path
) -> None:
    """Killed once it read to the end, it looks as if it had hung up, until nobody answers there."""
    file = tmp_path / "kept"
    with Running("forget", file) as killed:
        written = log(TNID_AUDIT_SYSLOG_URL=f"syslog+tcp://127.0.0.1:{killed.port}")
        written.write(batches=3)
        export = written.export()
        kill_in_mid_stream(export, killed)
    assert written.figures.counter(SENT, way="syslog").get() == 12, "taken, as far as is known"
    written.write()
    export.hand_on(NOW + 1)
    export.hand_on(NOW + 1 + MOST_WAIT_SECONDS)
    assert written.figures.counter(FAILED, way="syslog").get() == 2, "nobody listens"
    with Running("store", file, killed.port) as back:
        export.hand_on(NOW + 3 * MOST_WAIT_SECONDS)
        assert in_file(file) == list(range(1, 17)), "from before what was in doubt, once"
        back.kill()
        written.write()
        export.hand_on(NOW + 4 * MOST_WAIT_SECONDS)
    with Running("store", file, killed.port):
        while export.hand_on(NOW + 9 * MOST_WAIT_SECONDS):
            """Hand on what there is."""
        assert in_file(file) == [*range(1, 17), *range(1, 21)], "a chunk said twice, in order"


@pytest.mark.usefixtures("patient")
@only_sqlite
def test_what_was_lost_unnoticed_is_seen_and_sent_again(log: Any, tmp_path: Path) -> None:
    """Back before anything else was sent, nobody noticed: the gap shows when the file is checked."""
    file = tmp_path / "kept"
    with Running("forget", file) as killed:
        written = log(TNID_AUDIT_SYSLOG_URL=f"syslog+tcp://127.0.0.1:{killed.port}")
        written.write(batches=2)
        export = written.export()
        kill_in_mid_stream(export, killed)
    with Running("store", file, killed.port):
        written.write()
        export.hand_on(NOW + 1)
        assert in_file(file) == [9, 10, 11, 12]
        assert written.run("verify", "--file", str(file))["first_batch"] == 3, "it begins too late"
        assert written.run("resend", "syslog", "--after", "0")["status"] == 0
        export.hand_on(NOW + 2)
    found = written.run("verify", "--file", str(file))
    assert (found["status"], found["events"], found["repeated"]) == (0, 12, 4)


@pytest.mark.usefixtures("quick")
@only_sqlite
@pytest.mark.parametrize("fault", ["deaf", "silent"])
@pytest.mark.parametrize("scheme", ["syslog+tcp", "syslog+tls"])
def test_one_that_does_not_say_that_it_read_gets_it_again_later(
    log: Any, new_receiver: Any, tmp_path: Path, fault: str, scheme: str
) -> None:
    receiver = new_receiver(scheme)
    receiver.fault = fault
    written = log(**of_receiver(receiver, tmp_path))
    written.write()
    export, failures = written.export(), written.figures.counter(FAILED, way="syslog")
    tries = []
    for second in range(3):
        export.hand_on(NOW + second)
        tries.append(failures.get())
    assert tries == [1, 2, 2], "after one second, then after two"
    receiver.fault = ""
    receiver.messages.clear()
    export.hand_on(NOW + 60)
    assert numbers(receiver.events()) == [1, 2, 3, 4]


@only_sqlite
def test_a_certificate_of_a_stranger_gets_nothing(log: Any, new_receiver: Any, tmp_path: Path) -> None:
    receiver = new_receiver("syslog+tls")
    written = log(TNID_AUDIT_SYSLOG_URL=receiver.url)
    written.write()
    written.export().hand_on(NOW)
    assert receiver.messages == [] and written.figures.counter(FAILED, way="syslog").get() == 1


@only_sqlite
def test_by_udp_as_much_as_udp_can(log: Any, new_receiver: Any, tmp_path: Path) -> None:
    receiver = new_receiver("syslog+udp")
    written = log(**of_receiver(receiver, tmp_path))
    written.write()
    written.export().hand_on(NOW)
    assert all(RFC5424.fullmatch(message) for message in receiver.messages)


def test_a_file_may_be_rotated_and_holds_what_the_chain_holds(log: Any, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    written = log(TNID_AUDIT_FILE=str(file))
    export = written.export()
    written.write(batches=2)
    export.hand_on(NOW)
    file.rename(tmp_path / "audit.jsonl.1")
    written.write(batches=2)
    export.hand_on(NOW)
    assert file.stat().st_mode & 0o027 == 0
    found = written.run("verify", "--file", str(file), "--file", str(tmp_path / "audit.jsonl.1"))
    assert (found["status"], found["events"], found["first_batch"], found["last_batch"]) == (0, 16, 1, 4)
    (listed,) = written.run("exports")["exports"]
    assert (listed["batch"], listed["waiting"]) == (4, 0)


@only_sqlite
def test_a_line_that_was_cut_off_comes_again(log: Any, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    written = log(TNID_AUDIT_FILE=str(file))
    written.write()
    written.export().hand_on(NOW)
    file.write_bytes(file.read_bytes()[:-20])
    (listed,) = written.run("exports")["exports"]
    assert written.run("resend", listed["way"], "--after", "0")["status"] == 0
    written.export().hand_on(NOW)
    found = written.run("verify", "--file", str(file))
    assert (found["status"], found["events"], found["repeated"], found["unreadable"]) == (0, 4, 3, 1)


@only_sqlite
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("nothing", ""),
        ("word", "batch 2 was changed after it was sealed"),
        ("line", "batch 2 has 3 of 4 events"),
        ("batch", "batches 2 to 2 are missing"),
        ("twice", "came twice, and not the same"),
        ("seal", "name different seals"),
    ],
)
def test_tampering_with_the_lines_is_seen(log: Any, tmp_path: Path, change: str, problem: str) -> None:
    file = tmp_path / "audit.jsonl"
    written = log(TNID_AUDIT_FILE=str(file))
    written.write(batches=3)
    written.export().hand_on(NOW)
    lines = file.read_bytes().splitlines(keepends=True)
    changed = lines[4].replace(b'"ok"', b'"ko"')
    tampered = {
        "nothing": lines,
        "word": [*lines[:4], changed, *lines[5:]],
        "line": lines[:4] + lines[5:],
        "batch": lines[:4] + lines[8:],
        "twice": [*lines, changed],
        "seal": [*lines, lines[4].replace(b'"batch_events":4', b'"batch_events":5')],
    }[change]
    file.write_bytes(b"".join(tampered))
    found = written.run("verify", "--file", str(file))
    assert found["status"] == (1 if problem else 0)
    assert problem in "; ".join(found["problems"])


@only_sqlite
def test_without_the_key_what_is_missing_is_seen_all_the_same(log: Any, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    written = log(TNID_AUDIT_FILE=str(file))
    written.write(batches=3)
    written.export().hand_on(NOW)
    written.environ["TNID_INSTANCE_DIR"] = str(tmp_path / "elsewhere")
    assert written.run("verify", "--file", str(file))["has_key"] is False
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    assert written.run("verify", "--file", str(file))["problems"] == ["batch 3 has 3 of 4 events"]


def test_nothing_is_handed_on_where_nobody_asked(log: Any) -> None:
    written = log()
    assert exports(written.settings, written.database, written.figures) == []
