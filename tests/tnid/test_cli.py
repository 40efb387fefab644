"""The `tnid` command as operators and scripts use it: JSON, exit statuses, reasons on standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from joserfc.jwk import ECKey

from tests.servers.processes import free_port
from tests.servers.provider import environ_for
from tnid.cli import main
from tnid.sealing import load_master_key

COMMANDS = [
    ["serve"],
    ["db", "upgrade"],
    ["db", "check"],
    ["keys", "list"],
    ["keys", "rotate"],
    ["keys", "withdraw"],
    *(["client", name] for name in ("create", "list", "show", "disable", "rotate-secret")),
    *(["account", name] for name in ("create", "show", "disable", "enable", "export", "delete")),
    *(["resource", name] for name in ("create", "update", "list", "show", "disable", "allow")),
    *(["request", name] for name in ("list", "show", "acknowledge", "answer")),
    *(["official", name] for name in ("add", "list", "remove")),
    *(
        ["employer", name]
        for name in ("create", "list", "show", "approve", "refuse", "suspend", "resume", "change")
    ),
    *(["employer", "representative", name] for name in ("add", "remove")),
    ["demo", "seed"],
    ["demo", "code"],
    ["outbox", "list"],
    ["outbox", "retry"],
    ["audit", "verify"],
    ["backup"],
    ["restore"],
    ["config", "check"],
]


class Commands:
    """Runs `tnid` in an instance of its own."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ

    def run(self, *arguments: str, given: Any = None, **more: str) -> Result:
        """Run the command in this process, as its entry point would."""
        text = given if isinstance(given, str) else json.dumps(given)
        done = CliRunner().invoke(main, arguments, input=text, env={**self.environ, **more})
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    def answer(self, *arguments: str, given: Any = None) -> Any:
        done = self.run(*arguments, "--json", given=given)
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    def refusal(self, *arguments: str, given: Any = None) -> str:
        """Return the reason of a refusal: one sentence on standard error, and exit status 1."""
        done = self.run(*arguments, "--json", given=given)
        assert done.exit_code == 1, (done.exit_code, done.stdout, done.stderr)
        return done.stderr.strip()


@pytest.fixture
def tnid(database_url: str, tmp_path: Path) -> Commands:
    return Commands(environ_for(tmp_path, 1, database_url))


only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@only_sqlite
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_takes_json(tnid: Commands, command: list[str]) -> None:
    done = tnid.run(*command, "--help")
    assert done.exit_code == 0
    assert "--json" in done.stdout
    assert tnid.run(*command, "-h").stdout == done.stdout


@only_sqlite
def test_wrong_usage_exits_with_2(tnid: Commands) -> None:
    assert tnid.run("client", "show").exit_code == 2
    assert tnid.run("nonsense").exit_code == 2
    assert tnid.run("serve", "--bind", "nowhere").exit_code == 2


@only_sqlite
def test_what_is_not_utf_8_is_wrong_usage(tnid: Commands) -> None:
    for one in (["account", "show", "\udcff"], ["client", "show", "a\udc80"], ["\udcff"]):
        done = tnid.run(*one)
        assert done.exit_code == 2 and "UTF-8" in done.output, one


def test_a_wrong_setting_is_refused_with_one_sentence(tnid: Commands) -> None:
    for command in (["db", "upgrade"], ["serve"], ["keys", "list"], ["config", "check"]):
        done = tnid.run(*command, TNID_ISUER="https://id.example")
        assert done.exit_code == 1
        assert done.stderr == "Error: TNID_ISUER is not a setting; `tnid config check` lists them all.\n"


@only_sqlite
def test_config_check_says_every_setting_and_where_it_came_from(tnid: Commands) -> None:
    settings = {one["variable"]: one for one in tnid.answer("config", "check")["settings"]}
    assert settings["TNID_ISSUER"]["source"] == "environment"
    assert settings["TNID_CODE_LIFETIME_SECONDS"]["source"] == "default"
    assert settings["TNID_CODE_LIFETIME_SECONDS"]["value"] == "60"


@only_sqlite
def test_config_check_hides_passwords_and_names_the_problem(tnid: Commands) -> None:
    url = "postgresql+psycopg://tnid:hunter2@db/tnid"
    done = tnid.run("config", "check", TNID_DATABASE_URL=url, TNID_LOG_LEVEL="loud")
    assert done.exit_code == 1
    assert "hunter2" not in done.stdout + done.stderr
    assert "postgresql+psycopg://tnid:***@db/tnid" in done.stdout
    assert "TNID_LOG_LEVEL must be one of" in done.stderr


