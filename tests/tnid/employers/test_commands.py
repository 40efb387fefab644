"""`tnid employer`: JSON in and out, and refusals that say why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.servers.provider import environ_for
from tests.tnid.test_cli import Commands

TNG = {"tax_code": "4600305723", "name": "Công ty CP Đầu tư và Thương mại TNG", "park": "song-cong-1"}


@pytest.fixture
def tnid(database_url: str, tmp_path: Path) -> Commands:
    made = Commands(environ_for(tmp_path, 1, database_url))
    made.answer("db", "upgrade")
    return made


def new_account(tnid: Commands, username: str) -> None:
    tnid.answer(
        "account", "create", "-", given={"username": username, "password": "chè xanh búp tím 2 nương"}
    )


def test_an_organisation_is_entered_and_shown(tnid: Commands) -> None:
    for username in ("thuy", "hung"):
        new_account(tnid, username)
    people = [{"username": "thuy", "role": "manager"}, {"username": "hung", "role": "reader"}]
    given = {**TNG, "domain": "tng.example", "representatives": people}
    made = tnid.answer("employer", "create", "-", given=given)
    assert made["tax_code"] == "4600305723" and made["name"] == TNG["name"] and made["state"] == "approved"
    assert made["park_name"] == "KCN Sông Công I" and made["domain_verified_at"] is None
    roles = {one["username"]: one["role"] for one in made["representatives"]}
    assert roles == {"thuy": "manager", "hung": "reader"}
    assert (
        tnid.answer("employer", "show", made["id"]) == tnid.answer("employer", "show", "4600305723") == made
    )
    (listed,) = tnid.answer("employer", "list")["employers"]
    assert listed["id"] == made["id"] and listed["requested_by"] is None


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({**TNG, "tax_code": "4600305724"}, "check digit"),
        ({**TNG, "name": " "}, "name"),
        ({**TNG, "park": "nowhere"}, "diem-thuy"),
        ({**TNG, "parc": "diem-thuy"}, "parc"),
        ({**TNG, "domain": "10.0.0.1"}, "no name of a domain"),
        ({**TNG, "tax_code": 4600305723}, "tax_code must be a str"),
        ({"tax_code": "4600305723"}, "name is missing"),
        ({**TNG, "representatives": [{"username": "thuy", "role": "owner"}]}, "representatives"),
        (
            {**TNG, "representatives": [{"username": "nobody", "role": "reader"}]},
            "There is no account nobody",
        ),
        ([], "not an object"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said(tnid: Commands, given: Any, word: str) -> None:
    assert word in tnid.refusal("employer", "create", "-", given=given)
    assert tnid.answer("employer", "list")["employers"] == []


def test_a_tax_code_is_approved_once(tnid: Commands) -> None:
    tnid.answer("employer", "create", "-", given=TNG)
    assert "approved here already" in tnid.refusal("employer", "create", "-", given=TNG)
    branch = {**TNG, "tax_code": "4600305723-001"}
    assert tnid.answer("employer", "create", "-", given=branch)["tax_code"] == "4600305723-001"


def test_representatives_come_and_go(tnid: Commands) -> None:
    new_account(tnid, "thuy")
    tnid.answer("employer", "create", "-", given=TNG)
    add = ("employer", "representative", "add", "4600305723", "thuy", "--role", "clerk")
    assert tnid.answer(*add)["role"] == "clerk"
    assert "represents this organisation already" in tnid.refusal(*add)
    remove = ("employer", "representative", "remove", "4600305723", "thuy")
    tnid.answer(*remove)
    assert "does not represent" in tnid.refusal(*remove)
    assert tnid.answer("employer", "show", "4600305723")["representatives"] == []
    assert tnid.answer(*add)["role"] == "clerk"


def test_its_name_and_park_change(tnid: Commands) -> None:
    tnid.answer("employer", "create", "-", given=TNG)
    changed = tnid.answer("employer", "change", "4600305723", "--name", "TNG Holdings", "--park", "diem-thuy")
    assert (changed["name"], changed["park"]) == ("TNG Holdings", "diem-thuy")
    assert tnid.answer("employer", "change", "4600305723", "--park", "")["name"] == "TNG Holdings"
    assert tnid.answer("employer", "show", "4600305723")["park"] is None
    assert "diem-thuy" in tnid.refusal("employer", "change", "4600305723", "--park", "nowhere")
    assert "name" in tnid.refusal("employer", "change", "4600305723", "--name", " ")


def test_it_is_suspended_and_goes_on(tnid: Commands) -> None:
    tnid.answer("employer", "create", "-", given=TNG)
    tnid.answer("employer", "suspend", "4600305723")
    assert tnid.answer("employer", "show", "4600305723")["state"] == "suspended"
    assert "suspended already" in tnid.refusal("employer", "suspend", "4600305723")
    tnid.answer("employer", "resume", "4600305723")
    assert "not suspended" in tnid.refusal("employer", "resume", "4600305723")
    assert "There is no organisation" in tnid.refusal("employer", "show", "0100233488")
    assert "no request" in tnid.refusal("employer", "approve", "4600305723")
    assert "no request" in tnid.refusal("employer", "refuse", "4600305723")
