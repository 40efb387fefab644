"""The life of a sign-in by QR, on both databases: who may do what, in which state, and how often."""

from __future__ import annotations

from typing import Any

import pytest

from oidc.models import LOA2, EndUser
from tests.conftest import Clock
from tnid.accounts.refusal import Refused
from tnid.accounts.service import NewAccount
from tnid.qr.service import COLLECT_SECONDS, LIFETIME_SECONDS, SCREEN, Begun, QrSignIns, Screen, assurance_of
from tnid.qr.state import state_of
from tnid.services import Services
from tnid.signin.assurance import Assurance

HERE = Screen("browser of the screen", "interaction", "jobs", "192.0.2.1", "192.0.2.1", "Firefox")
PHONE, OTHER_PHONE = "browser of the phone", "browser of another phone"


@pytest.fixture
def qr(services: Services) -> QrSignIns:
    return services.qr_sign_ins


@pytest.fixture
def now(clock: Clock) -> int:
    return clock.now()


def person(services: Services, username: str, now: int) -> EndUser:
    account = services.accounts.create(
        NewAccount(username=username, password="chè xanh búp tím 2 nương"), now
    )
    assert not isinstance(account, Refused)
    return EndUser(account.id, f"sid of {username}", now, LOA2, ("pwd", "otp", "mfa"), 0)


@pytest.fixture
def lan(services: Services, now: int) -> EndUser:
    return person(services, "lan", now)


@pytest.fixture
def minh(services: Services, now: int) -> EndUser:
    return person(services, "minh", now)


def code_of(qr: QrSignIns, begun: Begun, now: int) -> str:
    return qr.frames.address(begun.row, now).rpartition("/")[2]


def claimed(qr: QrSignIns, begun: Begun, who: EndUser, now: int, phone: str = PHONE) -> Any:
    row = qr.claim(begun.row, who.account_id, phone, now)
    assert not isinstance(row, Refused), row
    return row


def test_a_phone_approves_and_the_screen_collects_once(qr: QrSignIns, lan: EndUser, now: int) -> None:
    begun = qr.begin(HERE, now)
    found = qr.find_shown(code_of(qr, begun, now), now)
    assert state_of(found, now) == "waiting"
    row = claimed(qr, begun, lan, now)
    assert qr.approve(row, lan, PHONE, now)
    assert qr.try_digits(qr.find(row.id), qr.digits_of(row), now) is None
    assert state_of(qr.find(row.id), now) == "ready"
    collected = qr.collect(row, begun.secret, now)
    assert collected.account_id == lan.account_id
    assert assurance_of(collected) == Assurance(LOA2, ("pwd", "otp", "mfa", "qr"))
    assert qr.collect(row, begun.secret, now) is None


def test_the_digits_may_be_typed_before_the_phone_says_yes(qr: QrSignIns, lan: EndUser, now: int) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    assert qr.try_digits(row, f" {qr.digits_of(row)} ", now) is None
    assert state_of(qr.find(row.id), now) == "typed"
    assert qr.collect(row, begun.secret, now) is None
    assert qr.approve(row, lan, PHONE, now)
    assert qr.collect(row, begun.secret, now) is not None


def test_wrong_digits_end_it_at_the_first_try(qr: QrSignIns, lan: EndUser, now: int) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    assert qr.approve(row, lan, PHONE, now)
    digits = qr.digits_of(row)
    wrong = f"{(int(digits) + 1) % 100:02d}"
    assert qr.try_digits(qr.find(row.id), wrong, now) == Refused("digits", "qr_wrong_digits")
    assert state_of(qr.find(row.id), now) == "wrong_digits"
    assert qr.try_digits(qr.find(row.id), digits, now) == Refused("digits", "qr_wrong_digits")
    assert qr.collect(row, begun.secret, now) is None


def test_digits_before_any_phone_came_cost_nothing(qr: QrSignIns, now: int) -> None:
    begun = qr.begin(HERE, now)
    assert qr.try_digits(begun.row, "00", now) == Refused("digits", "qr_not_claimed")
    assert state_of(qr.find(begun.row.id), now) == "waiting"


@pytest.mark.parametrize(("seconds", "state"), [(119, "waiting"), (120, "expired"), (121, "expired")])
def test_it_lives_for_two_minutes(qr: QrSignIns, lan: EndUser, now: int, seconds: int, state: str) -> None:
    begun = qr.begin(HERE, now)
    then = now + seconds
    assert state_of(begun.row, then) == state
    taken = qr.claim(begun.row, lan.account_id, PHONE, then)
    assert isinstance(taken, Refused) == (state == "expired")


def test_an_approval_at_the_last_second_leaves_time_for_the_digits(
    qr: QrSignIns, lan: EndUser, now: int
) -> None:
    begun = qr.begin(HERE, now)
    last = now + LIFETIME_SECONDS[SCREEN] - 1
    row = claimed(qr, begun, lan, last)
    assert qr.approve(row, lan, PHONE, last)
    row = qr.find(row.id)
    assert qr.try_digits(row, qr.digits_of(row), last + COLLECT_SECONDS - 1) is None
    assert qr.collect(row, begun.secret, last + COLLECT_SECONDS) is None
    assert qr.collect(row, begun.secret, last + COLLECT_SECONDS - 1) is not None


