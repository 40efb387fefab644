"""`tnid employer import`: a list from a file, and a report in JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.provider import environ_for
from tests.tnid.imports.lists import HEADINGS, WORKERS, make_csv, make_xlsx
from tests.tnid.test_cli import Commands

TNG = {"tax_code": "4600305723", "name": "Công ty CP Đầu tư và Thương mại TNG", "park": "song-cong-1"}


@pytest.fixture
def tnid(database_url: str, tmp_path: Path) -> Commands:
    made = Commands(environ_for(tmp_path, 1, database_url))
    made.answer("db", "upgrade")
    made.answer("employer", "create", "-", given=TNG)
    return made


def test_a_list_is_taken_over_and_reported_row_by_row(tnid: Commands, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(make_xlsx([HEADINGS, *WORKERS, ("NV003", "Lê Thị Hạnh", "19195000103")]))
    told = tnid.answer("employer", "import", "4600305723", str(file))
    assert (told["rows"], told["counts"]) == (3, {"invited": 2, "bad": 1})
    assert told["report"][0] == {"row": 2, "outcome": "invited", "staff_code": "NV001"}
    bad = told["report"][2]
    assert (bad["row"], bad["field"], bad["reason"]) == (4, "personal_id_number", "number_without_zero")
    assert "zeros" in bad["message"]
    assert "195000103" not in str(told)
    assert tnid.answer("employer", "import", "4600305723", str(file))["import"] == told["import"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_list_that_can_not_be_read_is_refused_with_the_reason(tnid: Commands, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(make_csv([HEADINGS, *WORKERS], encoding="utf-16"))
    assert "utf16: The file is saved as UTF-16" in tnid.refusal("employer", "import", "4600305723", str(file))
    assert "no approved organisation" in tnid.refusal("employer", "import", "0100233488", str(file))
