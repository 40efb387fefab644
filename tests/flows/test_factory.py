"""A worker sees the day's output by card and PIN, and the income only after a sign-in by two factors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.person import Browser, Person
from tests.province import Province
from tests.security.target import open_services
from tests.servers.processes import wait_until
from tnid import clock
from tnid.badges import secret
from tnid.badges.service import OFFICIAL, Issuer, Known
from tnid.employment.attestation import Attestation
from tnid.employment.attestations import OPERATOR, By
from tnid.services import Services
from tnid.stores.employers import employers

TAX_CODE, ELSEWHERE = "4600777701", "4600666014"
PIN = "204817"
BY_OPERATOR = By(None, OPERATOR)


class Worker(NamedTuple):
    """Somebody whom an employer vouches for, and what they agreed to."""

    person: Person
    account_id: str
    employee_number: str
    employment_id: str
    employer_id: str


@pytest.fixture(scope="module")
def services(province: Province) -> Iterator[Services]:
    opened = open_services(province.provider)
    yield opened
    opened.database.close()


def hire(province: Province, services: Services, tax_code: str = TAX_CODE) -> Worker:
    """Have an organisation confirm somebody new, who accepts all of it."""
    number = f"0193{uuid4().int % 10**8:08}"
    person = province.new_person(personal_id_number=number)
    employee_number, now = f"SC-{uuid4().hex[:8]}", clock.now()
    with services.database.unit():
        employer = services.database.fetch_one(select(employers).where(employers.c.tax_code == tax_code))
        said = Attestation(
            staff_code=employee_number, number=number, name="Nguyễn Văn Thử", title="Công nhân may",
            start_date="2020-03-01", contract_type="indefinite", income=9_000_000,
        )  # fmt: skip
        services.attestations.attest(employer, said, BY_OPERATOR, now)
        account_id = str(services.accounts.find_id_by_username(person.username))
        (offer,) = services.employments.list_offers(account_id, now)
        services.employments.link(account_id, offer.id, offer.version, offer.fields, now)
    return Worker(person, account_id, employee_number, offer.id, employer.id)


@pytest.fixture
def worker(province: Province, services: Services) -> Worker:
    return hire(province, services)


def sign_in(browser: Browser, province: Province, person: Person) -> Any:
    browser.open(f"{province.apps_url}/tng/sign-in")
    return person.pass_through(browser)


def test_a_worker_sees_output_and_income_at_home(
    province: Province, worker: Worker, browser: Browser
) -> None:
    page = sign_in(browser, province, worker.person)
    assert page.claims()["employee_number"] == worker.employee_number
    assert page.has("output")
    assert browser.click("income").has("months"), "two factors were proved a moment ago"


@pytest.mark.parametrize("tax_code", [None, ELSEWHERE])
def test_who_works_elsewhere_sees_nothing(
    province: Province, services: Services, browser: Browser, tax_code: str | None
) -> None:
    person = hire(province, services, tax_code).person if tax_code else province.new_person()
    page = sign_in(browser, province, person)
    assert page.has("no_work") and not page.has("output")
    assert "mục Nơi làm việc" in page.get("main").text_content(), "as the account page calls it"
    assert browser.open(f"{province.apps_url}/tng/income").has("no_work")


def issue_card(services: Services, account_id: str) -> str:
    """Return what the printed card's QR holds; its PIN is set."""
    now = clock.now()
    with services.database.unit():
        issued = services.badges.issue(account_id, Issuer(OFFICIAL, account_id, "05467"), now)
        assert services.badges.set_pin(account_id, PIN, Known({}), now) is None
    return secret.content_of(issued.secret)


def scan(screen: Browser, province: Province, card: str) -> Any:
    """Hold the card before the workshop's screen and type the PIN."""
    screen.open(f"{province.apps_url}/tng/may/begin")
    screen.click("terminal_card")
    screen.submit("card_submit", {"card": card})
    page = screen.submit("pin_submit", {"pin": PIN})
    return screen.click("consent_allow") if page.has("consent_allow") else page


def prove_by_phone(screen: Browser, phone: Browser, person: Person) -> Any:
    """Scan what the screen shows, say yes on the phone, and type its digits on the screen."""
    page = screen.submit("qr_start") if screen.page.has("qr_start") else screen.page
    phone.open(page.get("qr_image").get("data-address").lower().replace("/qr/", "/QR/"))
    person.pass_through(phone)
    while phone.page.has("qr_approve"):
        phone.submit("qr_approve")
        person.pass_through(phone)
    page = screen.submit("qr_submit", {"qr_digits": phone.page.text_of("qr_shown_digits")})
    return screen.click("consent_allow") if page.has("consent_allow") else page


def known_at_the_screen(
    province: Province, services: Services, worker: Worker, phone: Browser, screen: Browser
) -> str:
    """Have the workshop's screen learn by phone who the worker is; return their card."""
    card = issue_card(services, worker.account_id)
    assert scan(screen, province, card).has("use_phone"), "nobody knows yet whose card this is"
    screen.submit("use_phone")
    assert prove_by_phone(screen, phone, worker.person).has("months")
    screen.submit("sign_out")
    return card


def test_a_card_opens_the_output_and_never_the_income(
    province: Province, services: Services, worker: Worker, browser: Browser
) -> None:
    with Browser() as screen:
        card = known_at_the_screen(province, services, worker, browser, screen)
        assert scan(screen, province, card).has("output")
        assert screen.click("income").has("use_phone") and not screen.page.has("months")
        page = screen.submit("use_phone")
        assert page.has("qr_start") and not page.has("terminal_card")


def test_a_card_of_somebody_whom_the_factory_does_not_know_opens_nothing(
    province: Province, services: Services, worker: Worker
) -> None:
    with Browser() as screen:
        page = scan(screen, province, issue_card(services, worker.account_id))
        assert page.has("use_phone") and not page.has("output")


def test_who_leaves_is_forgotten(
    province: Province, services: Services, worker: Worker, browser: Browser
) -> None:
    sign_in(browser, province, worker.person)
    with Browser() as screen:
        card = known_at_the_screen(province, services, worker, browser, screen)
        now = clock.now()
        with services.database.unit():
            assert services.attestations.end(worker.employer_id, worker.employment_id, now, now) is None
        assert browser.open(f"{province.apps_url}/tng/sign-in").has("no_work"), "at once"
        # The screen hears of it by the outbox
        wait_until(lambda: is_unknown(screen, province, card), what="forget a worker")


def is_unknown(screen: Browser, province: Province, card: str) -> bool:
    page = scan(screen, province, card)
    is_phone_needed = page.has("use_phone")
    screen.submit("sign_out")
    return is_phone_needed
