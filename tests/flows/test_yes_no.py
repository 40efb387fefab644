"""Yes or no instead of a date of birth or an address, over HTTP: asked, agreed to, answered, not probed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.person import Browser, Page, Person
from tests.servers.provider import Provider, running_provider
from tnid.accounts.ages import VIETNAM
from tnid.consent.questions import MOST_QUESTIONS

CALLBACK = "http://localhost:9/callback"
BORN = datetime.now(VIETNAM).year - 36
GIA_SANG, ELSEWHERE = "05467", "05503"
ADDRESS = {"locality": "Phường Gia Sàng", "region": "Tỉnh Thái Nguyên", "country": "VN"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(tmp_path_factory.mktemp("yes-no")) as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser(stops_at=CALLBACK) as new:
        yield new


@pytest.fixture
def person(provider: Provider) -> Person:
    """Somebody of 36 who lives in Gia Sàng, as an official checked."""
    username, password = f"lan.{uuid4().hex[:12]}", "sương sớm trên nương chè xanh"
    given = {
        "username": username, "password": password, "name": "Nguyễn Thị Lan", "birthdate": f"{BORN}-01-01",
        "address": ADDRESS, "identity_level": 2, "totp": False,
    }  # fmt: skip
    provider.tnid("account", "create", "-", given=given)
    return Person(username, password)


class Cinema:
    """An application that asks questions, and keeps what it gets."""

    def __init__(self, provider: Provider, browser: Browser) -> None:
        document = {
            "client_name": "Rạp chiếu phim",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid age residence",
            "require_pkce": False,
        }
        made = provider.tnid("client", "create", "-", given=document)
        self.provider, self.browser = provider, browser
        self.auth = (made["client_id"], made["client_secret"])

    def ask(self, scope: str = "openid", *, essential: bool = True, **questions: Any) -> Page:
        """Ask by the claims parameter; what isn't essential is the person's to tick."""
        asked = {name: {**one, "essential": essential} for name, one in questions.items()}
        return self.browser.open(
            f"{self.provider.issuer}/authorize", client_id=self.auth[0], redirect_uri=CALLBACK,
            response_type="code", scope=scope, state="s" * 20, claims=json.dumps({"userinfo": asked}),
        )  # fmt: skip

    def answers(self, page: Page) -> dict[str, Any]:
        """Return what userinfo tells for the code that came back, but the sub."""
        form = {"grant_type": "authorization_code", "code": httpx.URL(page.url).params["code"]}
        tokens = httpx.post(
            f"{self.provider.issuer}/token", data={**form, "redirect_uri": CALLBACK}, auth=self.auth
        ).json()
        header = {"Authorization": f"Bearer {tokens['access_token']}"}
        told = dict(httpx.get(f"{self.provider.issuer}/userinfo", headers=header).json())
        assert told.pop("sub")
        return told


@pytest.fixture
def cinema(provider: Provider, browser: Browser) -> Cinema:
    return Cinema(provider, browser)


def test_a_person_sees_the_question_and_the_application_the_answer_alone(
    cinema: Cinema, browser: Browser, person: Person
) -> None:
    cinema.ask(age_over={"value": 30}, resident_of_ward={"value": GIA_SANG})
    while not browser.page.has("consent_allow"):
        before = browser.page
        assert person._answer(browser, "allow"), browser.page
        assert browser.page is not before
    words = browser.page.words()
    assert "30" in words and "Gia Sàng" in words and str(BORN) not in words
    told = cinema.answers(person.pass_through(browser))
    assert told == {"age_over": True, "resident_of_ward": True}


def test_no_is_an_answer_too(cinema: Cinema, browser: Browser, person: Person) -> None:
    cinema.ask(age_over={"value": 60}, resident_of_ward={"value": ELSEWHERE})
    assert cinema.answers(person.pass_through(browser)) == {"age_over": False, "resident_of_ward": False}


def test_what_is_voluntary_is_answered_where_it_was_ticked(
    cinema: Cinema, browser: Browser, person: Person
) -> None:
    cinema.ask(essential=False, age_over={"value": 18})
    assert cinema.answers(person.pass_through(browser)) == {}


def test_the_scopes_ask_the_common_questions(cinema: Cinema, browser: Browser, person: Person) -> None:
    cinema.ask("openid age residence")
    told = cinema.answers(person.pass_through(browser))
    assert told == {"age_over_15": True, "age_over_18": True, "resident_of_province": True}


def test_four_questions_find_no_age_out(cinema: Cinema, browser: Browser, person: Person) -> None:
    asked = (20, 50, 40, 35)
    assert len(asked) == MOST_QUESTIONS
    for years in asked:
        cinema.ask(age_over={"value": years})
        assert cinema.answers(person.pass_through(browser)) == {"age_over": years < 36}
    cinema.ask(age_over={"value": 37})
    assert cinema.answers(person.pass_through(browser)) == {}, "a fifth one gets no answer"
    cinema.ask(age_over={"value": 40})
    assert cinema.answers(person.pass_through(browser)) == {"age_over": False}, (
        "what was told may be told again"
    )
    browser.open(f"{cinema.provider.issuer}/account/activity")
    assert "quá nhiều" in browser.page.words(), "its person reads of it"


@pytest.mark.parametrize("value", ["18", -1, True])
def test_a_question_that_is_none_is_refused(cinema: Cinema, value: Any) -> None:
    page = cinema.ask(age_over={"value": value})
    assert page.url.startswith(CALLBACK)
    assert httpx.URL(page.url).params["error"] == "invalid_request"
