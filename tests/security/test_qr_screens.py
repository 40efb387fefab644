"""Sign-in by QR from its screen's side: what is collected, by whom, how often, and what it is good for.

The phone answers by the services here, as what is attacked is the screen.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from oidc.models import LOA1, LOA2, EndUser
from tests.security.attack import Attack, AttackersBrowser
from tests.security.target import SESSION_COOKIE, Party, Target, Victim
from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.signin.assurance import Assurance
from tnid.signin.limits import QR_IN_BROWSER

QR_COOKIE = "tnid_qr"
BY_PHONE = Assurance(LOA2, ("pwd", "otp", "mfa", "qr"))


class Phone:
    """The phone of somebody who is signed in there with one factor."""

    def __init__(self, target: Target, person: Victim) -> None:
        self.target, self.services, self.person = target, target.services, person
        self.row: Any = None

    def scan(self, screen: AttackersBrowser) -> str:
        """Claim what the screen's picture holds; return the digits."""
        content = base64.b64decode(screen.page.get("qr_image").get("src").partition(",")[2])
        picture = Image.open(io.BytesIO(content)).convert("L").resize((300, 300), Image.Resampling.NEAREST)
        code = str(zxingcpp.read_barcodes(picture)[0].text).rpartition("/")[2]
        with self.target.database.unit():
            found = self.services.qr_sign_ins.find_shown(code, clock.now())
            assert not isinstance(found, Refused), found
            claimed = self.services.qr_sign_ins.claim(found, self.person.account_id, "phone", clock.now())
            assert not isinstance(claimed, Refused), claimed
            self.row = claimed
            return self.services.qr_sign_ins.digits_of(claimed)

    def approve(self, acr: str = LOA1, *amr: str) -> None:
        end_user = EndUser(self.person.account_id, "phone", clock.now(), acr, amr or ("pwd",), 2)
        with self.target.database.unit():
            assert self.services.qr_sign_ins.approve(self.row, end_user, "phone", clock.now())


@pytest.fixture
def phone(target: Target, person: Victim) -> Phone:
    return Phone(target, person)


def begin(attack: Attack, client: Party) -> AttackersBrowser:
    screen = attack.new_browser()
    screen.begin(client)
    screen.click("qr_start")
    attack.target.hide(screen.cookies[QR_COOKIE], screen.page.text_of("qr_code_text"))
    return screen


def type_digits(screen: AttackersBrowser, digits: str) -> Any:
    return screen.submit("qr_submit", {"qr_digits": digits})


def sessions_of(target: Target, person: Victim) -> list[Any]:
    return target.services.sessions.list_live(person.account_id, clock.now())


def test_qr_014_the_session_is_new_short_and_the_screens_alone(
    attack: Attack, target: Target, client: Party, person: Victim, phone: Phone
) -> None:
    planted = target.new_session(target.new_person())
    screen = begin(attack, client)
    attack.put_cookie(SESSION_COOKIE, planted, screen)
    digits = phone.scan(screen)
    phone.approve()
    type_digits(screen, digits)
    values = [cookie.value for cookie in screen.cookies.jar if cookie.name == SESSION_COOKIE]
    assert values[0] and planted not in values
    assert target.services.sessions.look_up(planted, clock.now()) is None
    (row,) = sessions_of(target, person)
    assert row.amr.split() == ["pwd", "qr"]
    assert row.acr == LOA1, "no more than the phone did"
    assert row.expires_at - row.created_at == target.services.settings.qr_session_lifetime_seconds
    assert QR_COOKIE not in screen.cookies


def test_qr_014_a_client_that_asks_for_two_factors_gets_no_session_of_one(
    attack: Attack, target: Target, person: Victim, phone: Phone
) -> None:
    client = target.new_client(least_acr=LOA2)
    target.agree(person, client)
    screen = begin(attack, client)
    digits = phone.scan(screen)
    phone.approve()
    assert type_digits(screen, digits).has("otp_code")
    assert screen.code() is None


def test_qr_014_a_cookie_taken_to_another_browser_collects_nothing(
    attack: Attack, target: Target, client: Party, person: Victim, phone: Phone
) -> None:
    screen = begin(attack, client)
    uid, digits = screen.uid, phone.scan(screen)
    phone.approve()
    thief = begin(attack, client)
    attack.put_cookie(QR_COOKIE, screen.cookies[QR_COOKIE], thief)
    for path, form in (("/login/qr/digits", {"digits": digits}), ("/login/qr/finish", {})):
        for interaction in (uid, thief.uid):
            token = thief.page.document.xpath("//input[@name='csrf_token']/@value")[0]
            thief._http.post(f"{path}?interaction={interaction}", data={"csrf_token": token, **form})
    assert sessions_of(target, person) == []
    # The thief's own was replaced, the person's goes on
    assert type_digits(screen, digits).status == 200
    assert len(sessions_of(target, person)) == 1


def test_qr_004_what_was_collected_is_collected_by_no_replay(
    attack: Attack, target: Target, client: Party, person: Victim, phone: Phone
) -> None:
    screen = begin(attack, client)
    form = next(screen.page.get("qr_submit").iterancestors("form"))
    secret, digits = screen.cookies[QR_COOKIE], phone.scan(screen)
    phone.approve()
    replayed = [*form.form_values(), ("submit", "1")]
    type_digits(screen, digits)
    attack.put_cookie(QR_COOKIE, secret, screen)
    address = form.get("action")
    data = {**dict(replayed), "digits": digits}
    answers = [screen._http.post(address, data=data) for _ in range(3)]
    assert all(answer.status_code < 500 for answer in answers)
    assert len(sessions_of(target, person)) == 1


