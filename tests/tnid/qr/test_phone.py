"""The phone's pages without scripts: a code is scanned or typed, looked at, and answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.qr.conftest import WaitingScreen, prove
from tnid.services import Services
from tnid.signin.limits import QR_OF_ACCOUNT


@pytest.fixture
def phone(browser: InProcess) -> InProcess:
    return browser


def refusals(services: Services) -> list[tuple[str, str]]:
    rows = services.database.fetch_all(
        text("SELECT event, reason FROM audit_events WHERE outcome = 'refused' ORDER BY id")
    )
    return [(row.event, row.reason) for row in rows]


# The way through


def test_a_phone_says_yes_and_shows_the_digits(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services
) -> None:
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert page.path.startswith("/qr/at/") and page.has("qr_deny")
    assert "Việc làm" in page.words() and "Chrome trên Windows" in page.text_of("qr_screen")
    assert screen.state == "waiting"
    page = phone.submit("qr_approve")
    assert page.text_of("qr_shown_digits") == services.qr_sign_ins.digits_of(screen.row)
    assert screen.state == "approved"
    screen.type(page.text_of("qr_shown_digits"))
    assert screen.state == "ready"
    assert screen.collect().account_id == lan.id
    assert phone.click("qr_again").get("qr_ending").get("data-reason") == "collected"


def test_who_is_signed_out_signs_in_on_the_way(
    phone: InProcess, screen: WaitingScreen, minh: Someone, clock: Clock
) -> None:
    assert phone.open(screen.address).path == "/login"
    clock.advance(40)
    page = prove(phone, minh)
    assert page.has("qr_approve") and "Trần Minh" in page.words()
    phone.submit("qr_approve")
    assert screen.row.acr == "LoA2" and screen.row.amr == "pwd otp mfa"


def test_the_consent_is_given_with_the_yes(
    phone: InProcess,
    new_screen: Callable[..., WaitingScreen],
    new_app: Callable[..., str],
    minh: Someone,
    services: Services,
) -> None:
    items = {name: {"required": False} for name in ("phone_number", "birthdate")}
    screen = new_screen(new_app(consent_items=items))
    minh.sign_in(phone)
    page = phone.open(screen.address)
    assert page.document is not None
    boxes = {box.get("value"): box.get("id") for box in page.document.xpath("//input[@name='share']")}
    page.get(boxes["phone_number"]).checked = True
    phone.submit("qr_approve")
    agreed = services.consents.find_agreed(minh.id, "jobs")
    assert agreed is not None and agreed.scope == {"openid", "profile", "phone"}
    assert "birthdate" in agreed.withheld and "phone_number" not in agreed.withheld
    interaction = services.interactions.look_at(screen.uid, screen.clock.now())
    assert interaction is not None and interaction.consented_account_id == minh.id


def test_a_no_ends_it_and_leaves_nothing(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services
) -> None:
    lan.sign_in(phone)
    phone.open(screen.address)
    assert phone.submit("qr_deny").get("qr_ending").get("data-reason") == "refused"
    assert screen.state == "refused"
    assert services.consents.find_agreed(lan.id, "jobs") is None


def test_a_yes_is_taken_back_before_the_digits_are_typed(
    phone: InProcess, screen: WaitingScreen, lan: Someone
) -> None:
    lan.sign_in(phone)
    phone.open(screen.address)
    phone.submit("qr_approve")
    assert phone.submit("qr_deny").get("qr_ending").get("data-reason") == "refused"
    screen.type("00")
    assert screen.collect() is None


def test_a_phone_that_signs_out_half_way_ends_it(
    phone: InProcess, screen: WaitingScreen, lan: Someone
) -> None:
    """It knows of nothing any more, so nobody could answer: the screen says so instead of waiting."""
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    phone.submit("qr_approve")
    phone.open("/logout")
    phone.submit("logout_confirm")
    assert screen.state == "refused"
    assert phone.open(ticket).get("qr_ending").get("data-reason") == "foreign"


def test_our_own_pages_ask_by_our_name(
    phone: InProcess, new_screen: Callable[..., WaitingScreen], lan: Someone
) -> None:
    screen = new_screen("/account")
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert "Thái Nguyên ID" in page.words() and not page.document.xpath("//input[@name='share']")  # type: ignore[union-attr]
    assert phone.submit("qr_approve").has("qr_shown_digits")


def test_letters_are_typed_where_a_phone_scans_nothing(
    phone: InProcess, screen: WaitingScreen, lan: Someone
) -> None:
    lan.sign_in(phone)
    phone.open("/qr")
    code = screen.begun.typed_code
    page = phone.submit("qr_code_submit", {"typed_code": f"{code[:4].lower()} - {code[4:]}"})
    assert page.has("qr_approve")
    assert phone.submit("qr_approve").has("qr_shown_digits")


# What changes nothing


def test_looking_claims_and_approves_nothing(phone: InProcess, screen: WaitingScreen, lan: Someone) -> None:
    lan.sign_in(phone)
    for _ in range(2):
        phone.open(screen.address)
    phone.get(phone.page.url)
    phone.send("HEAD", phone.page.url)
    assert screen.state == "waiting" and screen.row.account_id is None


@pytest.mark.parametrize("decision", ["", "yes", "allow"])
def test_a_form_without_an_answer_is_none(
    phone: InProcess, screen: WaitingScreen, lan: Someone, decision: str
) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    assert phone.post(ticket, decision=decision).status_code == 200
    assert screen.state == "waiting"


def test_a_forms_token_is_needed(phone: InProcess, screen: WaitingScreen, lan: Someone) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    assert phone.send("POST", ticket, data={"decision": "approve"}).status_code == 403
    assert screen.state == "waiting"


# Bad input: each has a page that says what happened and the one thing to do


def ending(phone: InProcess, address: str) -> tuple[int, str]:
    page = phone.open(address)
    return page.status, page.get("qr_ending").get("data-reason")


def test_a_stale_picture(phone: InProcess, screen: WaitingScreen, clock: Clock, services: Services) -> None:
    picture = screen.address
    clock.advance(15)
    assert ending(phone, picture) == (410, "stale")
    assert refusals(services) == [("qr.look", "stale")]


@pytest.mark.parametrize("address", ["/QR/", "/qr/A", "/QR/" + "A" * 34, "/qr/%00"])
def test_a_truncated_foreign_or_made_up_code(phone: InProcess, address: str) -> None:
    page = phone.open(address)
    assert page.status in (400, 404)


def test_a_made_up_code_is_told_from_others(phone: InProcess, services: Services) -> None:
    assert ending(phone, "/QR/" + "A" * 34) == (404, "unknown")
    assert refusals(services) == [("qr.look", "unknown")]


def test_made_up_codes_are_bounded(phone: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tnid.qr.typed_codes.QR_MADE_UP", QR_OF_ACCOUNT)
    answers = [phone.open("/QR/" + "A" * 34).status for _ in range(6)]
    assert answers == [404] * 5 + [429]
    assert phone.page.headers["Retry-After"]


def test_an_expired_code(phone: InProcess, screen: WaitingScreen, lan: Someone, clock: Clock) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    clock.advance(120)
    assert ending(phone, ticket) == (410, "expired")
    assert ending(phone, screen.address) == (410, "expired")
    assert phone.post(ticket, decision="approve").status_code == 410
    assert phone.post(ticket, decision="deny").status_code == 410


def test_a_code_that_is_gone_from_the_database(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services
) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    services.database.execute(text("DELETE FROM qr_sign_ins"))
    assert ending(phone, ticket) == (410, "expired")


def test_another_phone_is_warned(
    phone: InProcess,
    new_browser: Callable[..., InProcess],
    screen: WaitingScreen,
    lan: Someone,
    minh: Someone,
) -> None:
    second = new_browser()
    lan.sign_in(phone)
    minh.sign_in(second)
    picture = screen.address
    phone.open(picture)
    second.open(picture)
    ticket = second.page.path
    phone.submit("qr_approve")
    assert second.submit("qr_approve").status == 409
    assert ending(second, ticket) == (409, "second_phone")
    assert ending(second, screen.address) == (409, "second_phone")
    assert second.post(ticket, decision="deny").status_code == 409
    assert screen.row.account_id == lan.id and screen.state == "approved"


def test_the_same_phone_may_scan_again(phone: InProcess, screen: WaitingScreen, lan: Someone) -> None:
    lan.sign_in(phone)
    phone.open(screen.address)
    phone.submit("qr_approve")
    assert phone.open(screen.address).has("qr_shown_digits")


def test_a_link_handed_on_opens_nothing(
    phone: InProcess,
    new_browser: Callable[..., InProcess],
    screen: WaitingScreen,
    lan: Someone,
    minh: Someone,
) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    other = new_browser()
    minh.sign_in(other)
    assert ending(other, ticket) == (404, "foreign")
    assert other.post(ticket, decision="approve").status_code == 404
    assert ending(phone, ticket[:-1] + ("0" if ticket[-1] != "0" else "1")) == (404, "foreign")
    # A ticket of one kind is none of the other
    assert ending(phone, ticket.replace(".s", ".a")) == (404, "foreign")


def test_a_phone_that_signs_in_as_somebody_else_half_way(
    phone: InProcess, screen: WaitingScreen, lan: Someone, minh: Someone, clock: Clock
) -> None:
    lan.sign_in(phone)
    clock.advance(400)
    screen.begin()
    ticket = phone.open(screen.address).path
    assert phone.submit("qr_approve").path == "/login"
    page = prove(phone, minh)
    assert page.get("qr_ending").get("data-reason") == "other_person"
    assert phone.post(ticket, decision="approve").status_code == 409
    assert screen.state == "other_person"


def test_a_screen_that_shows_a_newer_code(phone: InProcess, screen: WaitingScreen, lan: Someone) -> None:
    lan.sign_in(phone)
    picture = screen.address
    ticket = phone.open(picture).path
    screen.begin()
    assert ending(phone, picture) == (410, "replaced")
    assert ending(phone, ticket) == (410, "replaced")


def test_wrong_digits_on_the_screen(phone: InProcess, screen: WaitingScreen, lan: Someone) -> None:
    lan.sign_in(phone)
    phone.open(screen.address)
    digits = phone.submit("qr_approve").text_of("qr_shown_digits")
    screen.type(f"{(int(digits) + 1) % 100:02d}")
    assert phone.click("qr_again").get("qr_ending").get("data-reason") == "wrong_digits"


def test_a_screen_that_has_finished_another_way(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    services.interactions.complete(screen.uid, clock.now())
    assert ending(phone, ticket) == (410, "gone")
    assert phone.post(ticket, decision="approve").status_code == 410
    assert ("qr.approve", "gone") in refusals(services)


def test_an_application_that_was_shut_meanwhile(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    services.clients.disable("jobs", clock.advance(2))
    assert ending(phone, ticket) == (410, "gone")


def test_a_yes_said_twice_is_one(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services
) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    phone.submit("qr_approve")
    again = phone.post(ticket, decision="approve")
    assert again.status_code == 409 and "qr_shown_digits" in again.text
    assert refusals(services) == [("qr.approve", "approved")]


def test_a_no_is_final(phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services) -> None:
    lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    phone.submit("qr_deny")
    assert phone.post(ticket, decision="approve").status_code == 410
    assert refusals(services) == [("qr.approve", "refused")]


# Limits


def test_who_is_pressed_to_scan_again_and_again_gets_peace(
    phone: InProcess,
    screen: WaitingScreen,
    new_screen: Callable[..., WaitingScreen],
    lan: Someone,
    clock: Clock,
    services: Services,
) -> None:
    lan.sign_in(phone)
    for _ in range(5):
        screen.begin()
        ticket = phone.open(screen.address).path
        assert claim(phone, ticket) == 200
    screen.begin()
    page = phone.open(screen.address)
    page = phone.submit("qr_approve")
    assert page.status == 429 and int(page.headers["Retry-After"]) <= 600
    assert refusals(services)[-1] == ("qr.claim", "too_many")
    assert screen.state == "waiting"
    clock.advance(601)
    phone.open(new_screen().address)
    assert phone.submit("qr_approve").path == "/login", "asked anew, and heard"


def claim(phone: InProcess, ticket: str) -> Any:
    return phone.post(f"{ticket}/claim").status_code


def test_a_yes_counts_until_its_screen_is_signed_in(
    phone: InProcess, screen: WaitingScreen, lan: Someone
) -> None:
    lan.sign_in(phone)
    for _ in range(QR_OF_ACCOUNT.allowed):
        screen.begin()
        phone.open(screen.address)
        digits = phone.submit("qr_approve").text_of("qr_shown_digits")
        screen.type(f"{(int(digits) + 1) % 100:02d}")
    screen.begin()
    phone.open(screen.address)
    assert phone.submit("qr_approve").status == 429, "somebody guesses, and presses for one yes after another"


def test_letters_can_not_be_tried_through(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services
) -> None:
    lan.sign_in(phone)
    for typed in ("BBBB-BBBB", "bbbbbbbb", "0O1I-8B5S", "CCCC-CCCC", "ĐĐĐĐ"):
        phone.open("/qr")
        assert phone.submit("qr_code_submit", {"typed_code": typed}).status == 400
    assert refusals(services) == [("qr.typed_code", "qr_wrong_code")] * 5
    page = phone.submit("qr_code_submit", {"typed_code": screen.begun.typed_code})
    assert page.status == 429 and page.headers["Retry-After"]
    assert screen.begun.typed_code in page.get("typed_code").value  # nothing typed is lost
