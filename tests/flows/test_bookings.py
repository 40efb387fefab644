"""An API behind access tokens (RFC 9728, 9068, 9470) and the application that calls it, over HTTP."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.person import Browser, Page, Person
from tests.province import Province

METADATA_PATH = "/.well-known/oauth-protected-resource"


def sign_in(browser: Browser, province: Province, person: Person) -> Page:
    browser.open(province.urls["bookings"] + "/sign-in")
    return person.pass_through(browser)


def booked(page: Page) -> list[str]:
    assert page.document is not None
    return [str(item.get("data-counter")) for item in page.document.xpath("//*[@id='bookings']/li")]


def challenge_of(answer: httpx.Response) -> dict[str, str]:
    scheme, _, parameters = answer.headers["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', parameters))


@pytest.fixture
def api(province: Province) -> str:
    return province.urls["bookings_api"]


def test_the_api_says_of_itself_where_its_tokens_come_from(province: Province, api: str) -> None:
    """RFC 9728 §2 and §3."""
    metadata = httpx.get(api + METADATA_PATH).json()
    assert metadata["resource"] == api and metadata["authorization_servers"] == [province.issuer]
    assert metadata["scopes_supported"] == ["bookings.read", "bookings.write", "shifts.read", "income.read"]
    assert metadata["bearer_methods_supported"] == ["header"]


@pytest.mark.parametrize(
    ("authorization", "error"),
    [
        ("", None),
        ("Bearer", None),
        ("Basic eDp5", None),
        ("Bearer garbage", "invalid_token"),
        ("Bearer a.b.c", "invalid_token"),
        (f"Bearer {'x' * 9000}", "invalid_token"),
    ],
)
def test_without_a_good_token_the_api_says_where_to_look(
    api: str, authorization: str, error: str | None
) -> None:
    """RFC 9728 §5.1; RFC 6750 §3.1 names no error where there was no token."""
    answer = httpx.get(api + "/bookings", headers={"Authorization": authorization})
    challenge = challenge_of(answer)
    assert answer.status_code == 401 and challenge.get("error") == error
    assert challenge["resource_metadata"] == api + METADATA_PATH


def test_a_token_that_somebody_else_signed_is_worth_nothing(province: Province, api: str) -> None:
    key = ECKey.generate_key("P-256", auto_kid=True)
    claims = {"iss": province.issuer, "aud": api, "sub": "x", "scope": "bookings.read", "exp": 2**33}
    for header in ({"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, {"alg": "ES256", "typ": "at+jwt"}):
        forged = jwt.encode(header, claims, key)
        answer = httpx.get(api + "/bookings", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401


def test_a_password_shows_appointments_and_two_factors_make_one(province: Province, browser: Browser) -> None:
    """RFC 9470 §5: the API's challenge goes on to the provider, and the person comes back to the booking."""
    person = province.new_person(totp=False)
    page = sign_in(browser, province, person)
    assert page.has("no_bookings") and page.claims()["acr"] == "LoA1", page
    page = browser.submit("book", {"counter": "dat-dai"})
    assert page.url.startswith(province.issuer), "the API was not content with a password"
    assert not page.has("login_password"), "and the password isn't asked for again"
    page = person.pass_through(browser)
    assert booked(page) == ["dat-dai"] and page.claims()["acr"] == "LoA2", page
    assert booked(browser.submit("book", {"counter": "ho-tich"})) == ["dat-dai", "ho-tich"]


def test_a_strong_sign_in_books_at_once_and_everybody_sees_their_own(province: Province) -> None:
    for counter in ("ho-tich", "kinh-doanh"):
        with Browser() as browser:
            person = province.new_person()
            browser.open(province.urls["provincial_apps"] + "/ioc/sign-in")
            person.pass_through(browser)
            assert sign_in(browser, province, person).claims()["acr"] == "LoA2"
            assert booked(browser.submit("book", {"counter": counter})) == [counter]


def test_who_refuses_the_second_factor_books_nothing(province: Province, browser: Browser) -> None:
    person = province.new_person(totp=False)
    sign_in(browser, province, person)
    browser.submit("book", {"counter": "dat-dai"})
    assert browser.open(province.urls["bookings"] + "/").has("no_bookings")


def test_a_stranger_to_the_application_is_asked_to_sign_in(province: Province, browser: Browser) -> None:
    assert browser.open(province.urls["bookings"] + "/").has("sign_in")


# The API by itself, with tokens that a client of the test's got


