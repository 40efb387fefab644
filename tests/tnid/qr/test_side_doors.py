"""Ways around: what a phone, a card or a terminal opened, used for more than it was opened for."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from oidc.models import AuthorizationRequest
from oidc.resource.registration import new_resource
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tests.tnid.qr.acting import Phone, begin, type_digits
from tests.tnid.qr.kiosk import Kiosk
from tnid.badges import secret
from tnid.badges.service import OFFICIAL, Issuer, Known
from tnid.qr.proximity import Nearness, is_too_far, names_asked
from tnid.services import Services

PAY = "https://pay.example"
PIN = "204817"
FAR_AWAY = "198.51.100.77"


@pytest.fixture
def database_kind() -> str:
    """One database is enough: what it decides is held elsewhere, on both."""
    return "sqlite"


@pytest.fixture
def kiosk(services: Services, clock: Clock, new_browser: Callable[..., InProcess]) -> Kiosk:
    return Kiosk(services, clock, new_browser, terminal={"allows_password": True})


@pytest.fixture
def pay(services: Services, clock: Clock) -> None:
    services.resources.add(
        new_resource({"resource": PAY, "scopes": {"income": {"vi": "Xem thu nhập"}}}, clock.now())
    )


def offers_of(screen: InProcess) -> tuple[str, str]:
    """Return what somebody could offer as a session of a browser's own, of what a terminal's cookie holds."""
    held = screen.cookies.get("tnid_terminal") or ""
    assert held.partition(".")[2], "somebody is signed in at the terminal"
    return held.partition(".")[2], held


def is_worth_something(browser: InProcess, offered: str, *addresses: str) -> bool:
    """Say whether a session opens any of these addresses."""
    browser.cookies.set("tnid_session", offered, domain="localhost.local", path="/")
    return any(browser.open(address).path != "/login" for address in addresses)


def sign_in_by_phone(browser: InProcess, phone: Phone, address: str = "/account") -> None:
    digits = phone.claim(begin(browser, address))
    phone.approve()
    type_digits(browser, digits)


# What a terminal's browser holds


def test_what_a_card_opened_at_a_terminal_is_no_session_of_a_browser(
    kiosk: Kiosk,
    services: Services,
    clock: Clock,
    lan: Someone,
    minh: Someone,
    new_app: Callable[..., str],
    new_browser: Callable[..., InProcess],
) -> None:
    issued = services.badges.issue(lan.id, Issuer(OFFICIAL, minh.id, "05467"), clock.now())
    assert services.badges.set_pin(lan.id, PIN, Known({}), clock.now()) is None
    screen, address = kiosk.begin(), new_app(scope="openid")
    screen.click("terminal_card")
    screen.submit("card_submit", {"card": secret.content_of(issued.secret)})
    assert screen.submit("pin_submit", {"pin": PIN}).path == "/consent"
    assert not any(is_worth_something(new_browser(), one, address) for one in offers_of(screen))


def test_what_a_password_opened_at_a_terminal_is_no_session_of_a_browser(
    kiosk: Kiosk, lan: Someone, new_app: Callable[..., str], new_browser: Callable[..., InProcess]
) -> None:
    screen, address = kiosk.begin(), new_app(scope="openid")
    screen.click("terminal_password")
    assert lan.type_password(screen).path == "/consent"
    assert not any(is_worth_something(new_browser(), one, "/account", address) for one in offers_of(screen))


def test_no_factor_is_set_up_at_a_terminal_in_half_a_sign_in(
    kiosk: Kiosk, new_person: Callable[..., Someone], services: Services
) -> None:
    short = new_person("short", password="mười hai ký", totp=True)
    services.factors.remove_totp(short.id)
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    screen.click("terminal_password")
    assert short.type_password(screen).path == "/terminal"
    for path in ("/mfa/enrol", "/mfa/enrol/passkey"):
        assert screen.open(f"{path}?interaction={uid}").path == "/terminal"


def test_the_next_person_at_a_terminal_finds_nothing_of_the_one_before(
    kiosk: Kiosk, lan: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    screen = kiosk.begin()
    screen.click("terminal_password")
    assert minh.type_password(screen).path == "/mfa/totp"
    kiosk.begin(screen)
    uid = screen.page.url.partition("interaction=")[2]
    assert screen.open(f"/mfa/totp?interaction={uid}").path == "/terminal", "half a sign-in of somebody else"
    screen.click("terminal_password")
    assert lan.type_password(screen).path == "/consent"
    kiosk.begin(screen)
    assert not services.sessions.list_live(lan.id, clock.now())


def test_nobody_begins_a_recovery_at_a_terminal_for_the_next_person_to_finish(kiosk: Kiosk) -> None:
    screen = kiosk.begin()
    uid = screen.page.url.partition("interaction=")[2]
    assert not screen.click("terminal_password").has("recover_link")
    assert screen.open(f"/recover?interaction={uid}").path == "/terminal"


# What a phone allowed, and no more


def test_a_far_screen_gets_nothing_private_by_asking_a_second_time(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str], pay: None
) -> None:
    sign_in_by_phone(browser, Phone(services, clock, lan), new_app(scope="openid"))
    private = new_app("wages", "openid", resources={PAY: ["income"]}).replace(
        "scope=openid", "scope=openid+income"
    )
    private += f"&resource={PAY}"
    assert browser.open(private).path == "/login"
    silent = browser.open(private + "&prompt=none")
    assert parse_qs(urlsplit(silent.url).query)["error"] == ["login_required"]
    browser.open(private)
    assert lan.type_password(browser).path == "/consent", "whoever shows a factor here may go on"


def test_a_short_session_gives_no_lasting_access_by_asking_a_second_time(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    sign_in_by_phone(browser, Phone(services, clock, lan))
    assert browser.open(new_app("lasting", "openid offline_access")).path == "/login"
    assert browser.open(new_app("usual", "openid profile")).path == "/consent"


def test_old_factors_are_not_enough_for_two_at_the_screen(
    browser: InProcess,
    minh: Someone,
    services: Services,
    clock: Clock,
    new_app: Callable[..., str],
    new_browser: Callable[..., InProcess],
) -> None:
    phone = new_browser()
    minh.sign_in(phone)
    clock.advance(120)
    browser.open(new_app(scope="openid"))
    page = browser.click("qr_start")
    phone.open(page.get("qr_image").get("data-address").replace("HTTP://LOCALHOST:8000", ""))
    digits = phone.submit("qr_approve").text_of("qr_shown_digits")
    type_digits(browser, digits)
    assert browser.page.url.startswith(CALLBACK)
    assert browser.open(new_app("strict", "openid", least_acr="LoA2")).path == "/mfa/totp"


def test_a_session_by_phone_agrees_to_nothing_in_the_place_of_a_phone(
    browser: InProcess,
    new_browser: Callable[..., InProcess],
    lan: Someone,
    services: Services,
    clock: Clock,
    new_app: Callable[..., str],
) -> None:
    sign_in_by_phone(browser, Phone(services, clock, lan))
    other = new_browser()
    other.open(new_app(scope="openid profile"))
    page = other.click("qr_start")
    browser.open(page.get("qr_image").get("data-address").replace("HTTP://LOCALHOST:8000", ""))
    assert browser.submit("qr_approve").path == "/login"
    assert services.consents.find_agreed(lan.id, "jobs") is None
    lan.type_password(browser)
    assert browser.page.has("qr_approve"), "the question is put to whoever proved who they are"
    assert browser.submit("qr_approve").has("qr_shown_digits")


@pytest.mark.parametrize("scope", ["openid offline_access", "openid profile"])
def test_nobody_agrees_before_they_have_shown_what_is_asked_for(
    browser: InProcess,
    minh: Someone,
    services: Services,
    clock: Clock,
    new_app: Callable[..., str],
    scope: str,
) -> None:
    sign_in_by_phone(browser, Phone(services, clock, minh))
    asked = new_app("strict", scope, least_acr="LoA1" if "offline" in scope else "LoA2")
    page = browser.open(asked)
    uid = parse_qs(urlsplit(page.url).query)["interaction"][0]
    assert page.path != "/consent"
    consent = f"/consent?interaction={uid}"
    if browser.open(consent).has("consent_allow"):
        browser.click("consent_allow")
    assert services.consents.find_agreed(minh.id, "strict") is None


def test_a_far_screen_gets_nothing_for_which_a_document_was_compared() -> None:
    asked = AuthorizationRequest("jobs", "", "query", ("openid",), verified_names=("verified_claims/name",))
    assert is_too_far(Nearness.FAR, names_asked(asked))


def test_a_session_by_phone_makes_another_person_and_a_child_of_nobody(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    sign_in_by_phone(browser, Phone(services, clock, lan))
    fourteen = {"name": "Ai đó", "birthdate": "02/01/2012", "gender": "female"}
    browser.post("/account/profile", **fourteen, confirmed_birthdate="2012-01-02")
    assert services.accounts.get(lan.id).profile == {"name": "Nguyễn Thị Lan"}
    assert browser.open("/account").path == "/account"


def test_who_changes_the_factors_takes_back_what_was_just_allowed(
    browser: InProcess, new_browser: Callable[..., InProcess], minh: Someone, services: Services, clock: Clock
) -> None:
    own = new_browser()
    minh.sign_in(own)
    phone = Phone(services, clock, minh, two_factors=True)
    digits = phone.claim(begin(browser))
    phone.approve()
    own.post("/account/security/factor/remove")
    assert not services.factors.is_enrolled(minh.id)
    assert type_digits(browser, digits).path == "/login/qr"
    assert "tnid_session" not in browser.cookies


def test_who_signs_out_everywhere_else_takes_back_what_was_just_allowed(
    browser: InProcess, new_browser: Callable[..., InProcess], lan: Someone, services: Services, clock: Clock
) -> None:
    own = new_browser()
    lan.sign_in(own)
    phone = Phone(services, clock, lan)
    digits = phone.claim(begin(browser))
    phone.approve()
    own.post("/account/sessions", others="1")
    assert type_digits(browser, digits).path == "/login/qr"
    assert "tnid_session" not in browser.cookies
