"""At a terminal: a card and its PIN sign in, to little and shortly; every other card has its page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from examples.bookings_api.access_tokens import check_authentication
from examples.bookings_api.app import WRITE, WRITE_ACR
from examples.bookings_api.challenges import Challenge
from oidc.models import Resource
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.qr.kiosk import GATE, Kiosk, answered
from tnid.badges import secret
from tnid.badges.service import ACTIVATION_SECONDS, LIFETIME_SECONDS, OFFICIAL, Issued, Issuer, Known
from tnid.services import Services
from tnid.signin.assurance import CARD_AND_PIN
from tnid.signin.limits import BADGE_FROM_NETWORK
from tnid.signin.sessions import Place

PIN, WRONG_PIN = "204817", "730592"
NOBODY = Known({})
VERIFIED = {"verification": {"trust_framework": None}, "claims": {"name": None}}
PAY, API = "https://pay.example", "https://bookings.example"


@pytest.fixture
def database_kind() -> str:
    """The statements are run on both databases in test_badge.py."""
    return "sqlite"


@pytest.fixture
def kiosk(services: Services, clock: Clock, new_browser: Callable[..., InProcess]) -> Kiosk:
    return Kiosk(services, clock, new_browser)


@pytest.fixture
def ha(new_person: Callable[..., Someone]) -> Someone:
    return new_person("ha.le")


@pytest.fixture
def new_card(services: Services, clock: Clock, ha: Someone) -> Callable[..., Issued]:
    """Print somebody's card, with a PIN already unless told not to."""

    def new(person: Someone, *, pin: str | None = PIN) -> Issued:
        issued = services.badges.issue(person.id, Issuer(OFFICIAL, ha.id, "05467"), clock.now())
        if pin is not None:
            assert services.badges.set_pin(person.id, pin, NOBODY, clock.now()) is None
        return issued

    return new


def scan(screen: InProcess, issued: Issued) -> Page:
    """Choose the card at the terminal, and let its scanner type."""
    screen.click("terminal_card")
    return screen.submit("card_submit", {"card": secret.content_of(issued.secret)})


def type_pin(screen: InProcess, pin: str = PIN) -> Page:
    return screen.submit("pin_submit", {"pin": pin})


def let_in(screen: InProcess) -> Page:
    """Agree where the terminal asks for the first time."""
    return screen.click("consent_allow") if screen.page.has("consent_allow") else screen.page


def sign_in(kiosk: Kiosk, issued: Issued) -> InProcess:
    screen = kiosk.begin()
    scan(screen, issued)
    type_pin(screen)
    let_in(screen)
    return screen


def refusals(services: Services, event: str) -> list[str]:
    rows = services.database.fetch_all(_REFUSALS, event=event)
    return [row.reason for row in rows]


_REFUSALS = text("SELECT reason FROM audit_events WHERE event = :event AND outcome = 'refused' ORDER BY id")


def test_a_card_and_its_pin_sign_in_at_loa1(
    kiosk: Kiosk, services: Services, lan: Someone, new_card: Callable[..., Issued]
) -> None:
    screen = sign_in(kiosk, new_card(lan))
    tokens = kiosk.redeem(screen.page)
    (grant,) = services.grants.list_by_account(lan.id, kiosk.clock.now())
    assert (grant.acr, grant.amr.split()) == ("LoA1", ["card", "pin"])
    assert tokens["id_token"]
    assert "tnid_session" not in screen.cookies
    rows = services.audit.list_by_account(lan.id)
    (done,) = [row for row in rows if row.event == "sign_in.complete"]
    assert '"amr":["card","pin"]' in done.details


def test_a_new_card_gets_its_pin_at_the_terminal(
    kiosk: Kiosk, services: Services, new_person: Callable[..., Someone], new_card: Callable[..., Issued]
) -> None:
    claims = {"name": "Nông Thị Bích", "birthdate": "1995-03-10", "email": "bich@example.vn"}
    bich = new_person("bich", claims=claims)
    issued = new_card(bich, pin=None)
    screen = kiosk.begin()
    assert scan(screen, issued).path == "/login/card/activate"
    given = {"activation_code": issued.activation_code, "pin": PIN, "again": PIN}
    page = screen.submit("activate_submit", {**given, "again": "918273"})
    assert page.status == 400 and page.has("again-error")
    page = screen.submit("activate_submit", {**given, "pin": "100395", "again": "100395"})
    assert page.has("pin-error")
    screen.submit("activate_submit", given)
    assert answered(let_in(screen))["code"]
    told = [row.text for row in services.messages.list_by_account(bich.id)]
    assert "badge_pin_set" in told
    row = services.badges.find_current(bich.id)
    assert (row.last_used_at, row.last_client_id) == (kiosk.clock.now(), "kiosk")


