"""Each quick start, installed and started as its page prints it, signs a person in and out again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.quick_starts.go_toolchain import find_go
from tests.clients.quick_starts.pages import PAGES, QuickStart, get_quick_start
from tests.flows.chromium import Window, pass_through, running_chromium
from tests.person import Browser, Person
from tests.province import Province
from tests.servers.processes import free_port

NAME = "Nguyễn Văn Thử"
# What each needs to be there, and cannot install by itself
SERVERS = {
    "flask": ("python3",),
    "node": ("node", "npm"),
    "php": ("php",),
    "go": ("go",),
    "spring": ("javac", "mvn"),
}
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
API = "https://lich-hen.example/api"
SCOPE = "lich-hen.xem"
# Said on their pages to be printed only: no compiler or no package of theirs is here
NOT_RUN = {"dotnet", "android", "ios"}


def register(town: Province, **metadata: Any) -> dict[str, str]:
    """Register an application; return what its developer puts into the environment."""
    made = town.tnid("client", "create", "-", given=metadata)
    told = {"ISSUER": town.issuer, "CLIENT_ID": made["client_id"]}
    if "client_secret" in made:
        told["CLIENT_SECRET"] = made["client_secret"]
    return told


def register_page(town: Province, page: QuickStart, port: int, **more: str) -> dict[str, str]:
    """Register what a page says to register."""
    redirect_uri, *_, signed_out_uri = 2 * page.addresses(port)
    addresses = {"redirect_uris": [redirect_uri], "post_logout_redirect_uris": [signed_out_uri]}
    told = register(town, client_name="Ứng dụng", scope="openid profile", **addresses, **more)
    return {**told, "PORT": str(port)}


def test_every_quick_start_is_run_or_says_that_it_is_not() -> None:
    printed = {path.stem for path in PAGES.glob("*.md")} - {"index"}
    assert printed == {*SERVERS, *NOT_RUN, "single-page", "terminal", "api"}
    for name in NOT_RUN:
        assert "not run in our tests" in (PAGES / f"{name}.md").read_text()


def test_a_go_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    folders = []
    for version in ("1.19.8", "1.25.9", "1.26.0", "1.100.1"):
        go = tmp_path / version / "go"
        go.parent.mkdir()
        go.write_text(f"#!/bin/sh\necho go version go{version} linux/amd64\n")
        go.chmod(0o755)
        folders.append(str(go.parent))
    assert find_go((str(tmp_path), "", *folders)) == folders[2]
    assert find_go(tuple(folders[:2])) is None and find_go(tuple(folders[3:])) == folders[3]


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_signs_a_person_in_and_out(name: str, town: Province, browser: Browser) -> None:
    page, port = get_quick_start(name, *SERVERS[name]), free_port()
    base, told = f"http://localhost:{port}/", register_page(town, page, port)
    with page.running(page.get_installed(), told):
        first, acr = sign_in(town.new_person(name=NAME), browser, base)
        assert acr == "LoA2"

        browser.submit("sign_out")
        assert browser.page.url == base and browser.page.has("sign_in")
        assert browser.open(base).has("sign_in")
        assert browser.click("sign_in").has("login_username"), "the provider's own session has ended, too"
        browser.open(base)

        second, _acr = sign_in(town.new_person(name=NAME, totp=False), browser, base)
        assert second != first
        browser.submit("sign_out")
        refuse(town, browser, base, page.addresses(port)[0])


def refuse(town: Province, browser: Browser, base: str, callback: str) -> None:
    """Give the application an answer that it didn't ask for, and a person's no: it signs nobody in."""
    browser.open(callback, code="stolen", state="made-up", iss=town.issuer)
    assert browser.open(base).has("sign_in")
    browser.click("sign_in")
    refused = town.new_person().pass_through(browser, consent="deny")
    assert refused.status < 500 and not refused.has("sign_out")
    assert browser.open(base).has("sign_in")


def sign_in(person: Person, browser: Browser, base: str) -> tuple[str, str]:
    """Sign a person in at the application; return the subject and acr that it shows."""
    browser.open(base)
    browser.click("sign_in")
    page = person.pass_through(browser)
    assert page.url == base and page.status == 200, page
    assert page.text_of("name") == NAME
    return page.text_of("sub"), page.text_of("acr")


def test_a_single_page_signs_a_person_in_and_out(town: Province, tmp_path: Path) -> None:
    page, port = get_quick_start("single-page", "python3", "chromium"), free_port()
    told = register_page(town, page, port, token_endpoint_auth_method="none")
    # The page has one address for both
    assert page.addresses(port)[0] == f"http://localhost:{port}/"
    page.install(page.lay_out(tmp_path), told)
    with page.running(tmp_path, told), running_chromium() as chromium:
        window = Window(chromium, scripts=True)
        window.page.goto(f"http://localhost:{port}/")
        window.page.click("#sign_in")
        window.page.wait_for_selector("#login_username")
        pass_through(window, town.new_person(name=NAME))
        window.page.wait_for_selector("#sign_out")
        assert window.page.inner_text("#name") == NAME and window.page.inner_text("#acr") == "LoA2"
        assert "code=" not in window.page.url
        window.page.click("#sign_out")
        window.page.wait_for_selector("#sign_in")
        window.page.click("#sign_in")
        window.page.wait_for_selector("#login_username")
        window.close()


def test_a_command_line_signs_a_person_in_and_out(town: Province, browser: Browser, tmp_path: Path) -> None:
    page = get_quick_start("terminal", "python3")
    told = register(
        town, client_name="Dòng lệnh", scope="openid profile", grant_types=[DEVICE_CODE],
        redirect_uris=[], token_endpoint_auth_method="none",
    )  # fmt: skip
    with page.running(page.lay_out(tmp_path), told) as process:
        assert process.stdout
        said = process.stdout.readline().decode()
        found = re.fullmatch(r"Open (\S+) and type (\S+)\n", said)
        assert found, said
        browser.open(found[1])
        person = town.new_person(name=NAME)
        person.pass_through(browser)
        browser.submit("user_code_submit", {"user_code": found[2]})
        browser.click("consent_allow")
        assert browser.page.has("request_allowed")
        assert process.stdout.readline().decode().startswith(f"Signed in as {NAME}, ")
        assert process.stdout.readline() == b"Signed out\n"
        assert process.wait(60) == 0


def new_api(town: Province) -> dict[str, str]:
    """Register the API of the page and its own client; return what it is told."""
    scopes = {SCOPE: {"vi": "Xem lịch hẹn của bạn", "en": "See your appointments"}}
    document = {"resource": API, "resource_name": {"vi": "Lịch hẹn"}, "token_format": "jwt", "scopes": scopes}
    town.tnid("resource", "create", "-", given=document)
    return register(town, client_name="Lịch hẹn", protected_resource=API, grant_types=["client_credentials"],
                    redirect_uris=[], response_types=[], scope=SCOPE)  # fmt: skip


def get_tokens(town: Province, scope: str) -> tuple[dict[str, Any], tuple[str, str]]:
    """Sign a person in to an application that may use the API; return its tokens and its credentials."""
    here = "http://localhost:9/callback"
    told = register(
        town, client_name="Ứng dụng", redirect_uris=[here], resources={API: [SCOPE]}, require_pkce=False
    )
    query = {"client_id": told["CLIENT_ID"], "redirect_uri": here, "response_type": "code", "resource": API}
    with Browser(stops_at=here) as browser:
        browser.open(town.issuer + "/authorize", **query, scope=f"openid {scope}")
        code = httpx.URL(town.new_person().pass_through(browser).url).params["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": here, "resource": API}
    auth = (told["CLIENT_ID"], told["CLIENT_SECRET"])
    answer = httpx.post(town.issuer + "/token", data=form, auth=auth)
    assert answer.status_code == 200, answer.text
    return answer.json(), auth


def test_an_api_takes_good_tokens_and_no_others(town: Province) -> None:
    page, port = get_quick_start("api", "python3"), free_port()
    told = {**new_api(town), "PORT": str(port), "RESOURCE": API}
    tokens, auth = get_tokens(town, SCOPE)
    address = f"http://localhost:{port}/appointments"

    def call(token: str, method: str = "GET") -> httpx.Response:
        return httpx.request(method, address, headers={"Authorization": f"Bearer {token}".encode()})

    with page.running(page.get_installed(), told):
        assert httpx.get(address).status_code == 401
        read = call(tokens["access_token"])
        assert read.status_code == 200 and read.json()["sub"], read.text
        assert call(tokens["access_token"], "POST").json() == {"made": True, "sub": read.json()["sub"]}

        forged = tokens["access_token"][:-8] + "AAAAAAAA"
        for other in (tokens["id_token"], forged, "x", "é"):
            assert call(other).status_code == call(other, "POST").status_code == 401, other

        httpx.post(town.issuer + "/revoke", data={"token": tokens["access_token"]}, auth=auth)
        assert call(tokens["access_token"]).status_code == 200, "its signature is good, until it expires"
        assert call(tokens["access_token"], "POST").status_code == 401, (
            "the provider knows that it is revoked"
        )