def test_a_fresh_database_checks_out(tnid: Commands) -> None:
    assert tnid.answer("db", "upgrade")["revision"]
    assert tnid.answer("db", "check") == {"problems": []}


def test_a_database_that_was_not_migrated_is_refused(tmp_path: Path) -> None:
    tnid = Commands(environ_for(tmp_path / "new", 1, None))
    (tmp_path / "new" / "instance").mkdir(parents=True)
    for command in (["serve", "--bind", f"127.0.0.1:{free_port()}"], ["keys", "list"], ["audit", "verify"]):
        assert "run `tnid db upgrade` first" in tnid.refusal(*command)


@pytest.mark.parametrize(
    "url", ["sqlite:////proc/nowhere/tnid.db", "postgresql+psycopg://nobody@127.0.0.1:1/x"]
)
@only_sqlite
def test_a_database_that_is_out_of_reach_is_refused(tnid: Commands, url: str) -> None:
    tnid.environ["TNID_DATABASE_URL"] = url
    for command in (["keys", "list"], ["db", "upgrade"], ["db", "check"]):
        assert "The database can't be" in tnid.refusal(*command)
    if url.startswith("sqlite"):
        assert tnid.refusal("db", "upgrade").endswith(": /proc/nowhere.")


CLIENT = {
    "client_name": "Chợ chè",
    "redirect_uris": ["https://cho-che.example/callback"],
    "client_id": "cho-che",
    "least_acr": "LoA2",
    "least_identity_level": 1,
}


def test_a_client_lives_from_create_to_disable(tnid: Commands) -> None:
    made = tnid.answer("client", "create", "-", given=CLIENT)
    assert made["client_id"] == "cho-che"
    assert len(made["client_secret"]) >= 43 and made["client_secret_expires_at"] == 0
    assert made["require_pkce"] is True and made["least_acr"] == "LoA2"

    shown = tnid.answer("client", "show", "cho-che")
    assert "client_secret" not in shown and shown["redirect_uris"] == CLIENT["redirect_uris"]
    assert [one["client_id"] for one in tnid.answer("client", "list")["clients"]] == ["cho-che"]

    rotated = tnid.answer("client", "rotate-secret", "cho-che")
    assert rotated["client_secret"] not in ("", made["client_secret"])
    assert tnid.answer("client", "disable", "cho-che")["disabled_at"]
    assert "disabled already" in tnid.refusal("client", "disable", "cho-che")


@only_sqlite
def test_a_client_of_one_employer_is_shown_as_such(tnid: Commands) -> None:
    document = {**CLIENT, "client_id": "xuong-may", "employer": "4600305723"}
    assert tnid.answer("client", "create", "-", given=document)["employer"] == "4600305723"
    assert tnid.answer("client", "show", "xuong-may")["employer"] == "4600305723"
    for wrong in ("4600305724", "460030572", "TNG"):
        assert "ten digits" in tnid.refusal("client", "employer", "xuong-may", wrong)
    assert tnid.answer("client", "employer", "xuong-may", "0100109106")["employer"] == "0100109106"
    assert tnid.answer("client", "employer", "xuong-may", "")["employer"] == ""
    assert "employer" not in tnid.answer("client", "show", "xuong-may")
    wrong = {**document, "client_id": "khac", "employer": "4600305724"}
    assert "ten digits" in tnid.refusal("client", "create", "-", given=wrong)


@only_sqlite
def test_an_operator_gives_a_client_what_the_province_knows(tnid: Commands) -> None:
    document = {**CLIENT, "client_id": "kham-benh", "scope": "openid citizen pid guardian staff"}
    assert tnid.answer("client", "create", "-", given=document)["scope"] == document["scope"]
    assert tnid.answer("client", "show", "kham-benh")["scope"] == document["scope"]
    items = {"personal_id_number": {"purpose": {"vi": "Tìm đúng thẻ bảo hiểm"}}, "staff_roles": {}}
    told = tnid.answer("client", "consent-items", "kham-benh", "-", given=items)
    assert set(told["consent_items"]) == set(items)


