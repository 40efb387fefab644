"""Printed cards at a terminal: guessed, copied, watched, carried off. Cases of our own (PC)."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from oidc.clients.assertion import ASSERTION_TYPE
from oidc.clients.terminal import TERMINAL_TYPE
from tests.faults.at_once import run_at_once
from tests.security.attack import Attack, AttackersBrowser
from tests.security.target import Party, Target, Victim
from tnid import clock
from tnid.badges import secret
from tnid.badges.service import OFFICIAL, Issued, Issuer, Known
from tnid.signin.assurance import PASSWORD

KEY = ECKey.generate_key("P-256", parameters={"kid": "k1"})
PIN = "204817"
NAME, PLACE = "Ki-ốt cổng A", "Nhà máy Yên Bình"
VERIFIED = {"verification": {"trust_framework": None}, "claims": {"birthdate": None}}
DETAILS = json.dumps([{"type": TERMINAL_TYPE, "name": NAME, "place": PLACE}])


@pytest.fixture(scope="module")
def terminal(target: Target) -> Party:
    """A registered terminal."""
    return target.new_client(
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [KEY.as_dict(private=False)]},
        terminal={"name": {"vi": NAME}, "place": PLACE},
    )


@pytest.fixture
def card(target: Target, person: Victim) -> Issued:
    """The person's card, with a PIN."""
    official = target.new_person().account_id
    with target.database.unit():
        made = target.services.badges.issue(
            person.account_id, Issuer(OFFICIAL, official, "05467"), clock.now()
        )
        refused = target.services.badges.set_pin(person.account_id, PIN, Known({}), clock.now())
    assert refused is None
    target.hide(
        made.secret, secret.content_of(made.secret), secret.grouped(made.secret), made.activation_code
    )
    return made


def assertion(target: Target, party: Party) -> dict[str, str]:
    now, issuer = clock.now(), target.provider.issuer
    claims = {
        **{"iss": party.client_id, "sub": party.client_id, "aud": issuer},
        **{"jti": uuid4().hex, "iat": now, "exp": now + 60},
    }
    token = jwt.encode({"alg": "ES256", "kid": "k1"}, claims, KEY, algorithms=["ES256"])
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


def begin(attack: Attack, terminal: Party, **changes: str) -> AttackersBrowser:
    """Stand before the terminal, at the page that takes cards or says why not."""
    form = {**terminal.query(authorization_details=DETAILS, **changes), **assertion(attack.target, terminal)}
    pushed = attack.http.post("/par", data=form).json()
    screen = attack.new_browser()
    screen.open("/authorize", client_id=terminal.client_id, request_uri=pushed["request_uri"])
    screen.open("/login/card", interaction=screen.uid)
    return screen


def scan(screen: AttackersBrowser, card: Issued) -> Any:
    return screen.submit("card_submit", {"card": secret.content_of(card.secret)})


def redeem(attack: Attack, terminal: Party, screen: AttackersBrowser) -> dict[str, Any]:
    if screen.page.has("consent_allow"):
        screen.click("consent_allow")
    code = screen.code()
    assert code, screen.page
    form = {**terminal.redemption(code), **assertion(attack.target, terminal)}
    return attack.target.keep(attack.http.post("/token", data=form).json())


def test_pc_001_guesses_at_once_in_two_processes_share_five_tries(
    attack: Attack, target: Target, terminal: Party, person: Victim, card: Issued
) -> None:
    screens = [begin(attack, terminal) for _ in range(10)]
    for screen in screens:
        assert scan(screen, card).has("pin")
    pages = run_at_once(
        [
            lambda screen=screen, pin=f"{730500 + number}": screen.submit("pin_submit", {"pin": pin})
            for number, screen in enumerate(screens)
        ]
    )
    assert [page.status for page in pages] == [400] * 10
    assert sum(page.has("pin-error") for page in pages) == 4
    assert target.services.badges.find_current(person.account_id).wrong_tries == 5
    assert scan(begin(attack, terminal), card).get("badge_over").get("data-reason") == "locked"
    assert target.services.sessions.list_live(person.account_id, clock.now()) == []


