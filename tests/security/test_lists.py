"""Lists of workers as a weapon: what is in them runs nowhere, and tells nothing of anybody's account."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import uuid4

import openpyxl
from lxml import html

from tests.security.attack import Attack
from tests.security.target import Target
from tests.security.test_employers import Organisation, found
from tests.servers.processes import wait_until

__all__ = ["found"]

FORMULAS = ("=HYPERLINK('http://evil')", "+1+1", "-2-2", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A1", "＝1+1")


def quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def upload(attack: Attack, organisation: Organisation, *rows: str) -> str:
    """Upload a list as its manager; return the address of its page when all of it was carried out."""
    attack.sign_in(organisation.manager)
    lists = f"/employers/{organisation.id}/lists"
    page = html.document_fromstring(attack.send("GET", lists).text)
    form = {"csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0]}
    content = "\r\n".join(("Mã NV,Họ tên,Số CCCD", *rows)).encode()
    answer = attack.send("POST", lists, data=form, files={"file": ("list.csv", content)})
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    wait_until(
        lambda: attack.send("GET", f"{address}/progress").json()["state"] in ("done", "refused"),
        what="the list's end",
    )
    return str(address)


def export(attack: Attack, page: str) -> list[list[str]]:
    content = attack.send("GET", f"{page}/report.csv").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def test_in_002_what_a_list_holds_is_run_by_no_export(
    attack: Attack, found: Callable[..., Organisation]
) -> None:
    """Staff codes that begin a formula, in the report of the list and in the organisation's own export."""
    organisation = found()
    page = upload(attack, organisation, *(quoted(code, "Lê Thị Loan") for code in FORMULAS))
    own = attack.send("GET", f"/employers/{organisation.id}/people/export.csv").content.decode("utf-8-sig")
    tables = export(attack, page), list(csv.reader(io.StringIO(own, newline="")))
    assert len(tables[0]) == 1 + len(FORMULAS)
    assert len(tables[1]) > 2
    for table in tables:
        # As a spreadsheet takes it in: what begins a formula is one
        sheet = openpyxl.Workbook().active
        assert sheet is not None
        for row in table:
            sheet.append(row)
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert cells
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        assert not [cell.value for cell in cells if str(cell.value).startswith(("+", "-", "@", "\t", "＝"))]


def test_em_011_a_list_learns_of_nobody_s_account(
    attack: Attack, target: Target, found: Callable[..., Organisation]
) -> None:
    """A number that an account has, and one that nobody has: one answer, on the page and in the export."""
    known, unknown = (f"019195{uuid4().int % 10**6:06d}" for _ in range(2))
    target.new_person(personal_id_number=known, name="Lê Thị Loan")
    page = upload(attack, found(), quoted("A1", "Lê Thị Loan", known), quoted("A2", "Lê Thị Loan", unknown))
    _headings, first, second = export(attack, page)
    assert first[2:] == second[2:]
    shown = attack.send("GET", f"{page}?show=all").text
    rows = [
        " ".join(row.text_content().split())
        for row in html.document_fromstring(shown).xpath("//ul[@id='report']/li")
    ]
    assert rows[0].replace("Dòng 2", "").replace("A1", "") == rows[1].replace("Dòng 3", "").replace("A2", "")
    for text in (shown, str((first, second)), attack.log()):
        assert known not in text
        assert unknown not in text
