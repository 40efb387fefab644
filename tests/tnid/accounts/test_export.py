"""A person's copy of everything: fresh, whole, without secrets, and of one's own account only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from oidc.security_events.models import CONSENT_WITHDRAWN, SecurityEvent
from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, PASSWORD, InProcess, Someone
from tnid.accounts.export import build_document
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber
from tnid.accounts.verification import Evidence
from tnid.db import db
from tnid.services import Services
from tnid.stores.probes import ProbeStore
from tnid.stores.roles import RoleStore
from tnid.stores.security_events import SecurityEventStore

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


def test_what_was_asked_told_and_given_is_in_both(
    browser: InProcess, hoa: Someone, services: Services, clock: Clock
) -> None:
    now = clock.now()
    with services.database.unit():
        asked = {"about": "age", "value": "30", "since": 0, "most": 4, "now": now}
        assert ProbeStore(services.database).take(hoa.id, "cinema.example", **asked)
        RoleStore(services.database).add(
            id="r" * 22, account_id=hoa.id, role="official", commune="05467", granted_at=now, used_at=now
        )
        event = SecurityEvent("e" * 22, CONSENT_WITHDRAWN, "cinema", hoa.id, (), now)
        SecurityEventStore(services.database).add(event)
    hoa.sign_in(browser)
    document = json.loads(take(browser).content)
    assert [one["values"] for one in document["questions_asked"]] == [["30"]]
    assert [one["commune"] for one in document["roles"]] == ["05467"]
    assert [one["kind"] for one in document["told_applications"]] == [CONSENT_WITHDRAWN]
    page = take(browser, "page").text
    for words in ("Đã đủ 30 tuổi hay chưa", "cinema.example", "Đang báo cho ứng dụng.", "Tin đã gửi cho bạn"):
        assert words in page


# Where the copy says what a table that belongs to a person holds; "" where it holds nothing of its own: what
# is hashed, what is under way for minutes, and what the history tells
SECTION_OF = {
    "activations": "",
    "alerts": "alerts",
    "appointments": "appointments",
    "assisted_recoveries": "",
    "badges": "sign_in_card",
    "card_corrections": "",
    "consent_heads": "decisions",
    "consents": "consents",
    "counter_people": "looked_after_by",
    "data_requests": "requests",
    "employment_cards": "employment_cards",
    "employments": "employments",
    "former_numbers": "former_numbers",
    "guardianships": "guardians",
    "mandates": "mandates",
    "members": "teams",
    "message_codes": "",
    "messages": "messages",
    "official_acts": "",
    "operator_requests": "",
    "passkeys": "passkeys",
    "playground_runs": "",
    "probes": "questions_asked",
    "qr_sign_ins": "",
    "recoveries": "",
    "recovery_codes": "factors",
    "recovery_waits": "recovery_that_waits",
    "representatives": "organisations",
    "roles": "roles",
    "security_events": "told_applications",
    "sessions": "sessions",
    "sign_ins": "",
    "team_tokens": "",
    "totp_factors": "factors",
    "verifications": "verified_claims",
    "visits": "",
}


def test_whatever_belongs_to_a_person_has_its_place_in_the_copy(lan: Someone, services: Services) -> None:
    belonging = {
        table.name
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "accounts"
        and (key.ondelete == "CASCADE" or key.parent.name == "account_id")
    }
    with services.database.unit():
        document = build_document(services, services.accounts.get(lan.id), 0, in_full=True)
    told_elsewhere = {"review_comments", "team_acts"}  # a team's, and kept by it
    assert belonging - told_elsewhere == set(SECTION_OF)
    assert {name for name in SECTION_OF.values() if name} <= set(document)
