"""The listings of jobs and homes beside the provider, and whoever has a hand in an application there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from tests.person import Browser, Page, Person
from tests.province import Province, running_example
from tests.servers.processes import PATIENCE_SECONDS, free_port, wait_until
from tests.servers.provider import Provider, running_provider
from tests.tnid.employment.work import ALL, attest, linked
from tnid import clock
from tnid.cli.settings import open_engine
from tnid.db import Database
from tnid.services import Services
from tnid.settings import load

CLIENT_ID = "jobs-housing"


class Listings(NamedTuple):
    """The provider, and the listings: where they are, and what their database holds."""

    provider: Provider
    url: str
    file: Path
    credentials: str
    folder: Path
    running: ExitStack

    def read(self, query: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.file, timeout=PATIENCE_SECONDS)) as database:
            return database.execute(query, values).fetchall()

    def change(self, query: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.file, timeout=PATIENCE_SECONDS)) as database, database:
            database.execute(query, values)

    def start(self) -> None:
        starting = running_example(
            "jobs_housing", self.url, self.provider.issuer, self.credentials, self.folder, {}
        )
        self.running.enter_context(starting)

    def stop(self) -> None:
        self.running.close()

    def new_person(self, *, level: int = 2, name: str = "Nguyễn Thị Thử", **more: Any) -> Person:
        province = Province(self.provider, {}, {})
        return province.new_person(identity_level=level, name=name, phone_number="0912345678", **more)

    @contextmanager
    def services(self) -> Iterator[Services]:
        """Give what the provider is made of, on its own database: what an employer's list would do."""
        settings = load(self.provider.environ)
        with open_engine(settings) as engine:
            services = Services(settings, Database(engine))
            with services.database.unit():
                yield services

    def new_listing(self, tax_code: str | None = None, posted_by: str | None = None) -> str:
        """Return an open listing for a home, by this organisation or this person."""
        listing_id = f"thu-{uuid4().hex[:8]}"
        columns = "kind, title, ward, park, position, amount_from, amount_to, places, summary, details"
        columns += ", search_key, created_at, updated_at, published_at, expires_at"
        self.change(
            f"INSERT INTO listings (id, state, offered_by, tax_code, posted_by, {columns})"
            f" SELECT ?, 'open', 'Cô Hiền', ?, ?, {columns} FROM listings WHERE kind = 'home'"
            " AND park IS NOT NULL LIMIT 1",
            listing_id,
            tax_code,
            posted_by,
        )
        return listing_id


@pytest.fixture(scope="module")
def listings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listings]:
    folder = tmp_path_factory.mktemp("applying")
    url = f"http://localhost:{free_port()}"
    with running_provider(folder, TNID_OUTBOUND_ALLOW_LOOPBACK="true") as provider, ExitStack() as running:
        seeded = provider.tnid("demo", "seed", "--jobs-url", url)
        file = folder / "examples" / "jobs_housing.db"
        made = Listings(provider, url, file, seeded["credentials_file"], folder, running)
        made.start()
        yield made


class Landlord(NamedTuple):
    """Somebody who posted a listing, at a browser of their own."""

    browser: Browser
    listing_id: str
    sub: str


@pytest.fixture(scope="module")
def poster(listings: Listings) -> Iterator[tuple[Browser, str]]:
    with Browser() as browser:
        yield browser, sign_in_as_recruiter(listings, browser)


@pytest.fixture
def landlord(listings: Listings, poster: tuple[Browser, str]) -> Landlord:
    """The one landlord, with another listing."""
    browser, sub = poster
    browser.open(f"{listings.url}/recruiting/")
    if browser.page.path != "/recruiting/":
        # The listings were stopped meanwhile, and so forgot who is signed in
        raise AssertionError(browser.page)
    return Landlord(browser, listings.new_listing(posted_by=sub), sub)


def sign_in_as_recruiter(listings: Listings, browser: Browser, person: Person | None = None) -> str:
    """Return the subject by which the listings know whoever signed in."""
    before = {sub for (sub,) in listings.read("SELECT sub FROM people")}
    browser.open(f"{listings.url}/recruiting/")
    person = person or listings.new_person(name="Hoàng Thị Hiền")
    page = person.pass_through(browser)
    assert page.path == "/recruiting/", page
    [sub] = {sub for (sub,) in listings.read("SELECT sub FROM people")} - before
    return str(sub)


class Work(NamedTuple):
    """Somebody who works for an employer, and who recruits for it."""

    worker: Person
    account_id: str
    employment_id: str
    employer_id: str
    recruiter: Person
    other: Person
    tax_code: str


@pytest.fixture(scope="module")
def work(listings: Listings) -> Work:
    """A worker who accepted every field of what their employer attests."""
    number, now = "019098000129", clock.now()
    worker = listings.new_person(name="Nguyễn Thị Thợ", personal_id_number=number)
    recruiter = listings.new_person(name="Hoàng Thị Tuyển")
    entered = {
        "tax_code": "4600305723", "name": "May Chè Xanh", "park": "diem-thuy",
        "representatives": [{"username": recruiter.username, "role": "clerk"}],
    }  # fmt: skip
    listings.provider.tnid("employer", "create", "-", given=entered)
    other = listings.new_person(name="Trần Văn Khác")
    entered = {
        "tax_code": "4601041738", "name": "Công ty Khác",
        "representatives": [{"username": other.username, "role": "manager"}],
    }  # fmt: skip
    listings.provider.tnid("employer", "create", "-", given=entered)
    with listings.services() as services:
        employer = services.employers.organisations.find_approved("4600305723")
        attest(services, employer, now, personal_id_number=number, name="Nguyễn Thị Thợ")
        account = services.accounts.find_by_username(worker.username)
        employment = linked(services, account.id, now, ALL)
    return Work(worker, account.id, employment.id, employer.id, recruiter, other, "4600305723")


def tick(page: Page, *names: str) -> None:
    for name in names:
        page.get(f"send_{name}").checked = True


def apply(
    listings: Listings, browser: Browser, person: Person, listing_id: str, *ticked: str, letter: str = ""
) -> Page:
    """Fill the application in and pass through the provider's screens."""
    browser.open(f"{listings.url}/listings/{listing_id}/apply")
    page = person.pass_through(browser)
    assert page.path == f"/listings/{listing_id}/apply", page
    tick(page, *ticked)
    browser.submit("apply_submit", {"letter": letter})
    return person.pass_through(browser)


def open_received(landlord: Landlord, page: Page) -> Page:
    """Have the landlord open the application that this page of its person shows."""
    landlord.browser.open("/recruiting/")
    return landlord.browser.click(f"open_{page.path.rpartition('/')[2]}")


def withdraw_consent(listings: Listings, browser: Browser) -> None:
    browser.open(f"{listings.provider.issuer}/account/applications/{CLIENT_ID}")
    browser.click("consent_withdraw")


def wait_for_answer(listings: Listings, browser: Browser, words: str) -> None:
    """Wait until the provider shows this answer to the person."""

    def has_come() -> bool:
        page = browser.open(f"{listings.provider.issuer}/account/applications/{CLIENT_ID}")
        return words in page.words()

    wait_until(has_come, seconds=20, what="the listings' answer")
