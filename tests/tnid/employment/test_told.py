"""From the consent page to UserInfo: a worker reads what will be sent, and what ended is sent no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from oidc.attested import ALWAYS
from oidc.consent import CLAIM_GROUPS
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, VERIFIER, InProcess, Someone
from tests.tnid.employment.work import AN, AN_NUMBER, an_employer, attest, linked
from tnid.db import Database
from tnid.employment.claims import FIELD_CLAIMS
from tnid.services import Services

SCOPE = "openid worker employer housing offline_access"
QUESTIONS = {
    "userinfo": {
        "income_at_least": {"value": 8_000_000, "essential": True},
        "works_in_park": {"values": ["diem-thuy", "phu-binh"], "essential": True},
    },
    "id_token": {"is_worker": {"essential": True}},
}


@pytest.fixture
def employer(services: Services, clock: Clock) -> Any:
    services.keyring.ensure(clock.now())
    return an_employer(services, clock.now(), name="May Chè Xanh")


@pytest.fixture
def an(new_person: Callable[..., Someone], services: Services, employer: Any, clock: Clock) -> Someone:
    person = new_person("van.an", totp=True, claims=AN, personal_id_number=AN_NUMBER, identity_level=2)
    attest(services, employer, clock.now())
    linked(services, person.id, clock.now())
    return person


class Grant:
    """What an application has of a sign-in."""

    def __init__(self, browser: InProcess, client_id: str = "jobs") -> None:
        self._client_id = client_id
        assert browser.page.url.startswith(CALLBACK), browser.page
        self._browser = browser
        code = browser.page.url.partition("code=")[2].partition("&")[0]
        self._take({"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK})

    def _take(self, form: dict[str, str]) -> None:
        form |= {"client_id": self._client_id, "code_verifier": VERIFIER}
        self.tokens: dict[str, Any] = self._browser.send("POST", f"{ISSUER}/token", data=form).json()

    def refresh(self) -> None:
        self._take({"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]})

    def told(self) -> dict[str, Any]:
        bearer = f"Bearer {self.tokens['access_token']}"
        found: dict[str, Any] = self._browser.get(f"{ISSUER}/userinfo", Authorization=bearer).json()
        assert found.pop("sub")
        return found


def sign_in(browser: InProcess, person: Someone, address: str) -> Grant:
    page = person.sign_in(browser, address)
    if page.path == "/consent":
        browser.click("consent_allow")
    return Grant(browser)


def test_what_the_page_shows_is_what_is_sent_until_it_ends(
    browser: InProcess,
    an: Someone,
    new_app: Callable[..., str],
    employer: Any,
    services: Services,
    clock: Clock,
) -> None:
    address = f"{new_app(scope=SCOPE)}&claims={quote(json.dumps(QUESTIONS))}"
    page = an.sign_in(browser, address)
    for words in ("May Chè Xanh, mã số thuế 4600305723", "25.000.000\xa0đ", "KCN Phú Bình", "chỉ trả lời có"):
        assert words in page.text, words
    assert "12.500.000" not in page.text and "12500000" not in page.text
    browser.click("consent_allow")
    grant = Grant(browser)
    told = grant.told()
    assert (
        told["employer"]["name"] == "May Chè Xanh"
        and told["income_at_least"] is told["works_in_park"] is True
    )
    assert told["social_housing_income"]["ceiling"] == 25_000_000 and "12500000" not in str(told)
    attest(services, employer, clock.now(), end_date="22/11/2026")
    clock.advance(6 * 86400)
    grant.refresh()
    assert grant.told() == {}, "the grant lives on, and there is nothing to tell"


def test_somebody_who_accepted_one_field_is_told_of_by_that_alone(
    browser: InProcess, an: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    (own,) = services.employments.list_own(an.id)
    services.employments.decide(an.id, own.id, own.version, ["title"], clock.now())
    address = f"{new_app(scope=SCOPE)}&claims={quote(json.dumps(QUESTIONS))}"
    told = sign_in(browser, an, address).told()
    known = {"is_worker", "job_title", "employment_confirmed_at", "employment_valid_until"}
    assert told.keys() == known


def test_each_claim_leads_back_to_the_employers_word_and_to_both_decisions(
    browser: InProcess, an: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    told = sign_in(browser, an, new_app(scope="openid worker employer")).told()
    given, accepted = services.consents.ledger.list_by_account(an.id)
    assert (accepted.client_id, accepted.action) == ("employer:4600305723", "given")
    opened = {claim for field in accepted.terms["accepted"] for claim in FIELD_CLAIMS[field]}
    shared = {name for item in given.terms["items"] if item["shared"] for name in CLAIM_GROUPS[item["name"]]}
    assert given.client_id == "jobs" and told.keys() <= shared
    assert told.keys() - set(ALWAYS) <= opened, "nothing is told that its worker didn't accept"
    (own,) = services.employments.list_own(an.id)
    assert (own.row.attested_at, own.row.attested_through) == (accepted.terms["attested_at"], "list")
    assert services.consents.ledger.verify().problems == ()


def test_who_asks_about_work_pays_one_look_and_nobody_else_any(
    browser: InProcess, an: Someone, new_app: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = sign_in(browser, an, new_app(scope="openid profile"))
    statements: list[str] = []
    run = Database._run

    def recording(self: Database, sql: str, parameters: Any = ()) -> None:
        statements.append(sql)
        run(self, sql, parameters)

    def looks(grant: Grant) -> list[str]:
        statements.clear()
        with monkeypatch.context() as patched:
            patched.setattr(Database, "_run", recording)
            grant.told()
        return [sql for sql in statements if sql.startswith("SELECT")]

    before = looks(plain)
    assert not any("employments" in sql for sql in before)
    browser.open(new_app("housing-office", scope="openid worker housing"))
    browser.click("consent_allow")
    asking = Grant(browser, "housing-office")
    after = looks(asking)
    assert len(after) == len(before) + 1 and sum("employments" in sql for sql in after) == 1
