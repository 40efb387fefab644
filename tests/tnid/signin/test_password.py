"""The password: one answer for everyone, and an end to guessing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tnid.accounts.passwords import Busy, Gate, Verdict
from tnid.app import create_app
from tnid.services import Services
from tnid.settings import Settings
from tnid.signin import password
from tnid.signin.limits import PASSWORD_AT_PLACE, QUARTER_HOUR_SECONDS, Limit

Browsers = Callable[..., InProcess]


def guess(browser: InProcess, username: str, typed: str = "not the password") -> tuple[int, str]:
    browser.open("/login")
    page = browser.submit("login_submit", {"login_username": username, "login_password": typed})
    return page.status, page.words()


def test_a_right_password_signs_in_at_one_factor(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    page = lan.sign_in(browser)
    assert (page.path, page.status) == ("/account", 200)
    found = services.sessions.look_up(browser.cookies["tnid_session"], clock.now())
    assert found is not None
    assert (found.account_id, found.acr, found.amr) == (lan.id, "LoA1", "pwd")


@pytest.mark.parametrize("name", ["LAN.NGUYEN", " lan.nguyen ", "ｌａｎ.nguyen"])
def test_spellings_of_a_username_are_one(browser: InProcess, lan: Someone, name: str) -> None:
    browser.open("/login")
    page = browser.submit("login_submit", {"login_username": name, "login_password": lan.password})
    assert page.path == "/account"


@pytest.mark.parametrize("name", ["0912345678", "+84 912 345 678", "0912.345.678", "Minh@Example.vn"])
def test_a_phone_or_an_email_names_its_only_account(
    browser: InProcess, new_person: Callable[..., Someone], name: str
) -> None:
    minh = new_person("minh", claims={"phone_number": "0912345678", "email": "minh@example.vn"})
    browser.open("/login")
    page = browser.submit("login_submit", {"login_username": name, "login_password": minh.password})
    assert page.path == "/account"


def test_a_phone_that_a_family_shares_names_nobody(
    browser: InProcess, new_person: Callable[..., Someone]
) -> None:
    for username in ("chi.lan", "anh.minh"):
        new_person(username, claims={"phone_number": "0912345678"})
    status, _ = guess(browser, "0912345678", "chè xanh búp tím 2 nương")
    assert status == 400


def test_unknown_disabled_and_wrong_get_the_same_answer(
    browser: InProcess, lan: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    services.accounts.disable(minh.id, clock.now())
    answers = {
        guess(browser, lan.username),
        guess(browser, "nobody.here"),
        guess(browser, minh.username),
        guess(browser, minh.username, minh.password),
    }
    assert len(answers) == 1


def test_the_log_tells_apart_what_the_answer_does_not(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    guess(browser, lan.username)
    event = services.audit.list_by_account(lan.id)[0]
    assert (event.event, event.outcome, event.reason) == ("sign_in.password", "refused", "wrong_password")
    assert event.ip == "192.0.2.1"


def test_the_eleventh_guess_is_not_looked_at(browser: InProcess, lan: Someone, clock: Clock) -> None:
    for _ in range(PASSWORD_AT_PLACE.allowed):
        assert guess(browser, lan.username)[0] == 400
    assert guess(browser, lan.username, lan.password)[0] == 429
    clock.advance(QUARTER_HOUR_SECONDS + 1)
    assert lan.sign_in(browser).path == "/account"


def test_a_refusal_for_too_many_says_when_to_come_back(browser: InProcess, lan: Someone) -> None:
    for username in (lan.username, "nobody.here"):
        for _ in range(PASSWORD_AT_PLACE.allowed):
            guess(browser, username)
        guess(browser, username)
        assert 0 < int(browser.page.headers["Retry-After"]) <= QUARTER_HOUR_SECONDS


def test_counting_survives_a_restart(browser: InProcess, lan: Someone, settings: Settings) -> None:
    for _ in range(PASSWORD_AT_PLACE.allowed):
        guess(browser, lan.username)
    with InProcess(create_app(settings)) as another:
        assert guess(another, lan.username, lan.password)[0] == 429


def test_one_address_is_one_place_however_the_name_is_written(browser: InProcess, lan: Someone) -> None:
    for name in ["lan.nguyen", "LAN.NGUYEN", " lan.nguyen", "ｌａｎ.nguyen", "lan.nguyen "] * 2:
        guess(browser, name)
    assert guess(browser, lan.username, lan.password)[0] == 429


def test_hopping_within_a_64_is_one_place(new_browser: Browsers, lan: Someone) -> None:
    for i in range(PASSWORD_AT_PLACE.allowed):
        guess(new_browser(f"2001:db8:1:2::{i + 1}"), lan.username)
    assert guess(new_browser("2001:db8:1:2:ffff::1"), lan.username, lan.password)[0] == 429
    assert guess(new_browser("2001:db8:1:3::1"), lan.username, lan.password)[0] == 200


def test_a_forwarding_header_of_a_stranger_changes_nothing(new_browser: Browsers, lan: Someone) -> None:
    browser = new_browser()
    for i in range(PASSWORD_AT_PLACE.allowed):
        browser._http.headers["X-Forwarded-For"] = f"198.51.100.{i}"
        guess(browser, lan.username)
    assert guess(browser, lan.username, lan.password)[0] == 429


@pytest.fixture
def few_in_all(monkeypatch: pytest.MonkeyPatch) -> int:
    """So many wrong passwords an account; a hundred in truth."""
    assert password.PASSWORD.allowed == 100
    monkeypatch.setattr(password, "PASSWORD", Limit("password", 12, QUARTER_HOUR_SECONDS))
    return 12


def test_strangers_do_not_lock_out_a_known_device(
    new_browser: Browsers, lan: Someone, few_in_all: int
) -> None:
    own = new_browser("192.0.2.7")
    lan.sign_in(own)
    own.post("/logout/confirm")
    for i in range(few_in_all):
        guess(new_browser(f"198.51.{i}.1"), lan.username)
    assert guess(new_browser("203.0.113.5"), lan.username, lan.password)[0] == 429
    assert lan.sign_in(own).path == "/account"


def test_a_device_is_known_to_its_own_account_only(
    new_browser: Browsers, lan: Someone, minh: Someone, few_in_all: int
) -> None:
    browser = new_browser()
    lan.sign_in(browser)
    browser.post("/logout/confirm")
    for i in range(few_in_all):
        guess(new_browser(f"198.51.{i}.1"), minh.username)
    assert guess(browser, minh.username, minh.password)[0] == 429


def test_one_password_on_many_accounts_shuts_the_network(
    new_browser: Browsers, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("password_from_network", 5, QUARTER_HOUR_SECONDS)
    monkeypatch.setattr(password, "PASSWORD_FROM_NETWORK", few)
    for i in range(few.allowed):
        assert guess(new_browser(f"192.0.2.{i + 10}"), f"person.{i}")[0] == 400
    assert guess(new_browser("192.0.2.200"), "person.x")[0] == 429


def test_parallel_guesses_share_one_allowance(new_browser: Browsers, lan: Someone) -> None:
    browsers = [new_browser() for _ in range(24)]
    for browser in browsers:
        browser.open("/login")

    def try_one(browser: InProcess) -> int:
        fields = {"login_username": lan.username, "login_password": "not the password"}
        return browser.submit("login_submit", fields).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(try_one, browsers))
    assert set(statuses) <= {400, 429, 503}
    assert guess(browsers[0], lan.username, lan.password)[0] == 429


def change_password(services: Services, person: Someone, now: int) -> None:
    new = "một mật khẩu khác hẳn 9"
    with services.database.unit():
        assert services.accounts.change_password(person.id, person.password, new, now) is None
        services.half_sign_ins.end_all(person.id, now)
        services.sessions.end_all(person.id, now)


def disable(services: Services, person: Someone, now: int) -> None:
    with services.database.unit():
        assert services.accounts.disable(person.id, now)


@pytest.mark.parametrize("meanwhile", [change_password, disable])
@pytest.mark.parametrize("username", ["lan", "minh"])
def test_a_password_that_is_changed_while_it_is_proved_opens_nothing(
    meanwhile: Callable[..., None],
    username: str,
    browser: InProcess,
    services: Services,
    clock: Clock,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who changes it ends all others' sessions; one that a thief's sign-in were still to begin would stay."""
    person: Someone = request.getfixturevalue(username)
    prove = services.passwords.verify

    def prove_and_be_late(stored: str | None, password: str) -> Verdict:
        found = prove(stored, password)
        monkeypatch.setattr(services.passwords, "verify", prove)
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(meanwhile, services, person, clock.now()).result()
        return found

    browser.open("/login")
    monkeypatch.setattr(services.passwords, "verify", prove_and_be_late)
    page = person.type_password(browser)
    assert page.status == 400 and page.has("login_password") and not page.has("otp_code")
    assert services.sessions.list_live(person.id, clock.now()) == []
    assert browser.open("/account").path == "/login"


