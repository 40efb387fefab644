"""Sign-in by QR from its phone's side: a yes that is forced, forged, replayed, raced, begged for or guessed.

The screen is acted by the services here; what a screen collects is in `test_qr_screens.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from oidc.models import LOA2
from tests.security.attack import Attack, AttackersBrowser
from tests.security.target import SESSION_COOKIE, Party, Target, Victim
from tnid import clock
from tnid.accounts.alerts import BY_QR
from tnid.qr.service import Begun, Screen
from tnid.qr.state import state_of
from tnid.signin.assurance import PASSWORD, PASSWORD_AND_TOTP
from tnid.signin.limits import QR_OF_ACCOUNT
from tnid.signin.sessions import Place

SCREENS_IP = "198.51.100.7"


class WaitingScreen:
    """A screen at which somebody signs in to a client."""

    def __init__(self, attack: Attack, client: Party) -> None:
        self.target, services = attack.target, attack.target.services
        browser = attack.new_browser()
        browser.begin(client)
        screen = Screen("screen", browser.uid, client.client_id, SCREENS_IP, SCREENS_IP, "Firefox on Windows")
        with self.target.database.unit():
            self.begun: Begun = services.qr_sign_ins.begin(screen, clock.now())
        self.target.hide(self.begun.secret, self.begun.typed_code)

    @property
    def path(self) -> str:
        frames = self.target.services.qr_sign_ins.frames
        return "/QR/" + frames.address(self.begun.row, clock.now()).rpartition("/")[2]

    @property
    def row(self) -> Any:
        return self.target.services.qr_sign_ins.find(self.begun.row.id)

    @property
    def state(self) -> str:
        return state_of(self.row, clock.now())

    def set(self, **columns: int) -> None:
        """Have the clock go by for this one."""
        for name, value in columns.items():
            self.target.execute(
                f"UPDATE qr_sign_ins SET {name} = :value WHERE id = :id",
                value=value,
                id=self.begun.row.id,
            )


@pytest.fixture
def screen(attack: Attack, client: Party) -> WaitingScreen:
    return WaitingScreen(attack, client)


def new_phone(attack: Attack, person: Victim, assurance: Any = PASSWORD_AND_TOTP) -> AttackersBrowser:
    """A phone on which this person has just signed in."""
    phone = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, attack.target.new_session(person, assurance), phone)
    return phone


def post(phone: AttackersBrowser, path: str, decision: str) -> int:
    """Send an answer past the page's own buttons; return the status."""
    token = phone.page.document.xpath("//input[@name='csrf_token']/@value")[0]  # type: ignore[union-attr]
    return phone._http.post(path, data={"csrf_token": token, "decision": decision}).status_code


def age_session(attack: Attack, person: Victim, seconds: int) -> None:
    attack.target.execute(
        "UPDATE sessions SET auth_time = auth_time - :seconds WHERE account_id = :id",
        seconds=seconds,
        id=person.account_id,
    )


def test_qr_001_nobody_approves_without_a_session(attack: Attack, screen: WaitingScreen) -> None:
    phone = attack.new_browser()
    assert phone.open(screen.path).path == "/login"
    ticket = ticket_of(attack, screen, phone)
    for path in (ticket, f"{ticket}/claim"):
        post(phone, path, "approve")
    assert screen.state == "waiting"


