"""Who may say yes to a sign-in elsewhere: what is judged, and what a person reads who may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from oidc.mandates import Mandate
from oidc.models import LOA1, LOA2, EndUser
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.qr.conftest import WaitingScreen, prove
from tnid.qr.approval import Case, find_obstacle
from tnid.services import Services

NOW = 1_000_000
TWO = ("pwd", "otp", "mfa")


def case(age: int = 0, acr: str = LOA1, amr: tuple[str, ...] = ("pwd",), **changes: Any) -> Case:
    level, waits = changes.pop("identity_level", 0), changes.pop("is_waiting", False)
    end_user = EndUser("lan", "sid", NOW - age, acr, amr, level, waits)
    return Case(end_user, NOW, fresh_seconds=changes.pop("fresh_seconds", 300), **changes)


@pytest.mark.parametrize(
    ("judged", "obstacle"),
    [
        (case(), None),
        (case(300), None),
        (case(301), "sign_in"),
        # The account's own second factor is asked for whatever the application thinks
        (case(has_factor=True), "sign_in"),
        (case(acr=LOA2, amr=TWO, has_factor=True), None),
        (case(300, LOA2, TWO, has_factor=True), None),
        (case(301, LOA2, TWO, has_factor=True), "sign_in"),
        # Where two factors are asked for, they were shown within the last minute
        (case(60, LOA2, TWO, has_factor=True, least_acr=LOA2), None),
        (case(61, LOA2, TWO, has_factor=True, least_acr=LOA2), "sign_in"),
        (case(31, LOA2, TWO, has_factor=True, least_acr=LOA2, fresh_seconds=30), "sign_in"),
        (case(0, has_factor=True, least_acr=LOA2), "sign_in"),
        (case(0, least_acr=LOA2), "no_factor"),
        # What came from a phone sends nobody on
        (case(0, LOA2, (*TWO, "qr"), has_factor=True), "sign_in"),
        (case(identity_level=1, least_identity_level=2), "identity_level"),
        (case(identity_level=2, least_identity_level=2), None),
        (case(is_too_far=True), "far"),
        (case(is_for_another=True), "other_account"),
        (case(is_waiting=True), "guardian"),
        (case(is_waiting=True, is_too_far=True, is_for_another=True), "guardian"),
    ],
)
def test_what_keeps_a_person_from_saying_yes(judged: Case, obstacle: str | None) -> None:
    assert find_obstacle(judged) == obstacle


# The same over the pages


@pytest.fixture
def phone(browser: InProcess) -> InProcess:
    return browser


def test_a_sign_in_of_an_hour_ago_is_made_anew(
    phone: InProcess, screen: WaitingScreen, minh: Someone, clock: Clock
) -> None:
    minh.sign_in(phone)
    clock.advance(301)
    screen.begin()
    assert phone.open(screen.address).has("qr_approve")
    page = phone.submit("qr_approve")
    assert page.path == "/login" and screen.state == "claimed"
    page = prove(phone, minh)
    assert page.has("qr_approve") and not page.has("qr_shown_digits"), "one more tap without scripts"
    assert phone.submit("qr_approve").has("qr_shown_digits")
    assert screen.row.acr == LOA2 and clock.now() - screen.row.approved_at == 0


def test_two_factors_of_the_last_minute_where_the_application_asks_for_them(
    phone: InProcess,
    new_screen: Callable[..., WaitingScreen],
    new_app: Callable[..., str],
    minh: Someone,
    clock: Clock,
) -> None:
    screen = new_screen(new_app(least_acr=LOA2))
    minh.sign_in(phone)
    clock.advance(61)
    screen.begin()
    phone.open(screen.address)
    assert phone.submit("qr_approve").path == "/login"
    prove(phone, minh)
    assert phone.submit("qr_approve").has("qr_shown_digits")


def test_acr_values_ask_for_two_factors_as_at_the_screen_itself(
    phone: InProcess, new_screen: Callable[..., WaitingScreen], new_app: Callable[..., str], lan: Someone
) -> None:
    screen = new_screen(f"{new_app()}&acr_values=LoA2")
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert "hai lớp" in page.text_of("obstacle") and not page.has("qr_approve") and page.has("qr_deny")
    assert phone.post(page.path, decision="approve").status_code == 403
    assert screen.row.approved_at is None


def test_a_session_that_a_phone_opened_approves_nothing(
    phone: InProcess, screen: WaitingScreen, minh: Someone, services: Services, clock: Clock
) -> None:
    minh.sign_in(phone)
    services.database.execute(sessions_of(minh), amr="pwd otp mfa qr")
    phone.open(screen.address)
    assert phone.submit("qr_approve").path == "/login"
    assert screen.row.approved_at is None


def sessions_of(person: Someone) -> Any:
    from sqlalchemy import text  # noqa: PLC0415  used by one test alone

    return text(f"UPDATE sessions SET amr = :amr WHERE account_id = '{person.id}'")


@pytest.mark.parametrize(("meant", "may"), [("lan", True), ("minh", False)])
def test_the_application_may_mean_one_person_alone(
    phone: InProcess,
    screen: WaitingScreen,
    services: Services,
    lan: Someone,
    minh: Someone,
    meant: str,
    may: bool,
) -> None:
    found, client = (
        services.interactions.look_at(screen.uid, screen.clock.now()),
        services.clients.find("jobs"),
    )
    assert found is not None and found.request is not None and client is not None
    subject = services.provider.subjects.subject(client, {"lan": lan, "minh": minh}[meant].id)
    asked = replace(found.request, hinted_subject=subject)
    named = services.interactions.begin(asked, "browser of the screen", screen.clock.now())
    screen.place = screen.place._replace(interaction_uid=named.uid)
    screen.begin()
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert page.has("qr_approve") == may and page.has("obstacle") != may
    if not may:
        assert phone.post(page.path, decision="approve").status_code == 403
    assert screen.row.approved_at is None


def test_a_helper_says_at_the_screen_for_whom(
    phone: InProcess,
    new_screen: Callable[..., WaitingScreen],
    new_app: Callable[..., str],
    lan: Someone,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services.mandates, "list_held", lambda *_: (held(),))
    screen = new_screen(new_app(accepts_mandates=True))
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert "ủy quyền" in page.words() and not page.document.xpath("//input[@name='shown']")  # type: ignore[union-attr]
    assert phone.submit("qr_approve").has("qr_shown_digits")
    assert services.consents.find_agreed(lan.id, "jobs") is None


def held() -> Mandate:
    return Mandate("mandate", "principal", "lan", "jobs", frozenset({"openid"}), 2, 2**40)


def test_an_identity_that_was_not_checked(
    phone: InProcess, new_screen: Callable[..., WaitingScreen], new_app: Callable[..., str], lan: Someone
) -> None:
    screen = new_screen(new_app(least_identity_level=2))
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert page.has("obstacle") and not page.has("qr_approve")
    assert phone.submit("qr_deny").get("qr_ending").get("data-reason") == "refused"


def test_an_account_that_is_shut_says_neither(
    phone: InProcess, screen: WaitingScreen, lan: Someone, services: Services, clock: Clock
) -> None:
    page = lan.sign_in(phone)
    ticket = phone.open(screen.address).path
    with services.database.unit():
        end_user = services.sessions.look_up(phone.cookies["tnid_session"], clock.now())
        services.closures.shut(lan.id, clock.now(), cause="panic", keep_sid=end_user.sid)
    page = phone.open(ticket)
    assert (page.status, page.get("qr_ending").get("data-reason")) == (403, "shut")
    assert phone.post(ticket, decision="approve").status_code == 403
    assert screen.row.account_id is None


# Nearness


def test_a_screen_far_away_is_given_nothing_that_is_most_private(
    new_browser: Callable[..., InProcess],
    new_screen: Callable[..., WaitingScreen],
    new_app: Callable[..., str],
    lan: Someone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("oidc.sensitive.SENSITIVE", frozenset({"phone"}))
    screen, phone = new_screen(new_app(), ip="198.51.100.7"), new_browser("192.0.2.1")
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert "Wi-Fi" in page.words() and "khác mạng" in page.text_of("qr_network")
    assert not page.has("qr_approve")
    assert phone.post(page.path, decision="approve").status_code == 403
    assert screen.state == "waiting", "the screen may still be answered from nearer"
    near = new_screen(new_app("other"), ip="192.0.2.77")
    assert phone.open(near.address).has("qr_approve")


def test_elsewhere_a_far_screen_is_said_to_be_far_and_no_more(
    new_browser: Callable[..., InProcess],
    new_screen: Callable[..., WaitingScreen],
    new_app: Callable[..., str],
    lan: Someone,
) -> None:
    screen, phone = new_screen(new_app(), ip="198.51.100.7"), new_browser("192.0.2.1")
    lan.sign_in(phone)
    page = phone.open(screen.address)
    assert "khác mạng" in page.text_of("qr_network") and "198.51.100.7" in page.text_of("qr_network")
    assert phone.submit("qr_approve").has("qr_shown_digits")
