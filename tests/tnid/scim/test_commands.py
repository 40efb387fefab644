"""`tnid employer token`: made and printed once, listed without themselves, revoked at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.provider import environ_for
from tests.tnid.test_cli import Commands

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TAX_CODE = "4600305723"


@pytest.fixture
def tnid(database_url: str, tmp_path: Path) -> Commands:
    made = Commands(environ_for(tmp_path, 1, database_url))
    made.answer("db", "upgrade")
    made.answer("employer", "create", "-", given={"tax_code": TAX_CODE, "name": "TNG"})
    return made


def test_a_token_is_printed_once(tnid: Commands) -> None:
    made = tnid.answer("employer", "token", "add", TAX_CODE, "MISA AMIS")
    assert made["token"].startswith("tnid_scim_") and made["base"].endswith("/scim/v2")
    (listed,) = tnid.answer("employer", "token", "list", TAX_CODE)["tokens"]
    assert (listed["id"], listed["label"], listed["last_used_at"]) == (made["id"], "MISA AMIS", None)
    assert made["token"] not in str(listed)


def test_a_token_is_revoked_once(tnid: Commands) -> None:
    made = tnid.answer("employer", "token", "add", TAX_CODE, "HRM")
    tnid.answer("employer", "token", "revoke", TAX_CODE, made["id"])
    assert tnid.answer("employer", "token", "list", TAX_CODE)["tokens"] == []
    assert "no token" in tnid.refusal("employer", "token", "revoke", TAX_CODE, made["id"])


def test_refusals_say_why(tnid: Commands) -> None:
    assert "There is no organisation 1" in tnid.refusal("employer", "token", "add", "1", "HRM")
    assert "label" in tnid.refusal("employer", "token", "add", TAX_CODE, " ")
    tnid.answer("employer", "suspend", TAX_CODE)
    assert "suspended" in tnid.refusal("employer", "token", "add", TAX_CODE, "HRM")