def ticket_of(attack: Attack, screen: WaitingScreen, phone: AttackersBrowser) -> str:
    """Return the address at which this browser would look at it."""
    answer = phone._http.get(screen.path, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


@pytest.mark.parametrize("seconds", [301, 3600])
def test_qr_001_an_old_sign_in_approves_nothing(
    attack: Attack, screen: WaitingScreen, person: Victim, seconds: int
) -> None:
    phone = new_phone(attack, person)
    age_session(attack, person, seconds)
    phone.open(screen.path)
    assert phone.submit("qr_approve").path == "/login"
    assert screen.row.approved_at is None


@pytest.mark.parametrize(("assurance", "seconds"), [(PASSWORD, 0), (PASSWORD_AND_TOTP, 61)])
def test_qr_001_where_two_factors_are_asked_for_they_are_shown_now(
    attack: Attack, target: Target, person: Victim, assurance: Any, seconds: int
) -> None:
    screen = WaitingScreen(attack, target.new_client(least_acr=LOA2))
    phone = new_phone(attack, person, assurance)
    age_session(attack, person, seconds)
    phone.open(screen.path)
    assert phone.submit("qr_approve").path in ("/login", "/mfa/totp")
    assert screen.row.approved_at is None


def test_qr_001_an_account_with_two_factors_shows_both(
    attack: Attack, screen: WaitingScreen, person: Victim
) -> None:
    phone = new_phone(attack, person, PASSWORD)
    phone.open(screen.path)
    assert phone.submit("qr_approve").path == "/mfa/totp"
    assert screen.row.approved_at is None


def test_qr_003_a_link_in_a_chat_does_nothing_by_being_opened(
    attack: Attack, screen: WaitingScreen, person: Victim
) -> None:
    phone = new_phone(attack, person)
    page = phone.open(screen.path)
    assert page.has("qr_approve") and page.has("qr_deny")
    for method in ("GET", "HEAD", "OPTIONS"):
        phone._http.request(method, page.path)
        phone._http.request(method, screen.path)
    for address in (f"{page.path}?decision=approve", f"{page.path}/claim", f"{page.path}/state"):
        assert phone._http.get(address).status_code < 500
    assert screen.state == "waiting" and screen.row.account_id is None
    assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"


def test_qr_003_no_other_site_answers_in_the_persons_name(
    attack: Attack, screen: WaitingScreen, person: Victim
) -> None:
    phone = new_phone(attack, person)
    ticket = phone.open(screen.path).path
    for path in (ticket, f"{ticket}/claim"):
        with attack.one_refusal("form.refuse", "csrf"):
            answer = phone._http.post(
                path, data={"decision": "approve"}, headers={"Origin": "https://evil.example"}
            )
        assert answer.status_code == 403
    assert screen.state == "waiting"


def test_qr_004_an_approval_that_is_replayed_counts_once(
    attack: Attack, screen: WaitingScreen, person: Victim
) -> None:
    phone = new_phone(attack, person)
    ticket = phone.open(screen.path).path
    phone.submit("qr_approve")
    approved_at = screen.row.approved_at
    for _ in range(3):
        with attack.one_refusal("qr.approve", "approved"):
            assert post(phone, ticket, "approve") == 409
    assert screen.row.approved_at == approved_at


@pytest.mark.parametrize("seconds", [0, 1, 15])
def test_qr_005_an_end_is_judged_when_it_is_used(
    attack: Attack, screen: WaitingScreen, person: Victim, seconds: int
) -> None:
    phone = new_phone(attack, person)
    ticket = phone.open(screen.path).path
    # No cleaner has been here: the row is still there. 119 and 120 seconds are in tests/tnid/qr
    screen.set(expires_at=clock.now() - seconds)
    with attack.one_refusal("qr.approve", "expired"):
        assert phone.submit("qr_approve").status == 410
    assert post(phone, ticket, "deny") == 410
    assert screen.row.approved_at is None


def test_qr_006_and_007_who_scanned_first_decides(
    attack: Attack, target: Target, screen: WaitingScreen, person: Victim
) -> None:
    thief = target.new_person()
    first, second = new_phone(attack, person), new_phone(attack, thief)
    first.open(screen.path)
    late = second.open(screen.path).path
    assert post(first, f"{first.page.path}/claim", "") == 200
    with attack.one_refusal("qr.claim", "second_phone"):
        assert post(second, late, "approve") == 409
    for decision in ("approve", "deny"):
        assert post(second, late, decision) == 409
    assert post(second, f"{late}/claim", "") == 409
    with attack.one_refusal("qr.look", "taken"):
        assert second.open(screen.path).status == 409
    assert screen.row.account_id == person.account_id and screen.state == "claimed"


def test_qr_007_a_ticket_is_worth_nothing_in_another_browser(
    attack: Attack, target: Target, screen: WaitingScreen, person: Victim
) -> None:
    ticket = new_phone(attack, person).open(screen.path).path
    thief = new_phone(attack, target.new_person())
    thief.open("/account")
    with attack.one_refusal("qr.look", "foreign"):
        assert post(thief, ticket, "approve") == 404
    assert screen.state == "waiting"


def test_qr_007_the_claimers_phone_with_another_account_ends_it(
    attack: Attack, target: Target, screen: WaitingScreen, person: Victim
) -> None:
    phone = new_phone(attack, person)
    ticket = phone.open(screen.path).path
    assert post(phone, f"{ticket}/claim", "") == 200
    attack.put_cookie(SESSION_COOKIE, target.new_session(target.new_person()), phone)
    with attack.one_refusal("qr.claim", "other_person"):
        assert post(phone, ticket, "approve") == 409
    assert screen.state == "other_person"


def test_qr_008_a_no_is_final(attack: Attack, screen: WaitingScreen, person: Victim) -> None:
    phone = new_phone(attack, person)
    ticket = phone.open(screen.path).path
    phone.submit("qr_deny")
    with attack.one_refusal("qr.approve", "refused"):
        assert post(phone, ticket, "approve") == 410
    assert screen.state == "refused"


def test_qr_011_ids_are_not_found_by_trying(attack: Attack, target: Target) -> None:
    phone = attack.new_browser()
    for code in ("A" * 34, "B" * 34, "a" * 33, "0" * 34, "Ạ" * 34, "%00", "..%2f", "A" * 3000):
        assert phone._http.get(f"/QR/{code}").status_code in (400, 404)
    target.execute("DELETE FROM throttles")
    answers = [phone._http.get("/QR/" + "A" * 34).status_code for _ in range(52)]
    assert answers == [404] * 50 + [429] * 2
    target.execute("DELETE FROM throttles")
    made_up = [f"/qr/at/{'A' * 26}.s{'0' * 32}", "/qr/at/.", "/qr/at/" + "A" * 26 + ".x", "/qr/at/Ạ.s"]
    assert {phone._http.get(path).status_code for path in made_up} == {404}


def test_qr_011_a_frame_is_not_guessed_for_a_known_id(
    attack: Attack, screen: WaitingScreen, person: Victim
) -> None:
    phone = new_phone(attack, person)
    known = screen.begun.row.id
    for frame in ("AAAAAAAA", "22222222", screen.path[-8:][::-1]):
        with attack.one_refusal("qr.look", "stale"):
            assert phone.open(f"/QR/{known}{frame}").status == 410
    assert screen.state == "waiting"


def test_qr_013_one_account_is_asked_five_times_and_then_left_in_peace(
    attack: Attack, client: Party, person: Victim
) -> None:
    phone = new_phone(attack, person)
    for _ in range(QR_OF_ACCOUNT.allowed):
        ticket = phone.open(WaitingScreen(attack, client).path).path
        assert post(phone, f"{ticket}/claim", "") == 200
    one_more = WaitingScreen(attack, client)
    ticket = phone.open(one_more.path).path
    with attack.one_refusal("qr.claim", "too_many"):
        assert post(phone, ticket, "approve") == 429
    assert one_more.state == "waiting"
    assert phone.submit("qr_deny").get("qr_ending").get("data-reason") == "refused", "no can always be said"


@pytest.fixture
def victims_network(target: Target) -> Iterator[Attack]:
    """Somebody at home, in another network than the attacker's."""
    elsewhere = Attack(target)
    yield elsewhere
    elsewhere.finish()


def test_qr_004_a_relayed_qr_signs_nobody_in_without_the_digits(
    attack: Attack, victims_network: Attack, client: Party, person: Victim
) -> None:
    """The attacker's screen and the victim's phone, each in its own network; the victim even says yes."""
    screen = attack.new_browser()
    screen.begin(client)
    relayed = screen.click("qr_start").get("qr_image").get("data-address")
    phone = new_phone(victims_network, person)
    page = phone.open("/QR/" + relayed.rpartition("/")[2])
    assert attack.address in page.text_of("qr_network") and "khác mạng" in page.text_of("qr_network")
    digits = phone.submit("qr_approve").text_of("qr_shown_digits")
    screen.open(f"/login/qr?interaction={screen.uid}")
    guess = f"{(int(digits) + 7) % 100:02d}"
    assert screen.submit("qr_submit", {"qr_digits": guess}).has("qr_over")
    assert screen.code() is None and SESSION_COOKIE not in screen.cookies
    assert phone.click("qr_again").get("qr_ending").get("data-reason") == "wrong_digits"
    live = attack.target.services.sessions.list_live(person.account_id, clock.now())
    assert len(live) == 1, "the victim's own"


def test_qr_007_what_the_victim_holds_is_worth_nothing_to_the_relay(
    attack: Attack, victims_network: Attack, screen: WaitingScreen, person: Victim
) -> None:
    phone = new_phone(victims_network, person)
    ticket = phone.open(screen.path).path
    phone.submit("qr_approve")
    thief = new_phone(attack, attack.target.new_person())
    thief.open("/account")
    for path in (ticket, ticket.replace(".s", ".a")):
        assert thief.open(path).status == 404
        assert post(thief, path, "approve") == 404
    assert thief._http.get(f"{ticket}/state").json() == {"state": "over"}


def test_qr_019_a_qr_holds_an_address_of_ours_and_a_keyed_frame(
    attack: Attack, target: Target, screen: WaitingScreen
) -> None:
    frames = target.services.qr_sign_ins.frames
    address = frames.address(screen.begun.row, clock.now())
    assert re.fullmatch(re.escape(target.provider.issuer.upper()) + r"/QR/[A-Z2-7]{34}", address)
    row = screen.begun.row
    later = frames.address(row, row.created_at + 5)
    assert later != frames.address(row, row.created_at) and later[:-8] == address[:-8]


def test_qr_020_a_reported_phish_ends_all_that_came_of_it(
    attack: Attack, target: Target, screen: WaitingScreen, person: Victim
) -> None:
    parts, now = target.services, clock.now()
    place = Place(SCREENS_IP, "Firefox")
    with target.database.unit():
        parts.audit.record("sign_in.complete", account_id=person.account_id, now=now)
        _, sid = parts.sessions.begin(person.account_id, PASSWORD, place, now)
        assert parts.alerts.raise_for(person.account_id, sid, *place, now, text=BY_QR)
    owner = new_phone(attack, person)
    page = owner.open("/account")
    assert "mã QR" in page.words()
    alert = parts.alerts.list_open(person.account_id, "")[0]
    token = page.document.xpath("//input[@name='csrf_token']/@value")[0]
    owner._http.post("/account/alerts", data={"csrf_token": token, "theirs": alert.id})
    live = parts.sessions.list_live(person.account_id, clock.now())
    assert sid not in [row.sid for row in live]


def test_rl_006_an_account_that_is_shut_approves_nothing_and_is_collected_nowhere(
    attack: Attack, target: Target, client: Party, person: Victim
) -> None:
    approved, open_ = WaitingScreen(attack, client), WaitingScreen(attack, client)
    phone = new_phone(attack, person)
    phone.open(approved.path)
    digits = phone.submit("qr_approve").text_of("qr_shown_digits")
    ticket = phone.open(open_.path).path
    with target.database.unit():
        target.services.qr_sign_ins.try_digits(approved.row, digits, clock.now())
    target.disable(person)
    with target.database.unit():
        collected = target.services.qr_sign_ins.collect(approved.row, approved.begun.secret, clock.now())
    assert collected is None
    assert post(phone, ticket, "approve") == 303
    assert open_.row.account_id is None
