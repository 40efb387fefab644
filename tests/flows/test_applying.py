"""Applying for a job or a home: exactly what was ticked is sent, followed, written about, and taken back."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser as Chromium

from tests.flows.chromium import DESKTOP, Window, pass_through
from tests.flows.listings import (
    CLIENT_ID,
    Landlord,
    Listings,
    Work,
    apply,
    open_received,
    sign_in_as_recruiter,
    tick,
    wait_for_answer,
    withdraw_consent,
)
from tests.person import Browser
from tests.servers.processes import wait_until
from tests.tnid.imports.lists import make_csv
from tnid import clock


def test_exactly_what_was_ticked_is_sent_and_followed(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    page = browser.open(f"{listings.url}/listings/{landlord.listing_id}/apply")
    page = person.pass_through(browser)
    # Nothing is ticked but what the application can't do without
    boxes = page.document.xpath("//input[@type='checkbox']")
    assert [box.get("id") for box in boxes if box.checked] == ["send_name"]
    tick(page, "phone_number")
    browser.submit("apply_submit", {"letter": "Em muốn thuê <b>phòng</b>\nhttps://evil.example"})
    page = person.pass_through(browser)
    assert page.path.startswith("/applications/"), page
    assert page.claims() == {"name": "Nguyễn Thị Thử", "phone_number": "0912 345 678"}
    assert "Đã gửi" in page.words()

    received = open_received(landlord, page)
    assert received.claims() == page.claims()
    assert "<b>phòng</b>" in received.words() and "evil.example" in received.words()
    assert not received.document.xpath("//p[@id='letter']//*"), "what was written is text, and no link"
    assert "Đã xem" in browser.open(page.path).words()

    landlord.browser.submit("message_send", {"text": "Mời em xem phòng\nlúc 9 giờ"})
    landlord.browser.submit("move_invited")
    page = browser.open(page.path)
    assert "Được mời" in page.words() and "lúc 9 giờ" in page.words()
    assert browser.open("/applications").document.xpath("//*[@data-unread='1']")
    browser.open(page.path)
    browser.click("mark_read")
    assert not browser.open("/applications").document.xpath("//*[@data-unread]")
    browser.open(page.path)
    browser.submit("message_send", {"text": "Dạ em sẽ đến"})
    assert "Dạ em sẽ đến" in landlord.browser.open(received.path).words()


def test_what_was_not_ticked_is_asked_for_nowhere(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    page = apply(listings, browser, listings.new_person(), landlord.listing_id)
    assert set(page.claims()) == {"name"}
    browser.open(f"{listings.provider.issuer}/account/applications/{CLIENT_ID}")
    assert "0912" not in browser.page.words()


def test_withdrawing_consent_removes_what_the_listings_held_and_is_answered(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    page = apply(
        listings, browser, listings.new_person(), landlord.listing_id, "phone_number", letter="Chào cô"
    )
    browser.submit("message_send", {"text": "Em hỏi thêm"})
    received = open_received(landlord, page)
    assert "0912 345 678" in received.words() and "Em hỏi thêm" in received.words()
    withdraw_consent(listings, browser)
    wait_for_answer(listings, browser, "đã xóa dữ liệu")
    received = landlord.browser.open(received.path)
    assert received.claims() == {} and received.has("emptied")
    for gone in ("Nguyễn Thị Thử", "0912 345 678", "Chào cô", "Em hỏi thêm"):
        assert gone not in received.words()
    assert browser.open(f"{listings.url}/").has("sign_in"), "the sign-in that it came with is over"
    application_id = page.path.rpartition("/")[2]
    assert listings.read("SELECT sub, letter FROM applications WHERE id = ?", application_id) == [(None, "")]


def test_what_was_decided_keeps_its_dates_and_outcome_and_says_why(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    page = apply(listings, browser, listings.new_person(), landlord.listing_id)
    received = open_received(landlord, page)
    landlord.browser.submit("move_accepted")
    assert "Được nhận" in browser.open(page.path).words()
    withdraw_consent(listings, browser)
    wait_for_answer(listings, browser, "Giữ ngày nộp và kết quả")
    page = landlord.browser.open(received.path)
    assert "Được nhận" in page.words() and "Nguyễn Thị Thử" not in page.words()


def test_a_claim_that_is_no_longer_shared_is_marked_as_over(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    page = apply(listings, browser, listings.new_person(), landlord.listing_id, "phone_number")
    received = open_received(landlord, page)
    settings = browser.open(f"{listings.provider.issuer}/account/applications/{CLIENT_ID}")
    for box in settings.document.xpath("//input[@type='checkbox' and @value='phone_number']"):
        box.checked = False
    browser.submit("sharing_save")
    wait_for_answer(listings, browser, "đã xóa dữ liệu")
    received = landlord.browser.open(received.path)
    assert received.claims() == {"name": "Nguyễn Thị Thử"}
    assert received.document.xpath("//*[@data-ended='phone_number']")
    assert "Không còn hiệu lực" in browser.open(f"{listings.url}{page.path}").words()


def test_listings_that_are_down_hear_of_it_when_they_are_back(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    page = apply(listings, browser, listings.new_person(), landlord.listing_id)
    listings.stop()
    withdraw_consent(listings, browser)
    listings.start()
    wait_for_answer(listings, browser, "đã xóa dữ liệu")
    application_id = page.path.rpartition("/")[2]
    assert listings.read("SELECT state FROM applications WHERE id = ?", application_id) == [("withdrawn",)]


def test_unlinking_here_forgets_the_person_in_every_browser(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    page = apply(listings, browser, person, landlord.listing_id)
    received = open_received(landlord, page)
    [sub] = listings.read("SELECT sub FROM applications WHERE id = ?", page.path.rpartition("/")[2])[0]
    with Browser() as other:
        other.open(f"{listings.url}/sign-in")
        assert person.pass_through(other).has("linked")
        browser.open(f"{listings.url}/unlink")
        assert browser.click("unlink_submit").has("unlinked")
        assert other.open("/").has("sign_in")
    assert landlord.browser.open(received.path).has("emptied")
    for table in ("people", "applications", "saved", "drafts"):
        assert listings.read(f"SELECT * FROM {table} WHERE sub = ?", sub) == []

    # A new beginning is possible, and finds nothing
    def is_back() -> bool:
        browser.open(f"{listings.url}/sign-in")
        return person.pass_through(browser).has("link")

    wait_until(is_back, seconds=20, what="a sign-in after the second of the unlinking")


def test_who_has_linked_once_is_in_at_one_tap(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    browser.open(f"{listings.url}/link")
    browser.click("link_submit")
    assert person.pass_through(browser).has("linked")
    listings.stop()
    listings.start()
    page = browser.open(f"{listings.url}/")
    assert page.text_of("sign_in") == "Tiếp tục bằng Thái Nguyên ID"
    assert browser.click("sign_in").has("linked"), "no screen in between"


def test_who_is_not_checked_is_told_how_and_loses_nothing(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person(level=0)
    page = apply(listings, browser, person, landlord.listing_id, "phone_number", letter="Giữ lấy lời này")
    assert (page.status, page.has("unproofed")) == (403, True)
    page = browser.click("go_on")
    assert page.get("letter").text.strip() == "Giữ lấy lời này" and page.get("send_phone_number").checked
    assert listings.read("SELECT * FROM applications WHERE listing_id = ?", landlord.listing_id) == []


def test_saying_no_at_the_provider_leaves_the_application_as_written(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    browser.open(f"{listings.url}/listings/{landlord.listing_id}/apply")
    person.pass_through(browser)
    browser.submit("apply_submit", {"letter": "Chưa chắc"})
    page = person.pass_through(browser, consent="deny")
    assert page.error_code == "access_denied" and page.has("kept")
    assert browser.click("back_to_form").get("letter").text.strip() == "Chưa chắc"


def test_a_provider_that_is_down_costs_nobody_their_letter(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    browser.open(f"{listings.url}/listings/{landlord.listing_id}/apply")
    person.pass_through(browser)
    listings.provider.stop()
    try:
        with pytest.raises(httpx.ConnectError):
            browser.submit("apply_submit", {"letter": "Viết lâu lắm"})
    finally:
        listings.provider.start()
    page = browser.open(browser.page.url)
    assert page.get("letter").text.strip() == "Viết lâu lắm"
    browser.submit("apply_submit")
    assert person.pass_through(browser).path.startswith("/applications/")


def test_applying_twice_is_one_application_and_withdrawing_empties_it(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    page = apply(listings, browser, person, landlord.listing_id, "phone_number")
    assert browser.open(f"/listings/{landlord.listing_id}/apply").path == page.path
    browser.open(f"{page.path}/withdraw")
    assert "Đã rút" in browser.click("withdraw_submit").words()
    received = landlord.browser.open(f"{listings.url}/recruiting/{page.path.rpartition('/')[2]}")
    assert received.has("emptied") and received.claims() == {}
    # Again, which is the only one then
    again = apply(listings, browser, person, landlord.listing_id)
    assert set(again.claims()) == {"name"}
    rows = listings.read("SELECT state FROM applications WHERE listing_id = ?", landlord.listing_id)
    assert rows == [("sent",)]


def test_nobody_else_sees_an_application(listings: Listings, landlord: Landlord, browser: Browser) -> None:
    page = apply(listings, browser, listings.new_person(), landlord.listing_id)
    application_id = page.path.rpartition("/")[2]
    with Browser() as stranger:
        sign_in_as_recruiter(listings, stranger)
        assert not stranger.page.has(f"open_{application_id}")
        token = stranger.page.document.xpath("//input[@name='csrf_token']/@value")[0]
        for path in (f"/recruiting/{application_id}", f"/applications/{application_id}"):
            assert stranger.open(path).status == 404
            for end in ("read", "messages", "state", "withdraw"):
                given = {"csrf_token": token, "state": "refused", "text": "x"}
                answer = stranger._http.post(f"{listings.url}{path}/{end}", data=given)
                assert answer.status_code == 404, (path, end)
    assert "Đã gửi" in browser.open(page.path).words()


def test_what_is_too_long_comes_back_as_typed(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    browser.open(f"{listings.url}/listings/{landlord.listing_id}/apply")
    person.pass_through(browser)
    long = "Ở trọ đã lâu. " * 750
    page = browser.submit("apply_submit", {"letter": long})
    assert page.status == 400 and page.has("problem")
    assert page.get("letter").text.strip() == long.strip()
    browser.submit("apply_submit", {"letter": "Ngắn"})
    page = person.pass_through(browser)
    page = browser.submit("message_send", {"text": "dài " * 1000})
    assert page.status == 400 and page.has("text_problem")
    assert page.get("text").text.strip() == ("dài " * 1000).strip()
    # The same form sent twice is one message
    browser.open(page.path.removesuffix("/messages"))
    form = browser.page
    browser.submit("message_send", {"text": "Một lần"})
    browser._page = form
    assert browser.submit("message_send", {"text": "Một lần"}).words().count("Một lần") == 1


def test_a_listing_that_closed_meanwhile_takes_no_application(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    browser.open(f"{listings.url}/listings/{landlord.listing_id}/apply")
    person.pass_through(browser)
    listings.change("UPDATE listings SET state = 'closed' WHERE id = ?", landlord.listing_id)
    page = browser.submit("apply_submit")
    assert (page.status, "đã đóng" in page.words()) == (410, True)


def test_a_person_applies_writes_and_unlinks_in_chromium(
    listings: Listings, landlord: Landlord, chromium: Chromium
) -> None:
    person, window = listings.new_person(), Window(chromium, scripts=True)
    window.open(f"{listings.url}/listings/{landlord.listing_id}")
    window.click("apply")
    pass_through(window, person)
    window.page.get_by_label("Số điện thoại").check()
    window.fill(letter="Em muốn thuê từ tháng sau")
    window.click("apply_submit")
    pass_through(window, person)
    assert window.claims() == {"name": "Nguyễn Thị Thử", "phone_number": "0912 345 678"}
    window.fill(text="Em xem phòng lúc nào được ạ?")
    window.click("message_send")
    assert "Em xem phòng lúc nào được ạ?" in window.text_of("messages")
    for path in ("/applications", "/me", "/link", "/unlink"):
        window.open(listings.url + path)
    window.click("unlink_submit")
    assert window.has("unlinked")
    assert window.complaints == []
    window.close()


def hand_in(listings: Listings, tax_code: str, *rows: tuple[str, ...]) -> dict[str, int]:
    """Take over an employer's list, as its office sends it; return what became of its rows."""
    file = listings.folder / f"{uuid4().hex}.csv"
    file.write_bytes(make_csv(rows))
    counts: dict[str, int] = listings.provider.tnid("employer", "import", tax_code, str(file))["counts"]
    return counts