class Caller:
    """A client that may use the API, with a person who signed in to it."""

    REDIRECT_URI = "http://localhost:9/callback"

    def __init__(self, province: Province, api: str, scopes: list[str]) -> None:
        self.province, self.api = province, api
        made = province.tnid(
            "client",
            "create",
            "-",
            given={
                "redirect_uris": [self.REDIRECT_URI],
                "grant_types": ["authorization_code", "refresh_token"],
                "resources": {api: scopes},
                "require_pkce": False,
            },
        )
        self.auth = (made["client_id"], made["client_secret"])
        self.scope = " ".join(["openid", *scopes])

    def sign_in(self, person: Person, **more: str) -> dict[str, Any]:
        """Return the token response for the API; more parameters of the request by keyword."""
        with Browser(stops_at=self.REDIRECT_URI) as browser:
            query = {"client_id": self.auth[0], "redirect_uri": self.REDIRECT_URI, "response_type": "code"}
            query |= {"scope": self.scope, "resource": self.api, **more}
            browser.open(self.province.issuer + "/authorize", **query)
            page = person.pass_through(browser)
        code = dict(httpx.URL(page.url).params)["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.REDIRECT_URI}
        return self.token({**form, "resource": self.api})

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        answer = httpx.post(self.province.issuer + "/token", data=form, auth=self.auth)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def call(self, token: str, counter: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        if counter is None:
            return httpx.get(self.api + "/bookings", headers=headers)
        return httpx.post(self.api + "/bookings", headers=headers, json={"counter": counter})


def test_a_weak_sign_in_is_told_what_would_do(province: Province, api: str) -> None:
    """RFC 9470 §3."""
    caller = Caller(province, api, ["bookings.read", "bookings.write"])
    token = caller.sign_in(province.new_person(totp=False))["access_token"]
    assert caller.call(token).json() == {"bookings": []}
    answer = caller.call(token, "dat-dai")
    challenge = challenge_of(answer)
    assert answer.status_code == 401 and challenge["error"] == "insufficient_user_authentication"
    assert (challenge["acr_values"], challenge["max_age"]) == ("LoA2", "1800")
    assert caller.call(token).json() == {"bookings": []}


def test_income_is_not_for_one_factor_whatever_the_token_covers(province: Province, api: str) -> None:
    """RFC 9470 §3: how to sign in comes first, and the scope to ask for with it."""
    weak = province.new_person(totp=False)
    for scopes in (["shifts.read"], ["shifts.read", "income.read"]):
        token = Caller(province, api, scopes).sign_in(weak)["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(api + "/shifts", headers=headers).status_code == 200
        answer = httpx.get(api + "/income", headers=headers)
        challenge = challenge_of(answer)
        assert (answer.status_code, challenge["error"]) == (401, "insufficient_user_authentication")
        assert (challenge["acr_values"], challenge["scope"]) == ("LoA2", "income.read")
    token = Caller(province, api, ["income.read"]).sign_in(province.new_person(), acr_values="LoA2")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert httpx.get(api + "/income", headers=headers).json()["income"]


def test_a_scope_that_is_missing_is_named(province: Province, api: str) -> None:
    """RFC 6750 §3.1."""
    caller = Caller(province, api, ["bookings.read"])
    token = caller.sign_in(province.new_person())["access_token"]
    answer = caller.call(token, "dat-dai")
    assert answer.status_code == 403
    challenge = challenge_of(answer)
    assert (challenge["error"], challenge["scope"]) == ("insufficient_scope", "bookings.write")


@pytest.mark.parametrize("name", ["id_token", "refresh_token", "userinfo"])
def test_the_api_takes_no_other_token_of_the_same_provider(province: Province, api: str, name: str) -> None:
    caller = Caller(province, api, ["bookings.read"])
    tokens = caller.sign_in(province.new_person(totp=False))
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    tokens["userinfo"] = caller.token(form)["access_token"]
    assert caller.call(tokens[name]).status_code == 401


def test_a_token_for_another_api_is_worth_nothing_here(province: Province, api: str) -> None:
    other = "https://other.example/api"
    given = {"resource": other, "scopes": {"bookings.read": {}}}
    if all(one["resource"] != other for one in province.tnid("resource", "list")["resources"]):
        province.tnid("resource", "create", "-", given=given)
    caller = Caller(province, other, ["bookings.read"])
    token = caller.sign_in(province.new_person(totp=False))["access_token"]
    caller.api = api
    assert caller.call(token).status_code == 401


def test_a_revoked_token_books_nothing_although_its_signature_is_good(province: Province, api: str) -> None:
    caller = Caller(province, api, ["bookings.read", "bookings.write"])
    person = province.new_person()
    token = caller.sign_in(person, acr_values="LoA2")["access_token"]
    assert caller.call(token, "dat-dai").status_code == 201
    revoked = httpx.post(province.issuer + "/revoke", data={"token": token}, auth=caller.auth)
    assert revoked.status_code == 200
    answer = caller.call(token, "ho-tich")
    assert answer.status_code == 401 and challenge_of(answer)["error"] == "invalid_token"
    assert len(caller.call(token).json()["bookings"]) == 1, "what can be read is checked by signature alone"


@pytest.mark.parametrize("document", ["", "[]", "5", '{"counter": "x"}', '{"counter": {}}', "{", "\x00"])
def test_what_is_no_booking_is_refused(province: Province, api: str, document: str) -> None:
    caller = Caller(province, api, ["bookings.write"])
    token = caller.sign_in(province.new_person(), acr_values="LoA2")["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert httpx.post(api + "/bookings", content=document, headers=headers).status_code == 400
