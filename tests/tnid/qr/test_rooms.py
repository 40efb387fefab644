"""Where phones are banned: a code is taken down inside, agreed to outside, and brought back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from oidc.resource.registration import new_resource
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.qr.conftest import prove
from tests.tnid.qr.kiosk import GATE, HERE, PLACE, STREET, Kiosk, answered
from tnid.services import Services

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def kiosk(services: Services, clock: Clock, new_browser: Callable[..., InProcess]) -> Kiosk:
    return Kiosk(services, clock, new_browser)


def take_code(kiosk: Kiosk, **asked: str) -> str:
    """Take a code down at a screen, and leave it to the next person."""
    screen = kiosk.begin(**asked)
    screen.click("terminal_room")
    code = screen.click("room_take").text_of("qr_code_text")
    assert answered(screen.click("terminal_leave"))["error"] == "access_denied"
    return code


def look_at(phone: InProcess, code: str, person: Someone) -> Page:
    """Type the code on a phone outside, and sign in there on the way."""
    phone.open("/qr")
    page = phone.submit("qr_code_submit", {"typed_code": code})
    return page if page.has("qr_deny") else prove(phone, person)


def agree(phone: InProcess, code: str, person: Someone) -> str:
    """Say yes to a code outside; return the digits to take back."""
    look_at(phone, code, person)
    phone.click("qr_approve")
    if not phone.page.has("qr_shown_digits"):
        prove(phone, person)
    if phone.page.has("qr_approve"):
        phone.click("qr_approve")
    return phone.page.text_of("qr_shown_digits")


def bring_back(kiosk: Kiosk, code: str, digits: str, screen: InProcess | None = None, **asked: str) -> Page:
    screen = kiosk.begin(screen, **asked)
    screen.click("terminal_room")
    screen.click("room_finish")
    return screen.submit("room_submit", {"room_code": code, "room_digits": digits})


@pytest.fixture
def outside(new_browser: Callable[..., InProcess]) -> InProcess:
    return new_browser(STREET)


def test_a_code_is_taken_agreed_to_outside_and_signed_in_by_once(
    kiosk: Kiosk, outside: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    code = take_code(kiosk)
    words = look_at(outside, code, minh).words()
    assert GATE in words and PLACE in words
    digits = agree(outside, code, minh)
    assert len(digits) == 4 and digits.isdigit()
    clock.advance(600)
    tokens = kiosk.redeem(bring_back(kiosk, code.lower().replace("-", " "), digits))
    assert tokens["access_token"]
    [session] = [s for s in services.sessions.list_live(minh.id, clock.now()) if "qr" in s.amr.split()]
    assert session.expires_at == clock.now() + 900
    again = bring_back(kiosk, code, digits)
    assert again.status == 400 and again.has("room_submit")


def test_digits_have_one_try(kiosk: Kiosk, outside: InProcess, minh: Someone) -> None:
    code = take_code(kiosk)
    digits = agree(outside, code, minh)
    wrong = f"{(int(digits) + 1) % 10000:04d}"
    assert bring_back(kiosk, code, wrong).status == 400
    assert bring_back(kiosk, code, digits).status == 400


def test_coming_back_too_early_costs_nothing(kiosk: Kiosk, outside: InProcess, minh: Someone) -> None:
    code = take_code(kiosk)
    early = bring_back(kiosk, code, "0000")
    assert early.status == 400 and early.get("room_code").value == code
    digits = agree(outside, code, minh)
    assert answered(bring_back(kiosk, code, digits))["code"]


def test_it_opens_no_other_terminal(
    kiosk: Kiosk,
    outside: InProcess,
    minh: Someone,
    services: Services,
    clock: Clock,
    new_browser: Callable[..., InProcess],
) -> None:
    code = take_code(kiosk)
    digits = agree(outside, code, minh)
    other = Kiosk(services, clock, new_browser, client_id="other")
    assert bring_back(other, code, digits).status == 400
    assert answered(bring_back(kiosk, code, digits, new_browser("203.0.113.99")))["code"]


def test_without_registered_networks_it_is_bound_to_where_it_was_taken(
    services: Services,
    clock: Clock,
    new_browser: Callable[..., InProcess],
    outside: InProcess,
    minh: Someone,
) -> None:
    kiosk = Kiosk(services, clock, new_browser, terminal={"networks": []})
    code = take_code(kiosk)
    digits = agree(outside, code, minh)
    assert bring_back(kiosk, code, digits, new_browser("203.0.113.8")).status == 400
    assert answered(bring_back(kiosk, code, digits, new_browser(HERE)))["code"]


@pytest.mark.parametrize(("seconds", "is_good"), [(899, True), (901, False)])
def test_what_was_agreed_at_the_last_moment_is_good_for_the_way_back(
    kiosk: Kiosk, outside: InProcess, minh: Someone, clock: Clock, seconds: int, is_good: bool
) -> None:
    code = take_code(kiosk)
    clock.advance(1700)
    digits = agree(outside, code, minh)
    clock.advance(seconds)
    assert (bring_back(kiosk, code, digits).status == 303) == is_good


def test_a_code_is_over_after_half_an_hour(
    kiosk: Kiosk, outside: InProcess, minh: Someone, clock: Clock
) -> None:
    code = take_code(kiosk)
    minh.sign_in(outside)
    clock.advance(1801)
    outside.open("/qr")
    assert outside.submit("qr_code_submit", {"typed_code": code}).status == 400


def test_saying_no_outside_ends_it(kiosk: Kiosk, outside: InProcess, minh: Someone) -> None:
    code = take_code(kiosk)
    look_at(outside, code, minh)
    outside.click("qr_deny")
    assert bring_back(kiosk, code, "0000").status == 400


def test_what_is_most_private_is_not_for_a_code_that_was_carried_off(
    outside: InProcess,
    minh: Someone,
    services: Services,
    clock: Clock,
    new_browser: Callable[..., InProcess],
) -> None:
    api = "https://luong.example/api"
    services.resources.add(
        new_resource({"resource": api, "scopes": {"income": {"vi": "Xem thu nhập"}}}, clock.now())
    )
    kiosk = Kiosk(services, clock, new_browser, resources={api: ["income"]})
    code = take_code(kiosk, scope="openid income", resource=api)
    page = look_at(outside, code, minh)
    assert page.has("obstacle") and not page.has("qr_approve")
    same_building = new_browser("203.0.113.200")
    assert look_at(same_building, code, minh).has("qr_approve")


def test_what_was_agreed_to_outside_opens_nothing_private_that_was_not_shown_there(
    outside: InProcess,
    minh: Someone,
    services: Services,
    clock: Clock,
    new_browser: Callable[..., InProcess],
) -> None:
    kiosk = Kiosk(services, clock, new_browser)
    code = take_code(kiosk)
    digits = agree(outside, code, minh)
    verified = {"verification": {"trust_framework": None}, "claims": {"birthdate": None}}
    asked = json.dumps({"userinfo": {"verified_claims": verified}})
    assert bring_back(kiosk, code, digits, claims=asked).status == 400
    assert answered(bring_back(kiosk, code, digits))["code"], "it was not spent by that"


def test_guesses_at_a_terminal_are_counted(kiosk: Kiosk) -> None:
    statuses = [bring_back(kiosk, "BCDF-GHJK", "0000").status for _ in range(31)]
    assert statuses == [400] * 30 + [429]


def test_there_is_no_room_anywhere_but_at_a_terminal(new_browser: Callable[..., InProcess]) -> None:
    browser = new_browser()
    uid = browser.open("/account").url.partition("interaction=")[2]
    for path in ("/terminal", "/terminal/room", "/terminal/room/finish"):
        assert browser.open(f"{path}?interaction={uid}").path == "/login"
    assert browser.post(f"/terminal/room/code?interaction={uid}").status_code == 303


def test_a_code_is_in_no_row(kiosk: Kiosk, services: Services, clock: Clock) -> None:
    code = take_code(kiosk).replace("-", "")
    row = services.qr_sign_ins.find_room(code, clock.now())
    assert not any(code in str(value) for value in row)
