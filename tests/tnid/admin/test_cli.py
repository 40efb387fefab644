"""What operators do by `tnid`: JSON, exit statuses, and a log that says it was done by a command."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.servers.processes import free_port
from tests.servers.provider import environ_for
from tnid.cli import main
from tnid.settings import load

PERSON = {"username": "ha.le", "password": "chè xanh búp tím 2 nương", "name": "Lê Thu Hà"}
APP = {
    "client_id": "jobs",
    "client_name": "Việc làm",
    "redirect_uris": ["https://app.example/cb"],
    "token_endpoint_auth_method": "none",
}


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An instance with a person and an application, one for all tests here."""
    made = environ_for(tmp_path_factory.mktemp("admin-cli"), free_port(), None)
    run(made, "db", "upgrade")
    run(made, "account", "create", "-", given=PERSON)
    run(made, "client", "create", "-", given=APP)
    return made


def run(environ: dict[str, str], *arguments: str, given: Any = None, status: int = 0) -> Result:
    """Run a command; its exit status is the expected one."""
    done = CliRunner().invoke(main, arguments, input=json.dumps(given) if given else "", env=environ)
    assert done.exit_code == status, (arguments, done.output)
    if status == 1:
        assert done.stderr.startswith("Error: ") and not done.stdout
    return done


def answer(environ: dict[str, str], *arguments: str) -> Any:
    return json.loads(run(environ, *arguments, "--json").stdout)


@pytest.mark.parametrize(
    "command",
    [
        *(["operator", name] for name in ("add", "list", "remove")),
        *(["switch", name] for name in ("list", "on", "off")),
        *(["session", name] for name in ("count", "end")),
        *(["account", name] for name in ("unlock", "sign-out")),
        *(["audit", "search"], ["outbox", "give-up"], ["client", "enable"]),
    ],
    ids=" ".join,
)
def test_every_command_takes_json_and_explains_itself(environ: dict[str, str], command: list[str]) -> None:
    assert "--json" in run(environ, *command, "--help").stdout


def test_operators_come_and_go(environ: dict[str, str]) -> None:
    assert answer(environ, "operator", "add", "ha.le", "--role", "support")["roles"] == ["support"]
    run(environ, "operator", "add", "ha.le", "--role", "support", status=1)
    run(environ, "operator", "add", "nobody", "--role", "support", status=1)
    run(environ, "operator", "add", "ha.le", "--role", "king", status=2)
    (listed,) = answer(environ, "operator", "list")["operators"]
    assert (listed["username"], listed["role"], listed["is_asleep"]) == ("ha.le", "support", False)
    assert "support" in run(environ, "operator", "list").stdout
    assert answer(environ, "operator", "remove", "ha.le")["removed"] == ["support"]
    both = answer(environ, "operator", "add", "ha.le", "--role", "support", "--role", "reviewer")
    assert both["roles"] == ["support", "reviewer"]
    assert answer(environ, "operator", "remove", "ha.le")["removed"] == ["reviewer", "support"]
    run(environ, "operator", "remove", "ha.le", status=1)
    run(environ, "operator", "remove", "ha.le", "--role", "support", status=1)


def test_switches_are_turned(environ: dict[str, str]) -> None:
    assert all(one["is_on"] for one in answer(environ, "switch", "list")["switches"])
    run(environ, "switch", "off", "qr", status=2)
    run(environ, "switch", "off", "qr", "--reason", "x", status=1)
    run(environ, "switch", "off", "made-up", "--reason", "Bảo trì", status=2)
    assert answer(environ, "switch", "off", "qr", "--reason", "Bảo trì")["is_on"] is False
    run(environ, "switch", "off", "qr", "--reason", "Bảo trì", status=1)
    assert "Bảo trì" in run(environ, "switch", "list").stdout
    run(environ, "switch", "on", status=2)
    assert answer(environ, "switch", "on", "--all")["on"] == ["qr"]
    run(environ, "switch", "on", "qr", status=1)
    assert answer(environ, "switch", "on", "--all")["on"] == []


