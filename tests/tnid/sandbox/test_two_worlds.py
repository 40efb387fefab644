"""People who live and people who are made up never meet: at no page, by no cookie, in no grant."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tests.tnid.sandbox.conftest import pick, sign_in_to_sandbox, told
from tnid.sandbox.people import people
from tnid.services import Services


@pytest.fixture
def live(new_app: Callable[..., str]) -> str:
    """Return where a live application sends people."""
    return new_app("live")


def test_somebody_made_up_signs_in_to_a_sandbox(browser: InProcess, sandbox: str, services: Services) -> None:
    page = browser.open(sandbox)
    assert page.path == "/sandbox/sign-in" and page.has("sandbox_band")
    pick(browser, "level1")
    assert browser.page.path == "/consent" and browser.page.has("sandbox_band")
    assert people()["level1"].display_name in browser.page.words()
    browser.submit("consent_allow")
    assert told(browser)["code"]
    again = browser.open(f"{sandbox}&prompt=none")
    assert again.url.startswith(CALLBACK) and "code=" in again.url, "silently, by the sandbox's own session"


def test_no_page_of_the_account_opens_by_a_sandbox_session(
    browser: InProcess, sandbox: str, services: Services
) -> None:
    sign_in_to_sandbox(browser, sandbox)
    made_up = browser.cookies["tnid_sandbox"]
    browser.cookies.set("tnid_session", made_up)
    assert browser.open("/account").path == "/login", "nor where its secret comes in the other cookie"


def test_a_live_application_knows_nobody_made_up(browser: InProcess, sandbox: str, live: str) -> None:
    sign_in_to_sandbox(browser, sandbox)
    browser.cookies.set("tnid_session", browser.cookies["tnid_sandbox"])
    assert browser.open(live).path == "/login"
    assert "error=login_required" in browser.open(f"{live}&prompt=none").url


def test_a_sandbox_knows_nobody_who_lives(
    browser: InProcess, sandbox: str, live: str, lan: Someone, services: Services
) -> None:
    lan.sign_in(browser)
    browser.cookies.set("tnid_sandbox", browser.cookies["tnid_session"])
    assert browser.open(sandbox).path == "/sandbox/sign-in"
    assert browser.open(f"{sandbox}&prompt=none").text_of("error_code") == "login_required"


def test_a_developer_stays_who_they_are(browser: InProcess, sandbox: str, lan: Someone) -> None:
    lan.sign_in(browser)
    sign_in_to_sandbox(browser, sandbox)
    page = browser.open("/account")
    assert page.path == "/account" and not page.has("sandbox_band")
    assert lan.account.display_name in page.words()


OF_PEOPLE = (
    *("/login", "/register", "/recover", "/login/qr", "/mfa/totp", "/mfa/enrol", "/select-account"),
    *("/login/passkey", "/login/card", "/account/identity", "/terminal"),
)


def test_no_page_for_people_who_live_answers_a_sandboxs_request(
    browser: InProcess, sandbox: str, lan: Someone
) -> None:
    lan.sign_in(browser)
    for page in OF_PEOPLE:
        check_page(page, browser, sandbox)


def check_page(page: str, browser: InProcess, sandbox: str) -> None:
    uid = parse_qs(urlsplit(browser.open(sandbox).url).query)["interaction"][0]
    answer = browser.open(f"{page}?interaction={uid}")
    assert answer.path in ("/sandbox/sign-in", page) and not answer.has("login_username"), answer
    browser.open(f"/resume/{uid}")
    assert browser.page.path == "/sandbox/sign-in", "and whatever it did, nobody is signed in"


def test_the_picker_answers_no_live_request(browser: InProcess, live: str) -> None:
    uid = parse_qs(urlsplit(browser.open(live).url).query)["interaction"][0]
    assert browser.open(f"/sandbox/sign-in?interaction={uid}").status == 400
    assert (
        browser.post(f"/sandbox/sign-in?interaction={uid}", person="level2", factors="2").status_code == 400
    )
    assert browser.open(f"/resume/{uid}").path == "/login"


def test_nobody_finds_the_made_up_among_people(services: Services, clock: Clock) -> None:
    with services.database.unit():
        services.sandbox.ensure_all(clock.now())
    for username, person in people().items():
        for name in (username, f"sandbox:{username}", person.phone, person.email):
            assert services.accounts.find_row_by_sign_in_name(name) is None
            assert services.accounts.find_id_by_username(name) is None
        subjects = services.provider.token._context.id_tokens._subjects
        assert subjects.find_by_login_hint(username, clock.now()) is None
        is_found = subjects.find_by_login_hint(username, clock.now(), is_sandbox=True) is not None
        assert is_found == (not person.is_disabled)


def test_a_name_is_not_taken_from_people_who_live(
    services: Services, clock: Clock, new_person: Callable[..., Someone]
) -> None:
    with services.database.unit():
        services.sandbox.ensure_all(clock.now())
    assert new_person("worker").account.username == "worker"
    assert services.accounts.find_by_username("worker").display_name != people()["worker"].display_name


def test_seeding_again_changes_nothing(services: Services, clock: Clock) -> None:
    with services.database.unit():
        assert services.sandbox.ensure_all(clock.now()) == len(people())
        before = [services.made_up.find_row(username) for username in people()]
        assert services.sandbox.ensure_all(clock.advance(60)) == 0
        assert [services.made_up.find_row(username) for username in people()] == before


def test_they_never_grow_older(services: Services, clock: Clock) -> None:
    with services.database.unit():
        services.sandbox.ensure_all(clock.now())
        services.sandbox.ensure_all(clock.advance(3 * 365 * 86400))
        born = services.accounts.get(services.made_up.find_id("minor")).profile["birthdate"]
    assert people()["minor"].birthdate(clock.now()) == born


def test_a_sign_out_at_the_sandbox_leaves_the_developer_signed_in(
    browser: InProcess, sandbox: str, lan: Someone
) -> None:
    lan.sign_in(browser)
    sign_in_to_sandbox(browser, sandbox)
    page = browser.open("/logout?client_id=trial")
    assert page.has("sandbox_band")
    browser.submit("logout_confirm")
    assert browser.open(f"{sandbox}&prompt=none").text_of("error_code") == "login_required"
    assert browser.open("/account").path == "/account"


def test_a_sign_out_leaves_who_is_picked(browser: InProcess, sandbox: str, lan: Someone) -> None:
    lan.sign_in(browser)
    sign_in_to_sandbox(browser, sandbox)
    browser.open("/logout")
    browser.submit("logout_confirm")
    assert "code=" in browser.open(f"{sandbox}&prompt=none").url
    assert browser.open("/account").path == "/login"
