"""Posting at the listings: a landlord and a recruiter, from the sign-in to what everybody finds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser as Chromium

from tests.flows.chromium import Window, pass_through
from tests.person import Browser, Page, Person
from tests.province import Province
from tests.servers.processes import wait_until
from tests.servers.provider import ROOT

ORGANISATION = {"tax_code": "4602000075", "name": "Công ty May Chè Xanh"}
ABOUT = {"title": "Phòng trọ có gác xép", "summary": "Phòng mới sơn, có cửa sổ lớn."}
RENT = {"amount_from": "1,2 triệu", "amount_to": "", "places": "3"}


@pytest.fixture
def landlord(province: Province) -> Person:
    """Whose phone has shown no code yet: somebody who signed in a moment ago would wait for the next one."""
    return province.new_person(name="Hoàng Thị Hiền", phone_number="0912345672", phone_number_verified=True)


@pytest.fixture(scope="module")
def recruiter(province: Province) -> Person:
    person = province.new_person(name="Phạm Văn Tuyển", phone_number="0912345671", phone_number_verified=True)
    named = [{"username": person.username, "role": "clerk"}]
    province.tnid("employer", "create", "-", given={**ORGANISATION, "representatives": named})
    return person


@pytest.fixture
def stranger() -> Iterator[Browser]:
    with Browser() as new:
        yield new


def begin(browser: Browser, province: Province, person: Person, kind: str) -> Page:
    """Come to the question in whose name, signed in."""
    browser.open(f"{province.jobs_url}/post")
    browser.click(f"post_{kind}")
    return person.pass_through(browser)


def post_home(browser: Browser, **changes: str) -> str:
    """Answer every step but the pictures; return the listing's id."""
    browser.submit("name_submit")
    browser.submit("step_submit", {**ABOUT, **changes})
    browser.submit("step_submit", {"ward": "05890", "park": "yen-binh-2"})
    browser.submit("step_submit", RENT)
    page = browser.submit("step_submit", {"details": "Ở tối đa 3 người\nGiờ giấc tự do"})
    return page.path.split("/")[2]


def upload(browser: Browser, data: bytes, description: str = "Mặt trước dãy phòng") -> Page:
    """Send a picture as the form of the page would."""
    token = browser.page.document.xpath("//input[@name='csrf_token']/@value")[0]  # type: ignore[union-attr]
    fields = {"csrf_token": token, "description": description}
    files = {"picture": ("../../etc/passwd.jpg", data, "image/jpeg")}
    return browser._show(browser._http.post(browser.page.url, data=fields, files=files))


def photograph(size: tuple[int, int] = (900, 600), **options: Any) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "#b4552d").save(written, "JPEG", **options)
    return written.getvalue()


