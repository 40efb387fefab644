"""Lists on their pages: uploaded whole or in pieces, followed, reported, exported; and for nobody else."""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employers.conftest import OTHER, refusals
from tests.tnid.imports.lists import HEADINGS, WORKERS, make_csv, make_many, make_xlsx
from tnid.imports.parts import build_engine
from tnid.imports.service import PIECE_BYTES
from tnid.services import Services
from tnid.stores.employers import MANAGER

AtDesk = Callable[[Someone], InProcess]


def token(browser: InProcess, address: str) -> str:
    return str(browser.open(address).document.xpath("//input[@name='csrf_token']/@value")[0])


def upload(browser: InProcess, tng: str, content: bytes, name: str = "list.csv") -> httpx.Response:
    lists = f"/employers/{tng}/lists"
    data = {"csrf_token": token(browser, lists), "submit": "1"}
    return browser.send("POST", lists, data=data, files={"file": (name, content)})


def work(services: Services) -> None:
    assert build_engine(services).work(threading.Event())


def test_from_the_file_to_the_report_without_scripts(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services
) -> None:
    browser = at_desk(hung)
    answer = upload(browser, tng, make_xlsx([HEADINGS, *WORKERS, ("NV003", "Lê Thị Hạnh", "19195000103")]))
    assert answer.status_code == 303
    page = browser.open(answer.headers["location"])
    assert page.has("refresh")
    work(services)
    page = browser.open(page.path)
    assert not page.has("refresh")
    assert page.has("show_attention")
    words = page.text_of("report")
    assert "Dòng 4" in words
    assert "NV003" in words
    assert "số 0 ở đầu" in words
    assert "NV001" not in words
    everything = browser.open(page.path, show="all").text_of("report")
    assert "NV001" in everything
    assert "195000103" not in browser.page.text
    listed = browser.open(f"/employers/{tng}/lists").text_of("imports")
    assert "3 dòng" in listed


def test_a_list_that_is_refused_says_why_and_what_to_do(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services
) -> None:
    browser = at_desk(hung)
    answer = upload(browser, tng, make_csv([HEADINGS, *WORKERS], encoding="utf-16"))
    work(services)
    words = browser.open(answer.headers["location"]).words()
    assert "UTF-16" in words
    assert "CSV UTF-8" in words
    assert "Chưa có gì trong danh sách được ghi nhận" in words


def test_no_file_and_too_large_a_file_are_told_beside_the_field(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services
) -> None:
    browser = at_desk(hung)
    answer = upload(browser, tng, b"", name="")
    assert answer.status_code == 400
    assert "Hãy chọn tệp danh sách" in answer.text
    services.lists.most_bytes = 1000
    answer = upload(browser, tng, b"x" * 1001)
    assert answer.status_code == 400
    assert "Tệp quá lớn" in answer.text


def test_pages_of_a_long_report_follow_one_another(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services
) -> None:
    browser = at_desk(hung)
    answer = upload(browser, tng, make_csv([HEADINGS[:2], *((f"N{n}", "7") for n in range(120))]))
    work(services)
    page, seen = browser.open(answer.headers["location"]), 0
    while True:
        seen += len(page.document.xpath("//ul[@id='report']/li"))
        if not page.has("page_next"):
            break
        page = browser.open(page.get("page_next").get("href"))
    assert seen == 120


# In pieces


class Script:
    """What the page's script does, without a browser."""

    def __init__(self, browser: InProcess, tng: str) -> None:
        self.browser, self.base = browser, f"/employers/{tng}/lists"
        self.token = token(browser, self.base)

    def begin(self, content: bytes) -> Any:
        digest = hashlib.sha256(content).hexdigest()
        fields = {"digest": digest, "size": str(len(content)), "csrf_token": self.token}
        return self.browser.send("POST", f"{self.base}/begin", data=fields).json()

    def send(self, told: Any, position: int, piece: bytes) -> httpx.Response:
        fields = {"position": str(position), "csrf_token": self.token}
        address = f"{self.base}/{told['import']}/pieces"
        return self.browser.send("POST", address, data=fields, files={"piece": ("p", piece)})


def a_long_list() -> bytes:
    content = make_csv([HEADINGS, *make_many(8000)])
    assert len(content) > 2 * PIECE_BYTES
    return content


def test_pieces_go_on_where_the_connection_was_lost(
    tng: str, hung: Someone, thuy: Someone, at_desk: AtDesk, services: Services
) -> None:
    content = a_long_list()
    script = Script(at_desk(hung), tng)
    told = script.begin(content)
    assert (told["state"], told["received"]) == ("receiving", 0)
    told = script.send(told, 0, content[:PIECE_BYTES]).json()
    assert told["received"] == PIECE_BYTES
    # The answer was lost: sent again, it is told what is here and nothing is kept twice
    again = script.send(told, 0, content[:PIECE_BYTES])
    assert (again.status_code, again.json()["received"]) == (409, PIECE_BYTES)
    # Opened anew, in another browser and by another representative
    other = Script(at_desk(thuy), tng)
    page = other.browser.open(f"/employers/{tng}/lists/{told['import']}")
    assert page.has("go_on")
    resumed = other.begin(content)
    assert (resumed["import"], resumed["received"]) == (told["import"], PIECE_BYTES)
    while resumed["state"] == "receiving":
        place = resumed["received"]
        resumed = other.send(resumed, place, content[place : place + PIECE_BYTES]).json()
    assert resumed["state"] == "waiting"
    work(services)
    done = other.browser.get(f"/employers/{tng}/lists/{told['import']}/progress").json()
    assert (done["state"], done["rows_applied"], done["percent"]) == ("done", 8000, 100)
    assert other.begin(content)["import"] == told["import"]


