"""The list of connected applications: what can be opened from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import httpx

from oidc.attested import NOTHING
from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tnid.accounts.views import ACCESS_DAYS
from tnid.services import Services


def test_an_application_that_can_be_opened_begins_the_sign_in_itself(
    browser: InProcess, lan: Someone, new_app: Callable[..., str], services: Services, clock: Clock
) -> None:
    """OpenID Connect Core §4: the issuer, the client's own home page, and not a word about the person."""
    login = {"initiate_login_uri": "https://app.example/login?a=b", "client_uri": "https://app.example/"}
    lan.sign_in(browser, new_app("jobs", **login))
    browser.click("consent_allow")
    elsewhere = {"initiate_login_uri": "https://other.example/login", "client_uri": "https://app.example/"}
    for client_id, more in (("housing", elsewhere), ("market", {})):
        browser.open(new_app(client_id, **more))
        browser.click("consent_allow")
    page = browser.open("/account/applications")
    links = [httpx.URL(link) for link in page.document.xpath("//li//a/@href") if "://" in link]
    asked = {link.host: dict(link.params) for link in links}
    home = {"a": "b", "iss": ISSUER, "target_link_uri": "https://app.example/"}
    assert asked == {"app.example": home, "other.example": {"iss": ISSUER}}
    services.clients.disable("jobs", clock.now())
    assert "https://app.example/login" not in browser.open("/account/applications").text


def test_the_list_tells_which_application_stays_connected(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    lan.sign_in(browser, new_app("jobs", "openid offline_access"))
    browser.click("consent_allow")
    browser.open(new_app("housing"))
    browser.click("consent_allow")
    cards = browser.open("/account/applications").document.xpath("//main//li")
    assert sorted(len(card.xpath("p[@class='quiet']")) for card in cards) == [0, 1]


def test_the_list_tells_how_often_and_when_last_each_was_given_access(
    browser: InProcess,
    lan: Someone,
    minh: Someone,
    new_app: Callable[..., str],
    services: Services,
    clock: Clock,
) -> None:
    lan.sign_in(browser, new_app("jobs"))
    browser.click("consent_allow")
    browser.open(new_app("housing"))
    browser.click("consent_allow")

    def note(event: str, person: Someone, client_id: str = "jobs", outcome: str = "ok") -> None:
        with services.database.unit():
            services.audit.record(
                event, now=clock.now(), account_id=person.id, client_id=client_id, outcome=outcome
            )

    def words_of(client_id: str) -> str:
        button = f"//li[.//button[@value='{client_id}']]"
        (card,) = browser.open("/account/applications").document.xpath(button)
        return " ".join(card.text_content().split())

    assert "Không truy cập trong 90 ngày qua" in words_of("jobs")
    note("token.issued", lan)
    clock.advance(ACCESS_DAYS * 86400 - 3600)
    lan.sign_in(browser)
    for _ in range(2):
        note("token.issued", lan)
    for _ in range(3):
        note("token.refreshed", lan)
    # Neither a refusal, nor another person's, nor another application's
    note("token.issued", lan, outcome="refused")
    note("token.issued", minh)
    note("token.issued", lan, "housing")
    assert "Đăng nhập 3 lần trong 90 ngày qua. Ứng dụng tự gia hạn 3 lần." in words_of("jobs")
    assert "Đăng nhập 1 lần" in words_of("housing") and "gia hạn" not in words_of("housing")
    clock.advance(3601)
    lan.sign_in(browser)
    assert "Đăng nhập 2 lần" in words_of("jobs"), "what was longer ago is no longer counted"


def test_a_question_beyond_those_of_a_year_is_not_said_to_be_answered(
    browser: InProcess,
    new_person: Callable[..., Someone],
    new_app: Callable[..., str],
    services: Services,
    clock: Clock,
) -> None:
    person = new_person("a1.thu", claims={"birthdate": "1990-01-02"}, identity_level=1)
    person.sign_in(browser)
    address, subjects = new_app(scope="openid"), services.provider.userinfo._subjects
    answered = []
    for age in (30, 40, 35, 38, 37):
        claims = json.dumps({"userinfo": {"age_over": {"value": age, "essential": True}}})
        browser.open(f"{address}&claims={quote(claims)}")
        assert ("Không được trả lời" in browser.page.text) == (age == 37), "the consent says so, too"
        browser.click("consent_allow")
        with services.database.unit():
            answered.append(
                bool(subjects.answers(person.id, "jobs", [f"age_over={age}"], NOTHING, clock.now()))
            )
    assert answered == [True] * 4 + [False]
    shown = browser.open("/account/applications").text_of("main")
    assert [age for age in (30, 35, 37, 38, 40) if f"{age} tuổi" in shown] == [30, 35, 38, 40]
    shown = browser.open("/account/applications/jobs").text_of("main")
    assert "37 tuổi" in shown and shown.count("Không được trả lời") == 1