def test_a_landlord_posts_a_home_with_a_picture(
    browser: Browser, stranger: Browser, province: Province, landlord: Person
) -> None:
    page = begin(browser, province, landlord, "home")
    assert "Hoàng Thị Hiền" in page.words() and page.has("name_submit")
    listing_id = post_home(browser)

    # What is wrong with a picture is said beside it, and what was typed about it stays
    for data, words in ((b"%PDF-1.7", "JPEG, PNG hoặc WebP"), (photograph()[:900], "Không mở được")):
        refused = upload(browser, data)
        assert refused.status == 422 and words in refused.text_of("picture_error")
        assert refused.get("description").value == "Mặt trước dãy phòng"
    huge = upload(browser, photograph() + b"\0" * 11_000_000)
    assert huge.status == 413 and "10 MB" in huge.text_of("picture_error")
    exif = Image.Exif()
    exif[0x010F] = "Phone of Hien"
    page = upload(browser, photograph(exif=exif))
    assert page.status == 200 and page.has("own_pictures")
    small = page.get("own_pictures").xpath(".//img/@src")[0]
    assert stranger.open(province.jobs_url + small).status == 404, "a draft's picture is its poster's alone"

    page = browser.click("pictures_done")
    assert page.has("publish") and not page.has("missing")
    assert stranger.open(f"{province.jobs_url}/listings/{listing_id}").status == 404
    browser.click("publish")
    shown = stranger.open(f"{province.jobs_url}/listings/{listing_id}")
    assert shown.status == 200 and shown.has("mark_person") and not shown.has("mark_organisation")
    assert not [one for one in ("0912 345 672", "0912345672", "912345672") if one in shown.text]
    answer = stranger._http.get(province.jobs_url + small)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert "immutable" in answer.headers["cache-control"] and b"Hien" not in answer.content
    found = stranger.open(f"{province.jobs_url}/", q="phong moi son", near="yen-binh-1")
    assert listing_id in found.text and "khoảng 2 km" in found.words()

    # Nobody else has a hand in it
    for path in ("", "/about", "/pictures", "/delete"):
        answer = stranger._http.get(f"{province.jobs_url}/post/{listing_id}{path}")
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), path

    browser.open(f"{province.jobs_url}/post/{listing_id}")
    assert browser.click("close").text_of("state") == "Đã đóng"
    closed = stranger.open(f"{province.jobs_url}/listings/{listing_id}")
    assert closed.has("is_over") and "Tin tương tự" in closed.words()
    assert browser.click("renew").text_of("state") == "Đang hiện"
    browser.click("to_delete")
    assert browser.click("delete_submit").path == "/post"
    gone = stranger.open(f"{province.jobs_url}/listings/{listing_id}")
    assert gone.status == 410 and gone.has("gone") and ABOUT["title"] not in gone.text
    assert stranger._http.get(province.jobs_url + small).status_code == 404


def test_what_is_typed_wrong_stays_and_is_explained(
    browser: Browser, province: Province, landlord: Person
) -> None:
    begin(browser, province, landlord, "home")
    browser.submit("name_submit")
    typed = {"title": '"><script>alert(1)</script>', "summary": "Gọi 0912 345 678 để xem phòng"}
    page = browser.submit("step_submit", typed)
    assert page.status == 422 and page.has("errors") and page.has("summary_error")
    assert {name: page.get(name).value for name in typed} == typed
    assert "<script" not in page.text
    page = browser.submit("step_submit", {"summary": '=HYPERLINK("x") phòng đẹp'})
    draft = page.path.rsplit("/", 1)[0]
    page = browser.open(f"{province.jobs_url}{draft}")
    assert page.has("missing") and not page.has("publish"), "a draft that isn't whole can't be published"
    assert "<script" not in page.text and typed["title"] in page.words()
    browser.click("edit_where")
    assert browser.submit("step_submit", {"ward": "05860"}).path == draft, "back to the whole of it"


def test_a_recruiter_posts_in_the_organisations_name(
    browser: Browser, stranger: Browser, province: Province, recruiter: Person, landlord: Person
) -> None:
    page = begin(browser, province, recruiter, "job")
    assert ORGANISATION["name"] in page.words()
    browser.submit("name_submit", {})
    browser.submit(
        "step_submit", {"title": "Công nhân may áo khoác", "summary": "Đào tạo sáu tuần có lương."}
    )
    browser.submit("step_submit", {"ward": "05860", "park": "yen-binh-1"})
    browser.submit("step_submit", {"amount_from": "8.500.000", "amount_to": "12.000.000", "places": "20"})
    page = browser.submit("step_submit", {"details": ""})
    listing_id = page.path.split("/")[2]
    assert browser.click("publish").has("see")
    shown = stranger.open(f"{province.jobs_url}/listings/{listing_id}")
    assert shown.has("mark_organisation") and ORGANISATION["tax_code"] in shown.words()
    assert "Phạm Văn Tuyển" not in shown.words(), "the organisation posts, not the person"

    # A landlord speaks for nobody: neither may they post a job, nor see the organisation's
    page = begin(stranger, province, landlord, "job")
    assert page.has("may_not") and not page.has("name_submit")
    token = page.document.xpath("//input[@name='csrf_token']/@value")[0]  # type: ignore[union-attr]
    forged = {"csrf_token": token, "kind": "job", "name": ORGANISATION["tax_code"]}
    assert stranger._http.post(f"{province.jobs_url}/post/new", data=forged).status_code == 422
    assert stranger.open(f"{province.jobs_url}/post/{listing_id}").status == 404
    for change in ("close", "delete", "publish"):
        answer = stranger._http.post(
            f"{province.jobs_url}/post/{listing_id}/{change}", data={"csrf_token": token}
        )
        assert answer.status_code == 404, change