def test_an_application_is_shut_and_goes_on(environ: dict[str, str]) -> None:
    run(environ, "client", "enable", "jobs", status=1)
    run(environ, "client", "disable", "jobs")
    assert answer(environ, "client", "enable", "jobs")["disabled_at"] is None
    run(environ, "client", "enable", "nobody", status=1)


def test_many_are_signed_out(environ: dict[str, str]) -> None:
    assert answer(environ, "session", "count")["sessions"] == 0
    assert answer(environ, "session", "end", "--everybody")["ended"] == 0
    assert answer(environ, "session", "end", "--client", "jobs")["ended"] == 0
    run(environ, "session", "end", status=2)
    run(environ, "session", "end", "--client", "nobody", status=1)
    assert answer(environ, "account", "unlock", "ha.le")["is_unlocked"]
    assert answer(environ, "account", "sign-out", "ha.le")["ended"] == 0
    run(environ, "account", "unlock", "nobody", status=1)


def test_what_is_not_there_is_not_given_up(environ: dict[str, str]) -> None:
    gone = run(environ, "outbox", "give-up", "1", "--reason", "Đã ngừng", status=1)
    assert "1" in gone.stderr
    without_reason = run(environ, "outbox", "give-up", "1", status=2)
    assert "--reason" in without_reason.stderr
    no_number = run(environ, "outbox", "give-up", "one", "--reason", "Đã ngừng", status=2)
    assert "one" in no_number.stderr


def test_the_log_is_searched(environ: dict[str, str]) -> None:
    run(environ, "operator", "add", "ha.le", "--role", "reviewer")
    found = answer(environ, "audit", "search", "--event", "operator.grant", "--account", "ha.le")
    assert found["has_more"] is False and found["events"]
    assert found["events"][0]["details"] == {"by": "command", "role": "reviewer"}
    # The search itself, and that no operator's page was needed
    (searched, *_) = answer(environ, "audit", "search", "--event", "audit.")["events"]
    assert (searched["event"], searched["details"]["by"]) == ("audit.search", "command")
    table = run(environ, "audit", "search", "--event", "operator.", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
    assert {row["event"] for row in rows} <= {"operator.grant", "operator.revoke"}
    lines = run(environ, "audit", "search", "--event", "operator.", "--format", "jsonl").stdout
    assert all(json.loads(line)["id"] for line in lines.splitlines())
    assert "operator.grant" in run(environ, "audit", "search", "--most", "5000").stdout
    run(environ, "audit", "search", "--since", "tomorrow", status=2)
    run(environ, "audit", "search", "--since", "2026-01-02", "--until", "2026-01-01", status=2)
    run(environ, "audit", "search", "--ip", "%", status=1)


def test_a_check_of_the_whole_log_is_kept(environ: dict[str, str], tmp_path: Path) -> None:
    run(environ, "audit", "verify")
    (found,) = answer(environ, "audit", "search", "--event", "audit.verify")["events"][:1]
    assert found["details"]["is_whole"] is True


def test_who_does_it_alone_here_is_not_alone_in_knowing(environ: dict[str, str]) -> None:
    """Others who do such things on the pages get a message; whom a role is given does not."""
    second = {**PERSON, "username": "thu.vu", "email": "thu@example.vn"}
    run(environ, "account", "create", "-", given=second)
    run(environ, "operator", "add", "thu.vu", "--role", "administrator")
    run(environ, "operator", "add", "thu.vu", "--role", "security")
    assert messages(environ) == []
    run(environ, "operator", "add", "ha.le", "--role", "support")
    run(environ, "operator", "remove", "ha.le", "--role", "support")
    run(environ, "keys", "rotate")
    run(environ, "session", "end", "--everybody")
    assert messages(environ) == ["machine_roles"] * 2 + ["machine_keys", "machine_sign_outs"]
    run(environ, "audit", "search", "--most", "5000")
    assert "machine_export" not in messages(environ), "so few are not bulk"


def messages(environ: dict[str, str]) -> list[str]:
    """Return what was queued for operators, the oldest first."""
    path = load(environ).database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        sql = "SELECT text FROM messages WHERE text LIKE 'machine%' ORDER BY created_at, rowid"
        return [text for (text,) in database.execute(sql)]