def test_an_oversize_password_is_wrong_and_cheap(browser: InProcess, lan: Someone) -> None:
    assert guess(browser, lan.username, "x" * 20_000)[0] == 400


def test_a_foreign_next_is_not_followed(browser: InProcess, lan: Someone) -> None:
    for next_ in ("//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)"):
        browser.cookies.clear()
        browser.open("/login", next=next_)
        assert lan.type_password(browser).url == "http://localhost:8000/account"


def test_nobody_signs_another_in_across_sites(browser: InProcess, lan: Someone) -> None:
    page = browser.open("/login")
    answer = browser.send("POST", page.url, data={"username": lan.username, "password": lan.password})
    assert answer.status_code == 403
    assert "tnid_session" not in browser.cookies


def test_nothing_is_locked_while_a_password_is_hashed(
    browser: InProcess, lan: Someone, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    admit = Gate.admit

    def watching(self: Gate) -> AbstractContextManager[None]:
        begun.append(services.database._unit.begun)
        return admit(self)

    monkeypatch.setattr(Gate, "admit", watching)
    guess(browser, lan.username)
    guess(browser, lan.username, lan.password)
    browser.post(f"{ISSUER}/account/security", current=lan.password, new="đồi chè mây trắng 7")
    form = {"name": "Hoa", "username": "hoa", "email": "hoa@example.vn", "password": lan.password}
    assert browser.post(f"{ISSUER}/register", **form).status_code == 303
    assert begun == [False] * 5


def test_being_busy_is_said_and_counts_for_nothing(
    browser: InProcess, lan: Someone, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_gate: Gate) -> AbstractContextManager[None]:
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(Gate, "admit", refuse)
        for _ in range(PASSWORD_AT_PLACE.allowed + 1):
            assert guess(browser, lan.username)[0] == 503
    assert lan.sign_in(browser).path == "/account"
