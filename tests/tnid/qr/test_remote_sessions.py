"""What a session that a phone opened at a screen may not do, by going through every form that there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.access import OPEN_TO_REMOTE, Guard, find_guard
from tnid.app import Application
from tnid.services import Services
from tnid.signin.assurance import (
    LOA1,
    LOA2,
    PASSWORD_AND_TOTP,
    Assurance,
    is_remote,
    with_second_factor,
    without_second_factor,
)
from tnid.signin.sessions import Place

BY_PHONE = Assurance(LOA2, ("pwd", "otp", "mfa", "qr"))
BY_PHONE_WITH_ONE = Assurance(LOA1, ("pwd", "qr"))
ARGUMENT, ONE_OF = re.compile(r"<[^>]+>"), re.compile(r"<any\((\w+)[^>]*>")


@pytest.fixture
def database_kind() -> str:
    """One database is enough: nothing here is decided by it."""
    return "sqlite"


def sit(browser: InProcess, services: Services, person: Someone, assurance: Assurance) -> None:
    """Put a session of this person into the browser, made this very second."""
    with services.database.unit():
        place, now = Place("192.0.2.1", "Firefox"), person.clock.now()
        value, _sid = services.sessions.begin(person.id, assurance, place, now)
    browser.cookies.set("tnid_session", value, domain="localhost.local", path="/")


def leads_to_sign_in_here(answer: Any, browser: InProcess) -> bool:
    """Say whether an answer asks for a sign-in at this browser, in which no phone is offered."""
    if answer.status_code != 303 or not answer.headers["Location"].startswith("/resume/"):
        return False
    page = browser.open(answer.headers["Location"])
    return page.has("login_password") and not page.has("qr_start")


def _argument(found: re.Match[str]) -> str:
    return "1" if found[0].startswith("<int:") else "phone"


def forms(app: Application, *guards: Guard) -> list[tuple[str, str]]:
    """Return the endpoint of each form that needs somebody signed in, and an address of it.

    The one that shuts the account comes last.
    """
    found = [
        (rule.endpoint, ARGUMENT.sub(_argument, ONE_OF.sub(r"\1", str(rule))))
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and find_guard(app, rule.endpoint) in guards
    ]
    return sorted(found, key=lambda one: one[0] == "emergency.panic")


def test_of_every_form_only_what_is_named_is_open_to_it(
    app: Application, browser: InProcess, services: Services, minh: Someone
) -> None:
    found = forms(app, Guard.SIGNED_IN)
    assert {endpoint for endpoint, _ in found} > OPEN_TO_REMOTE
    wrong = []
    for endpoint, address in found:
        sit(browser, services, minh, BY_PHONE)
        is_shut = leads_to_sign_in_here(browser.post(address), browser)
        if is_shut == (endpoint in OPEN_TO_REMOTE):
            wrong.append(endpoint)
    assert wrong == []


def test_the_same_forms_are_open_to_who_signed_in_here(
    app: Application, browser: InProcess, services: Services, minh: Someone
) -> None:
    """The counter-proof: it is the phone that they are shut for."""
    shut = []
    for endpoint, address in forms(app, Guard.SIGNED_IN):
        sit(browser, services, minh, PASSWORD_AND_TOTP)
        if leads_to_sign_in_here(browser.post(address), browser):
            shut.append(endpoint)
    assert shut == []


def test_no_desk_is_opened_by_it(
    app: Application,
    browser: InProcess,
    services: Services,
    minh: Someone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sit(browser, services, minh, BY_PHONE)
    assert browser.get("/officials").status_code == 403
    monkeypatch.setattr(services.counter.roles, "find_official", lambda *_: object())
    for endpoint, address in forms(app, Guard.STAFF):
        sit(browser, services, minh, BY_PHONE)
        assert leads_to_sign_in_here(browser.post(address), browser), endpoint
    sit(browser, services, minh, BY_PHONE)
    assert leads_to_sign_in_here(browser.get("/officials"), browser)


def test_no_page_of_operators_is_opened_by_it(
    app: Application, browser: InProcess, services: Services, clock: Clock, minh: Someone
) -> None:
    assert services.admin.operators.grant(minh.id, "administrator", clock.now()) is None
    found = forms(app, Guard.OPERATOR)
    assert found
    for endpoint, address in found:
        sit(browser, services, minh, BY_PHONE)
        assert leads_to_sign_in_here(browser.post(address), browser), endpoint
    sit(browser, services, minh, BY_PHONE)
    assert leads_to_sign_in_here(browser.get("/admin"), browser)


@pytest.mark.parametrize(
    "address",
    [
        "/account/security/passkeys/new",
        "/account/security/app",
        "/account/profile",
        "/account/profile/phone",
        "/account/profile/email",
        "/account/mandates/new/details?client=jobs",
        "/account/family/agree",
        "/account/identity",
        "/account/mandates/accept",
        "/account/work/code",
        "/device",
    ],
)
def test_who_would_type_something_is_asked_before(
    address: str,
    browser: InProcess,
    services: Services,
    minh: Someone,
    new_app: Callable[..., str],
) -> None:
    new_app(accepts_mandates=True)
    sit(browser, services, minh, BY_PHONE)
    answer = browser.get(address)
    assert leads_to_sign_in_here(answer, browser)
    page = minh.type_password(browser)
    page = browser.submit("otp_submit", {"otp_code": minh.next_code()})
    assert page.path == urlsplit(address).path
    (signed_in,) = services.sessions.list_live(minh.id, minh.clock.now())
    assert not is_remote(tuple(signed_in.amr.split()))


def test_it_makes_no_other_device_a_known_one_but_may_disown_one(
    browser: InProcess, new_browser: Callable[..., InProcess], services: Services, minh: Someone
) -> None:
    minh.sign_in(new_browser())
    minh.sign_in(new_browser("198.51.100.7"))
    sit(browser, services, minh, BY_PHONE)
    (alert,) = services.alerts.list_open(minh.id, "another sid")
    assert leads_to_sign_in_here(browser.post("/account/alerts", mine=alert.id), browser)
    assert services.alerts.list_open(minh.id, "another sid")
    sit(browser, services, minh, BY_PHONE)
    assert browser.post("/account/alerts", theirs=alert.id).headers["Location"].endswith("/login/shut")


def test_the_first_factor_is_not_set_up_by_it(
    browser: InProcess, services: Services, lan: Someone, new_app: Callable[..., str]
) -> None:
    browser.open(new_app(least_acr="LoA2"))
    sit(browser, services, lan, BY_PHONE_WITH_ONE)
    uid = parse_qs(urlsplit(browser.page.url).query)["interaction"][0]
    for address in (f"/mfa/enrol?interaction={uid}", f"/mfa/enrol/passkey?interaction={uid}"):
        assert leads_to_sign_in_here(browser.get(address), browser), address
        sit(browser, services, lan, BY_PHONE_WITH_ONE)
        assert leads_to_sign_in_here(browser.post(address), browser), address
        sit(browser, services, lan, BY_PHONE_WITH_ONE)


def test_a_second_factor_at_the_screen_makes_no_more_of_it(
    browser: InProcess, services: Services, minh: Someone, new_app: Callable[..., str], clock: Clock
) -> None:
    browser.open("/account")
    sit(browser, services, minh, BY_PHONE_WITH_ONE)
    with services.database.unit():
        services.recovery.waits.begin(minh.id, "password", clock.now())
    page = browser.open(new_app(least_acr="LoA2"))
    assert page.path == "/mfa/totp"
    browser.submit("otp_submit", {"otp_code": minh.next_code()})
    (row,) = services.sessions.list_live(minh.id, clock.now())
    assert row.acr == LOA2
    assert is_remote(tuple(row.amr.split()))
    # It may be a stranger's session: what its owner began elsewhere goes on
    assert services.recovery.waits.find_open(minh.id, clock.now()) is not None


def test_no_change_of_factors_makes_a_session_forget_the_phone() -> None:
    assert is_remote(with_second_factor(BY_PHONE_WITH_ONE.amr, "otp").amr)
    assert is_remote(without_second_factor(BY_PHONE.amr).amr)


def test_the_account_page_says_how_one_is_signed_in(
    browser: InProcess, services: Services, minh: Someone
) -> None:
    sit(browser, services, minh, BY_PHONE)
    assert "điện thoại quét mã QR" in browser.open("/account/sessions").words()