def test_a_report_reaches_the_moderator_who_takes_the_listing_down(
    browser: Browser, province: Province, landlord: Person
) -> None:
    begin(browser, province, landlord, "home")
    listing_id = post_home(browser, title="Phòng trọ thu tiền trước")
    browser.open(f"{province.jobs_url}/post/{listing_id}")
    browser.click("publish")
    browser.open(f"{province.jobs_url}/listings/{listing_id}")
    browser.click("report")
    assert browser.submit("report_submit").status == 422
    browser.page.document.xpath("//input[@value='money']")[0].checked = True  # type: ignore[union-attr]
    assert browser.submit("report_submit", {"words": "Đòi cọc\u202e trước"}).path == f"/listings/{listing_id}"

    listed = moderate(province, "list")
    line = next(line for line in listed.splitlines() if listing_id in line)
    assert "money" in line and "\u202e" not in line
    moderate(province, "take-down", listing_id, "--reason", "Không được thu tiền trước")
    page = browser.open(f"{province.jobs_url}/listings/{listing_id}")
    assert page.path == f"/post/{listing_id}" and "Không được thu tiền trước" in page.text_of("note")
    with Browser() as other:
        assert other.open(f"{province.jobs_url}/listings/{listing_id}").status == 410
    assert listing_id not in moderate(province, "list")


def moderate(province: Province, *arguments: str) -> str:
    folder = province.provider.log.parent / "examples"
    command = [sys.executable, "-m", "examples.jobs_housing.moderate", *arguments]
    environ = {"DEMO_DATA_DIR": str(folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    return done.stdout


def test_looking_around_on_a_phone(chromium: Chromium, province: Province, landlord: Person) -> None:
    """Every page of looking and posting: nothing that axe-core finds, at 360 and 320 px, light and dark."""
    window = Window(chromium, scripts=True)
    window.open(f"{province.jobs_url}/?kind=home&near=diem-thuy&within=10&most=2tr&least=x")
    window.click("as_map")
    window.press(window.page.locator(".map-mark").first)
    assert window.page.locator(".listing").count() > 0
    window.open(f"{province.jobs_url}/?q=khongcogi")
    assert window.has("nothing")
    window.open(f"{province.jobs_url}/listings/phong-tro-van-xuan")
    window.click("report")
    window.click("report_submit")
    assert window.has("errors")
    window.open(f"{province.jobs_url}/listings/khong-co")
    window.click("to_post")
    window.click("post_home")
    pass_through(window, landlord)
    window.click("name_submit")
    window.click("step_submit")
    window.fill(**ABOUT)
    window.click("step_submit")
    window.page.select_option("#ward", "05890")
    window.click("step_submit")
    window.fill(**RENT)
    window.click("step_submit")
    window.click("step_submit")
    window.page.set_input_files(
        "#picture", {"name": "nha.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    window.fill(description="Mặt trước dãy phòng")
    window.click("picture_submit")
    window.click("pictures_done")
    window.click("publish")
    window.click("see")
    shown = window.page.locator(".gallery img")
    wait_until(lambda: shown.evaluate("image => image.naturalWidth") == 900, what="picture")
    complaints = window.complaints
    window.close()
    assert complaints == []
