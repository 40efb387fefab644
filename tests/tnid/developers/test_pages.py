"""The portal's pages in this process: from nothing to an application."""

from __future__ import annotations

from collections.abc import Callable

from tests.tnid.conftest import InProcess, Someone
from tnid.services import Services


def test_who_is_not_signed_in_sees_what_the_portal_offers(new_browser: Callable[..., InProcess]) -> None:
    page = new_browser().open("/developers")
    assert page.status == 200 and page.has("developers_begin")


def test_who_makes_an_account_here_comes_back_to_make_an_application(
    new_browser: Callable[..., InProcess],
) -> None:
    browser = new_browser()
    (link,) = browser.open("/developers").document.xpath("//a[@id='developers_register']/@href")
    browser.open(link)
    browser.submit(
        "register_submit",
        {"name": "Lò Thị Máy", "email": "may@example.vn", "password": "gom-su-doi-che-sang"},
    )
    (later,) = browser.page.document.xpath("//a[@id='enrol_skip']/@href")
    page = browser.open(later)
    assert page.path == "/developers/apps/new" and page.has("application_submit")


def test_from_nothing_to_an_application(
    new_browser: Callable[..., InProcess], new_person: Callable[..., Someone], services: Services
) -> None:
    lan, browser = new_person("lan"), new_browser()
    lan.sign_in(browser, "/developers/apps/new")
    browser.submit("application_submit", {"name": "Sổ khám bệnh", "preset-0": "web"})
    page = browser.page
    assert page.path.startswith("/developers/apps/") and page.has("client_secret")
    client = services.clients.find_now(page.text_of("client_id"))
    assert client is not None and client.is_sandbox
    assert client.redirect_uris == ["http://localhost:5000/callback"] == [page.text_of("redirect_uri_1")]
    assert client.text("client_name", "vi") == "Sổ khám bệnh"


def test_strangers_get_nothing(
    new_browser: Callable[..., InProcess], new_person: Callable[..., Someone]
) -> None:
    lan, nam = new_person("lan"), new_person("nam")
    browser, other = new_browser(), new_browser()
    lan.sign_in(browser, "/developers/apps/new")
    address = browser.submit("application_submit", {"name": "Sổ", "preset-0": "web"}).path
    nam.sign_in(other)
    assert other.get(address).status_code == 404


def test_a_place_in_the_history_that_can_not_be_is_its_beginning(
    team: str, vinh: Someone, at_browser: Callable[[Someone], InProcess]
) -> None:
    browser = at_browser(vinh)
    for before in ("9" * 40, "-1", "x", "٣"):
        assert browser.get(f"/developers/teams/{team}/history?before={before}").status_code == 200
