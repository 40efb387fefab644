"""From nothing to one's own application signed in, by the portal alone (docs/developers/ten-minutes.md)."""

from __future__ import annotations

import re

import httpx

from tests.clients.quick_starts.pages import PAGES, get_quick_start
from tests.person import Browser
from tests.province import Province
from tests.servers.processes import free_port

TEXT = (PAGES.parent / "ten-minutes.md").read_text()


def test_a_developer_follows_the_portal_and_signs_in_as_somebody_made_up(
    town: Province, browser: Browser
) -> None:
    page, port = get_quick_start("flask", "python3"), free_port()
    redirect_uri, _signed_out_uri = page.addresses(port)

    # 1 An account of one's own, and an application
    browser.open(f"{town.issuer}/developers")
    browser.click("developers_begin")
    town.new_person(totp=False, identity_level=0).pass_through(browser)
    fields = {"name": "Ứng dụng đầu tiên", "redirect_uri": redirect_uri}
    browser.page.get("preset-0").checked = True
    browser.submit("application_submit", fields)
    told = {
        "ISSUER": browser.page.text_of("issuer"),
        "CLIENT_ID": browser.page.text_of("client_id"),
        "CLIENT_SECRET": browser.page.text_of("client_secret"),
        "PORT": str(port),
    }

    # 2 A quick start with what the portal showed; 3 somebody made up
    with page.running(page.get_installed(), told), Browser() as other:
        other.open(f"http://localhost:{port}/")
        other.click("sign_in")
        other.click("pick_worker")
        if other.page.has("consent_allow"):
            other.click("consent_allow")
        assert other.page.text_of("name") == "Lê Thị Sao Mai"
        other.submit("sign_out")
        if other.page.has("logout_confirm"):
            other.click("logout_confirm")
        assert other.page.url == f"http://localhost:{port}/" and other.page.has("sign_in")


def test_the_page_names_what_the_portal_shows() -> None:
    assert {"ISSUER", "CLIENT_ID", "CLIENT_SECRET"} <= set(re.findall(r"\b[A-Z]+_?[A-Z]+\b", TEXT))
    assert "make run" in TEXT and "/developers" in TEXT


def test_a_program_registers_by_the_document_that_the_page_prints(town: Province) -> None:
    printed = re.search(r"--data '(\{.*?\})'", (PAGES.parent / "automation.md").read_text(), re.DOTALL)
    assert printed
    token = town.tnid("client", "initial-token")["initial_access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    made = httpx.post(f"{town.issuer}/clients", content=printed[1], headers=headers)
    assert made.status_code == 201, made.text
    own = {"Authorization": f"Bearer {made.json()['registration_access_token']}"}
    assert httpx.get(made.json()["registration_client_uri"], headers=own).status_code == 200
    assert httpx.delete(made.json()["registration_client_uri"], headers=own).status_code == 204
    assert httpx.get(made.json()["registration_client_uri"], headers=own).status_code == 401
