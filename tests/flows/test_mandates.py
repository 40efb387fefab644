"""An elder lets a grandchild sign in for her: given, accepted, used at an application, ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser as Chromium

from tests.flows.chromium import Window, pass_through
from tests.person import Browser, Page, Person
from tests.province import Province

CLINIC = "suckhoe"


@pytest.fixture
def elder(province: Province) -> Person:
    return province.new_person(name="Hoàng Thị Bảy", phone_number="+84912000104", birthdate="1951-01-30")


@pytest.fixture
def helper(province: Province) -> Person:
    return province.new_person(name="Lê Bình An", phone_number="+84912000105", birthdate="1999-05-02")


@pytest.fixture(params=[False, True], ids=["no-scripts", "scripts"])
def windows(chromium: Chromium, request: pytest.FixtureRequest) -> Iterator[tuple[Window, Window]]:
    """A window of the elder's and one of the helper's; neither may complain."""
    opened = [Window(chromium, scripts=request.param) for _ in range(2)]
    yield opened[0], opened[1]
    complaints = [one for window in opened for one in window.complaints]
    for window in opened:
        window.close()
    assert complaints == []


def test_a_grandchild_signs_in_for_a_grandmother(
    windows: tuple[Window, Window], province: Province, elder: Person, helper: Person
) -> None:
    hers, his = windows
    hers.open(f"{province.issuer}/account/mandates")
    pass_through(hers, elder)
    hers.click("give_mandate")
    hers.page.locator(f"#client_{CLINIC}").check()
    hers.click("clients_submit")
    pass_through(hers, elder)
    hers.page.locator(f"#scope-{CLINIC}-profile").check()
    hers.page.locator("#days-1").check()
    hers.click("mandate_submit")
    code = hers.text_of("mandate_code")

    his.open(f"{province.issuer}/account/mandates/accept")
    pass_through(his, helper)
    his.fill(code=code.lower())
    his.click("code_submit")
    assert "Hoàng Thị Bảy" in his.page.inner_text("main")
    his.click("mandate_accept")

    his.open(f"{province.apps_url}/{CLINIC}/sign-in")
    assert "Lê Bình An" in his.text_of("for_myself")
    his.click("for_1")
    assert his.text_of("principal_name") == "Hoàng Thị Bảy"
    his.click("in_stead_allow")
    his.arrive(f"{province.apps_url}/{CLINIC}/")
    assert his.claims()["name"] == "Hoàng Thị Bảy" and his.claims()["act"]
    assert "đang làm thay Hoàng Thị Bảy" in his.text_of("acting")

    hers.open(f"{province.issuer}/account/activity")
    assert "thay bạn" in hers.page.inner_text("main")
    hers.open(f"{province.issuer}/account/mandates")
    hers.press(hers.page.locator("button[id^='end_']").first)
    his.open(f"{province.apps_url}/{CLINIC}/sign-in")
    assert not his.has("for_1"), "nobody is left to act for"


# What a client holds, over HTTP


class Clinic:
    """A client of its own, which keeps what it gets."""

    def __init__(self, province: Province, browser: Browser, callback: str) -> None:
        document = {
            "client_name": "Phòng khám",
            "redirect_uris": [callback],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile phone",
            "accepts_mandates": True,
            "require_pkce": False,
        }
        made = province.tnid("client", "create", "-", given=document)
        self.province, self.browser, self.callback = province, browser, callback
        self.client_id, self.secret = made["client_id"], made["client_secret"]

    def ask(self, scope: str = "openid profile phone") -> Page:
        return self.browser.open(
            f"{self.province.issuer}/authorize", client_id=self.client_id, redirect_uri=self.callback,
            response_type="code", scope=scope, state="s" * 20,
        )  # fmt: skip

    def post(self, endpoint: str, **body: str) -> httpx.Response:
        auth = (self.client_id, self.secret)
        return httpx.post(f"{self.province.issuer}/{endpoint}", data=body, auth=auth)

    def redeem(self, page: Page) -> dict[str, Any]:
        code = dict(httpx.URL(page.url).params)["code"]
        answer = self.post("token", grant_type="authorization_code", code=code, redirect_uri=self.callback)
        return dict(answer.json())

    def userinfo(self, tokens: dict[str, Any]) -> httpx.Response:
        header = {"Authorization": f"Bearer {tokens['access_token']}"}
        return httpx.get(f"{self.province.issuer}/userinfo", headers=header)


@pytest.fixture
def clinic(province: Province) -> Iterator[Clinic]:
    callback = "http://localhost:9/callback"
    with Browser(stops_at=callback) as browser:
        yield Clinic(province, browser, callback)


def give(province: Province, clinic: Clinic, elder: Person, helper: Person) -> str:
    """Go from the elder's form to the helper's acceptance; return the address of the elder's button."""
    with Browser() as hers:
        hers.open(f"{province.issuer}/account/mandates/new/details?client={clinic.client_id}")
        page = elder.pass_through(hers)
        page.get(f"scope-{clinic.client_id}-profile").checked = True
        page.get("days-1").checked = True
        code = hers.submit("mandate_submit").text_of("mandate_code")
    clinic.browser.open(f"{province.issuer}/account/mandates/accept")
    helper.pass_through(clinic.browser)
    clinic.browser.submit("code_submit", {"code": code})
    clinic.browser.click("mandate_accept")
    return code


