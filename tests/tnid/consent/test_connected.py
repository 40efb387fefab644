"""A connected application's page: ticks that narrow at once, and what the application answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oidc.security_events.models import SecurityEvent
from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tests.tnid.consent.test_items import CLAIMS, ITEMS, SCOPE, boxes, redeem, tick
from tnid.app import Application
from tnid.consent.connected import describe_notice
from tnid.services import Services


@pytest.fixture
def hoa(new_person: Callable[..., Someone]) -> Someone:
    return new_person("hoa", claims=CLAIMS)


@pytest.fixture
def token(
    browser: InProcess, hoa: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> str:
    """The access token of an application with which everything is shared."""
    services.keyring.ensure(clock.now())
    hoa.sign_in(browser, new_app(scope=SCOPE, consent_items=ITEMS))
    tick(browser, "email", "phone_number")
    browser.click("consent_allow")
    return str(redeem(browser)["access_token"])


def claims_of(browser: InProcess, token: str) -> set[str]:
    return set(browser.get(f"{ISSUER}/userinfo", Authorization=f"Bearer {token}").json())


def test_turning_an_item_off_narrows_what_was_issued_already(browser: InProcess, token: str) -> None:
    assert {"email", "phone_number"} <= claims_of(browser, token)
    page = browser.open("/account/applications/jobs")
    assert page.status == 200 and boxes(browser) == {"phone_number": True, "email": True}
    tick(browser, "phone_number")
    assert "Đã lưu" in browser.click("sharing_save").words()
    assert claims_of(browser, token) & {"email", "phone_number"} == {"phone_number"}
    assert boxes(browser) == {"phone_number": True, "email": False}
    assert "Email" not in browser.open("/account/applications").words()


def test_what_is_turned_on_again_is_shared_again(browser: InProcess, token: str) -> None:
    for items in ((), ("email",)):
        browser.open("/account/applications/jobs")
        tick(browser, *items)
        browser.click("sharing_save")
    assert "email" in claims_of(browser, token) and "phone_number" not in claims_of(browser, token)


def test_a_page_that_is_out_of_date_changes_nothing(
    browser: InProcess, token: str, hoa: Someone, services: Services, clock: Clock
) -> None:
    page = browser.open("/account/applications/jobs")
    revision = page.document.xpath("//input[@name='revision']/@value")[0]
    tick(browser, "email")
    browser.click("sharing_save")
    answer = browser.post(f"{ISSUER}/account/applications/jobs", revision=revision, share="phone_number")
    assert answer.status_code == 409 and "Hãy xem lại" in answer.text
    assert "phone_number" not in claims_of(browser, token)


@pytest.mark.parametrize("share", ["name", "scope/admin", "nonsense", "preferred_username"])
def test_names_that_were_not_asked_or_are_required_mean_nothing(
    browser: InProcess, token: str, share: str
) -> None:
    page = browser.open("/account/applications/jobs")
    revision = page.document.xpath("//input[@name='revision']/@value")[0]
    answer = browser.post(f"{ISSUER}/account/applications/jobs", revision=revision, share=share)
    assert answer.status_code == 303
    left = claims_of(browser, token)
    assert {"name", "preferred_username"} <= left and not {"email", "phone_number"} & left


def test_another_person_s_application_is_not_found(
    browser: InProcess, token: str, new_browser: Callable[..., InProcess], minh: Someone, services: Services
) -> None:
    other = new_browser()
    minh.sign_in(other)
    assert other.open("/account/applications/jobs").status == 404
    assert services.audit.list_by_account(minh.id)[0].reason == "not_found"


def test_withdrawing_there_ends_everything(browser: InProcess, token: str) -> None:
    browser.open("/account/applications/jobs")
    browser.click("consent_withdraw")
    answer = browser.get(f"{ISSUER}/userinfo", Authorization=f"Bearer {token}")
    assert answer.status_code == 401


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("consent-withdrawn", "Bạn đã rút lại toàn bộ."),
        ("consent-narrowed", "Bạn đã tắt một phần."),
        ("attestation-ended", "Điều đơn vị xác nhận không còn giá trị."),
        ("another", ""),
    ],
)
def test_a_notice_says_what_it_is_about(app: Application, kind: str, about: str) -> None:
    with app.test_request_context("/", headers={"Cookie": "tnid_lang=vi"}):
        event = SecurityEvent(
            "event", kind, "jobs", "hoa", ("job_title",), 1, outcome="deleted", answered_at=2
        )
        said = describe_notice(event)
    assert (said["about"], said["when"]) == (about, 2) and "đã xóa" in said["state"]