@only_sqlite
def test_a_client_becomes_a_terminal_and_ceases_to_be_one(tnid: Commands) -> None:
    key = ECKey.generate_key("P-256").as_dict(private=False)
    document = {**CLIENT, "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key]}}
    tnid.answer("client", "create", "-", given=document)
    policy = {"name": {"vi": "Ki-ốt cổng A"}, "place": "Nhà máy Yên Bình", "networks": ["203.0.113.0/24"]}
    assert tnid.answer("client", "terminal", "cho-che", "-", given=policy)["terminal"] == policy
    assert tnid.answer("client", "show", "cho-che")["terminal"] == policy
    assert "must hold name" in tnid.refusal("client", "terminal", "cho-che", "-", given={"name": "Ki-ốt"})
    assert tnid.answer("client", "terminal", "cho-che", "-", given={})["terminal"] == {}
    assert "terminal" not in tnid.answer("client", "show", "cho-che")
    tnid.answer("client", "create", "-", given={**CLIENT, "client_id": "co-bi-mat"})
    assert "private_key_jwt" in tnid.refusal("client", "terminal", "co-bi-mat", "-", given=policy)


@only_sqlite
def test_a_bad_client_is_refused_with_its_reason(tnid: Commands) -> None:
    bad = {**CLIENT, "redirect_uris": ["http://cho-che.example/callback"]}
    assert "invalid_redirect_uri" in tnid.refusal("client", "create", "-", given=bad)
    assert "is not JSON" in tnid.refusal("client", "create", "-", given="{")
    assert "not an object" in tnid.refusal("client", "create", "-", given=[])
    tnid.answer("client", "create", "-", given=CLIENT)
    assert "already" in tnid.refusal("client", "create", "-", given=CLIENT)
    assert "There is no client" in tnid.refusal("client", "show", "nobody")


@only_sqlite
def test_a_file_that_breaks_off_is_refused_with_its_reason(tnid: Commands) -> None:
    # Its beginning is mapped nowhere: it is opened, and can't be read
    for command in (["client", "create"], ["account", "create"], ["audit", "verify", "--file"]):
        assert "Input/output error" in tnid.refusal(*command, "/proc/self/mem")


@only_sqlite
def test_whoever_closed_the_input_gave_nothing(tnid: Commands) -> None:
    command = ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-c", "from tnid.cli import main; main()"]
    environ = {**os.environ, **tnid.environ}
    done = subprocess.run(
        [*command, "client", "create", "-"], env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1) and "is not JSON" in done.stderr


@only_sqlite
def test_an_answer_that_finds_no_room_is_refused_with_its_reason(tnid: Commands) -> None:
    command = [sys.executable, "-c", "from tnid.cli import main; main()", "client", "list"]
    environ = {**os.environ, **tnid.environ}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, env=environ, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1) and "No space left" in done.stderr


RESOURCE = {"resource": "https://cho-che.example/api", "scopes": {"che.mua": {"vi": "Mua chè"}}}


def test_a_resource_lives_from_create_to_disable(tnid: Commands) -> None:
    uri = RESOURCE["resource"]
    made = tnid.answer("resource", "create", "-", given=RESOURCE)
    assert (made["token_format"], made["least_acr"]) == ("jwt", "LoA1")
    assert "already" in tnid.refusal("resource", "create", "-", given=RESOURCE)
    assert [one["resource"] for one in tnid.answer("resource", "list")["resources"]] == [uri]

    tnid.answer("client", "create", "-", given=CLIENT)
    tnid.answer("resource", "allow", uri, "cho-che", "che.mua")
    assert tnid.answer("client", "show", "cho-che")["resources"] == {uri: ["che.mua"]}
    tnid.answer("resource", "allow", uri, "cho-che", "che.mua", "--exchange")
    clients = tnid.answer("resource", "show", uri)["clients"]
    assert [(one["scopes"], one["exchange_scopes"]) for one in clients] == [(["che.mua"], ["che.mua"])]
    tnid.answer("resource", "allow", uri, "cho-che")
    tnid.answer("resource", "allow", uri, "cho-che", "--exchange")
    assert tnid.answer("resource", "show", uri)["clients"] == []

    more = {**RESOURCE, "scopes": {"che.mua": {}, "che.ban": {}}, "least_acr": "LoA2"}
    assert tnid.answer("resource", "update", "-", given=more)["least_acr"] == "LoA2"
    assert tnid.answer("resource", "disable", uri)["disabled_at"]
    assert "disabled already" in tnid.refusal("resource", "disable", uri)
    tnid.answer("resource", "update", "-", given=RESOURCE)
    shown = tnid.answer("resource", "show", uri)
    assert shown["disabled_at"] and shown["scopes"] == RESOURCE["scopes"]