@pytest.mark.parametrize(
    ("how", "reason"),
    [*((same, same) for same in ("replaced", "revoked", "expired", "locked")), ("slip", "unused")],
)
def test_a_card_that_is_over_says_what_to_do(
    kiosk: Kiosk,
    services: Services,
    clock: Clock,
    lan: Someone,
    new_card: Callable[..., Issued],
    how: str,
    reason: str,
) -> None:
    issued = new_card(lan, pin=None if how == "slip" else PIN)
    if how == "replaced":
        new_card(lan)
    elif how == "revoked":
        services.badges.revoke_by_person(lan.id, clock.now())
    elif how == "locked":
        for _ in range(5):
            row = services.badges.find_current(lan.id)
            services.badges.try_pin(row, WRONG_PIN, "kiosk", clock.now())
    else:
        clock.advance(ACTIVATION_SECONDS if how == "slip" else LIFETIME_SECONDS)
    screen = kiosk.begin()
    page = scan(screen, issued)
    assert (page.status, page.get("badge_over").get("data-reason")) == (400, reason)
    assert page.has("badge_again") == (reason == "replaced")
    assert page.has("qr_start") == (reason != "replaced")
    assert len(refusals(services, "badge.present")) == 1
    assert screen.open(page.url.replace("/login/card", "/login/card/pin")).path == "/login/card"


def test_the_fifth_wrong_pin_locks_and_ends_the_way_in(
    kiosk: Kiosk, services: Services, lan: Someone, new_card: Callable[..., Issued]
) -> None:
    screen = kiosk.begin()
    scan(screen, new_card(lan))
    for _ in range(4):
        page = type_pin(screen, WRONG_PIN)
        assert page.status == 400 and page.has("pin-error")
        assert page.get("pin").get("value") in (None, "")
    page = type_pin(screen, WRONG_PIN)
    assert page.get("badge_over").get("data-reason") == "locked"
    assert refusals(services, "sign_in.card") == ["wrong_pin"] * 5
    assert services.sessions.list_live(lan.id, kiosk.clock.now()) == []


def test_a_stranger_without_a_card_hears_nothing_of_pins(kiosk: Kiosk, services: Services) -> None:
    screen = kiosk.begin()
    screen.click("terminal_card")
    made_up = secret.content_of(secret.new_secret())
    page = screen.submit("card_submit", {"card": made_up})
    assert page.status == 400 and page.has("card-error") and not page.has("pin")
    assert made_up not in page.text
    page = screen.submit("card_submit", {"card": "019195004567|ADN"})
    assert page.has("card-error")
    assert refusals(services, "badge.present") == ["unknown", "unreadable"]
    page = screen.open(page.url.replace("/login/card", "/login/card/pin"))
    assert page.path == "/login/card"


def test_made_up_cards_are_slowed_and_stop_nobodys_own(
    kiosk: Kiosk, lan: Someone, new_card: Callable[..., Issued]
) -> None:
    issued = new_card(lan)
    screen = kiosk.begin()
    screen.click("terminal_card")
    statuses = [
        screen.submit("card_submit", {"card": secret.content_of(secret.new_secret())}).status
        for _ in range(BADGE_FROM_NETWORK.allowed + 1)
    ]
    assert statuses == [400] * BADGE_FROM_NETWORK.allowed + [429]
    assert int(screen.page.headers["retry-after"]) > 0
    page = screen.submit("card_submit", {"card": secret.content_of(issued.secret)})
    assert page.path == "/login/card/pin"


def test_a_card_left_at_the_pin_is_forgotten(
    kiosk: Kiosk, clock: Clock, lan: Someone, new_card: Callable[..., Issued]
) -> None:
    screen = kiosk.begin()
    page = scan(screen, new_card(lan))
    for _ in range(3):
        clock.advance(41)
        screen.open(page.url)
    assert screen.page.path == "/login/card"


def test_another_request_knows_no_card_of_the_last_one(
    kiosk: Kiosk, lan: Someone, new_card: Callable[..., Issued]
) -> None:
    screen = kiosk.begin()
    scan(screen, new_card(lan))
    kiosk.begin(screen)
    screen.click("terminal_card")
    assert screen.open(screen.page.url.replace("/login/card", "/login/card/pin")).path == "/login/card"


def test_no_application_but_a_terminal_takes_cards(
    browser: InProcess, new_app: Callable[..., str], lan: Someone, new_card: Callable[..., Issued]
) -> None:
    issued = new_card(lan)
    page = browser.open(new_app())
    address = page.url.replace("/login", "/login/card")
    assert not page.has("card_start")
    for path in ("", "/pin", "/activate"):
        assert browser.open(address.replace("/login/card", f"/login/card{path}")).path == "/login"
    answer = browser.post(address, card=secret.content_of(issued.secret))
    assert answer.status_code == 303 and "/login?" in answer.headers["location"]


@pytest.mark.parametrize(
    "asked",
    [
        {"acr_values": "LoA2"},
        {"claims": '{"id_token":{"acr":{"essential":true,"values":["LoA2"]}}}'},
        {"claims": json.dumps({"userinfo": {"verified_claims": VERIFIED}})},
    ],
)
def test_what_a_card_never_opens_goes_on_by_the_phone(
    kiosk: Kiosk, lan: Someone, new_card: Callable[..., Issued], asked: dict[str, str]
) -> None:
    new_card(lan)
    screen = kiosk.begin(**asked)
    page = screen.open(f"/login/card?interaction={uid_of(screen.page)}")
    assert page.path == "/login/card/phone" and page.has("needs_phone") and page.has("qr_start")


