"""The preview of what would be told is what is told: by the same code, of anybody, for any request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from lxml import html

from oidc.models import Client
from tests.conftest import Clock
from tests.oidc.world import claims_of
from tests.tnid.conftest import CALLBACK, ISSUER, VERIFIER, InProcess, Someone
from tests.tnid.sandbox.conftest import Developer, make_sandbox, sign_in_to_sandbox
from tnid.app import Application
from tnid.sandbox.json_shown import show_json
from tnid.sandbox.people import people
from tnid.sandbox.preview import look
from tnid.sandbox.preview_pages import USUAL
from tnid.sandbox.session import ONE_FACTOR, TWO_FACTORS
from tnid.services import Services

SCOPE = "openid profile email phone address age residence worker employer"
CLAIMS: Mapping[str, Any] = {
    "id_token": {"name": None, "email": {"essential": True}},
    "userinfo": {
        "age_over": {"value": 60},
        "verified_claims": {
            "verification": {"trust_framework": None, "time": None},
            "claims": {"name": None, "address": None},
        },
    },
}
# Of this very sign-in, and of no other
ITS_OWN = ("iat", "exp", "auth_time", "sid", "at_hash", "nonce")


@pytest.fixture
def trial(services: Services, new_app: Callable[..., str], clock: Clock) -> str:
    services.keyring.ensure(clock.now())
    address = new_app("trial", scope=SCOPE)
    make_sandbox(services, "trial")
    return address


def really_told(browser: InProcess, address: str, username: str, claims: str) -> tuple[Any, Any]:
    """Go through it all; return what ID token and UserInfo say."""
    asked = str(httpx.URL(address).copy_merge_params({"claims": claims} if claims else {}))
    code = sign_in_to_sandbox(browser, asked, username)
    form = {
        "grant_type": "authorization_code",
        "client_id": "trial",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.send("POST", f"{ISSUER}/token", content=urlencode(form), headers=headers).json()
    told = browser.get(f"{ISSUER}/userinfo", Authorization=f"Bearer {answer['access_token']}").json()
    return claims_of(answer["id_token"]), told


# All but those to whom nothing is told, see below
TOLD = [one for one, person in people().items() if not person.is_disabled and one != "minor-waiting"]


@pytest.mark.parametrize("claims", ["", json.dumps(CLAIMS)], ids=["plain", "claims"])
def test_it_is_what_is_told(
    trial: str, new_browser: Callable[..., InProcess], app: Application, clock: Clock, claims: str
) -> None:
    for username in TOLD:
        check_preview(trial, new_browser(), app, clock, username, claims)


def check_preview(
    trial: str, browser: InProcess, app: Application, clock: Clock, username: str, claims: str
) -> None:
    services: Services = app.extensions["tnid"]
    id_token, userinfo = really_told(browser, trial, username, claims)
    client = services.clients.find_now("trial")
    assert client is not None
    shown = preview_of(app, services, client, username, claims, clock)
    without = {name: value for name, value in id_token.items() if name not in ITS_OWN}
    assert {n: v for n, v in shown.told.id_token.items() if n not in ITS_OWN} == without
    assert shown.told.userinfo == userinfo


def preview_of(
    app: Application, services: Services, client: Client, username: str, claims: str, clock: Clock
) -> Any:
    parameters = {**USUAL, "scope": SCOPE, **({"claims": claims} if claims else {})}
    asked = services.provider.previews.read(client, parameters, clock.now())
    shares_all = False  # the sign-in above ticks nothing that is voluntary
    return look_at(app, services, client, asked, username, shares_all=shares_all)


def look_at(
    app: Application, services: Services, client: Client, asked: Any, username: str, **options: Any
) -> Any:
    # Words are looked up within a request
    with app.test_request_context("/"), services.database.unit():
        return look(client, asked, people()[username], ONE_FACTOR, **options)


# The page


def show(developer: Developer, **fields: str) -> Any:
    given = {"person": "worker", "scope": "openid profile", "claims": "", "factors": "1", "share": "all"}
    return developer.browser.post(f"{developer.address}/preview", **{**given, **fields})


def shown(answer: Any, part: str) -> Any:
    page = html.document_fromstring(answer.text)
    return json.loads(page.get_element_by_id(f"preview_{part}").text_content())


def test_a_developer_looks_at_somebody(developer: Developer) -> None:
    page = developer.browser.open(f"{developer.address}/preview")
    assert page.status == 200 and "openid" in page.get("preview_scope").value
    answer = show(developer)
    assert answer.status_code == 200
    assert shown(answer, "userinfo")["name"] == people()["worker"].display_name
    assert shown(answer, "id_token")["acr"] == "LoA1"
    assert shown(show(developer, factors="2"), "id_token")["acr"] == "LoA2"


def test_each_claim_is_explained_absent_ones_too(developer: Developer) -> None:
    answer = show(developer, person="no-phone", scope="openid profile")
    page = html.document_fromstring(answer.text)
    absent = page.get_element_by_id("claim_nickname").text_content()
    assert page.get_element_by_id("claim_sub") is not None and len(absent.split()) > 8


REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"person": "nobody"}, "preview_person-error"),
    ({"person": ""}, "preview_person-error"),
    ({"scope": "profile"}, "preview_scope-error"),
    ({"scope": "openid employee"}, "preview_scope-error"),
    ({"scope": "x" * 3000}, "preview_scope-error"),
    ({"claims": "{"}, "preview_claims-error"),
    ({"claims": "[]"}, "preview_claims-error"),
    ({"claims": '{"id_token":{"acr":{"essential":true,"value":"LoA9"}}}'}, "preview_claims-error"),
)


def test_what_would_be_refused_is_said_at_its_field(developer: Developer) -> None:
    for fields, field in REFUSED:
        answer = show(developer, **fields)
        assert answer.status_code == 400 and field in answer.text and "preview_id_token" not in answer.text


def test_who_hears_nothing(developer: Developer) -> None:
    for username in ("minor-waiting", "disabled"):
        assert "notice care" in show(developer, person=username).text


def test_strangers_look_at_nothing(
    developer: Developer, new_browser: Callable[..., InProcess], new_person: Callable[..., Someone]
) -> None:
    stranger = new_browser()
    new_person("nam").sign_in(stranger)
    assert stranger.get(f"{developer.address}/preview").status_code == 404
    assert stranger.post(f"{developer.address}/preview", person="worker").status_code == 404


def test_json_is_shown_as_it_is() -> None:
    document = {"a<b": 'x"</pre><script>', "n": [1, -2.5, True, None], "ü": "ệ: \\"}
    marked = str(show_json(document))
    assert "<script>" not in marked
    assert json.loads(html.document_fromstring(f"<pre>{marked}</pre>").text_content()) == document
    assert marked.count("json-key") == 3


def test_two_factors_are_two() -> None:
    assert TWO_FACTORS.acr == "LoA2" and ONE_FACTOR.acr == "LoA1"
