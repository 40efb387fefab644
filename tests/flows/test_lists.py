"""An employer uploads a list in a real browser, loses the connection, comes back, and reads the report."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Route

from tests.flows.chromium import Window, pass_through
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
    window.page.unroute("**/pieces")
    window.complaints = [one for one in window.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
    window.open(lists)
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
    assert window.complaints == []
    window.close()