def uid_of(page: Page) -> str:
    return page.url.partition("interaction=")[2]


def test_income_is_never_opened_by_a_card(
    services: Services,
    clock: Clock,
    new_browser: Callable[..., InProcess],
    lan: Someone,
    new_card: Callable[..., Issued],
) -> None:
    new_card(lan)
    services.resources.add(Resource(PAY, {"income": {"vi": "Thu nhập"}}, created_at=clock.now()))
    kiosk = Kiosk(services, clock, new_browser, resources={PAY: ["income"]})
    screen = kiosk.begin(scope="openid income", resource=PAY)
    page = screen.open(f"/login/card?interaction={uid_of(screen.page)}")
    assert page.path == "/login/card/phone", page


def test_an_api_that_needs_two_factors_challenges_a_card_and_the_terminal_offers_the_phone(
    services: Services,
    clock: Clock,
    new_browser: Callable[..., InProcess],
    lan: Someone,
    new_card: Callable[..., Issued],
) -> None:
    """RFC 9470: the token of a card is good for the API's reading, and not for booking."""
    services.resources.add(Resource(API, {WRITE: {"vi": "Đặt lịch"}}, created_at=clock.now()))
    kiosk = Kiosk(services, clock, new_browser, resources={API: [WRITE]})
    screen = kiosk.begin(scope=f"openid {WRITE}", resource=API)
    scan(screen, new_card(lan))
    type_pin(screen)
    claims = claims_of(kiosk.redeem(let_in(screen), resource=API)["access_token"])
    assert (claims["acr"], claims["aud"]) == ("LoA1", API)
    check_authentication(claims, "LoA1", None)
    with pytest.raises(Challenge) as raised:
        check_authentication(claims, WRITE_ACR, None)
    assert raised.value.error == "insufficient_user_authentication"
    assert raised.value.more == {"acr_values": "LoA2"}
    again = kiosk.begin(scope=f"openid {WRITE}", resource=API, **raised.value.more)
    assert again.page.has("qr_start") and not again.page.has("terminal_card")


def claims_of(token: str) -> dict[str, Any]:
    """Return what a JWT says; who checks it is the API."""
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def test_a_revoked_card_ends_what_was_signed_in_to(
    kiosk: Kiosk, services: Services, clock: Clock, lan: Someone, new_card: Callable[..., Issued]
) -> None:
    issued = new_card(lan)
    done = sign_in(kiosk, issued)
    tokens = kiosk.redeem(done.page)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert done.send("GET", "/userinfo", headers=bearer).status_code == 200
    half_way = kiosk.begin()
    scan(half_way, issued)
    services.badges.revoke_by_person(lan.id, clock.now())
    assert done.send("GET", "/userinfo", headers=bearer).status_code == 401
    assert services.sessions.list_live(lan.id, clock.now()) == []
    assert type_pin(half_way).get("badge_over").get("data-reason") == "revoked"


def test_a_code_not_redeemed_yet_dies_with_the_card(
    kiosk: Kiosk, services: Services, clock: Clock, lan: Someone, new_card: Callable[..., Issued]
) -> None:
    screen = sign_in(kiosk, new_card(lan))
    new_card(lan)
    assert kiosk.redeem(screen.page)["error"] == "invalid_grant"


def test_the_person_is_asked_about_another_terminal_and_not_each_day(
    kiosk: Kiosk,
    browser: InProcess,
    services: Services,
    new_person: Callable[..., Someone],
    new_card: Callable[..., Issued],
) -> None:
    lan = new_person("bich", claims={"email": "bich@example.vn"})
    lan.sign_in(browser)
    issued = new_card(lan)
    counts = []
    for _ in range(3):
        sign_in(kiosk, issued)
        counts.append(len(services.alerts.list_by_account(lan.id)))
    assert counts == [1, 1, 1]
    (alert,) = services.alerts.list_by_account(lan.id)
    assert GATE in alert.user_agent
    told = [row.text for row in services.messages.list_by_account(lan.id)]
    assert told.count("signed_in_by_card") == 1


def test_a_session_by_card_opens_nothing_of_the_account_and_never_rises(
    services: Services,
    clock: Clock,
    new_browser: Callable[..., InProcess],
    minh: Someone,
    new_app: Callable[..., str],
) -> None:
    """Even where its cookie came to lie in an ordinary browser."""
    value, _ = services.sessions.begin(minh.id, CARD_AND_PIN, Place("192.0.2.1", "x"), clock.now())
    browser = new_browser()
    browser.cookies.set("tnid_session", value)
    for page in ("/account", "/account/card", "/account/security", "/account/touched"):
        assert browser.open(page).path == "/login", page
    page = browser.open(new_app(least_acr="LoA2"))
    assert page.path == "/login/card/phone"
    uid = uid_of(page)
    for path in ("/mfa/totp", "/mfa/recovery", "/mfa/passkey", "/mfa/enrol"):
        assert browser.open(path, interaction=uid).path == "/login/card/phone", path
