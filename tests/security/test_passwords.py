"""Passwords: what may be one, and how they are kept."""

from __future__ import annotations

import unicodedata
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from tests.security.attack import Attack, check_quick
from tests.security.target import SESSION_COOKIE, Target, Victim
from tests.security.test_sessions import change_password
from tnid.signin.assurance import PASSWORD


def register(attack: Attack, **changes: str) -> Any:
    """Register somebody new; return the page that comes next."""
    browser = attack.new_browser()
    form = browser.open("/register").document.xpath("//form[.//input[@name='password']]")[0]
    fields = {
        **dict(form.form_values()),
        "name": "Nguyễn Văn Thử", "username": f"nguoi.{uuid4().hex[:12]}", "phone": "0912 345 678",
        "password": f"mật khẩu {uuid4().hex}", **changes,
    }  # fmt: skip
    if "password" not in changes:
        attack.target.hide(fields["password"])
    return browser._send(form, list(fields.items()))


def hash_of(target: Target, person: Victim) -> str:
    return str(
        target.fetch_all("SELECT password_hash FROM accounts WHERE id = :a", a=person.account_id)[0][0]
    )


def exists(target: Target, username: str) -> bool:
    return target.services.accounts.find_by_username(username) is not None


LENGTHS = [
    (7, False),
    (8, True),
    (14, True),
    (15, True),
    (64, True),
    (128, True),
    (129, False),
    (5000, False),
]


@pytest.mark.parametrize(("length", "accepted"), LENGTHS)
def test_pw_001_length(length: int, accepted: bool, attack: Attack, target: Target) -> None:
    username = f"nguoi.{uuid4().hex[:12]}"
    password = (uuid4().hex * 200)[:length]
    page = register(attack, username=username, password=password)
    assert exists(target, username) is accepted, page
    assert accepted or page.status == 400
    if accepted:
        # A short one must have a second factor beside it, at once
        account = target.services.accounts.find_by_username(username)
        assert account is not None and account.factor_required is (length < 15)
        assert page.has("secret_text") and (page.find("enrol_skip") is None) is (length < 15)


def test_pw_001_a_mebibyte_is_refused_before_hashing(attack: Attack, target: Target) -> None:
    username = f"nguoi.{uuid4().hex[:12]}"
    page = register(attack, username=username, password="a" * 1024 * 1024)
    assert page.status in (400, 413) and not exists(target, username)
    check_quick(attack.send("GET", "/register"))


COMMON = [
    "password1",
    "12345678",
    "iloveyou",
    "matkhau123",
    "thainguyen2026",
    "Thainguyen@2026",
    "aaaaaaaaaaaaaaaa",
    "qwertyuiop",
]


@pytest.mark.parametrize("password", COMMON)
def test_pw_002_common_passwords(password: str, attack: Attack, target: Target) -> None:
    username = f"nguoi.{uuid4().hex[:12]}"
    page = register(attack, username=username, password=password)
    assert page.status == 400 and not exists(target, username), page


PERSONAL = ["0987654321abc", "x hoang thi ngan 1", "HoàngThịNgân99", "+84987654321 xin chào"]


@pytest.mark.parametrize("password", PERSONAL)
def test_pw_002_what_others_know_of_the_person(password: str, attack: Attack, target: Target) -> None:
    username = f"hoang.thi.ngan.{uuid4().hex[:6]}"
    page = register(attack, username=username, password=password, name="Hoàng Thị Ngân", phone="0987654321")
    assert page.status == 400 and not exists(target, username), page


GOOD = [
    "chỉ toàn chữ thường thôi",
    "                 x ",
    "🌿🍃🌱🌾🍀🌵🌴🌳🌲🍂🍁🌷🌹🌺🌸",
    "mật khẩu tiếng Việt đấy",
    "x" * 72 + "đuôi dài",
]


