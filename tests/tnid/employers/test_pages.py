"""The pages of organisations: asked for, approved, represented, left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employers.conftest import TNG, known, refusals
from tnid.accounts.refusal import Refused
from tnid.employment.attestations import LIST, By
from tnid.services import Services
from tnid.stores.employers import MANAGER

AtDesk = Callable[[Someone], InProcess]


def ask(browser: InProcess, **fields: str) -> None:
    browser.open("/employers/new")
    browser.submit(
        "ask_submit", {"tax_code": "46 00 305 723", "name": TNG.name, "park": "song-cong-1", **fields}
    )


def titles(services: Services, person: Someone) -> list[str]:
    return [row.text for row in services.messages.list_by_account(person.id)]


def test_from_the_request_to_the_first_manager(
    thuy: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    browser = at_desk(thuy)
    ask(browser)
    assert browser.page.path == "/employers" and TNG.name in browser.page.words()
    (row,) = services.employers.organisations.list_asked_by(thuy.id)
    assert (row.tax_code, row.park) == ("4600305723", "song-cong-1")
    assert browser.get(f"/employers/{row.id}").status_code == 404
    assert services.employers.organisations.approve(row.id, clock.now()) is None
    page = browser.open(f"/employers/{row.id}")
    assert page.has("upload") and TNG.name in page.words()
    assert titles(services, thuy) == ["employer_approved"]
    assert services.employers.organisations.approve(row.id, clock.now()).reason == "not_asked"  # type: ignore[union-attr]


def test_a_wrong_field_keeps_what_was_typed(thuy: Someone, at_desk: AtDesk, services: Services) -> None:
    browser = at_desk(thuy)
    ask(browser, tax_code="4600305724")
    assert browser.page.status == 400 and browser.page.get("tax_code").value == "4600305724"
    assert browser.page.get("name").value == TNG.name and browser.page.get("park").value == "song-cong-1"
    assert services.employers.organisations.list_asked_by(thuy.id) == []


def test_several_may_ask_for_one_code_and_are_answered_alike(
    tng: str, dung: Someone, hung: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    words = []
    for person in (dung, hung):
        browser = at_desk(person)
        ask(browser, name="Công ty X", tax_code="4600305723" if person is dung else "0100233488")
        words.append(
            browser.page.words().replace("0100233488", "4600305723").replace(hung.username, dung.username)
        )
    assert words[0].split("Công ty X")[1][:40] == words[1].split("Công ty X")[1][:40]
    (asked,) = services.employers.organisations.list_asked_by(dung.id)
    refused = services.employers.organisations.approve(asked.id, clock.now())
    assert refused is not None and refused.reason == "tax_code_taken"
    assert services.employers.organisations.refuse(asked.id, clock.now()) is None
    assert titles(services, dung) == ["employer_refused"]


def test_the_same_request_twice_is_one_and_five_are_enough(
    dung: Someone, at_desk: AtDesk, services: Services
) -> None:
    browser = at_desk(dung)
    for code in (
        "4600305723",
        "4600305723",
        "4600305723-001",
        "4600305723-002",
        "4600305723-003",
        "0100233488",
    ):
        ask(browser, tax_code=code)
    assert len(services.employers.organisations.list_asked_by(dung.id)) == 5
    ask(browser, tax_code="4600305723-004")
    assert browser.page.status == 400
    assert refusals(services, dung.id) == [("employer.ask", "employer_too_many")]


def test_one_factor_is_asked_for_the_second(tng: str, thuy: Someone, browser: InProcess) -> None:
    browser.open(f"/employers/{tng}")
    assert thuy.type_password(browser).path == "/mfa/totp"
    page = browser.submit("otp_submit", {"otp_code": thuy.next_code()})
    assert page.path == f"/employers/{tng}"


def test_somebody_without_a_second_factor_sets_one_up_first(lan: Someone, browser: InProcess) -> None:
    assert lan.sign_in(browser, "/employers").path == "/mfa/enrol"


def test_who_is_unknown_is_told_to_confirm_who_they_are(
    minh: Someone, tng: str, services: Services, clock: Clock, at_desk: AtDesk
) -> None:
    services.employers.representatives.add(tng, minh.id, MANAGER, clock.now())
    browser = at_desk(minh)
    for path in (
        f"/employers/{tng}",
        "/employers/new",
        "/employers/join",
        f"/employers/{tng}/representatives",
    ):
        page = browser.open(path)
        assert page.path == "/employers" and page.has("confirm_identity")
        assert not page.has("ask_employer")


def test_the_first_page_says_how_far_the_latest_list_is(
    tng: str, thuy: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    browser = at_desk(thuy)
    assert not browser.open(f"/employers/{tng}").has("latest_list")
    content = "Họ và tên,Mã nhân viên\nNguyễn Thị Hoà,A1\n".encode()
    with services.database.unit():
        taken = services.lists.receive_whole(tng, By(thuy.id, LIST), content, clock.now())
    assert not isinstance(taken, Refused)
    assert browser.open(f"/employers/{tng}").has("latest_list")
    assert browser.click("latest_list").path == f"/employers/{tng}/lists/{taken.id}"


# Invitations


def invite(browser: InProcess, employer_id: str, role: str = "clerk") -> str:
    page = browser.open(f"/employers/{employer_id}/representatives/new")
    index = ["manager", "clerk", "reader"].index(role)
    page.get(f"role-{index}").checked = True
    return browser.submit("invite_submit").text_of("representative_code")


def test_a_code_makes_its_taker_a_representative_once(
    tng: str, thuy: Someone, hung: Someone, dung: Someone, at_desk: AtDesk, services: Services
) -> None:
    code = invite(at_desk(thuy), tng)
    browser = at_desk(hung)
    browser.open("/employers/join")
    page = browser.submit("code_submit", {"code": code.lower().replace("-", " ")})
    assert TNG.name in page.words() and "Phạm Thị Thúy" in page.words()
    page = browser.click("offer_accept")
    assert page.path == f"/employers/{tng}"
    found = services.employers.representatives.find(tng, hung.id)
    assert found is not None and found.role == "clerk"
    assert titles(services, thuy) == ["representative_joined"]
    other = at_desk(dung)
    other.open("/employers/join")
    assert other.submit("code_submit", {"code": code}).status == 400
    assert refusals(services, dung.id) == [("representative.accept", "wrong_personal_code")]


def test_codes_can_not_be_tried_through(tng: str, dung: Someone, at_desk: AtDesk, services: Services) -> None:
    browser = at_desk(dung)
    for _ in range(5):
        browser.open("/employers/join")
        assert browser.submit("code_submit", {"code": "BCDF-GHJK"}).status == 400
    browser.open("/employers/join")
    page = browser.submit("code_submit", {"code": "BCDF-GHJK"})
    assert page.status == 429 and int(page.headers["Retry-After"]) > 0


def test_an_invitation_ends_with_its_time_its_maker_and_the_organisation(
    tng: str, thuy: Someone, hung: Someone, dung: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    found, now = services.employers.representatives, clock.now()
    assert found.add(tng, dung.id, MANAGER, now) is None
    by_dung = str(found.invite(tng, "reader", dung.id, now))
    by_thuy = str(found.invite(tng, "reader", thuy.id, now))
    assert found.find_offer(by_dung, hung.id, now) and found.find_offer(by_thuy, hung.id, now)
    assert found.remove_by_operator(tng, dung.id, now)
    assert not found.accept(by_dung, hung.id, now)
    assert not found.accept(by_thuy, hung.id, now + 7 * 86400 + 1)
    services.employers.organisations.suspend(tng, now)
    assert not found.accept(by_thuy, hung.id, now)
    services.employers.organisations.resume(tng, now)
    assert found.accept(by_thuy, hung.id, now) and not found.accept(by_thuy, dung.id, now)


def test_a_removed_manager_s_pages_and_codes_end_at_once(
    tng: str, thuy: Someone, hung: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    services.employers.representatives.add(tng, hung.id, MANAGER, clock.now())
    browser, removed = at_desk(thuy), at_desk(hung)
    removed.open(f"/employers/{tng}/representatives/new")
    (row,) = [
        one
        for one in services.employers.representatives.list_of_employer(tng, clock.now())
        if one.account_id == hung.id
    ]
    browser.open(f"/employers/{tng}/representatives")
    browser.click(f"change_{row.id}")
    browser.click("remove_submit")
    assert removed.get(f"/employers/{tng}").status_code == 404
    assert removed.post(f"/employers/{tng}/representatives/new", role="clerk").status_code == 404
    assert titles(services, hung) == ["representative_removed"]
    assert refusals(services, hung.id) == [("employer.look", "not_found")] * 2


def test_the_last_manager_stays(
    tng: str, thuy: Someone, hung: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    found = services.employers.representatives
    browser, own = at_desk(thuy), found.find(tng, thuy.id)
    assert own is not None
    services.employers.representatives.add(tng, hung.id, "reader", clock.now())
    page = browser.open(f"/employers/{tng}/representatives/{own.id}")
    browser.click("remove_submit")
    assert found.find(tng, thuy.id) == own
    page = browser.open(f"/employers/{tng}/representatives/{own.id}")
    page.get("role-0").checked = False
    page.get("role-2").checked = True
    assert browser.submit("role_submit").status == 400
    other = found.find(tng, hung.id)
    assert other is not None
    page = browser.open(f"/employers/{tng}/representatives/{other.id}")
    page.get("role-2").checked = False
    page.get("role-0").checked = True
    assert browser.submit("role_submit").path == f"/employers/{tng}"
    browser.open(f"/employers/{tng}/representatives/{own.id}")
    assert browser.click("remove_submit").path == "/employers"
    assert found.find(tng, thuy.id) is None


@pytest.mark.parametrize("role", ["clerk", "reader"])
def test_only_managers_change_who_represents(
    tng: str, hung: Someone, at_desk: AtDesk, services: Services, clock: Clock, role: str
) -> None:
    services.employers.representatives.add(tng, hung.id, role, clock.now())
    browser = at_desk(hung)
    page = browser.open(f"/employers/{tng}/representatives")
    assert page.status == 200 and not page.has("invite")
    assert browser.get(f"/employers/{tng}/representatives/new").status_code == 403
    assert browser.post(f"/employers/{tng}/representatives/new", role="manager").status_code == 403
    assert refusals(services, hung.id) == [("employer.look", "role")] * 2


def test_acting_needs_a_sign_in_of_the_last_hour(
    tng: str, thuy: Someone, at_desk: AtDesk, clock: Clock
) -> None:
    browser = at_desk(thuy)
    for _ in range(3):
        clock.advance(1500)
        assert browser.open(f"/employers/{tng}").status == 200
    page = browser.open(f"/employers/{tng}/representatives/new")
    assert page.path == "/login"
    thuy.type_password(browser)
    page = browser.submit("otp_submit", {"otp_code": thuy.next_code()})
    assert page.path == f"/employers/{tng}/representatives/new"


def test_a_suspended_organisation_says_so_and_does_nothing(
    tng: str, thuy: Someone, at_desk: AtDesk, services: Services, clock: Clock
) -> None:
    browser = at_desk(thuy)
    assert services.employers.organisations.suspend(tng, clock.now())
    page = browser.open(f"/employers/{tng}")
    assert page.has("suspended") and not page.has("upload") and not page.has("representatives")
    assert browser.open(f"/employers/{tng}/representatives").path == f"/employers/{tng}"
    answer = browser.post(f"/employers/{tng}/representatives/new", role="clerk")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/employers/{tng}")
    assert titles(services, thuy) == ["employer_suspended"]
    assert services.employers.organisations.resume(tng, clock.now())
    assert browser.open(f"/employers/{tng}").has("upload")


def test_each_may_be_represented_by_people_of_the_same_name(
    tng: str, new_person: Callable[..., Someone], enter: Callable[..., str], at_desk: AtDesk
) -> None:
    known(new_person, "thuy2", "Phạm Thị Thúy")
    page = at_desk(known(new_person, "thuy3", "Phạm Thị Thúy")).open("/employers")
    assert TNG.name not in page.words()
