"""The worker's pages: decided field by field with two factors, hidden, taken back, found by a code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employment.work import AN, AN_NUMBER, attest, linked
from tests.tnid.employment.work import an_employer as add_employer
from tests.tnid.qr.test_remote_sessions import BY_PHONE, sit
from tnid.accounts.export import build_document
from tnid.services import Services

DAY = 86400


@pytest.fixture
def tng(services: Services, clock: Clock) -> Any:
    return add_employer(services, clock.now())


@pytest.fixture
def worker(new_person: Callable[..., Someone]) -> Someone:
    return new_person("van.an", totp=True, claims=AN, personal_id_number=AN_NUMBER, identity_level=2)


@pytest.fixture
def stranger(new_person: Callable[..., Someone]) -> Someone:
    return new_person(
        "nguoi.la", totp=True, claims={"name": "Trần Thị Lạ"}, identity_level=2,
        personal_id_number="019202987654",
    )  # fmt: skip


@pytest.fixture
def offered(services: Services, tng: Any, worker: Someone, clock: Clock) -> str:
    """What the employer confirms of the worker; its id."""
    return str(attest(services, tng, clock.now()).employment_id)


def refusals(services: Services, account_id: str) -> list[tuple[str, str]]:
    rows = services.audit.list_by_account(account_id)
    return [(row.event, row.reason) for row in rows if row.outcome == "refused"]


def accept(browser: InProcess, employment_id: str, *fields: str) -> Any:
    """Tick these fields, and no others, on an employment's page."""
    page = browser.open(f"/account/work/{employment_id}")
    for box in page.document.xpath("//input[@name='accept']"):
        box.checked = box.get("value") in fields
    return browser.submit("work_save")


# Deciding


