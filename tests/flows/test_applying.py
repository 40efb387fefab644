"""Applying for a job or a home: exactly what was ticked is sent, followed, written about, and taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from tests.person import Browser, Page, Person
from tests.province import running_example
from tests.servers.processes import free_port
from tests.servers.provider import Provider, running_provider

pytestmark = pytest.mark.xdist_group("applying")

SECONDS = 20
HOME, JOB = "phong-tro-yen-binh", "phien-dich-tieng-han"
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
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute(query, values).fetchall()

    def change(self, query: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.file, timeout=10)) as database, database:
            database.execute(query, values)

    def start(self) -> None:
        starting = running_example(
            "jobs_housing", self.url, self.provider.issuer, self.credentials, self.folder, {}
        )
        self.running.enter_context(starting)

    def stop(self) -> None:
        self.running.close()

    def new_person(self, *, level: int = 2, totp: bool = True, name: str = "Nguyễn Thị Thử") -> Person:
        username, password = f"nguoi.{uuid4().hex[:12]}", f"mat khau {uuid4().hex}"
        given = {
            "username": username, "password": password, "name": name, "identity_level": level,
            "phone_number": "0912345678", "totp": totp,
        }  # fmt: skip
        made = self.provider.tnid("account", "create", "-", given=given)
        return Person(username, password, made["totp_secret"])

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


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser() as new:
        yield new


class Landlord(NamedTuple):
    """Somebody who posted a listing, at a browser of their own."""

    browser: Browser
    listing_id: str
    sub: str


@pytest.fixture
def landlord(listings: Listings) -> Iterator[Landlord]:
    with Browser() as browser:
        sub = sign_in_as_recruiter(listings, browser)
        yield Landlord(browser, listings.new_listing(posted_by=sub), sub)


def sign_in_as_recruiter(listings: Listings, browser: Browser) -> str:
    """Return the subject by which the listings know whoever signed in."""
    before = {sub for (sub,) in listings.read("SELECT sub FROM people")}
    browser.open(f"{listings.url}/recruiting/")
    page = listings.new_person(name="Hoàng Thị Hiền").pass_through(browser)
    assert page.path == "/recruiting/", page
    [sub] = {sub for (sub,) in listings.read("SELECT sub FROM people")} - before
    return str(sub)


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


def test_exactly_what_was_ticked_is_sent_and_followed(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    person = listings.new_person()
    page = browser.open(f"{listings.url}/listings/{landlord.listing_id}/apply")
    page = person.pass_through(browser)
    # Nothing is ticked but what the application can't do without
    boxes = page.document.xpath("//input[@type='checkbox']")
    assert [box.get("id") for box in boxes if box.checked] == ["send_name"]
    tick(page, "phone_number")
    browser.submit("apply_submit", {"letter": "Em muốn thuê <b>phòng</b>\nhttps://evil.example"})
    page = person.pass_through(browser)
    assert page.path.startswith("/applications/"), page
    assert page.claims() == {"name": "Nguyễn Thị Thử", "phone_number": "0912 345 678"}
    assert "Đã gửi" in page.words()

    received = open_received(landlord, page)
    assert received.claims() == page.claims()
    assert "<b>phòng</b>" in received.words() and "evil.example" in received.words()
    assert not received.document.xpath("//p[@id='letter']//*"), "what was written is text, and no link"
    assert "Đã xem" in browser.open(page.path).words()

    landlord.browser.submit("message_send", {"text": "Mời em xem phòng\nlúc 9 giờ"})
    landlord.browser.submit("move_invited")
    page = browser.open(page.path)
    assert "Được mời" in page.words() and "lúc 9 giờ" in page.words()
    assert browser.open("/applications").document.xpath("//*[@data-unread='1']")
    browser.open(page.path)
    browser.click("mark_read")
    assert not browser.open("/applications").document.xpath("//*[@data-unread]")
    browser.open(page.path)
    browser.submit("message_send", {"text": "Dạ em sẽ đến"})
    assert "Dạ em sẽ đến" in landlord.browser.open(received.path).words()


def test_what_was_not_ticked_is_asked_for_nowhere(
    listings: Listings, landlord: Landlord, browser: Browser
) -> None:
    page = apply(listings, browser, listings.new_person(), landlord.listing_id)
    assert set(page.claims()) == {"name"}
    browser.open(f"{listings.provider.issuer}/account/applications/{CLIENT_ID}")
    assert "0912" not in browser.page.words()
