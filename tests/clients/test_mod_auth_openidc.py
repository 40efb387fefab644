"""Apache with Debian's mod_auth_openidc, unmodified, protects pages with our server."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.clients.apache import Apache, running_apache
from tests.person import Browser
from tests.province import Province


@pytest.fixture(scope="module")
def apache(province: Province) -> Iterator[Apache]:
    with running_apache(province) as running:
        yield running


def test_a_protected_page_knows_who_came_and_what_they_shared(
    apache: Apache, province: Province, browser: Browser
) -> None:
    person = province.new_person(email="thu@example.vn")
    browser.open(f"{apache.url}/inside/")
    page = person.pass_through(browser)
    assert page.url == f"{apache.url}/inside/", (page, apache.log())
    # Pairwise: neither the username nor the account's id, and the issuer appended by the module
    subject = page.text_of("remote_user").partition("@")[0]
    assert len(subject) == 43
    assert page.text_of("claim_name") == "Nguyễn Văn Thử"
    assert page.text_of("claim_email") == "thu@example.vn"
    assert page.text_of("claim_iss") == province.issuer


def test_an_open_page_asks_nobody(apache: Apache, browser: Browser) -> None:
    assert browser.open(f"{apache.url}/").has("open")


def test_a_page_may_demand_two_factors(apache: Apache, province: Province, browser: Browser) -> None:
    person = province.new_person(totp=False)
    browser.open(f"{apache.url}/inside/")
    assert person.pass_through(browser).text_of("claim_acr") == "LoA1"
    browser.open(f"{apache.url}/inside/strong/")
    assert person.pass_through(browser).text_of("claim_acr") == "LoA2"


def test_signing_out_ends_both_sessions(apache: Apache, province: Province, browser: Browser) -> None:
    person = province.new_person()
    browser.open(f"{apache.url}/inside/")
    person.pass_through(browser)
    page = browser.open(f"{apache.url}/inside/callback?logout={quote(f'{apache.url}/', safe='')}")
    if page.has("logout_confirm"):
        page = browser.click("logout_confirm")
    assert page.has("open"), page
    assert browser.open(f"{apache.url}/inside/").has("login_username")


def test_refusing_to_share_lets_nobody_in(apache: Apache, province: Province, browser: Browser) -> None:
    browser.open(f"{apache.url}/inside/")
    page = province.new_person().pass_through(browser, consent="deny")
    # Debian's version takes an error answer with iss (RFC 9207) for the start of a sign-in, and shows
    # an error page of its own
    assert page.url.startswith(f"{apache.url}/inside/callback?error=access_denied")
    assert not page.has("remote_user")
    assert browser.open(f"{apache.url}/inside/").has("consent_allow")