def test_a_worker_accepts_some_fields_and_changes_that_later(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    page = worker.sign_in(browser)
    browser.click("work_waiting")
    page = browser.click("offer_1")
    assert not page.document.xpath("//input[@checked]")
    assert all(word in page.words() for word in ("Công nhân may", "01/03/2020", "12.500.000"))
    page = accept(browser, offered, "employer", "title")
    assert page.path == "/account/work"
    shown = services.employments.find_shown(worker.id, clock.now())
    assert shown is not None and shown.accepted == {"employer", "title"}
    page = browser.click("work_1")
    assert page.document.xpath("//input[@checked]/@value") == ["employer", "title"]
    accept(browser, offered, "title")
    shown = services.employments.find_shown(worker.id, clock.now())
    assert shown is not None and shown.accepted == {"title"}
    assert not browser.open("/account").has("work_waiting")


def test_silence_is_no_agreement(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    worker.sign_in(browser)
    page = accept(browser, offered)
    assert page.status == 400 and page.path == f"/account/work/{offered}"
    assert len(services.employments.list_offers(worker.id, clock.now())) == 1


def test_the_form_of_an_older_version_decides_nothing(
    services: Services, tng: Any, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    worker.sign_in(browser)
    page = browser.open(f"/account/work/{offered}")
    page.get("accept_title").checked = True
    attest(services, tng, clock.now(), title="Tổ trưởng")
    page = browser.submit("work_save")
    assert page.status == 409 and "Tổ trưởng" in page.words()
    assert not page.document.xpath("//input[@checked]")
    assert services.employments.find_shown(worker.id, clock.now()) is None
    assert refusals(services, worker.id) == [("employment.link", "gone")]


def test_a_button_that_is_pressed_twice_decides_once(
    services: Services, worker: Someone, offered: str, browser: InProcess
) -> None:
    worker.sign_in(browser)
    form = {"seen": "1", "accept": "employer"}
    assert [browser.post(f"/account/work/{offered}", **form).status_code for _ in range(2)] == [303, 303]
    assert len(services.consents.ledger.list_by_account(worker.id)) == 1
    assert refusals(services, worker.id) == []


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "١"])
def test_a_version_that_is_none_decides_nothing(
    services: Services, worker: Someone, offered: str, browser: InProcess, seen: str
) -> None:
    worker.sign_in(browser)
    answer = browser.post(f"/account/work/{offered}", seen=seen, accept="employer")
    assert answer.status_code == 409


def test_what_is_no_field_is_refused(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    worker.sign_in(browser)
    answer = browser.post(f"/account/work/{offered}", seen="1", accept="salary")
    assert answer.status_code == 400
    assert services.employments.find_shown(worker.id, clock.now()) is None


def test_a_changed_field_is_asked_about_again(
    services: Services, tng: Any, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    linked(services, worker.id, clock.now(), ("employer", "title"))
    attest(services, tng, clock.now(), title="Tổ trưởng")
    page = worker.sign_in(browser)
    assert page.has("work_waiting")
    page = browser.open(f"/account/work/{offered}")
    assert page.document.xpath("//input[@checked]/@value") == ["employer"]
    accept(browser, offered, "employer", "title")
    shown = services.employments.find_shown(worker.id, clock.now())
    assert shown is not None and shown.title == "Tổ trưởng"


def test_the_employer_is_hidden_by_one_switch(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    linked(services, worker.id, clock.now())
    worker.sign_in(browser, f"/account/work/{offered}")
    for button, is_hidden in (("work_hide", True), ("work_unhide", False)):
        browser.click(button)
        shown = services.employments.find_shown(worker.id, clock.now())
        assert shown is not None and shown.is_hidden is is_hidden


# Taking back


def test_what_was_declined_is_found_again_by_its_worker(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    worker.sign_in(browser, f"/account/work/{offered}")
    browser.click("work_decline")
    page = browser.click("decline_submit")
    assert page.path == "/account/work" and not page.has("offer_1")
    browser.click("declined_1")
    accept(browser, offered, "employer")
    assert services.employments.find_shown(worker.id, clock.now()) is not None


def test_everything_is_taken_back_after_a_page_that_says_so(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    linked(services, worker.id, clock.now())
    worker.sign_in(browser, f"/account/work/{offered}")
    page = browser.click("work_unlink")
    assert services.employments.find_shown(worker.id, clock.now()) is not None
    page = browser.click("unlink_submit")
    assert services.employments.find_shown(worker.id, clock.now()) is None
    assert page.has("declined_1")
    # The other tab
    assert browser.post(f"/account/work/{offered}/unlink").status_code == 303


def test_what_is_over_stays_until_its_worker_removes_it(
    services: Services, tng: Any, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    linked(services, worker.id, clock.now())
    services.attestations.end(tng.id, offered, clock.now(), clock.now())
    services.employment_endings.carry_out_due(services.database, clock.now(), most=10)
    page = worker.sign_in(browser, "/account/work")
    assert "Công nhân may" in page.words() and "12.500.000" not in page.words()
    browser.open(f"/account/work/{offered}/forget")
    page = browser.click("forget_submit")
    assert page.path == "/account/work" and "Công nhân may" not in page.words()


# Codes


def invited(services: Services, tng: Any, now: int, **changes: str) -> str:
    found = attest(services, tng, now, personal_id_number="", **changes)
    with services.database.unit():
        services.attestations.invite(tng.id, str(found.employment_id), "WDJBMJHT", now + DAY)
    return str(found.employment_id)


def test_a_code_leads_to_its_offer_once(
    services: Services, tng: Any, worker: Someone, browser: InProcess, clock: Clock
) -> None:
    invited(services, tng, clock.now())
    worker.sign_in(browser, "/account/work")
    browser.click("enter_code")
    page = browser.submit("code_submit", {"code": "wdjb-mjht"})
    assert "WDJB" not in page.url.upper() and "Công nhân may" in page.words()
    accept(browser, page.path.rpartition("/")[2], "employer")
    assert services.employments.find_shown(worker.id, clock.now()) is not None
    browser.open("/account/work/code")
    assert browser.submit("code_submit", {"code": "wdjb-mjht"}).status == 400


def test_a_code_of_another_and_none_at_all_get_one_answer(
    services: Services, tng: Any, stranger: Someone, browser: InProcess, clock: Clock
) -> None:
    invited(services, tng, clock.now())
    stranger.sign_in(browser, "/account/work/code")
    pages = [browser.submit("code_submit", {"code": code}).words() for code in ("WDJBMJHT", "BBBBBBBB")]
    assert pages[0] == pages[1]
    assert refusals(services, stranger.id) == [("employment.find", "wrong_personal_code")] * 2


def test_wrong_codes_are_counted_and_then_not_looked_at(
    services: Services, tng: Any, worker: Someone, browser: InProcess, clock: Clock
) -> None:
    invited(services, tng, clock.now())
    worker.sign_in(browser, "/account/work/code")
    for _ in range(5):
        assert browser.submit("code_submit", {"code": "BBBBBBBB"}).status == 400
    page = browser.submit("code_submit", {"code": "WDJBMJHT"})
    assert page.status == 429 and int(page.headers["Retry-After"]) > 0


def test_a_code_brings_back_what_was_declined(
    services: Services, tng: Any, worker: Someone, browser: InProcess, clock: Clock
) -> None:
    employment_id = invited(services, tng, clock.now())
    worker.sign_in(browser, "/account/work/code")
    browser.submit("code_submit", {"code": "WDJBMJHT"})
    browser.click("work_decline")
    browser.click("decline_submit")
    browser.open("/account/work/code")
    page = browser.submit("code_submit", {"code": "WDJBMJHT"})
    assert page.path == f"/account/work/{employment_id}"


def test_who_showed_no_card_is_led_to_that_first(
    new_person: Callable[..., Someone], browser: InProcess
) -> None:
    someone = new_person("moi", totp=True, claims=AN)
    page = someone.sign_in(browser, "/account/work/code")
    assert page.has("identity_first")
    assert "/account/identity" in browser.open("/account/work").text


# Who may


def test_deciding_takes_two_factors(worker: Someone, offered: str, lan: Someone, browser: InProcess) -> None:
    lan.sign_in(browser)
    assert browser.open("/account/work").path == "/account/work"
    assert browser.open(f"/account/work/{offered}").path != f"/account/work/{offered}"
    assert browser.open("/account/work/code").path != "/account/work/code"


@pytest.mark.parametrize("step", ["", "/decline", "/hidden", "/unlink", "/forget"])
def test_somebody_elses_employment_is_not_found(
    services: Services, worker: Someone, offered: str, stranger: Someone, browser: InProcess, clock: Clock,
    step: str,
) -> None:  # fmt: skip
    linked(services, worker.id, clock.now())
    stranger.sign_in(browser)
    for employment_id in (offered, "x" * 22):
        answer = browser.post(f"/account/work/{employment_id}{step}", seen="2", accept="employer", hidden="1")
        assert answer.status_code == 404
    assert len(refusals(services, stranger.id)) == 2
    shown = services.employments.find_shown(worker.id, clock.now())
    assert shown is not None and not shown.is_hidden


@pytest.mark.parametrize("step", ["", "/decline", "/hidden", "/unlink", "/forget"])
def test_a_session_from_a_phone_decides_nothing(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock, step: str
) -> None:
    linked(services, worker.id, clock.now())
    sit(browser, services, worker, BY_PHONE)
    assert browser.open("/account/work").path == "/account/work"
    answer = browser.post(f"/account/work/{offered}{step}", seen="2", accept="title", hidden="1")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")
    shown = services.employments.find_shown(worker.id, clock.now())
    assert shown is not None and len(shown.accepted) == 6 and not shown.is_hidden


@pytest.mark.parametrize("step", ["", "/decline", "/hidden", "/unlink", "/forget"])
def test_a_form_without_its_token_decides_nothing(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock, step: str
) -> None:
    linked(services, worker.id, clock.now())
    worker.sign_in(browser)
    fields = {"seen": "2", "accept": "title", "hidden": "1"}
    answer = browser.send("POST", f"/account/work/{offered}{step}", data=fields)
    assert answer.status_code == 403
    shown = services.employments.find_shown(worker.id, clock.now())
    assert shown is not None and len(shown.accepted) == 6 and not shown.is_hidden


def test_a_child_decides_nothing_before_a_guardian_agreed(
    services: Services, tng: Any, new_person: Callable[..., Someone], browser: InProcess, clock: Clock
) -> None:
    born = datetime.fromtimestamp(clock.now(), UTC).year - 15
    claims = {**AN, "birthdate": f"{born}-01-02"}
    child = new_person("tre", totp=True, claims=claims, personal_id_number=AN_NUMBER, identity_level=2)
    attest(services, tng, clock.now(), birthdate="", start_date="")
    child.sign_in(browser)
    (offer,) = services.employments.list_offers(child.id, clock.now())
    assert browser.open(f"/account/work/{offer.id}").path == "/account/family"


# What was decided


def test_each_decision_has_a_receipt_and_stands_in_the_export(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    linked(services, worker.id, clock.now(), ("employer",))
    page = worker.sign_in(browser, "/account/work")
    (receipt,) = page.document.xpath("//a[starts-with(@href, '/account/receipts/')]/@href")
    page = browser.open(receipt)
    assert "TNG" in page.words() and "employer:" not in page.words()
    document = browser.get(f"{receipt}.json").json()
    assert [one["shared"] for one in document["services"][0]["purposes"]] == [True] + [False] * 5
    with services.database.unit():
        exported = build_document(services, worker.account, clock.now(), in_full=True)["employments"]
    assert [(one["employer"], one["accepted"]) for one in exported] == [("TNG", ["employer"])]
    assert exported[0]["attested"]["title"] == "Công nhân may"


def test_an_application_page_shows_nothing_of_work(
    services: Services, worker: Someone, offered: str, browser: InProcess, clock: Clock
) -> None:
    linked(services, worker.id, clock.now(), ("employer",))
    worker.sign_in(browser)
    assert browser.open("/account/applications/employer:4600305723").status == 404
    assert "TNG" not in browser.open("/account/applications").words()
