"""The main journey in a real browser, once with scripts and once without."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser

from oidc.decoupled.models import DEVICE_CODE
from tests.flows.chromium import Window, pass_through
from tests.person import Person
from tests.province import Province
from tests.servers.processes import wait_until

LISTING = "phien-dich-tieng-han"


@pytest.fixture(scope="session")
def chromium(whole_chromium: Browser) -> Browser:
    return whole_chromium


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def window(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A fresh window; at the end the browser must have had nothing to complain of."""
    opened = Window(chromium, scripts=request.param)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


def register(window: Window) -> Person:
    """Go from the sign-in page to a new account, without a second factor yet."""
    person = Person(f"moi{uuid4().hex[:10]}", f"mat khau {uuid4().hex}")
    window.press(window.page.locator("a[href*='/register']").first)
    fields = window.page.locator("form:has(#register_submit)")
    for name, value in {
        "name": "Nông Thị Mới",
        "username": person.username,
        "phone": "0912 345 678",
        "password": person.password,
    }.items():
        fields.locator(f"input[name='{name}']").fill(value)
    window.click("register_submit")
    return person


def test_a_person_lets_a_terminal_in(window: Window, province: Province) -> None:
    document = {
        "client_name": "Ki-ốt Một cửa",
        "grant_types": [DEVICE_CODE],
        "token_endpoint_auth_method": "none",
        "scope": "openid profile",
    }
    client_id = province.tnid("client", "create", "-", given=document)["client_id"]
    asked = {"client_id": client_id, "scope": "openid profile"}
    codes = httpx.post(f"{province.issuer}/device_authorization", data=asked).json()
    poll = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"], "client_id": client_id}
    window.open(codes["verification_uri_complete"])
    pass_through(window, province.new_person())
    assert window.page.locator("#user_code").input_value() == codes["user_code"]
    window.click("user_code_submit")
    assert "Ki-ốt Một cửa" in window.page.inner_text("main")
    window.click("consent_allow")
    assert window.has("request_allowed")
    tokens = httpx.post(f"{province.issuer}/token", data=poll).json()
    assert tokens["access_token"] and tokens["id_token"]


def sign_out(window: Window) -> None:
    window.click("sign_out")
    if window.has("logout_confirm"):
        window.click("logout_confirm")


def find_signed_out(window: Window, address: str) -> None:
    """Wait until an application has heard of the sign-out: the provider tells it."""

    def is_over() -> bool:
        window.open(address)
        return window.has("sign_in")

    wait_until(is_over, what=f"sign-out of {address}")


def test_another_language_leaves_the_name_that_was_typed(window: Window, province: Province) -> None:
    window.open(f"{province.apps_url}/ioc/")
    window.click("sign_in")
    window.fill(login_username="lan.nguyen", login_password="bi mat")
    window.press(window.page.locator("footer button[value='en']"))
    assert window.page.locator("html").get_attribute("lang") == "en"
    assert window.page.locator("#login_username").input_value() == "lan.nguyen"
    assert window.page.locator("#login_password").input_value() == ""


def test_a_newcomer_registers_enrols_agrees_and_signs_out_of_two_systems(
    window: Window, province: Province
) -> None:
    # Registers on the way into the first application, and comes out there signed in
    window.open(province.jobs_url)
    window.click("sign_in")
    person = register(window)
    assert pass_through(window, person) == ["enrol", "recovery_codes", "consent"]
    window.arrive(f"{province.jobs_url}/me")
    assert window.claims() == {"acr": "LoA2"}, "who only looks around is asked for nothing"
    assert len(person.recovery_codes) >= 8

    # The second one, which needs two factors, asks for consent alone, and the next time for nothing
    window.open(f"{province.apps_url}/ioc/")
    window.click("sign_in")
    assert pass_through(window, person) == ["consent"]
    window.arrive(f"{province.apps_url}/ioc/")
    assert window.claims()["name"] == "Nông Thị Mới"
    assert "phone_number" not in window.claims()
    window.open(f"{province.apps_url}/ioc/sign-in")
    window.arrive(f"{province.apps_url}/ioc/")

    sign_out(window)
    window.arrive(f"{province.apps_url}/ioc/**")
    find_signed_out(window, f"{province.jobs_url}/")
    window.open(f"{province.jobs_url}/sign-in")
    assert window.has("login_password")


def test_a_demonstration_person_saves_a_listing_and_moves_between_applications(
    window: Window, province: Province
) -> None:
    person = province.people["lan.nguyen"]
    window.open(f"{province.jobs_url}/listings/{LISTING}")
    window.click("sign_in_to_save")
    pass_through(window, person)
    # Saving works once more after an earlier run with another browser
    if window.has("forget"):
        window.click("forget")
    window.click("save")
    assert window.has("is_saved")
    window.click("my_page")
    assert window.page.locator("#saved a").get_attribute("href") == f"/listings/{LISTING}"

    window.open(f"{province.apps_url}/giaoduc/")
    window.click("sign_in")
    assert set(pass_through(window, person)) <= {"consent"}
    assert window.claims()["name"] == "Nguyễn Thị Lan"

    sign_out(window)
    assert window.has("sign_in")
    find_signed_out(window, f"{province.jobs_url}/")
    window.open(f"{province.jobs_url}/sign-in")
    assert window.has("login_password")


def test_a_system_that_needs_a_proofed_identity_says_so_and_leads_back(
    window: Window, province: Province
) -> None:
    person = province.new_person(identity_level=0)
    window.open(f"{province.apps_url}/dichvucong/")
    window.click("sign_in")
    pass_through(window, person)
    window.arrive("**/requirement**")
    window.click("requirement_submit")
    window.arrive(f"{province.apps_url}/**")
    assert window.has("error_code")