def test_from_an_offer_of_work_to_leaving_in_chromium(listings: Listings, chromium: Chromium) -> None:
    tax_code, number = "0100109106", "019098000230"
    headings = ("Mã nhân viên", "Họ và tên", "Số định danh cá nhân", "Chức danh", "Ngày vào làm")
    row = ("CX-7", "Nguyễn Thị Bưởi", number, "Công nhân may", "01/03/2020")
    worker = listings.new_person(name="Nguyễn Thị Bưởi", personal_id_number=number)
    recruiter = listings.new_person(name="Hoàng Thị Tuyển")
    entered = {
        "tax_code": tax_code, "name": "Bút Sơn",
        "representatives": [{"username": recruiter.username, "role": "manager"}],
    }  # fmt: skip
    listings.provider.tnid("employer", "create", "-", given=entered)
    assert hand_in(listings, tax_code, headings, row) == {"invited": 1}

    # The worker lets their job be known, and nothing else
    window = Window(chromium, scripts=True)
    window.open(f"{listings.provider.issuer}/account/work")
    pass_through(window, worker)
    window.click("offer_1")
    pass_through(window, worker)
    window.page.locator("#accept_title").check()
    window.click("work_save")

    window.open(f"{listings.url}/listings/{listings.new_listing(tax_code=tax_code)}")
    window.click("apply")
    pass_through(window, worker)
    for name in ("job_title", "employer"):
        window.page.locator(f"#send_{name}").check()
    window.click("apply_submit")
    pass_through(window, worker)
    assert window.claims() == {"name": "Nguyễn Thị Bưởi", "job_title": "Công nhân may"}
    assert "nơi đang làm việc" in window.page.inner_text("main"), "it says what was ticked and isn't there"
    assert "Bút Sơn" not in window.page.inner_text("main"), "whose word it is wasn't accepted"

    # Whoever recruits for the organisation invites them
    office = Window(chromium, scripts=True, size=DESKTOP)
    office.open(f"{listings.url}/sign-in?for=hiring&next=/recruiting/")
    pass_through(office, recruiter)
    office.press(office.page.get_by_role("button", name="Mở đơn"))
    assert office.claims() == window.claims()
    office.fill(text="Mời bạn đến gặp lúc 9 giờ")
    office.click("message_send")
    office.click("move_invited")
    assert office.complaints == []
    office.close()
    window.page.reload()
    assert "Được mời" in window.page.inner_text("main")

    # The office's next list says that they have left
    left = hand_in(listings, tax_code, (*headings, "Ngày nghỉ việc"), (*row, "01/10/2026"))
    assert left == {"ended": 1}

    def is_over() -> bool:
        window.page.reload()
        return window.claims() == {"name": "Nguyễn Thị Bưởi"}

    wait_until(is_over, seconds=20, what="the end of the claim at the listings")
    assert "Không còn hiệu lực" in window.page.inner_text("main")
    assert window.complaints == []
    window.close()
    listings.provider.tnid("audit", "verify")
    listings.provider.tnid("db", "check")