def test_pc_002_neither_code_nor_pin_is_in_an_address_a_log_or_a_column(
    attack: Attack, target: Target, terminal: Party, card: Issued
) -> None:
    target.hide(PIN)
    screen = begin(attack, terminal)
    page = scan(screen, card)
    assert card.secret not in page.url + page.text
    screen.submit("pin_submit", {"pin": "730592"})
    assert "730592" not in screen.page.text
    screen.submit("pin_submit", {"pin": PIN})
    rows = target.fetch_all("SELECT * FROM badges")
    rows += target.fetch_all("SELECT details, reason FROM audit_events")
    rows += target.fetch_all("SELECT * FROM sessions")
    stored = " ".join(str(value) for row in rows for value in row)
    assert card.secret not in stored and card.activation_code not in stored and f"'{PIN}'" not in stored
    target.secrets.discard(PIN)  # six digits, which a later case's log may hold by chance
    assert PIN not in attack.log()


def test_pc_003_a_revoked_card_is_dead_everywhere_at_once(
    attack: Attack, target: Target, terminal: Party, person: Victim, card: Issued
) -> None:
    screen = begin(attack, terminal)
    scan(screen, card)
    screen.submit("pin_submit", {"pin": PIN})
    tokens = redeem(attack, terminal, screen)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert attack.http.get("/userinfo", headers=bearer).status_code == 200
    half_way = begin(attack, terminal)
    scan(half_way, card)

    home = attack.new_browser()
    attack.put_cookie("tnid_session", target.new_session(person, PASSWORD), home)
    home.open("/account/card")
    assert home.click("badge_revoke").get("badge_state").get("data-state") == "revoked"

    assert attack.http.get("/userinfo", headers=bearer).status_code == 401
    page = half_way.submit("pin_submit", {"pin": PIN})
    assert page.get("badge_over").get("data-reason") == "revoked"


def test_pc_004_a_card_opens_no_page_of_the_account(
    attack: Attack, target: Target, terminal: Party, card: Issued
) -> None:
    screen = begin(attack, terminal)
    scan(screen, card)
    screen.submit("pin_submit", {"pin": PIN})
    for path in ("/account", "/account/security", "/account/card", "/account/card/pin", "/account/sessions"):
        assert screen.open(path).path == "/login", path


@pytest.mark.parametrize(
    "changes",
    [
        {"acr_values": "LoA2"},
        {"claims": json.dumps({"id_token": {"acr": {"essential": True, "value": "LoA2"}}})},
        {"claims": json.dumps({"userinfo": {"verified_claims": VERIFIED}})},
    ],
)
def test_pc_005_what_a_card_never_opens_is_not_asked_of_it(
    attack: Attack, terminal: Party, card: Issued, changes: dict[str, str]
) -> None:
    screen = begin(attack, terminal, **changes)
    assert screen.page.has("needs_phone"), screen.page
    for step in ("", "/pin", "/activate"):
        page = screen.open(f"/login/card{step}", interaction=screen.uid)
        assert page.has("needs_phone")


def test_pc_006_a_card_is_nothing_away_from_a_terminal(attack: Attack, client: Party, card: Issued) -> None:
    browser = attack.new_browser()
    browser.begin(client)
    uid = browser.uid
    for step in ("", "/pin", "/activate"):
        assert browser.open(f"/login/card{step}", interaction=uid).path == "/login"
    token = browser.page.document.xpath("//input[@name='csrf_token']/@value")[0]
    browser.cookies.jar.clear_expired_cookies()
    attack.http.cookies.update(browser.cookies)
    form = {"csrf_token": token, "card": secret.content_of(card.secret)}
    answer = attack.send("POST", "/login/card", params={"interaction": uid}, data=form)
    assert answer.status_code == 303 and "/login?" in answer.headers["Location"]