@pytest.mark.parametrize("by", ["operator", "owner"])
def test_rl_006_what_was_approved_before_an_account_was_shut_signs_nobody_in(
    by: str, attack: Attack, target: Target, client: Party, person: Victim, phone: Phone
) -> None:
    screen = begin(attack, client)
    digits = phone.scan(screen)
    phone.approve()
    if by == "operator":
        target.disable(person)
    else:
        with target.database.unit():
            target.services.closures.shut(person.account_id, clock.now(), cause="panic")
    assert type_digits(screen, digits).has("qr_over")
    assert screen.cookies.get(SESSION_COOKIE) is None
    assert sessions_of(target, person) == []


def test_qr_017_digits_are_guessed_once(
    attack: Attack, target: Target, client: Party, person: Victim, phone: Phone
) -> None:
    screen = begin(attack, client)
    digits = phone.scan(screen)
    phone.approve()
    wrong = f"{(int(digits) + 1) % 100:02d}"
    with attack.one_refusal("qr.digits", "wrong_digits"):
        assert type_digits(screen, wrong).has("qr_over")
    screen.click("qr_start")
    assert phone.row.id not in screen.page.text
    assert sessions_of(target, person) == []


def test_qr_013_a_browser_that_asks_for_one_code_after_another_is_stopped(
    attack: Attack, target: Target, client: Party
) -> None:
    screen = attack.new_browser()
    page = screen.begin(client)
    form = next(page.get("qr_start").iterancestors("form"))
    data = dict(form.form_values())
    for _ in range(QR_IN_BROWSER.allowed):
        assert screen._http.post(form.get("action"), data=data).status_code == 303
    with attack.one_refusal("qr.begin", "too_many"):
        answer = screen._http.post(form.get("action"), data=data)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    live = "SELECT id FROM qr_sign_ins WHERE interaction_uid = :uid AND ended_at IS NULL"
    assert len(target.fetch_all(live, uid=screen.uid)) == 1, "all but the last are over"


def test_qr_019_the_picture_holds_an_address_of_ours_and_nothing_of_anybody(
    attack: Attack, target: Target, client: Party
) -> None:
    screen = begin(attack, client)
    address = screen.page.get("qr_image").get("data-address")
    issuer = target.provider.issuer
    assert address.upper().startswith(issuer.upper() + "/QR/")
    rest = address[len(issuer) + len("/QR/") :]
    assert len(rest) == 34 and rest.isalnum()
    assert screen.cookies[QR_COOKIE] not in screen.page.text


# What the session of a screen may not do. Every form there is is gone through in
# tests/tnid/qr/test_remote_sessions.py; here are those by which an account is taken over.

TAKES_OVER = (
    ("/account/security", {"current": "x", "new": "một mật khẩu khác hẳn 9"}),
    ("/account/security/factor", {}),
    ("/account/security/factor/remove", {}),
    ("/account/security/codes", {}),
    ("/account/security/app", {"code": "000000"}),
    ("/account/security/passkeys/new", {"credential": "{}"}),
    ("/account/profile/phone", {"contact": "0987654321"}),
    ("/account/profile/email", {"contact": "evil@example.com"}),
    ("/account/profile/phone/remove", {}),
    ("/account/recovery", {}),
    ("/account/mandates/new/details", {}),
    ("/account/mandates/accept", {"code": "BCDF-GHJK", "decision": "accept"}),
    ("/account/family/agree", {"code": "BCDF-GHJK", "decision": "agree"}),
    ("/account/family/code", {}),
    ("/account/delete", {}),
    ("/account/export", {}),
    ("/account/identity/details", {"number": "019195000123"}),
    ("/device", {"user_code": "BCDF-GHJK"}),
)


@pytest.mark.parametrize(("path", "form"), TAKES_OVER, ids=[path for path, _ in TAKES_OVER])
def test_mf_017_a_phones_word_is_no_factor_where_an_account_is_changed(
    path: str, form: dict[str, str], attack: Attack, target: Target, shared_person: Victim
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(shared_person, BY_PHONE), browser)
    page = browser.open("/account/sessions")
    token = page.document.xpath("//input[@name='csrf_token']/@value")[0]
    before = facts_of(target, shared_person)
    answer = browser._http.post(path, data={"csrf_token": token, "submit": "1", **form})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/"), answer
    page = browser.open(answer.headers["Location"])
    assert page.has("login_password") and not page.has("qr_start")
    assert facts_of(target, shared_person) == before


def facts_of(target: Target, person: Victim) -> list[Any]:
    """Return what whoever takes an account over would change."""
    factors = target.services.factors
    changes = "SELECT COUNT(*) AS times FROM audit_events WHERE account_id = :a AND event NOT LIKE 'qr.%'"
    return [
        target.services.accounts.get(person.account_id),
        factors.find_kinds(person.account_id),
        factors.count_recovery_codes(person.account_id),
        target.fetch_all(changes, a=person.account_id),
    ]


def test_mf_017_an_official_serves_nobody_by_a_phones_word(
    attack: Attack, target: Target, person: Victim
) -> None:
    browser = attack.new_browser()
    attack.put_cookie(SESSION_COOKIE, target.new_session(person, BY_PHONE), browser)
    with attack.one_refusal("desk.look", "no_role"):
        assert browser.open("/officials").status == 403
