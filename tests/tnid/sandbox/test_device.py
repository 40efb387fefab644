"""A sandbox's device: its code leads to those who are made up, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from oidc.clients.registration import new_client
from oidc.decoupled.models import DEVICE_CODE
from oidc.errors import OAuthError
from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tests.tnid.sandbox.conftest import pick
from tnid.services import Services
from tnid.signin.limits import USER_CODE_FROM_NETWORK


@dataclass
class Device:
    """A registered device, and what it was answered."""

    services: Services
    browser: InProcess
    clock: Clock
    is_sandbox: bool = True
    policy: Mapping[str, Any] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        document = {
            "client_id": "box", "client_name": "Ki-ốt", "redirect_uris": [], "grant_types": [DEVICE_CODE],
            "token_endpoint_auth_method": "none", "scope": "openid profile", **(self.policy or {}),
        }  # fmt: skip
        client, _secret = new_client(document, self.clock.now(), by_operator=True)
        self.client = replace(client, is_sandbox=self.is_sandbox)
        self.services.clients.add(self.client)
        asked = {"client_id": "box", "scope": "openid profile"}
        self.codes = self.browser.send("POST", f"{ISSUER}/device_authorization", data=asked).json()

    def redeem(self) -> Any:
        now = self.clock.advance(10)
        with self.services.database.unit():
            decoupled = self.services.provider.decoupled
            return decoupled.redeem(DEVICE_CODE, self.codes["device_code"], self.client, now)


@pytest.fixture
def device(services: Services, browser: InProcess, clock: Clock) -> Device:
    return Device(services, browser, clock)


def test_a_device_is_allowed_by_whom_was_picked(device: Device, services: Services) -> None:
    assert device.codes["verification_uri"] == f"{ISSUER}/sandbox/device"
    page = device.browser.open(device.codes["verification_uri_complete"])
    assert page.get("user_code").value == device.codes["user_code"] and page.has("sandbox_band")
    pick(device.browser, "level1")
    page = device.browser.submit("consent_allow")
    assert page.has("request_allowed") and page.has("sandbox_band")
    assert device.redeem().account_id == services.made_up.find_row("level1").id


def test_a_device_is_refused(device: Device) -> None:
    device.browser.open(device.codes["verification_uri_complete"])
    pick(device.browser, "worker")
    assert device.browser.submit("consent_deny").has("request_denied")
    with pytest.raises(OAuthError, match="refused"):
        device.redeem()


def test_two_factors_may_be_needed(services: Services, browser: InProcess, clock: Clock) -> None:
    device = Device(services, browser, clock, policy={"least_acr": "LoA2"})
    browser.open(device.codes["verification_uri_complete"])
    pick(browser, "level2")
    page = browser.submit("device_strengthen")
    assert not page.has("device_strengthen")
    browser.submit("consent_allow")
    assert device.redeem().acr == "LoA2"


def test_people_who_live_find_no_sandboxs_code(device: Device, lan: Someone) -> None:
    browser = device.browser
    lan.sign_in(browser, "/device")
    answer = browser.post("/device", user_code=device.codes["user_code"])
    assert answer.status_code == 400
    with pytest.raises(OAuthError, match="not answered"):
        device.redeem()


def test_nobody_made_up_finds_a_live_code(services: Services, browser: InProcess, clock: Clock) -> None:
    device = Device(services, browser, clock, is_sandbox=False)
    assert device.codes["verification_uri"] == f"{ISSUER}/device"
    answer = browser.post(
        "/sandbox/device", user_code=device.codes["user_code"], person="worker", factors="2"
    )
    assert answer.status_code == 400
    with pytest.raises(OAuthError, match="not answered"):
        device.redeem()


def test_a_request_is_nobody_elses(
    device: Device, new_browser: Callable[..., InProcess], lan: Someone
) -> None:
    device.browser.open(device.codes["verification_uri_complete"])
    pick(device.browser, "worker")
    address = device.browser.page.url
    other = new_browser()
    assert other.get(address).status_code == 404
    lan.sign_in(other)
    assert other.get(address).status_code == 404
    assert other.get(address.replace("/sandbox/device/", "/account/requests/")).status_code == 404


@pytest.mark.parametrize("code", ["", "WRONG-CODE", "x" * 500])
def test_a_wrong_code_is_said_at_its_field(device: Device, code: str) -> None:
    answer = device.browser.post("/sandbox/device", user_code=code, person="worker", factors="1")
    assert answer.status_code == 400 and "user_code-error" in answer.text


def test_guesses_end(device: Device) -> None:
    for _ in range(USER_CODE_FROM_NETWORK.allowed):
        device.browser.post("/sandbox/device", user_code="BBBB-BBBB", person="worker", factors="1")
    right = device.browser.post(
        "/sandbox/device", user_code=device.codes["user_code"], person="worker", factors="1"
    )
    assert right.status_code == 400
