"""What was verified about a person: recorded with their level, kept apart from what they may change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from oidc.attested import OF_EMPLOYMENT
from oidc.verified_claims import select_verified
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, VERIFIER, InProcess, Someone
from tnid.accounts.verification import ASSURANCE, TRUST_FRAMEWORK, VERIFIED_CLAIMS
from tnid.services import Services

CLAIMS = {"name": "Lường Văn Bình", "birthdate": "1990-02-03", "phone_number": "0912345678"}
WHO = {"name": "Lường Văn Bình", "birthdate": "1990-02-03"}


def verified(services: Services, someone: Someone) -> list[dict[str, Any]]:
    return services.accounts.verified_claims(someone.id)


def test_nothing_is_verified_of_somebody_who_said_it_all_themselves(
    new_person: Callable[..., Someone], services: Services
) -> None:
    assert verified(services, new_person(claims=CLAIMS)) == []


def test_level_1_is_verified_without_evidence(new_person: Callable[..., Someone], services: Services) -> None:
    person = new_person(claims=CLAIMS, identity_level=1, trusted=True)
    (record,) = verified(services, person)
    assert record["claims"] == WHO, "a telephone is a contact, and is never verified as an identity"
    assert record["verification"]["trust_framework"] == TRUST_FRAMEWORK
    assert record["verification"]["assurance_level"] == "identity_level_1"
    assert "evidence" not in record["verification"]


@pytest.mark.parametrize("number", [None, "019190001234"])
def test_level_2_says_that_an_official_compared_the_document_and_no_more_than_is_known_of_it(
    number: str | None, new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    person = new_person(claims=CLAIMS, identity_level=2, trusted=True, personal_id_number=number)
    (record,) = verified(services, person)
    (evidence,) = record["verification"]["evidence"]
    assert evidence["type"] == "document" and evidence["check_details"] == [{"check_method": "vpip"}]
    assert evidence.get("document_details") == ({"type": "idcard"} if number else None)
    assert "0191" not in json.dumps(record), "the number itself is nobody's business"
    fresh = {"verification": {"trust_framework": None, "time": {"max_age": 5}}, "claims": {"name": None}}
    assert select_verified(fresh, [record], clock.now() + 5)
    assert select_verified(fresh, [record], clock.now() + 6) is None


def test_what_a_person_changes_later_is_not_verified(
    new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    person = new_person(claims=CLAIMS, identity_level=2, trusted=True)
    changes = {"name": "Người Khác", "gender": "male"}
    assert services.accounts.change_profile(person.id, changes, clock.now()) is None
    assert services.accounts.get(person.id).claims["name"] == "Người Khác"
    assert verified(services, person)[0]["claims"] == WHO


def test_a_level_that_was_taken_back_takes_its_claims_with_it(
    new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    person = new_person(claims=CLAIMS, identity_level=2, trusted=True)
    for level, known in ((1, 0), (2, 1), (0, 0)):
        services.database.execute(text("UPDATE accounts SET identity_level = :level"), level=level)
        assert len(verified(services, person)) == known
    services.database.execute(text("UPDATE accounts SET identity_level = 2"))
    services.accounts.disable(person.id, clock.now())
    assert verified(services, person) == []


def test_what_was_verified_lies_sealed_and_goes_with_the_account(
    new_person: Callable[..., Someone], services: Services, clock: Clock
) -> None:
    person = new_person(claims=CLAIMS, identity_level=2, trusted=True)
    (row,) = services.database.fetch_all(text("SELECT * FROM verifications"))
    assert "Lường".encode() not in bytes(row.claims_sealed)
    services.accounts.delete(person.id, clock.now())
    assert services.database.fetch_all(text("SELECT * FROM verifications")) == []


def test_an_application_gets_verified_claims_after_the_page_has_named_them(
    browser: InProcess,
    new_person: Callable[..., Someone],
    new_app: Callable[..., str],
    services: Services,
    clock: Clock,
) -> None:
    services.keyring.ensure(clock.now())
    person = new_person(claims=CLAIMS, identity_level=2, trusted=True)
    wish = {"verification": {"trust_framework": None, "evidence": [{"type": {"value": "document"}}]}}
    asked = {"userinfo": {"verified_claims": {**wish, "claims": {"name": None, "birthdate": None}}}}
    page = person.sign_in(browser, f"{new_app(scope='openid')}&claims={quote(json.dumps(asked))}")
    assert page.path == "/consent" and "tên khai sinh, đã được xác minh" in page.words()
    assert "Cách xác minh, và ai xác minh" in page.words()
    browser.click("consent_allow")
    code = browser.page.url.partition("code=")[2].partition("&")[0]
    tokens = browser.send("POST", f"{ISSUER}/token", data=redemption(code)).json()
    told = browser.get(f"{ISSUER}/userinfo", Authorization=f"Bearer {tokens['access_token']}").json()
    assert told["verified_claims"]["claims"] == WHO
    assert told["verified_claims"]["verification"]["evidence"] == [{"type": "document"}]


def redemption(code: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "jobs",
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }


def test_discovery_tells_what_the_province_verifies(browser: InProcess) -> None:
    found = browser.get(f"{ISSUER}/.well-known/openid-configuration").json()
    assert found["trust_frameworks_supported"] == [TRUST_FRAMEWORK]
    assert found["claims_in_verified_claims_supported"] == [*VERIFIED_CLAIMS, *OF_EMPLOYMENT]
    assert found.items() >= ASSURANCE.metadata().items() and found["claims_parameter_supported"]