@pytest.mark.parametrize("position", ["1", "999999999", "-1", "x", ""])
def test_a_piece_that_is_not_the_next_changes_nothing(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services, position: str
) -> None:
    content = a_long_list()
    script = Script(at_desk(hung), tng)
    told = script.begin(content)
    answer = script.send(told, position, b"x")  # type: ignore[arg-type]
    assert answer.status_code in (400, 409)
    assert script.send(told, 0, b"").status_code == 409
    assert script.send(told, 0, b"x" * (PIECE_BYTES + 1)).status_code in (409, 413)
    assert script.begin(content)["received"] == 0


def test_what_was_broken_off_can_be_removed(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services
) -> None:
    script = Script(at_desk(hung), tng)
    told = script.begin(a_long_list())
    script.browser.open(f"/employers/{tng}/lists/{told['import']}")
    assert script.browser.submit("drop").path == f"/employers/{tng}/lists"
    assert script.browser.get(f"/employers/{tng}/lists/{told['import']}").status_code == 404


# For whom


def test_somebody_who_only_looks_uploads_nothing(
    tng: str, hung: Someone, dung: Someone, at_desk: AtDesk, services: Services
) -> None:
    content = make_csv([HEADINGS, *WORKERS])
    answer = upload(at_desk(hung), tng, content)
    work(services)
    browser = at_desk(dung)
    assert not browser.open(f"/employers/{tng}/lists").has("list_submit")
    assert browser.open(answer.headers["location"]).has("report")
    script = Script(browser, tng)
    assert upload(browser, tng, content).status_code == 403
    assert browser.send("POST", f"{script.base}/begin", data={"csrf_token": script.token}).status_code == 403
    assert {reason for _event, reason in refusals(services, dung.id)} == {"role"}


def test_another_employer_sees_nothing_of_it(
    tng: str, hung: Someone, minh: Someone, at_desk: AtDesk, enter: Callable[..., str], services: Services,
    new_person: Callable[..., Someone],
) -> None:  # fmt: skip
    answer = upload(at_desk(hung), tng, make_csv([HEADINGS, *WORKERS]))
    work(services)
    import_id = answer.headers["location"].rpartition("/")[2]
    rival = new_person("rival", totp=True, identity_level=1, trusted=True, claims={"name": "Lê Thị Loan"})
    other = enter(OTHER, rival=MANAGER)
    browser = at_desk(rival)
    for employer_id in (tng, other):
        for rest in ("", "/progress", "/report.csv"):
            assert browser.get(f"/employers/{employer_id}/lists/{import_id}{rest}").status_code == 404
    script = Script(browser, other)
    assert script.send({"import": import_id}, 0, b"x").status_code == 404
    assert script.begin(make_csv([HEADINGS, *WORKERS]))["import"] != import_id


def test_whoever_lost_their_role_meanwhile_has_nothing_applied(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    answer = upload(at_desk(hung), tng, make_csv([HEADINGS, *WORKERS]))
    assert services.employers.representatives.remove_by_operator(tng, hung.id, clock.now())
    work(services)
    found = services.lists.find(tng, answer.headers["location"].rpartition("/")[2])
    assert found is not None
    assert (found.row.state, found.row.reason, found.applied) == ("refused", "represents_no_more", 0)


def test_a_large_form_is_taken_from_those_alone_who_may_upload(
    tng: str, hung: Someone, dung: Someone, at_desk: AtDesk
) -> None:
    large = b"x" * (2 * 1024 * 1024)
    assert upload(at_desk(hung), tng, large).status_code == 303
    assert upload(at_desk(dung), tng, large).status_code == 413


# The export


def test_in_002_a_report_in_a_spreadsheet_runs_nothing(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services
) -> None:
    codes = ["@SUM(1)", "+1", "-2", "\t@x", '"quoted"', "a;b"]
    browser = at_desk(hung)
    rows = [(f'"{code.replace(chr(34), chr(34) * 2)}"', "Lê Thị Loan") for code in codes]
    answer = upload(browser, tng, make_csv([("Mã NV", "Họ tên"), *rows]))
    work(services)
    export = browser.get(f"{answer.headers['location']}/report.csv")
    assert export.headers["content-type"].startswith("text/csv")
    assert export.headers["content-disposition"].startswith("attachment")
    table = list(csv.reader(io.StringIO(export.content.decode("utf-8-sig"), newline="")))
    assert table[0] == ["Dòng", "Mã nhân viên", "Kết quả", "Cột", "Lý do"]
    assert [row[1] for row in table[1:]] == ["'@SUM(1)", "'+1", "'-2", "'@x", '"quoted"', "a;b"]
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("position", ["9" * 30, str(2**63), str(2**63 - 1), "9" * 4000, "-1", "²"])
def test_a_piece_from_beyond_the_file_is_another_piece(
    position: str, tng: str, hung: Someone, at_desk: AtDesk
) -> None:
    browser, lists = at_desk(hung), f"/employers/{tng}/lists"
    content = make_csv([HEADINGS, *WORKERS])
    sent = {"csrf_token": token(browser, lists), "digest": hashlib.sha256(content).hexdigest()}
    assert browser.send("POST", f"{lists}/begin", data={**sent, "size": position}).status_code == 400
    begun = browser.send("POST", f"{lists}/begin", data={**sent, "size": str(len(content))}).json()
    answer = browser.send(
        "POST",
        f"{lists}/{begun['import']}/pieces",
        data={**sent, "position": position},
        files={"piece": ("list.csv", content)},
    )
    assert answer.status_code in (400, 409), answer.text
    assert browser.send("GET", f"{lists}/{begun['import']}/progress").json()["received"] == 0
