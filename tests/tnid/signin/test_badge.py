"""The life of a printed card, on both databases: printed, given a PIN, tried, locked, replaced, revoked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tnid.accounts.refusal import Refused
from tnid.accounts.service import NewAccount
from tnid.badges import pins, secret
from tnid.badges.service import (
    ACTIVATION_SECONDS,
    LIFETIME_SECONDS,
    OFFICIAL,
    Activation,
    Badges,
    Issued,
    Issuer,
    Known,
)
from tnid.badges.state import state_of
from tnid.db import Conflict, DatabaseUnavailable
from tnid.services import Services
from tnid.signin.assurance import CARD_AND_PIN, PASSWORD, is_remote
from tnid.signin.sessions import Place

GIA_SANG = "05467"
PIN, WRONG_PIN = "204817", "730592"
KNOWN = Known({"birthdate": "1995-03-10", "phone_number": "+84912345678"}, ("019195004567",))
KIOSK = "kiosk"


@pytest.fixture
def badges(services: Services) -> Badges:
    return services.badges


@pytest.fixture
def now(clock: Clock) -> int:
    return clock.now()


def person(services: Services, username: str, now: int) -> str:
    account = services.accounts.create(
        NewAccount(
            username=username,
            password="chè xanh búp tím 2 nương",
            claims={"email": f"{username}@example.vn"},
        ),
        now,
    )
    assert not isinstance(account, Refused)
    return account.id


@pytest.fixture
def lan(services: Services, now: int) -> str:
    return person(services, "lan", now)


@pytest.fixture
def issuer(services: Services, now: int) -> Issuer:
    return Issuer(OFFICIAL, person(services, "ha.le", now), GIA_SANG)


def present(badges: Badges, issued: Issued, now: int) -> Any:
    row = badges.find_presented(secret.content_of(issued.secret), now)
    assert not isinstance(row, Refused), row
    return row


@pytest.fixture
def issued(badges: Badges, lan: str, issuer: Issuer, now: int) -> Issued:
    """Lan's card, its PIN chosen with the slip's code."""
    made = badges.issue(lan, issuer, now)
    assert (
        badges.activate(present(badges, made, now), Activation(made.activation_code, PIN, KIOSK), KNOWN, now)
        is None
    )
    return made


def refusals(services: Services, event: str) -> list[str]:
    rows = services.database.fetch_all(_REFUSALS, event=event)
    return [row.reason for row in rows]


_REFUSALS = text("SELECT reason FROM audit_events WHERE event = :event AND outcome = 'refused' ORDER BY id")


def announced(services: Services, account_id: str) -> list[str]:
    return [row.text for row in services.messages.list_by_account(account_id)]


# The card's text


def test_the_text_survives_every_vietnamese_input_method() -> None:
    content = secret.content_of(secret.new_secret())
    # Telex and VIQR put marks on vowels, D and W; VNI's digits do on vowels and D
    assert not set(content) & set("AEIOUYDW")
    assert content.isalnum() and content == content.upper()
    assert 24**secret.CHARACTERS >= 2**128


def test_the_text_is_read_however_it_is_typed() -> None:
    one = secret.new_secret()
    for typed in (
        secret.content_of(one),
        secret.content_of(one).lower() + "\r\n",
        secret.grouped(one),
        f" {one[:10]}-{one[10:]} ",
    ):
        assert secret.read_secret(typed) == one


@pytest.mark.parametrize(
    "typed",
    ["", "TNT2", "https://id.example/QR/A", "019195004567|Lan", "B" * 27, "B" * 29, "0" * 28, "Đ" * 28],
)
def test_what_is_no_card_of_ours_is_not_looked_for(
    badges: Badges, services: Services, now: int, typed: str
) -> None:
    assert badges.find_presented(typed, now) == Refused("card", "badge_unreadable")
    assert refusals(services, "badge.present") == ["unreadable"]


# Its PIN


@pytest.mark.parametrize(
    "pin",
    ["000000", "123456", "654321", "012345", "890123", "777777", "121212", "123123", "111222", "112233"],
)
def test_a_pin_that_many_have_is_refused(pin: str) -> None:
    assert pins.is_common(pin)


@pytest.mark.parametrize(
    "pin", ["100395", "950310", "031095", "199503", "031995", "101995", "345678", "004567"]
)
def test_a_pin_that_others_can_know_is_refused(pin: str) -> None:
    assert pins.is_personal(pin, *KNOWN)
    assert not pins.is_common(pin) or pin == "345678"


def test_any_other_six_digits_will_do() -> None:
    assert pins.read_pin(" ２04-817 ") == PIN
    assert not pins.is_common(PIN) and not pins.is_personal(PIN, *KNOWN)
    assert not pins.is_personal(PIN, {}, ())
    assert [pins.read_pin(bad) for bad in ("", "12345", "1234567", "12a456", "9" * 40)] == [None] * 5


# Printed


def test_a_card_waits_for_its_pin(badges: Badges, lan: str, issuer: Issuer, now: int) -> None:
    made = badges.issue(lan, issuer, now)
    row = present(badges, made, now)
    assert (state_of(row, now), row.issued_by_kind, row.commune) == ("new", "official", GIA_SANG)
    assert badges.try_pin(row, PIN, KIOSK, now) == Refused("", "badge_not_open")
    assert state_of(row, now + ACTIVATION_SECONDS) == "unused"
    assert badges.find_presented(made.secret, now + ACTIVATION_SECONDS) == Refused("", "badge_unused")


def test_nothing_secret_is_in_the_row(badges: Badges, issued: Issued, lan: str) -> None:
    row = badges.find_current(lan)
    stored = " ".join(str(value) for value in row)
    assert issued.secret not in stored and issued.activation_code not in stored and PIN not in stored
    assert row.pin_hash.startswith("$argon2id$")
    assert row.activation_hash is None


def test_another_card_ends_the_one_before(
    badges: Badges, issued: Issued, lan: str, issuer: Issuer, now: int
) -> None:
    new = badges.issue(lan, issuer, now)
    assert badges.find_presented(issued.secret, now) == Refused("", "badge_replaced")
    assert badges.find(issued.badge_id).replaced_by == new.badge_id
    assert badges.find_current(lan).id == new.badge_id


def test_two_officials_at_once_leave_one_card(
    badges: Badges, services: Services, lan: str, issuer: Issuer, now: int
) -> None:
    start = threading.Barrier(4)

    def issue() -> Issued | None:
        start.wait(30)
        try:
            with services.database.unit():
                return badges.issue(lan, issuer, now)
        except (Conflict, DatabaseUnavailable):
            return None

    with ThreadPoolExecutor(4) as threads:
        made = [one for one in threads.map(lambda _: issue(), range(4)) if one is not None]
    works = [one for one in made if not isinstance(badges.find_presented(one.secret, now), Refused)]
    assert len(works) == 1


# Tried


def test_a_right_pin_is_noted(badges: Badges, issued: Issued, lan: str, now: int) -> None:
    assert badges.try_pin(present(badges, issued, now), f"{PIN[:3]} {PIN[3:]}", KIOSK, now + 5) is None
    row = badges.find_current(lan)
    assert (row.last_used_at, row.last_client_id, row.wrong_tries) == (now + 5, KIOSK, 0)


def test_five_wrong_tries_lock_the_card_for_good(
    badges: Badges, services: Services, issued: Issued, lan: str, now: int
) -> None:
    row = present(badges, issued, now)
    answers = [badges.try_pin(row, WRONG_PIN, KIOSK, now) for _ in range(5)]
    assert [one and one.reason for one in answers] == [*["wrong_pin"] * 3, "wrong_pin_last", "badge_locked"]
    assert badges.try_pin(badges.find(row.id), PIN, KIOSK, now) == Refused("", "badge_locked")
    assert badges.try_pin(row, PIN, KIOSK, now) == Refused("", "badge_locked"), "read before it was locked"
    assert badges.find_presented(issued.secret, now) == Refused("", "badge_locked")
    assert badges.set_pin(lan, "918273", KNOWN, now) == Refused("", "badge_over")
    assert announced(services, lan).count("badge_locked") == 1


def test_a_right_pin_forgives_the_wrong_ones(badges: Badges, issued: Issued, now: int) -> None:
    row = present(badges, issued, now)
    for _ in range(3):
        assert [badges.try_pin(row, bad, KIOSK, now) is None for bad in (WRONG_PIN, "", "x" * 99)] == [
            False
        ] * 3
        assert badges.try_pin(row, PIN, KIOSK, now) is None


def test_fifty_guesses_at_once_share_five_tries(
    badges: Badges, services: Services, issued: Issued, lan: str, now: int
) -> None:
    """Each is looked at with the row of before; the count decides whose look counts."""
    row = present(badges, issued, now)
    start = threading.Barrier(10)

    def guess(number: int) -> str:
        if number < 10:
            start.wait(30)
        refused = badges.try_pin(row, f"{730500 + number}", KIOSK, now)
        return refused.reason if refused else "right"

    with ThreadPoolExecutor(10) as threads:
        reasons = list(threads.map(guess, range(50)))
    assert sum(reason.startswith("wrong_pin") for reason in reasons) == 4
    assert reasons.count("badge_locked") == 46 and "right" not in reasons
    assert badges.find_current(lan).wrong_tries == 5
    assert announced(services, lan).count("badge_locked") == 1


def test_a_pin_changed_meanwhile_is_not_the_one_that_was_looked_at(
    badges: Badges, issued: Issued, lan: str, now: int
) -> None:
    row = present(badges, issued, now)
    assert badges.set_pin(lan, "918273", KNOWN, now) is None
    assert badges.try_pin(row, PIN, KIOSK, now) == Refused("", "badge_not_open")
    assert badges.try_pin(badges.find(row.id), "918273", KIOSK, now) is None


def test_the_pin_of_one_card_is_not_anothers(badges: Badges, issued: Issued, lan: str) -> None:
    row = badges.find_current(lan)
    assert not badges._passwords.verify(row.pin_hash, PIN).is_right


# The slip's code


def test_the_slips_code_works_once_and_wrong_ones_cost_tries(
    badges: Badges, lan: str, issuer: Issuer, now: int
) -> None:
    made = badges.issue(lan, issuer, now)
    row = present(badges, made, now)
    wrong = f"{(int(made.activation_code) + 1) % 10**8:08d}"
    assert badges.activate(row, Activation(wrong, PIN, KIOSK), KNOWN, now) == Refused(
        "activation_code", "wrong_activation"
    )
    spaced = f" {made.activation_code[:4]} {made.activation_code[4:]}"
    assert badges.activate(row, Activation(spaced, PIN, KIOSK), KNOWN, now) is None
    assert badges.find(row.id).wrong_tries == 0, "a chosen PIN forgives them, as a right one does"
    assert badges.activate(row, Activation(made.activation_code, "918273", KIOSK), KNOWN, now) == Refused(
        "", "badge_not_open"
    )
    assert badges.try_pin(badges.find(row.id), PIN, KIOSK, now) is None


def test_five_wrong_codes_lock_a_new_card(badges: Badges, lan: str, issuer: Issuer, now: int) -> None:
    made = badges.issue(lan, issuer, now)
    row = present(badges, made, now)
    wrong = f"{(int(made.activation_code) + 1) % 10**8:08d}"
    answers = [badges.activate(row, Activation(wrong, PIN, KIOSK), KNOWN, now) for _ in range(5)]
    assert answers[-1] == Refused("", "badge_locked")
    assert badges.activate(row, Activation(made.activation_code, PIN, KIOSK), KNOWN, now) == Refused(
        "", "badge_locked"
    )


def test_only_who_has_the_code_hears_that_the_pin_is_a_date_of_birth(
    badges: Badges, lan: str, issuer: Issuer, now: int
) -> None:
    made = badges.issue(lan, issuer, now)
    row = present(badges, made, now)
    wrong = f"{(int(made.activation_code) + 1) % 10**8:08d}"
    assert badges.activate(row, Activation(wrong, "100395", KIOSK), KNOWN, now) == Refused(
        "activation_code", "wrong_activation"
    )
    refused = badges.activate(row, Activation(made.activation_code, "100395", KIOSK), KNOWN, now)
    assert refused == Refused("pin", "pin_personal")
    assert badges.activate(row, Activation(made.activation_code, "123456", KIOSK), KNOWN, now) == Refused(
        "pin", "pin_common"
    )
    assert badges.activate(row, Activation(made.activation_code, PIN, KIOSK), KNOWN, now) is None


# Over


def test_a_card_lasts_a_year(badges: Badges, issued: Issued, now: int) -> None:
    row = present(badges, issued, now)
    last = now + LIFETIME_SECONDS
    assert badges.try_pin(row, PIN, KIOSK, last - 1) is None
    assert badges.try_pin(row, PIN, KIOSK, last) == Refused("", "badge_expired")
    assert badges.find_presented(issued.secret, last) == Refused("", "badge_expired")


def test_a_revoked_card_opens_nothing_and_its_sessions_end(
    badges: Badges, services: Services, issued: Issued, lan: str, now: int
) -> None:
    row = present(badges, issued, now)
    place = Place("192.0.2.1", "Terminal")
    by_card, _ = services.sessions.begin(lan, CARD_AND_PIN, place, now)
    by_password, _ = services.sessions.begin(lan, PASSWORD, place, now)
    assert badges.revoke_by_person(lan, now)
    assert services.sessions.look_up(by_card, now) is None
    assert services.sessions.look_up(by_password, now) is not None
    assert badges.try_pin(row, PIN, KIOSK, now) == Refused("", "badge_revoked")
    assert badges.find_presented(issued.secret, now) == Refused("", "badge_revoked")
    assert not badges.revoke_by_person(lan, now)
    assert announced(services, lan).count("badge_revoked") == 1


@pytest.mark.parametrize("how", ["shut", "disable"])
def test_a_shut_accounts_card_is_over(
    badges: Badges, services: Services, issued: Issued, lan: str, now: int, how: str
) -> None:
    row = present(badges, issued, now)
    if how == "shut":
        services.closures.shut(lan, now, cause="panic")
    else:
        services.accounts.disable(lan, now)
    assert badges.try_pin(row, PIN, KIOSK, now) == Refused("", "badge_revoked")
    assert badges.find_current(lan) is None


def test_an_erased_account_leaves_no_card(
    badges: Badges, services: Services, issued: Issued, lan: str, now: int
) -> None:
    services.accounts.delete(lan, now)
    assert badges.find(issued.badge_id) is None
    assert badges.find_presented(issued.secret, now) == Refused("card", "badge_unknown")


def test_a_session_by_card_is_little_worth() -> None:
    assert CARD_AND_PIN == ("LoA1", ("card", "pin"))
    assert is_remote(CARD_AND_PIN.amr)