def test_the_first_phone_wins_and_the_picture_dies(
    qr: QrSignIns, lan: EndUser, minh: EndUser, now: int
) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    code = code_of(qr, begun, now)
    assert qr.find_shown(code, now) == Refused("", "qr_taken")
    assert qr.find_typed(begun.typed_code, now) == Refused("typed_code", "qr_wrong_code")
    assert qr.claim(begun.row, minh.account_id, OTHER_PHONE, now) == Refused("", "qr_second_phone")
    assert qr.claim(begun.row, lan.account_id, OTHER_PHONE, now) == Refused("", "qr_second_phone")
    assert not qr.approve(row, minh, OTHER_PHONE, now)
    assert not qr.approve(row, minh, PHONE, now)
    assert qr.claim(begun.row, lan.account_id, PHONE, now).claimed_at == row.claimed_at


def test_a_phone_that_signs_in_as_somebody_else_ends_it(
    qr: QrSignIns, lan: EndUser, minh: EndUser, now: int
) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    assert qr.claim(row, minh.account_id, PHONE, now) == Refused("", "qr_other_person")
    assert not qr.approve(row, lan, PHONE, now)
    assert state_of(qr.find(row.id), now) == "other_person"


def test_a_no_is_final_and_the_claimers_alone(qr: QrSignIns, lan: EndUser, minh: EndUser, now: int) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    assert not qr.deny(row, minh, OTHER_PHONE, now)
    assert qr.deny(row, lan, PHONE, now)
    assert not qr.approve(row, lan, PHONE, now)
    assert state_of(qr.find(row.id), now) == "refused"


def test_an_approval_counts_once(qr: QrSignIns, lan: EndUser, now: int) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    assert [qr.approve(row, lan, PHONE, now) for _ in range(2)] == [True, False]


def test_only_its_own_screen_finds_and_collects_it(qr: QrSignIns, lan: EndUser, now: int) -> None:
    begun = qr.begin(HERE, now)
    assert qr.find_of_screen(begun.secret, HERE).id == begun.row.id
    for elsewhere in (
        HERE._replace(browser="another"),
        HERE._replace(network="198.51.100.7"),
        HERE._replace(interaction_uid="another"),
    ):
        assert qr.find_of_screen(begun.secret, elsewhere) is None
    assert qr.find_of_screen("", HERE) is None
    row = claimed(qr, begun, lan, now)
    assert qr.approve(row, lan, PHONE, now)
    assert qr.try_digits(row, qr.digits_of(row), now) is None
    assert qr.collect(row, "another screen's secret", now) is None


def test_another_beginning_ends_the_one_before(qr: QrSignIns, lan: EndUser, now: int) -> None:
    first = qr.begin(HERE, now)
    qr.begin(HERE, now)
    assert qr.claim(first.row, lan.account_id, PHONE, now) == Refused("", "qr_replaced")


@pytest.mark.parametrize(("seconds", "fits"), [(0, True), (4, True), (14, True), (15, False), (60, False)])
def test_a_picture_is_good_for_three_steps(qr: QrSignIns, now: int, seconds: int, fits: bool) -> None:
    begun = qr.begin(HERE, now)
    found = qr.find_shown(code_of(qr, begun, now), now + seconds)
    assert (found == Refused("", "qr_stale")) != fits


@pytest.mark.parametrize("code", ["", "A", "A" * 34, "a" * 35, "0" * 34, "Ạ" * 34, "A" * 26 + "/" + "B" * 7])
def test_a_code_made_by_hand_names_nothing(qr: QrSignIns, now: int, code: str) -> None:
    assert qr.find_shown(code, now) == Refused("", "qr_unknown")


def test_another_sign_ins_frame_is_stale(qr: QrSignIns, now: int) -> None:
    one = qr.begin(HERE, now)
    other = qr.begin(HERE._replace(interaction_uid="another"), now)
    mixed = code_of(qr, one, now)[:26] + code_of(qr, other, now)[26:]
    assert qr.find_shown(mixed, now) == Refused("", "qr_stale")


def test_a_typed_code_finds_it_however_it_is_typed(qr: QrSignIns, now: int) -> None:
    begun = qr.begin(HERE, now)
    typed = f" {begun.typed_code[:4].lower()}-{begun.typed_code[4:]}"
    assert qr.find_typed(typed, now).id == begun.row.id


def test_a_password_changed_after_the_yes_takes_it_back(
    qr: QrSignIns, services: Services, lan: EndUser, now: int
) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    assert qr.approve(row, lan, PHONE, now)
    assert qr.try_digits(row, qr.digits_of(row), now) is None
    services.accounts.change_password(
        lan.account_id, "chè xanh búp tím 2 nương", "một mật khẩu khác hẳn 9", now + 1
    )
    assert qr.collect(row, begun.secret, now + 1) is None


def test_a_shut_or_disabled_account_neither_claims_nor_is_collected(
    qr: QrSignIns, services: Services, lan: EndUser, now: int
) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    assert qr.approve(row, lan, PHONE, now)
    assert qr.try_digits(row, qr.digits_of(row), now) is None
    services.closures.shut(lan.account_id, now, cause="panic")
    assert qr.collect(row, begun.secret, now) is None
    another = qr.begin(HERE, now)
    assert isinstance(qr.claim(another.row, lan.account_id, PHONE, now), Refused)


def test_nothing_secret_is_in_the_row_or_the_address(qr: QrSignIns, lan: EndUser, now: int) -> None:
    begun = qr.begin(HERE, now)
    row = claimed(qr, begun, lan, now)
    stored = " ".join(str(value) for value in row)
    assert begun.secret not in stored
    assert begun.typed_code not in stored
    assert HERE.browser not in stored
    address = qr.frames.address(row, now)
    assert address.startswith("HTTP://LOCALHOST:8000/QR/")
    assert len(address) == len("HTTP://LOCALHOST:8000/QR/") + 26 + 8
