"""A person's copy of everything: fresh, whole, without secrets, and of one's own account only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, PASSWORD, InProcess, Someone
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber
from tnid.accounts.verification import Evidence
from tnid.services import Services

NUMBER = "019195000123"
WHOLE = {
    *("format", "issuer", "made_at", "sub", "username", "claims", "personal_id_number"),
    *("former_numbers", "verified_claims"),
    *("factors", "sessions", "consents", "accesses", "messages", "alerts", "requests", "events"),
}


def take(browser: InProcess, form: str = "file") -> httpx.Response:
    return browser.post(f"{ISSUER}/account/export", **{"as": form})


@pytest.fixture
def hoa(new_person: Callable[..., Someone]) -> Someone:
    return new_person(
        "hoa",
        totp=True,
        personal_id_number=NUMBER,
        identity_level=2,
        claims={"name": "Lê Thị Hoa", "phone_number": "0912345678", "birthdate": "1995-03-27"},
    )


def test_the_file_holds_everything_and_no_secret(
    browser: InProcess, hoa: Someone, services: Services, new_app: Callable[..., str], clock: Clock
) -> None:
    hoa.sign_in(browser, new_app())
    browser.click("consent_allow")
    with services.database.unit():
        services.data_requests.make(hoa.id, "restrict", "Xin đừng gọi điện.", clock.now())
    answer = take(browser)
    assert answer.headers["content-type"] == "application/json"
    assert "attachment" in answer.headers["content-disposition"]
    document: dict[str, Any] = json.loads(answer.content)
    assert set(document) >= WHOLE
    assert document["personal_id_number"] == NUMBER
    assert document["claims"]["phone_number"] == "+84912345678"
    assert document["consents"][0]["client_id"] == "jobs"
    assert document["requests"][0]["words"] == "Xin đừng gọi điện."
    assert document["verified_claims"]
    secrets = [
        PASSWORD,
        hoa.totp_secret,
        *hoa.recovery_codes,
        browser.cookies["tnid_session"],
        "id_hash",
        "argon2",
    ]
    assert not [secret for secret in secrets if secret and secret in answer.text]


def test_a_number_of_before_is_in_it_too(
    browser: InProcess, hoa: Someone, services: Services, clock: Clock
) -> None:
    new = Evidence(number=DocumentNumber(IDENTITY_CARD, "019195000999"))
    assert services.accounts.raise_identity_level(hoa.id, 2, {}, new, clock.now()) is None
    hoa.sign_in(browser)
    document = json.loads(take(browser).content)
    assert [one["number"] for one in document["former_numbers"]] == [NUMBER]
    assert document["personal_id_number"] == "019195000999"


def test_the_number_is_masked_without_two_factors(
    browser: InProcess, new_person: Callable[..., Someone]
) -> None:
    person = new_person("ha", personal_id_number=NUMBER)
    person.sign_in(browser)
    for form in ("file", "page"):
        assert NUMBER not in take(browser, form).text


def test_the_page_shows_the_same(browser: InProcess, hoa: Someone) -> None:
    hoa.sign_in(browser)
    answer = take(browser, "page")
    assert answer.status_code == 200
    for word in ("Lê Thị Hoa", NUMBER, "+84912345678"):
        assert word in answer.text


def test_a_fresh_sign_in_is_needed(
    browser: InProcess, hoa: Someone, services: Services, clock: Clock
) -> None:
    hoa.sign_in(browser)
    clock.advance(301)
    answer = take(browser)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")
    assert not [row for row in services.audit.list_by_account(hoa.id) if row.event == "account.export"]


def test_it_is_recorded_and_told(browser: InProcess, hoa: Someone, services: Services) -> None:
    hoa.sign_in(browser)
    take(browser)
    assert [row for row in services.audit.list_by_account(hoa.id) if row.event == "account.export"]
    assert [row.text for row in services.messages.list_by_account(hoa.id)] == ["data_exported"]


def test_looking_takes_nothing(browser: InProcess, hoa: Someone, services: Services) -> None:
    hoa.sign_in(browser)
    page = browser.open("/account/export")
    assert page.has("export_file") and NUMBER not in page.text
    assert browser.send("POST", f"{ISSUER}/account/export", data={"as": "file"}).status_code == 403
    assert take(browser, "else").status_code == 303
    assert not [row for row in services.audit.list_by_account(hoa.id) if row.event == "account.export"]
