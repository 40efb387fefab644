"""`tnid request`, as an operator answers people's requests about their data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.provider import environ_for
from tests.tnid.test_cli import Commands
from tnid.accounts.data_requests import DataRequests
from tnid.db import Database
from tnid.sealing import Sealer, load_master_key
from tnid.stores.data_requests import DataRequestStore

NOW = 1_795_000_000


class Nobody:
    """Is told and records nothing."""

    def announce(self, *_: object, **__: object) -> None: ...
    def record(self, *_: object, **__: object) -> None: ...


@pytest.fixture
def tnid(database_url: str, tmp_path: Path) -> Commands:
    return Commands(environ_for(tmp_path, 1, database_url))


def test_requests_are_listed_shown_and_answered(tnid: Commands, database: Database, tmp_path: Path) -> None:
    account = {"username": "yen.le", "password": "mat khau dai cua toi 9"}
    sub = tnid.answer("account", "create", "-", given=account)["sub"]
    key = load_master_key(Path(tnid.environ["TNID_INSTANCE_DIR"]) / "master.key")
    requests = DataRequests(DataRequestStore(database), Sealer(key), Nobody(), Nobody())
    with database.unit():
        assert requests.make(sub, "object", "Tôi không muốn.", NOW) is None
    (listed,) = tnid.answer("request", "list")
    assert (listed["kind"], listed["username"]) == ("object", "yen.le")
    assert listed["state"] in ("new", "late") and "words" not in listed
    id_ = listed["id"]
    assert tnid.answer("request", "show", id_)["words"] == "Tôi không muốn."
    assert tnid.answer("request", "acknowledge", id_)["is_acknowledged"]
    assert "acknowledged before" in tnid.refusal("request", "acknowledge", id_)
    assert tnid.answer("request", "answer", id_, "done", "-", given="Đã dừng.")["outcome"] == "done"
    assert "not_open" in tnid.refusal("request", "answer", id_, "done", "-", given="Đã dừng.")
    assert tnid.answer("request", "list") == []
    assert tnid.answer("request", "list", "--all")[0]["state"] == "done"
    assert "no request" in tnid.refusal("request", "show", "nothing")
    assert tnid.answer("account", "export", "yen.le")["requests"][0]["answer"] == "Đã dừng."