@only_sqlite
def test_a_bad_resource_is_refused_with_its_reason(tnid: Commands) -> None:
    assert "https" in tnid.refusal("resource", "create", "-", given={**RESOURCE, "resource": "ftp://x"})
    assert "no resource" in tnid.refusal("resource", "update", "-", given=RESOURCE)
    assert "no resource" in tnid.refusal("resource", "disable", "https://cho-che.example/api")
    tnid.answer("resource", "create", "-", given=RESOURCE)
    assert "no such scope" in tnid.refusal("resource", "allow", RESOURCE["resource"], "x", "che.ban")
    assert "no client" in tnid.refusal("resource", "allow", RESOURCE["resource"], "x", "che.mua")
    assert "exchange_resources" in tnid.refusal(
        "client", "create", "-", given={**CLIENT, "exchange_resources": ["https://cho-che.example/api"]}
    )


PERSON = {
    "username": "thu.vu",
    "password": "chiec ao dai mau xanh",
    "name": "Vũ Thị Thu",
    "personal_id_number": "019198000123",
    "identity_level": 1,
    "totp": True,
}


def test_an_account_lives_from_create_to_delete(tnid: Commands) -> None:
    made = tnid.answer("account", "create", "-", given=PERSON)
    assert set(made) == {"sub", "totp_secret", "recovery_codes"}
    assert len(made["recovery_codes"]) == 10

    shown = tnid.answer("account", "show", "thu.vu")
    assert shown["sub"] == made["sub"] and shown["second_factor"] is True
    assert "019198000123" not in json.dumps(shown)
    assert tnid.answer("account", "show", made["sub"])["username"] == "thu.vu"

    assert tnid.answer("account", "disable", "thu.vu")["is_disabled"] is True
    assert "disabled already" in tnid.refusal("account", "disable", "thu.vu")
    assert tnid.answer("account", "enable", "thu.vu")["is_disabled"] is False

    exported = tnid.answer("account", "export", "thu.vu")
    assert exported["personal_id_number"] == "019198000123"
    assert exported["claims"]["name"] == "Vũ Thị Thu"
    assert {one["event"] for one in exported["events"]} >= {"account.create", "account.disable"}

    assert tnid.answer("account", "delete", "thu.vu")["is_deleted"] is True
    assert "There is no account" in tnid.refusal("account", "show", "thu.vu")


@only_sqlite
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"username": None}, "username"),
        ({"password": 7}, "password"),
        ({"identity_level": 3}, "identity_level"),
        ({"identity_level": True}, "identity_level"),
        ({"totp": "yes"}, "totp"),
        ({"personal_id_number": "0123"}, "personal_id_number"),
        ({"birthdate": "yesterday"}, "birthdate"),
        ({"shoe_size": 41}, "shoe_size"),
    ],
)
def test_a_bad_account_is_refused_with_its_reason(tnid: Commands, change: dict[str, Any], says: str) -> None:
    assert says in tnid.refusal("account", "create", "-", given={**PERSON, **change})


def test_keys_are_made_and_rotated(tnid: Commands) -> None:
    assert {one["alg"] for one in tnid.answer("keys", "rotate", "--now")["changes"]} == {"RS256", "ES256"}
    assert len(tnid.answer("keys", "list")["keys"]) == 2
    assert "no retired key" in tnid.refusal("keys", "withdraw", tnid.answer("keys", "list")["keys"][0]["kid"])


@only_sqlite
@pytest.mark.parametrize(
    "words",
    [["keys", "withdraw"], ["client", "show"], ["application", "log"], ["team", "show"]],
    ids=" ".join,
)
def test_an_id_may_begin_with_a_dash(tnid: Commands, words: list[str]) -> None:
    named = "-5hT0" + "-" + "a" * 16
    assert tnid.refusal(*words, named)
    mistyped = tnid.run(*words, named, "--jsn")
    assert mistyped.exit_code == 2 and "--jsn" in mistyped.stderr


def test_what_operators_do_is_in_the_audit_log(tnid: Commands) -> None:
    tnid.answer("client", "create", "-", given=CLIENT)
    found = tnid.answer("audit", "verify")
    assert found["problems"] == [] and found["unsealed"] == 1


@only_sqlite
def test_the_outbox_is_listed_and_only_what_is_there_is_retried(tnid: Commands) -> None:
    assert tnid.answer("outbox", "list") == {"messages": []}
    assert tnid.answer("outbox", "retry", "--dead") == {"retried": []}
    assert "unknown: 7" in tnid.refusal("outbox", "retry", "7")
    wrong = ((), ("7", "--dead"), ("9" * 20,), ("7", "x"), ("--", "-1"))
    assert [tnid.run("outbox", "retry", *one).exit_code for one in wrong] == [2] * len(wrong)