@pytest.mark.parametrize("password", GOOD)
def test_pw_003_any_text_in_any_composition(password: str, attack: Attack, target: Target) -> None:
    person = target.new_person(password=unicodedata.normalize("NFC", password), totp=False)
    for form in ("NFC", "NFD", "NFKC"):
        browser = attack.new_browser()
        browser.open("/login")
        fields = {"login_username": person.username, "login_password": unicodedata.normalize(form, password)}
        assert browser.submit("login_submit", fields).path == "/account", browser.page
        target.hide(browser.cookies.get(SESSION_COOKIE))
    wrong = password[:-1]
    browser = attack.new_browser()
    browser.open("/login")
    with attack.one_refusal("sign_in.password", "wrong_password"):
        page = browser.submit("login_submit", {"login_username": person.username, "login_password": wrong})
    assert page.status == 400, "the end of the password does not count"


def test_pw_004_a_change_needs_the_current_password(attack: Attack, person: Victim, target: Target) -> None:
    browser, new = attack.new_browser(), "một mật khẩu hoàn toàn khác 9"
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    target.hide(new)
    for current in ("", "sai", person.password + " "):
        with attack.one_refusal("account.change_password", "wrong_password"):
            assert change_password(browser, current, new).status == 403
    assert change_password(browser, person.password, person.password).status == 400
    assert change_password(browser, person.password, "12345678").status == 400
    assert change_password(browser, person.password, "").status == 400
    assert target.services.passwords.verify(hash_of(target, person), person.password).is_right


def test_pw_004_guesses_at_the_current_password_end(attack: Attack, person: Victim, target: Target) -> None:
    browser, new = attack.new_browser(), "một mật khẩu hoàn toàn khác 9"
    attack.put_cookie(SESSION_COOKIE, target.new_session(person), browser)
    target.hide(new)
    found = [change_password(browser, "sai", new).status for _ in range(11)]
    assert found == [403] * 10 + [429]
    assert change_password(browser, person.password, new).status == 429


NAME, NEW = "Nguyễn Văn Thử", "một mật khẩu hoàn toàn khác 9"
EXTRA = {
    "identity_level": "2",
    "role": "admin",
    "id": "x",
    "disabled_at": "1",
    "phone_number_verified": "true",
    "email_verified": "y",
}


@pytest.mark.parametrize("page", ["/register", "/account/profile", "/account/security"])
def test_pw_004_nothing_else_can_be_set(page: str, attack: Attack, target: Target) -> None:
    username = f"nguoi.{uuid4().hex[:12]}"
    if page == "/register":
        register(attack, username=username, **EXTRA)
    else:
        person = target.new_person(
            username=username, totp=False, identity_level=0, phone_number="+84912345678"
        )
        browser = attack.new_browser()
        attack.put_cookie(SESSION_COOKIE, target.new_session(person, PASSWORD), browser)
        form = browser.open(page).document.xpath("//main//form[.//*[@name='name' or @name='new']]")[0]
        # What the form is for is done, and nothing else
        meant = {"name": "Tên Khác", "current": person.password, "new": NEW}
        given = {**dict(form.form_values()), **{name: meant[name] for name in meant if name in form.fields}}
        browser._send(form, [*given.items(), *EXTRA.items()])
        changed = target.services.accounts.get(person.account_id)
        is_new = target.services.passwords.verify(hash_of(target, person), NEW).is_right
        assert (changed.profile["name"], is_new) == (
            ("Tên Khác", False) if "profile" in page else (NAME, True)
        )
    account = target.services.accounts.find_by_username(username)
    assert account is not None and account.identity_level == 0 and account.disabled_at is None
    assert not account.profile.get("phone_number_verified") and not account.profile.get("email_verified")


def test_pw_005_how_a_password_is_kept(person: Victim, target: Target) -> None:
    other = target.new_person(password=person.password)
    one, two = (hash_of(target, p) for p in (person, other))
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and one != two
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(one, person.password)  # without the pepper, which is not in the database


def test_pw_005_a_weaker_hash_is_replaced_at_the_next_sign_in(attack: Attack, target: Target) -> None:
    person = target.new_person(totp=False)
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    peppered = target.services.passwords._peppered(person.password)
    target.execute(
        "UPDATE accounts SET password_hash = :h WHERE id = :a", h=weak.hash(peppered), a=person.account_id
    )
    browser = attack.new_browser()
    browser.open("/login")
    person.pass_through(browser)
    target.hide(browser.cookies.get(SESSION_COOKIE))
    assert "m=19456,t=2" in hash_of(target, person)