def sign_in_for_elder(clinic: Clinic) -> dict[str, Any]:
    clinic.ask()
    clinic.browser.click("for_1")
    return clinic.redeem(clinic.browser.click("in_stead_allow"))


def end_all(province: Province, elder: Person) -> None:
    with Browser() as hers:
        hers.open(f"{province.issuer}/account/mandates")
        elder.pass_through(hers)
        while found := hers.page.document.xpath("//button[@name='mandate']/@id"):
            hers.click(found[0])


def test_the_end_is_immediate_at_every_endpoint(
    province: Province, clinic: Clinic, elder: Person, helper: Person
) -> None:
    give(province, clinic, elder, helper)
    tokens = sign_in_for_elder(clinic)
    userinfo = clinic.userinfo(tokens).json()
    described = clinic.post("introspect", token=tokens["access_token"]).json()
    assert userinfo["act"] == described["act"] and userinfo["act"]["sub"] != userinfo["sub"]
    assert userinfo["name"] == "Hoàng Thị Bảy" and "phone_number" not in userinfo
    assert tokens["scope"] == "openid profile"
    end_all(province, elder)
    assert clinic.userinfo(tokens).status_code == 401
    assert clinic.post("introspect", token=tokens["access_token"]).json() == {"active": False}
    refreshed = clinic.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")


def test_a_shut_helper_or_elder_ends_it_too(province: Province, clinic: Clinic) -> None:
    for shut in ("helper", "elder"):
        elder = province.new_person(name="Bà Cả", phone_number="+84912000106")
        helper = province.new_person(name="Cháu Út", phone_number="+84912000107")
        with Browser(stops_at=clinic.callback) as browser:
            clinic.browser = browser
            give(province, clinic, elder, helper)
            tokens = sign_in_for_elder(clinic)
            assert clinic.userinfo(tokens).status_code == 200
            province.tnid("account", "disable", (helper if shut == "helper" else elder).username)
            assert clinic.userinfo(tokens).status_code == 401


def test_an_operator_who_closes_a_client_to_helpers_ends_what_they_have(
    province: Province, clinic: Clinic, elder: Person, helper: Person
) -> None:
    give(province, clinic, elder, helper)
    tokens = sign_in_for_elder(clinic)
    province.tnid("client", "mandates", clinic.client_id, "--refuse")
    assert clinic.userinfo(tokens).status_code == 401
    end_all(province, elder)


def test_the_silent_way_asks_a_helper_all_the_same(
    province: Province, clinic: Clinic, elder: Person, helper: Person
) -> None:
    give(province, clinic, elder, helper)
    clinic.ask()
    clinic.browser.click("for_myself")
    own = clinic.redeem(clinic.browser.click("consent_allow"))
    assert "act" not in clinic.userinfo(own).json()
    assert clinic.ask().has("for_1"), "agreed to before, and signed in: asked for whom none the less"
    end_all(province, elder)
    tokens = clinic.redeem(clinic.ask())
    assert json.dumps(clinic.userinfo(tokens).json()["sub"]) == json.dumps(clinic.userinfo(own).json()["sub"])