def test_no_new_master_key_is_made_where_an_old_one_is_missing(tnid: Commands, tmp_path: Path) -> None:
    tnid.answer("keys", "rotate")
    tnid.environ["TNID_MASTER_KEY_FILE"] = str(tmp_path / "missing.key")
    for command in (["audit", "verify"], ["keys", "rotate"], ["serve", "--bind", f"127.0.0.1:{free_port()}"]):
        assert "master key file" in tnid.refusal(*command)
    assert not (tmp_path / "missing.key").exists()


@only_sqlite
def test_another_master_key_is_refused(tnid: Commands, tmp_path: Path) -> None:
    tnid.answer("keys", "rotate")
    load_master_key(tmp_path / "other.key")
    tnid.environ["TNID_MASTER_KEY_FILE"] = str(tmp_path / "other.key")
    assert "not the one" in tnid.refusal("serve", "--bind", f"127.0.0.1:{free_port()}")


@only_sqlite
def test_a_master_key_that_others_can_read_is_refused(tnid: Commands, tmp_path: Path) -> None:
    tnid.answer("keys", "rotate")
    (tmp_path / "instance" / "master.key").chmod(0o640)
    assert "chmod 600" in tnid.refusal("keys", "list")


def test_seeding_twice_changes_nothing(tnid: Commands, tmp_path: Path) -> None:
    first = tnid.answer("demo", "seed")
    path = Path(first["credentials_file"])
    written = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert (first["new_people"], first["new_clients"]) == (12, 19)

    again = tnid.answer("demo", "seed")
    assert (again["new_people"], again["new_clients"]) == (0, 0)
    assert again["credentials"] == first["credentials"]
    assert path.read_bytes() == written


@only_sqlite
def test_demonstration_people_have_codes_as_their_phones_would_show(tnid: Commands) -> None:
    tnid.answer("demo", "seed")
    assert len(tnid.answer("demo", "code", "lan.nguyen")["code"]) == 6
    assert "no second factor" in tnid.refusal("demo", "code", "minh.tran")
    assert "no demonstration person" in tnid.refusal("demo", "code", "nobody")
    assert tnid.answer("account", "show", "dung.pham")["disabled_at"]


@only_sqlite
def test_demonstration_data_stays_off_real_issuers(tnid: Commands) -> None:
    tnid.environ["TNID_ISSUER"] = "https://id.thainguyen.gov.vn"
    assert "loopback issuers only" in tnid.refusal("demo", "seed")


@only_sqlite
@pytest.mark.parametrize("address", ["", "localhost:9001", "http://apps.example", "http://localhost:9001/"])
def test_demonstration_applications_are_at_whole_addresses(tnid: Commands, address: str) -> None:
    for option in ("--jobs-url", "--bookings-api-url"):
        done = tnid.run("demo", "seed", option, address)
        assert (done.exit_code, done.stdout) == (2, "")
        assert option in done.stderr
    assert tnid.answer("client", "list") == {"clients": []}


def test_what_commands_write_is_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o755)
    tnid = Commands(environ_for(tmp_path, 1, None))
    tnid.answer("db", "upgrade")
    tnid.answer("demo", "seed")
    assert {
        path.name: oct(path.stat().st_mode & 0o077)
        for path in folder.iterdir()
        if path.stat().st_mode & 0o077
    } == {}


def test_officials_are_added_listed_and_removed(tnid: Commands) -> None:
    tnid.answer("account", "create", "-", given={"username": "ha.le", "password": "mot cua gia sang"})
    assert "99999" in tnid.refusal("official", "add", "ha.le", "--commune", "99999")
    assert "no account" in tnid.refusal("official", "add", "nobody", "--commune", "05467")
    added = tnid.answer("official", "add", "ha.le", "--commune", "05467")
    assert added == {"username": "ha.le", "commune": "05467", "commune_name": "Phường Gia Sàng"}
    assert "already" in tnid.refusal("official", "add", "ha.le", "--commune", "05467")
    (listed,) = tnid.answer("official", "list")["officials"]
    assert (listed["username"], listed["commune"], listed["is_asleep"]) == ("ha.le", "05467", False)
    assert tnid.answer("official", "remove", "ha.le") == {"username": "ha.le", "is_official": False}
    assert "no official" in tnid.refusal("official", "remove", "ha.le")
    assert tnid.run("official", "add", "ha.le").exit_code == 2