ATTESTED = (
    "is_worker", "employer", "industrial_park", "job_title", "employment_start_date",
    "tenure_at_least_months", "works_in_park", "income_at_least", "social_housing_income",
)  # fmt: skip


def test_what_an_employer_vouched_for_is_sent_with_its_source_and_gone_when_the_work_ends(
    listings: Listings, work: Work, browser: Browser
) -> None:
    listing_id = listings.new_listing(tax_code=work.tax_code)
    page = apply(listings, browser, work.worker, listing_id, *ATTESTED)
    told = page.claims()
    assert set(told) == {"name", *ATTESTED}
    assert told["employer"] == "May Chè Xanh (mã số thuế 4600305723)"
    assert told["tenure_at_least_months"] == "Có" and told["employment_start_date"] == "01/03/2020"
    assert "12.500.000" not in page.words(), "the wage itself is nobody's"
    assert "May Chè Xanh xác nhận ngày" in page.words()
    with Browser() as stranger:
        sign_in_as_recruiter(listings, stranger, work.other)
        stranger.click("as_organisation")
        assert not work.other.pass_through(stranger).has("as_organisation")
        assert stranger.open(f"/recruiting/{page.path.rpartition('/')[2]}").status == 404
    with Browser() as recruiter:
        recruiter.open(f"{listings.url}/recruiting/")
        work.recruiter.pass_through(recruiter)
        # Whom they speak for is theirs to say, and they are asked again where that is what they came for
        assert not recruiter.page.has(f"open_{page.path.rpartition('/')[2]}")
        recruiter.click("as_organisation")
        work.recruiter.pass_through(recruiter)
        received = recruiter.click(f"open_{page.path.rpartition('/')[2]}")
        assert received.claims() == told
        with listings.services() as services:
            services.attestations.end(work.employer_id, work.employment_id, clock.now(), clock.now())
        wait_until(
            lambda: set(recruiter.open(received.path).claims()) == {"name"},
            what="the end of what was vouched for",
        )
        assert recruiter.page.document.xpath("//*[@data-ended='job_title']")
    assert "Không còn hiệu lực" in browser.open(page.path).words()
    wait_for_answer(listings, browser, "đã xóa dữ liệu")
