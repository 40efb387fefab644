"""A terminal: whoever signs in there leaves nothing behind, and a page that nobody touches ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tests.tnid.qr.acting import Phone, type_digits
from tests.tnid.qr.kiosk import GATE, HERE, PLACE, START, STREET, Kiosk, answered
from tnid.services import Services

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SHARED_KEYBOARD = {"terminal": {"allows_password": True}}


@pytest.fixture
def new_kiosk(
    services: Services, clock: Clock, new_browser: Callable[..., InProcess]
) -> Callable[..., Kiosk]:
    return lambda **policy: Kiosk(services, clock, new_browser, **policy)


@pytest.fixture
def kiosk(new_kiosk: Callable[..., Kiosk]) -> Kiosk:
    return new_kiosk()


def sign_in(screen: InProcess, person: Someone) -> Any:
    """Sign in with the password, where the operator lets a terminal ask for it, and agree."""
    screen.click("terminal_password")
    page = person.type_password(screen)
    return screen.submit("consent_allow") if page.path == "/consent" else page


def test_the_page_offers_ways_without_a_password(kiosk: Kiosk) -> None:
    page = kiosk.begin().page
    assert page.path == "/terminal" and f"{GATE} · {PLACE}" in page.words()
    assert not page.has("login_password") and not page.has("terminal_password")


def test_the_password_has_no_page_at_a_terminal_by_another_door(kiosk: Kiosk) -> None:
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    assert screen.open(f"/login?interaction={uid}").path == "/terminal"
    answer = screen.post(f"/login?interaction={uid}", username="lan", password="x")
    assert answer.headers["Location"].startswith("/terminal")


def test_a_sign_in_serves_one_request_and_leaves_nobody_signed_in(
    new_kiosk: Callable[..., Kiosk], lan: Someone, services: Services, clock: Clock
) -> None:
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    screen = kiosk.begin(scope="openid profile offline_access")
    tokens = kiosk.redeem(sign_in(screen, lan))
    assert tokens["expires_in"] <= 600 and "offline_access" not in tokens["scope"]
    assert not any("session" in name or "terminal" in name for name in screen.cookies)
    assert screen.open("/account").path == "/login"
    assert kiosk.begin(screen).page.path == "/terminal"
    assert answered(kiosk.begin(screen, prompt="none").page)["error"] == "login_required"
    [session] = services.sessions.list_live(lan.id, clock.now())
    assert session.expires_at == clock.now() + 900
    assert session.user_agent == f"⌂ {GATE} · {PLACE}"


def test_tokens_end_with_the_short_session(
    new_kiosk: Callable[..., Kiosk], lan: Someone, clock: Clock
) -> None:
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    tokens = kiosk.redeem(sign_in(kiosk.begin(), lan))
    clock.advance(901)
    refreshed = kiosk.post("/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["error"] == "invalid_grant"


def test_who_is_signed_in_at_a_terminal_is_nobody_elsewhere_in_that_browser(
    new_kiosk: Callable[..., Kiosk], lan: Someone
) -> None:
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    screen.click("terminal_password")
    assert lan.type_password(screen).path == "/consent"
    assert screen.open("/account").path == "/login"
    assert screen.open(f"/account?interaction={uid}").path == "/login"
    other = kiosk.begin(screen).page
    assert other.path == "/terminal" and uid not in other.url


def test_an_ordinary_session_in_the_browser_signs_nobody_in_at_the_terminal(
    kiosk: Kiosk, lan: Someone, new_browser: Callable[..., InProcess]
) -> None:
    screen = new_browser(HERE)
    lan.sign_in(screen)
    assert kiosk.begin(screen).page.path == "/terminal"
    assert screen.open("/account").path == "/account"


def test_a_terminal_becomes_known_to_no_account_and_is_told_of_by_its_name(
    new_kiosk: Callable[..., Kiosk], lan: Someone, new_browser: Callable[..., InProcess]
) -> None:
    own = new_browser()
    lan.sign_in(own)
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    for _ in range(2):
        sign_in(kiosk.begin(), lan)
    words = own.open("/account").words()
    assert words.count(f"{GATE} · {PLACE}") >= 2


def test_stopping_tells_the_terminal_and_ends_whoever_was_signed_in(
    new_kiosk: Callable[..., Kiosk], lan: Someone, services: Services, clock: Clock
) -> None:
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    screen = kiosk.begin()
    assert answered(screen.click("terminal_leave"))["error"] == "access_denied"
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    screen.click("terminal_password")
    assert lan.type_password(screen).path == "/consent"
    assert services.sessions.list_live(lan.id, clock.now())
    screen.open(f"/terminal?interaction={uid}")
    assert answered(screen.click("terminal_leave"))["error"] == "access_denied"
    assert not services.sessions.list_live(lan.id, clock.now())


def test_a_page_that_nobody_touches_ends_as_a_refusal(kiosk: Kiosk, clock: Clock) -> None:
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    refresh = screen.page.document.xpath("//noscript/meta/@content")
    assert refresh == [f"61; url=/resume/{uid}"]
    clock.advance(59)
    assert screen.open(f"/resume/{uid}").path == "/terminal", "somebody looked again in time"
    clock.advance(61)
    assert answered(screen.open(f"/resume/{uid}"))["error"] == "access_denied"
    assert screen.open(f"/resume/{uid}").error_code == "interaction_expired"


def test_typing_keeps_a_page_and_a_form_that_comes_too_late_leads_back(kiosk: Kiosk, clock: Clock) -> None:
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    for _ in range(3):
        clock.advance(50)
        assert screen.post(f"/terminal/stay?interaction={uid}").status_code == 204
    clock.advance(61)
    answer = screen.post(f"/terminal/stay?interaction={uid}")
    assert answer.headers["Location"] == f"/resume/{uid}"


def test_somebody_half_signed_in_is_signed_out_by_the_clock(
    new_kiosk: Callable[..., Kiosk], lan: Someone, services: Services, clock: Clock
) -> None:
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    screen.click("terminal_password")
    assert lan.type_password(screen).path == "/consent"
    clock.advance(61)
    assert answered(screen.open(f"/resume/{uid}"))["error"] == "access_denied"
    assert not services.sessions.list_live(lan.id, clock.now())


def test_a_phone_signs_in_at_a_terminal_for_a_quarter_of_an_hour(
    kiosk: Kiosk, minh: Someone, services: Services, clock: Clock
) -> None:
    screen = kiosk.begin()
    phone = Phone(services, clock, minh, two_factors=True)
    digits = phone.claim(screen.click("qr_start"))
    clock.advance(50)
    screen.open(screen.page.url)
    clock.advance(50)
    assert screen.open(screen.page.url).path == "/login/qr", "somebody's phone has come"
    phone.approve()
    assert type_digits(screen, digits).path == "/consent"
    tokens = kiosk.redeem(screen.submit("consent_allow"))
    assert tokens["expires_in"] <= 600
    [session] = services.sessions.list_live(minh.id, clock.now())
    assert session.expires_at == clock.now() + 900 and "qr" in session.amr.split()
    assert not any("session" in name or "terminal" in name for name in screen.cookies)


def test_a_terminal_that_waits_for_no_phone_ends_by_itself(kiosk: Kiosk, clock: Clock) -> None:
    screen = kiosk.begin()
    screen.click("qr_start")
    for _ in range(5):
        clock.advance(11)
        assert screen.open(screen.page.url).has("qr_image")
    clock.advance(11)
    assert answered(screen.open(screen.page.url))["error"] == "access_denied"


def test_a_terminals_page_carried_off_to_another_network_is_refused(
    kiosk: Kiosk, new_browser: Callable[..., InProcess]
) -> None:
    page = kiosk.begin(new_browser(STREET)).page
    assert (page.status, page.error_code) == (403, "not_at_terminal")


def test_where_two_factors_are_asked_for_a_card_is_no_way(
    new_kiosk: Callable[..., Kiosk], lan: Someone
) -> None:
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    screen = kiosk.begin(acr_values="LoA2")
    assert not screen.page.has("terminal_card")
    screen.click("terminal_password")
    assert lan.type_password(screen).path == "/terminal", "no factor is set up at a shared screen"


def test_signing_out_ends_the_session_that_the_browser_no_longer_holds(
    new_kiosk: Callable[..., Kiosk], lan: Someone, services: Services, clock: Clock
) -> None:
    kiosk = new_kiosk(**SHARED_KEYBOARD)
    screen = kiosk.begin()
    tokens = kiosk.redeem(sign_in(screen, lan))
    page = screen.open(f"{ISSUER}/logout", id_token_hint=tokens["id_token"])
    assert page.get("logout_continue").get("href") == START
    assert page.headers["Refresh"] == f"5; url={START}"
    assert not services.sessions.list_live(lan.id, clock.now())
    refreshed = kiosk.post("/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["error"] == "invalid_grant"
