"""An employer uploads a list in a real browser, loses the connection, comes back, and reads the report."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Route

from tests.flows.chromium import Window, pass_through
from tests.person import Browser
from tests.province import Province
from tests.tnid.imports.lists import HEADINGS, make_csv, make_many
from tnid.imports.service import PIECE_BYTES

TAX_CODE = "0100233488"
WORKERS = 1500


def make_list(folder: Path) -> Path:
    """Write a list of several pieces, and with one row that can't be taken."""
    rows = [(*worker, "x" * 400) for worker in make_many(WORKERS)]
    wrong = ("NV-LAST", "Lê Thị Hạnh", "19195000103", "", "", "", "")
    file = folder / "danh-sach.csv"
    file.write_bytes(make_csv([(*HEADINGS, "Ghi chú"), *rows, wrong]))
    assert file.stat().st_size > 2 * PIECE_BYTES
    return file


def test_an_upload_outlasts_a_lost_connection_and_ends_in_a_report(
    chromium: Chromium, province: Province, tmp_path: Path
) -> None:
    person, file = province.new_person(), make_list(tmp_path)
    clerk = [{"username": person.username, "role": "clerk"}]
    given = {"tax_code": TAX_CODE, "name": "Công ty May Thử", "representatives": clerk}
    employer = province.tnid("employer", "create", "-", given=given)["id"]
    lists = f"{province.issuer}/employers/{employer}/lists"
    window = Window(chromium, scripts=True)
    window.open(lists)
    pass_through(window, person)
    arrived: list[str] = []

    def lose_after_one(route: Route) -> None:
        if arrived:
            return route.abort("internetdisconnected")
        arrived.append(route.request.url)
        return route.continue_()

    window.page.route("**/pieces", lose_after_one)
    window.page.set_input_files("#file", file)
    window.page.locator("#list_submit").click()
    window.page.get_by_text("Mất kết nối mạng").wait_for()
    # The page is gone; another day somebody opens it anew and chooses the same file
    window.open(lists)
    # Not before, or the page that is gone might have tried once more
    window.page.unroute("**/pieces")
    assert "Chọn lại đúng tệp đó" in window.text_of("imports")
    sent: list[str] = []
    window.page.on("request", lambda request: sent.append(request.url))
    window.page.set_input_files("#file", file)
    window.page.locator("#list_submit").click()
    window.page.locator("#report").wait_for()
    pieces = [address for address in sent if address.endswith("/pieces")]
    assert len(pieces) == -(-file.stat().st_size // PIECE_BYTES) - 1
    assert "NV-LAST" in window.text_of("report")
    assert "1.500" in window.text_of("show_invited")
    window.click("show_all")
    assert "NV000000" in window.text_of("report")
    assert [one for one in window.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
    window.close()


def upload(province: Province, browser: Browser, lists: str, content: bytes) -> str:
    """Send a file as a browser without scripts does; return the address of its page."""
    token = browser.open(lists).document.xpath("//input[@name='csrf_token']/@value")[0]
    files = {"file": ("list.csv", content)}
    answer = browser._http.post(lists, data={"csrf_token": token}, files=files)
    assert answer.status_code == 303, answer.text
    return f"{province.issuer}{answer.headers['location']}"


def test_people_sign_in_while_16_000_workers_are_taken_over(province: Province) -> None:
    clerk, people = province.new_person(), [province.new_person() for _ in range(2)]
    representatives = [{"username": clerk.username, "role": "clerk"}]
    given = {"tax_code": "0100109106", "name": "Công ty Đông Người", "representatives": representatives}
    employer = province.tnid("employer", "create", "-", given=given)["id"]
    lists = f"{province.issuer}/employers/{employer}/lists"
    with Browser() as browser:
        browser.open(lists)
        clerk.pass_through(browser)
        page = upload(province, browser, lists, make_csv([HEADINGS, *make_many(16_000)]))
        told, meanwhile = {"state": "waiting"}, 0
        while told["state"] not in ("done", "refused"):
            with Browser() as another:
                another.open(f"{province.issuer}/account")
                person = people[meanwhile % 2]
                shown = another.submit(
                    "login_submit", {"login_username": person.username, "login_password": person.password}
                )
                assert shown.has("otp_code"), shown
            told = json.loads(browser.open(f"{page}/progress").text)
            meanwhile += told["state"] == "applying"
        assert told["state"] == "done"
        assert told["rows_applied"] == 16_000
    assert meanwhile >= 3
