"""Registration and the account pages, as a person goes through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import CALLBACK, ISSUER, PASSWORD, InProcess, Someone
from tnid.accounts import registration, usernames
from tnid.accounts.dates import check_age, is_too_young, read_date
from tnid.accounts.refusal import Refused
from tnid.app import Application
from tnid.services import Services
from tnid.signin.limits import Limit

Browsers = Callable[..., InProcess]
NEW_PASSWORD = "đồi chè mây trắng 7"


@pytest.fixture
def database_kind() -> str:
    """One database will do: the stores below are tested on both."""
    return "sqlite"


def fill(browser: InProcess, **changes: str) -> Page:
    fields = {
        "name": "Lường Thị Lành",
        "username": "lanh.tn95",
        "phone": "0912345678",
        "email": "",
        "password": PASSWORD,
        **changes,
    }
    return browser.submit("register_submit", fields)


def signed_in(browser: InProcess, services: Services, clock: Clock) -> str | None:
    cookie = browser.cookies.get("tnid_session") or ""
    found = services.sessions.look_up(cookie, clock.now())
    return None if found is None else found.account_id


# Registration


def test_registering_signs_in_and_offers_the_second_factor(
    browser: InProcess, services: Services, clock: Clock
) -> None:
    browser.open("/register")
    page = fill(browser)
    assert page.path == "/mfa/enrol"
    assert signed_in(browser, services, clock)
    assert browser.click("enrol_skip").path == "/account"
    account = services.accounts.find_by_username("lanh.tn95")
    assert account is not None
    assert account.profile["phone_number"] == "+84912345678"


def test_registering_on_the_way_to_an_application_goes_on_to_it(
    browser: InProcess, new_app: Callable[..., str], clock: Clock
) -> None:
    browser.open(new_app())
    link = browser.page.document.xpath("//a[starts-with(@href, '/register')]/@href")[0]
    browser.open(link)
    assert fill(browser).path == "/mfa/enrol"
    assert browser.click("enrol_skip").path == "/consent"
    assert browser.click("consent_allow").url.startswith(CALLBACK)


def test_a_short_password_at_registration_makes_the_factor_required(
    browser: InProcess, services: Services, clock: Clock
) -> None:
    browser.open("/register")
    page = fill(browser, password="nương2 tím")
    assert page.path == "/mfa/enrol"
    assert not page.has("enrol_skip")
    assert signed_in(browser, services, clock) is None
    assert browser.open("/account").path == "/login"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "0912345678"}, "username"),
        ({"username": "admin"}, "username"),
        ({"password": "thainguyen2026"}, "password"),
        ({"password": "số 0912345678 này"}, "password"),
        ({"password": "x" * 300}, "password"),
        ({"phone": "12"}, "phone"),
        ({"phone": "", "email": ""}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    browser: InProcess, changes: dict[str, str], field: str
) -> None:
    browser.open("/register")
    page = fill(browser, **changes)
    assert page.status == 400
    assert page.get(f"{field}-error").text_content().strip()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (
            {"name": "Lành 😀", "username": "lan-", "phone": "123", "email": "x@", "password": "short"},
            {"name", "username", "phone", "email", "password"},
        ),
        (
            {"name": "", "username": "", "phone": "", "email": "", "password": ""},
            {"name", "phone", "password"},
        ),
        ({"username": "lan.nguyen", "email": "x@"}, {"email"}),
        ({"username": "lan.nguyen", "password": "short"}, {"password"}),
    ],
)
def test_all_that_is_wrong_is_said_at_once(
    browser: InProcess, lan: Someone, changes: dict[str, str], fields: set[str]
) -> None:
    browser.open("/register")
    page = fill(browser, **changes)
    assert page.status == 400
    named = {address.removeprefix("#") for address in page.document.xpath("//*[@data-focus]//a/@href")}
    # Not whether the name is taken: that is told once nothing else is wrong, and counted
    assert named == fields
    assert all(page.get(f"{field}-error").text_content().strip() for field in fields)


def test_too_many_registrations_are_told_nothing_more(
    browser: InProcess, lan: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        registration, "REGISTRATION_FROM_NETWORK", Limit("registration_from_network", 1, 3600)
    )
    browser.open("/register")
    assert fill(browser, username="lan.nguyen").status == 400
    page = fill(browser, phone="123")
    assert page.status == 429
    assert not page.has("phone-error")


def test_a_taken_username_is_refused(browser: InProcess, lan: Someone) -> None:
    browser.open("/register")
    assert fill(browser, username="LAN.Nguyen").get("username-error") is not None


def test_a_form_sent_twice_makes_one_account_and_signs_in(
    browser: InProcess, services: Services, clock: Clock
) -> None:
    page = browser.open("/register")
    form = next(page.get("register_submit").iterancestors("form"))
    filled = {
        **dict(form.form_values()),
        "name": "Nông Thị Bích",
        "phone": "0912345678",
        "password": PASSWORD,
    }
    # The answer to the first is lost on the way, with the session that it brought
    kept = dict(browser.cookies)
    assert browser.send("POST", page.url, data=filled).status_code == 303
    browser.cookies.clear()
    browser.cookies.update(kept)
    assert browser.send("POST", page.url, data=filled).status_code == 303
    assert signed_in(browser, services, clock)
    (row,) = services.database.fetch_all(text("SELECT username FROM accounts"))
    assert re.fullmatch(r"bich\.nt[0-9]{4}", row.username)
    # Whoever finds the page open and knows no password gets nothing of it
    browser.cookies.clear()
    browser.cookies.update(kept)
    assert (
        browser.send("POST", page.url, data={**filled, "password": "một mật khẩu khác hẳn"}).status_code
        == 400
    )
    assert signed_in(browser, services, clock) is None
    # Another browser's form is another account's, whatever it says
    assert len(services.database.fetch_all(text("SELECT id FROM accounts"))) == 1


def test_forms_sent_at_the_same_moment_make_one_account(
    app: Application, services: Services, browser: InProcess
) -> None:
    page = browser.open("/register")
    form = next(page.get("register_submit").iterancestors("form"))
    filled = {
        **dict(form.form_values()),
        "name": "Nông Thị Bích",
        "phone": "0912345678",
        "password": PASSWORD,
    }
    browsers = [InProcess(app) for _ in range(4)]
    for one in browsers:
        one.cookies.update(browser.cookies)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda one: one.send("POST", page.url, data=filled).status_code, browsers))
    assert answers == [303] * 4
    assert len(services.database.fetch_all(text("SELECT id FROM accounts"))) == 1


def test_whoever_invents_no_username_is_told_the_one_that_was_made(
    browser: InProcess, services: Services
) -> None:
    browser.open("/register")
    page = fill(browser, username="", name="Đặng Thị Thuỷ")
    (row,) = services.database.fetch_all(text("SELECT username FROM accounts"))
    assert row.username.startswith("thuy.dt") and row.username in page.words()


@pytest.mark.parametrize("name", ["김민준", "Ò", "'", "N" * 200, "Nguyễn Văn An"])
def test_a_name_of_any_script_gets_a_username(name: str) -> None:
    made = usernames.suggest(name)
    assert usernames.find_fault(made) is None and not usernames.is_reserved(made)


def test_any_number_of_people_share_a_phone(
    new_browser: Callable[..., InProcess], services: Services
) -> None:
    for name in ("Nông Thị Bích", "Nông Văn Cường", "Nông Thị Dung"):
        one = new_browser()
        one.open("/register")
        assert fill(one, username="", name=name).path == "/mfa/enrol"
    assert len(services.database.fetch_all(text("SELECT id FROM accounts"))) == 3


@pytest.mark.parametrize(
    ("typed", "kept"), [("+82 10-1234-5678", "+821012345678"), ("84912345678", "+84912345678")]
)
def test_a_phone_may_be_of_any_country(typed: str, kept: str, browser: InProcess, services: Services) -> None:
    browser.open("/register")
    fill(browser, phone=typed)
    account = services.accounts.find_by_username("lanh.tn95")
    assert account is not None and account.profile["phone_number"] == kept


def test_registrations_of_one_network_are_bounded(
    browser: InProcess, lan: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("registration_from_network", 3, 3600)
    monkeypatch.setattr(registration, "REGISTRATION_FROM_NETWORK", few)
    for _ in range(few.allowed):
        browser.open("/register")
        assert fill(browser, username="lan.nguyen").status == 400
    browser.open("/register")
    page = fill(browser)
    assert page.status == 429
    assert int(page.headers["Retry-After"]) > 0


# Password and factor


def change_password(browser: InProcess, current: str, new: str, *, end_others: bool = True) -> int:
    sent = {"current": current, "new": new, "submit": "1", **({"end_others": "y"} if end_others else {})}
    return browser.post(f"{ISSUER}/account/security", **sent).status_code


@pytest.mark.parametrize(
    ("current", "new", "status"),
    [
        ("", NEW_PASSWORD, 403),
        ("not the password", NEW_PASSWORD, 403),
        (PASSWORD, PASSWORD, 400),
        (PASSWORD, "thainguyen2026", 400),
        (PASSWORD, "nương2 tím", 400),
        (PASSWORD, "lan.nguyen và chè xanh", 400),
        (PASSWORD, NEW_PASSWORD, 303),
    ],
)
def test_changing_the_password(browser: InProcess, lan: Someone, current: str, new: str, status: int) -> None:
    lan.sign_in(browser)
    assert change_password(browser, current, new) == status
    browser.cookies.clear()
    browser.open("/login")
    assert (lan.type_password(browser, NEW_PASSWORD).path == "/account") == (status == 303)


def test_nothing_but_the_password_is_taken_from_that_form(
    browser: InProcess, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser)
    answer = browser.post(
        f"{ISSUER}/account/security",
        **{"current": PASSWORD, "new": NEW_PASSWORD, "identity_level": "2", "username": "root"},
    )
    assert answer.status_code == 303
    account = services.accounts.get(lan.id)
    assert (account.identity_level, account.username) == (0, "lan.nguyen")


def test_a_changed_password_ends_the_other_sessions_and_every_grant(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    browser, other = new_browser(), new_browser()
    lan.sign_in(other, new_app())
    other.click("consent_allow")
    lan.sign_in(browser)
    assert change_password(browser, PASSWORD, NEW_PASSWORD) == 303
    assert signed_in(other, services, clock) is None
    assert signed_in(browser, services, clock) == lan.id
    assert services.grants.revoke_by_account(lan.id, clock.now()) == 0


def test_the_other_sessions_may_be_kept(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock
) -> None:
    browser, other = new_browser(), new_browser()
    lan.sign_in(other)
    lan.sign_in(browser)
    change_password(browser, PASSWORD, NEW_PASSWORD, end_others=False)
    assert signed_in(other, services, clock) == lan.id


def test_a_changed_password_ends_half_sign_ins(new_browser: Browsers, minh: Someone) -> None:
    browser, other = new_browser(), new_browser()
    minh.sign_in(browser)
    other.open("/login")
    minh.type_password(other)
    assert change_password(browser, PASSWORD, NEW_PASSWORD) == 303
    assert other.submit("otp_submit", {"otp_code": minh.next_code()}).path == "/login"


@pytest.mark.parametrize("path", ["", "/codes", "/factor/remove", "/factor"])
def test_an_old_sign_in_changes_no_security(
    browser: InProcess, minh: Someone, services: Services, clock: Clock, path: str
) -> None:
    minh.sign_in(browser)
    clock.advance(301)
    sent = {"current": PASSWORD, "new": NEW_PASSWORD}
    answer = browser.post(f"{ISSUER}/account/security{path}", **sent)
    assert answer.headers["Location"].startswith("/resume/")
    assert browser.open(answer.headers["Location"]).path == "/login"
    assert services.factors.is_enrolled(minh.id)
    assert services.factors.count_recovery_codes(minh.id) == 10


def test_guesses_at_the_current_password_are_counted(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    statuses = [change_password(browser, "not the password", NEW_PASSWORD) for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert change_password(browser, PASSWORD, NEW_PASSWORD) == 429


def test_turning_the_factor_off_falls_back_to_one_factor(
    new_browser: Browsers, minh: Someone, services: Services, clock: Clock
) -> None:
    browser, other = new_browser(), new_browser()
    minh.sign_in(other)
    minh.sign_in(browser)
    before = browser.cookies["tnid_session"]
    browser.open("/account/security")
    assert browser.click("remove_factor_submit").path == "/account/security"
    assert not services.factors.is_enrolled(minh.id)
    assert services.factors.count_recovery_codes(minh.id) == 0
    found = services.sessions.look_up(browser.cookies["tnid_session"], clock.now())
    assert found is not None
    assert (found.acr, found.amr) == ("LoA1", "pwd")
    assert browser.cookies["tnid_session"] != before
    assert signed_in(other, services, clock) is None


def test_a_factor_beside_a_short_password_stays(
    browser: InProcess, new_person: Callable[..., Someone], services: Services
) -> None:
    person = new_person("hoa", password="nương2 tím", totp=True)
    person.sign_in(browser)
    browser.open("/account/security")
    browser.click("remove_factor_submit")
    assert services.factors.is_enrolled(person.id)


def test_a_session_of_one_factor_may_not_remove_the_other(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    services.factors.enrol(lan.id, pyotp.random_base32(), 0, clock.now())
    answer = browser.post(f"{ISSUER}/account/security/factor/remove")
    assert browser.open(answer.headers["Location"]).path == "/mfa/totp"
    assert services.factors.is_enrolled(lan.id)


def test_new_recovery_codes_end_the_old(
    browser: InProcess, minh: Someone, services: Services, clock: Clock
) -> None:
    minh.sign_in(browser)
    browser.open("/account/security")
    page = browser.click("new_codes_submit")
    assert page.path == "/mfa/codes"
    new = [item.text_content().strip() for item in page.get("recovery_codes")]
    assert browser.click("codes_submit").path == "/account/security"
    assert not services.factors.consume_recovery_code(minh.id, minh.recovery_codes[0], clock.now())
    assert services.factors.consume_recovery_code(minh.id, new[0], clock.now())


# Sessions, applications, profile, activity


def test_a_session_elsewhere_can_be_ended(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock
) -> None:
    browser, other = new_browser(), new_browser()
    lan.sign_in(other)
    lan.sign_in(browser)
    sid = next(
        row.sid
        for row in services.sessions.list_live(lan.id, clock.now())
        if row.id_hash not in browser.cookies["tnid_session"]
        and row.sid != services.sessions.look_up(browser.cookies["tnid_session"], clock.now()).sid
    )
    assert browser.post(f"{ISSUER}/account/sessions", sid=sid).status_code == 303
    assert signed_in(other, services, clock) is None
    assert signed_in(browser, services, clock) == lan.id


def test_all_other_sessions_can_be_ended_at_once(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock
) -> None:
    browsers = [new_browser() for _ in range(4)]
    for one in browsers:
        lan.sign_in(one)
    browsers[0].post(f"{ISSUER}/account/sessions", others="1")
    assert [signed_in(one, services, clock) for one in browsers] == [lan.id, None, None, None]


def test_somebody_elses_session_is_not_found(
    new_browser: Browsers, lan: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    browser, other = new_browser(), new_browser()
    minh.sign_in(other)
    lan.sign_in(browser)
    sid = services.sessions.list_live(minh.id, clock.now())[0].sid
    assert browser.post(f"{ISSUER}/account/sessions", sid=sid).status_code == 404
    assert signed_in(other, services, clock) == minh.id


def test_the_sessions_page_says_where(browser: InProcess, lan: Someone) -> None:
    browser._http.headers["User-Agent"] = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"
    lan.sign_in(browser)
    page = browser.open("/account/sessions")
    assert "Android" in page.words()
    assert "192.0.2.1" in page.words()


def test_the_profile_is_corrected(browser: InProcess, lan: Someone, services: Services) -> None:
    lan.sign_in(browser)
    browser.open("/account/profile")
    fields = {"birthdate": "27/3/1995", "locality": "Phường Tích Lương"}
    assert browser.submit("profile_submit", fields).status == 200
    profile = services.accounts.get(lan.id).profile
    assert profile["birthdate"] == "1995-03-27"
    assert profile["address"] == {"locality": "Phường Tích Lương"}
    assert profile["name"] == "Nguyễn Thị Lan"


@pytest.mark.parametrize("line", ["street_address", "locality", "region", "country"])
def test_what_is_wrong_of_an_address_is_said_beside_its_line(
    browser: InProcess, lan: Someone, line: str
) -> None:
    lan.sign_in(browser)
    browser.open("/account/profile")
    page = browser.submit("profile_submit", {line: "x" * 1000})
    assert page.status == 400
    assert [
        one for one in ("street_address", "locality", "region", "country") if page.has(f"{one}-error")
    ] == [line]


@pytest.mark.parametrize(
    ("field", "value"),
    [("birthdate", "31/02/1990"), ("birthdate", "27/03/2020"), ("name", "")],
)
def test_a_wrong_profile_is_refused_beside_its_field(
    browser: InProcess, lan: Someone, field: str, value: str
) -> None:
    lan.sign_in(browser)
    browser.open("/account/profile")
    page = browser.submit("profile_submit", {field: value})
    assert page.status == 400
    assert page.has(f"{field}-error")


def test_all_that_is_wrong_of_a_profile_is_said_at_once(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    browser.open("/account/profile")
    assert browser.submit("profile_submit", {"locality": "Phường Tích Lương"}).status == 200
    browser.open("/account/profile")
    wrong = {
        "name": "",
        "family_name": "Nguyễn 1",
        "given_name": "😀",
        "birthdate": "31/02/1990",
        "country": "Việt\u202eNam",
    }
    page = browser.submit("profile_submit", wrong)
    assert page.status == 400
    named = {address.removeprefix("#") for address in page.document.xpath("//*[@data-focus]//a/@href")}
    assert named == set(wrong)


def test_the_activity_page_tells_what_happened(browser: InProcess, lan: Someone) -> None:
    browser.open("/login")
    lan.type_password(browser, "not the password")
    lan.type_password(browser)
    words = browser.open("/account/activity").words()
    assert "192.0.2.1" in words
    assert len(browser.page.document.xpath("//ol[@class='rows']/li")) == 3


def test_withdrawing_a_consent_ends_the_applications_access(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    address = new_app()
    lan.sign_in(browser, address)
    browser.click("consent_allow")
    assert "Việc làm" in browser.open("/account/applications").words()
    assert browser.post(f"{ISSUER}/account/applications", client_id="jobs").status_code == 303
    assert services.consents.find_agreed(lan.id, "jobs") is None
    assert services.grants.revoke_by_account(lan.id, clock.now()) == 0
    assert browser.open(address).path == "/consent"
    assert browser.post(f"{ISSUER}/account/applications", client_id="unknown").status_code == 404


@pytest.mark.parametrize(
    ("typed", "read"),
    [("27/03/1995", "1995-03-27"), ("7-3-1995", "1995-03-07"), ("1995", "1995"), ("", ""), ("hôm qua", None)],
)
def test_dates_are_read_as_people_write_them(typed: str, read: str | None) -> None:
    assert read_date(typed) == read


@pytest.mark.parametrize(
    ("birthdate", "is_young"),
    [("2012-11-22", False), ("2012-11-23", True), ("0000-11-23", False), ("2013", True), ("2012", False)],
)
def test_an_account_of_ones_own_is_from_fourteen_years(birthdate: str, is_young: bool) -> None:
    assert is_too_young(birthdate, 1_795_305_600) == is_young


@pytest.mark.parametrize(
    ("birthdate", "reason"),
    [("2027-01-01", "birthdate_ahead"), ("2999", "birthdate_ahead"), ("2020-01-01", "too_young")],
)
def test_a_day_to_come_is_not_called_young(birthdate: str, reason: str) -> None:
    assert check_age(birthdate, 1_795_305_600) == Refused("birthdate", reason)
    assert check_age("1995-03-27", 1_795_305_600) is None
