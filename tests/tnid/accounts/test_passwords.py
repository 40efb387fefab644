"""The password policy, and what lies in the database of a password."""

from __future__ import annotations

import threading
import timeit
import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from tnid.accounts import passwords
from tnid.accounts.passwords import (
    COSTS,
    Busy,
    Gate,
    Passwords,
    find_weakness,
    hash_of_nobody,
    is_strong_alone,
)

PEPPER = b"p" * 32
SAFE = "tím2 nương chè đồi xa kìa "


@pytest.mark.parametrize(
    ("length", "weakness"),
    [(7, "password_too_short"), (8, None), (64, None), (128, None), (129, "password_too_long")],
)
def test_length_counts_characters(length: int, weakness: str | None) -> None:
    assert find_weakness((SAFE * 8)[:length]) == weakness


@pytest.mark.parametrize(("length", "is_strong"), [(14, False), (15, True)])
def test_a_password_stands_alone_from_fifteen_characters(length: int, is_strong: bool) -> None:
    assert is_strong_alone("x" * length) == is_strong


def test_a_megabyte_is_refused_before_anything_is_done_with_it() -> None:
    password = "x" * 1024 * 1024
    assert find_weakness(password) == "password_too_long"
    # The quickest of several: the others waited for whatever else the machine does
    assert min(timeit.repeat(lambda: find_weakness(password), number=1, repeat=10)) < 0.05


@pytest.mark.parametrize(
    "password",
    [
        *("thainguyen2026", "ThaiNguyen@2026", "Thái Nguyên 2026", "matkhau123", "Mật khẩu 1", "anhyeuem123"),
        *("password", "PASSWORD1!", "12345678", "qwertyui", "iloveyou2", "1q2w3e4r", "aaaaaaaa", "a" * 20),
    ],
)
def test_what_everybody_takes_is_refused(password: str) -> None:
    assert find_weakness(password) == "password_common"


@pytest.mark.parametrize(
    "password",
    [
        *("tradaumuahaisang", "  chè   đồi   Khau   Mồ", "Đồi chè buổi sáng sớm", "🍵🌱🏔🌊🍃🌾🌸🦋"),
        *("correct horse battery staple", "chỉ chữ thường thôi mà", "김치찌개 끓이는 날에"),
    ],
)
def test_no_kind_of_character_is_asked_for(password: str) -> None:
    assert find_weakness(password) is None


@pytest.mark.parametrize(
    "password",
    ["lan.nguyen-2026-chè", "LANNGUYEN rồi sao", "số 912345678 đó", "019090000123 nhé", "nguyễn thị lan đây"],
)
def test_what_others_know_of_a_person_is_refused(password: str) -> None:
    personal = ("lan.nguyen", "912345678", "019090000123", "Nguyễn Thị Lan")
    assert find_weakness(password, personal) == "password_personal"


def test_composed_and_decomposed_letters_are_one_password() -> None:
    hasher = Passwords(PEPPER, 1)
    stored = hasher.hash(unicodedata.normalize("NFC", SAFE))
    assert hasher.verify(stored, unicodedata.normalize("NFD", SAFE)).is_right


def test_all_of_a_long_password_counts() -> None:
    hasher = Passwords(PEPPER, 1)
    stored = hasher.hash("a" * 100 + "b")
    assert not hasher.verify(stored, "a" * 100 + "c").is_right


def test_the_hash_is_argon2id_salted_and_peppered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    hasher = Passwords(PEPPER, 1)
    first, second = hasher.hash(SAFE), hasher.hash(SAFE)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert not Passwords(b"q" * 32, 1).verify(first, SAFE).is_right


def test_older_costs_are_raised_at_the_next_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    old = Passwords(PEPPER, 1).hash(SAFE)
    monkeypatch.setattr(passwords, "COSTS", COSTS._replace(time_cost=3, memory_cost=16))
    verdict = Passwords(PEPPER, 1).verify(old, SAFE)
    assert verdict.is_right
    assert verdict.new_hash is not None
    assert "m=16,t=3" in verdict.new_hash


def test_nobodys_password_is_never_right() -> None:
    hasher = Passwords(PEPPER, 1)
    assert not hasher.verify(None, "no one's password").is_right
    assert not hasher.verify("not a hash", SAFE).is_right


def test_nobodys_password_is_compared_with_a_hash_as_costly_as_everybodys() -> None:
    nobodys = hash_of_nobody()
    assert extract_parameters(nobodys) == extract_parameters(Passwords(PEPPER, 1).hash(SAFE))
    with pytest.raises(VerifyMismatchError):  # computed, and found to be another: not refused unread
        PasswordHasher().verify(nobodys, SAFE)
    assert nobodys != hash_of_nobody()


def test_the_gate_lets_so_many_in_and_refuses_who_waits_too_long() -> None:
    gate = Gate(concurrency=1, waiting=1, patience_seconds=0.05)
    is_in, may_leave = threading.Event(), threading.Event()

    def occupy() -> None:
        with gate.admit():
            is_in.set()
            may_leave.wait(60)

    thread = threading.Thread(target=occupy)
    thread.start()
    is_in.wait(60)
    with pytest.raises(Busy), gate.admit():
        pass
    may_leave.set()
    thread.join()
    with gate.admit():
        pass


def test_the_gate_refuses_at_once_when_the_line_is_full() -> None:
    gate = Gate(concurrency=1, waiting=0, patience_seconds=60)
    with gate.admit(), pytest.raises(Busy), gate.admit():
        pass
